import { describe, expect, it } from "vitest";
import { Browser } from "./support/browser";
import { hubs, insideHub, query } from "./support/hub";
import { atGoogle, awayAndBack } from "./support/identities";
import { aPerson, call, PASSWORD } from "./support/people";
import { storedSecrets } from "./support/secrets";

/** After every test of this suite all that is stored is searched for secrets. Here it is shown that the search finds them. */
describe("the search for stored secrets", () => {
  const found = async () => (await storedSecrets()).map((line) => line.split(":")[0]);

  it("finds a password, an access token and a refresh token in any table", async () => {
    const ann = await aPerson();
    await query("update users set bio = ? where id = ?", `I like ${PASSWORD}.`, ann.id);
    await query("update sessions set user_agent = ?", ann.access);
    await query(
      "insert into audit_log (action, target_id, details, created_at) values ('x', 1, ?, '')",
      JSON.stringify({ token: ann.refresh }),
    );
    expect((await found()).sort()).toEqual(["audit_log", "sessions", "users"]);
    await query("update users set bio = null");
    await query("update sessions set user_agent = ''");
    await query("delete from audit_log");
    expect(await found()).toEqual([]);
  });

  it("finds a password that was refused, but not a name that was tried as one", async () => {
    const ann = await aPerson();
    const wrong = "a-password-of-somebody";
    for (const password of [wrong, "too-short", ann.username.toUpperCase()])
      expect((await call("POST", "/api/auth/login/", { body: { username: ann.username, password } })).status).toBe(401);
    await query("update users set bio = ?", `${wrong} too-short`);
    expect(await storedSecrets()).toEqual([`users: ${wrong}`]);
    await query("update users set bio = null");
  });

  it("finds what a browser carries to a provider and back", async () => {
    const { browser, back } = await awayAndBack(await atGoogle());
    const began = new Browser();
    const state = new URL((await began.get("/api/auth/google/")).headers.get("location")!).searchParams.get("state")!;
    const payload = began.cookiesFor("/").split(".")[1]!;
    const { verifier, nonce } = JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).attempt;
    const code = new URL(back, "https://kith.test").searchParams.get("code")!;
    expect((await browser.get(back)).status).toBe(200);
    await query("update users set bio = ?", [state, verifier, nonce, code].join(" "));
    const found = await storedSecrets();
    expect(found.sort()).toEqual([state, verifier, nonce, code].map((secret) => `users: ${secret}`).sort());
    await query("update users set bio = null");
  });

  it("finds a token in a hub's storage, and in what its sockets remember", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await hubs.deliver(ann.id, {});
    await insideHub(ann, (_, state) => state.storage.kv.put("token", ann.access));
    expect(await found()).toEqual([expect.stringMatching(/^hub /)]);
    await insideHub(ann, (_, state) => {
      state.storage.kv.delete("token");
      const [raw] = state.getWebSockets();
      raw!.serializeAttachment({ ...raw!.deserializeAttachment(), token: ann.access });
    });
    expect(await found()).toEqual([expect.stringMatching(/^hub /)]);
    socket.close();
    await insideHub(ann, (_, state) => {
      const [raw] = state.getWebSockets();
      raw?.serializeAttachment({ sessionId: 1, expiresAt: 0, cursor: 0, openedAt: 0 });
    });
    expect(await found()).toEqual([]);
  });
});
