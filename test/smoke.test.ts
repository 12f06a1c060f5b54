import { it } from "vitest";
import { call, people } from "./support/people";

it("x", async () => {
  console.log(await call("GET", "/health"));
  const [ann, bob] = await people("ann", "bob");
  const socket = await bob!.socket();
  console.log(JSON.stringify(await ann!.post("/api/friends/request/", { to_user: bob!.id })));
  console.log(JSON.stringify(await socket.next("friend_request")));
  console.log(JSON.stringify(socket.frames, null, 1));
  console.log((await bob!.get("/api/users/?search=ann")).text, (await bob!.get("/api/sync")).text);
  console.log(
    (await call("GET", "/api/schema/")).text.slice(0, 300),
    (await call("GET", "/api/nope")).text,
    (await call("DELETE", "/api/users/3")).text,
  );
});
