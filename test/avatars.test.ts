import { env, exports } from "cloudflare:workers";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { LEVELS, type Level } from "../src/visibility/rule";
import { bytesIn, fails, inUse, keys, ledger, meddle, sweep } from "./support/bucket";
import { pause, query } from "./support/hub";
import { type Answer, aPerson, befriend, call, PASSWORD, type Person, people } from "./support/people";
import { bytesOf, concat, type FileName, file, latin1, pictureForm, pngOf, SECRETS } from "./support/pictures";
import { choose, chooseGroup, setLevel } from "./support/visibility";

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const ADDRESS = /^https:\/\/kith\.test\/avatars\/[0-9a-f]{32}\.(png|jpg|webp|gif)$/;
const NOT_FOUND = { status: 404, body: { detail: "Not found." } };
const MIB = 2 ** 20;

const says = ({ status, body }: Answer) => ({ status, body });
const upload = (person: Person, picture: FileName | Uint8Array<ArrayBuffer> = "photo.png"): Promise<Answer> =>
  person.put("/profile/image/", pictureForm(picture));
/** The path of the avatar that somebody then has. */
async function avatarOf(person: Person, picture?: FileName): Promise<string> {
  const { status, body, text } = await upload(person, picture);
  expect(status, text).toBe(200);
  return new URL(body.image).pathname;
}
const mine = async (person: Person): Promise<string | null> => (await person.get("/api/users/me/")).body.avatar;
const look = (path: string, viewer: Person | null = null, headers: Record<string, string> = {}) =>
  call("GET", path, { token: viewer?.access ?? null, headers });
/** The bytes that are served. */
const served = async (path: string): Promise<Uint8Array> =>
  new Uint8Array(await (await exports.default.fetch(new Request(`https://kith.test${path}`))).arrayBuffer());

/** Nothing is in the bucket but what is in use, and nothing in the ledger but what is in the bucket. */
async function expectNothingLost(): Promise<void> {
  await sweep();
  const names = (await ledger()).map(({ name }) => name);
  expect({ bucket: await keys(), inUse: await inUse() }).toEqual({ bucket: names, inUse: names });
}

describe("an avatar", () => {
  it.each<[FileName, string]>([
    ["photo.png", "image/png"],
    ["photo.jpg", "image/jpeg"],
    ["photo.webp", "image/webp"],
    ["photo.gif", "image/gif"],
  ])("is what its bytes say, whatever it was called; where it was taken is stored nowhere: %s", async (name, type) => {
    const ann = await aPerson();
    const path = await avatarOf(ann, name);
    expect((await look(path)).headers.get("content-type")).toBe(type);
    expect(path.split(".")[1]).toBe(name.split(".")[1]);
    const [row] = await ledger();
    const stored = await bytesIn(row!.name);
    expect(row).toMatchObject({ user_id: ann.id, content_type: type, size: stored.length, doomed_at: null });
    expect(await served(path)).toEqual(stored);
    for (const secret of SECRETS) expect(latin1(stored)).not.toContain(secret);
    expect(SECRETS.some((secret) => latin1(file(name)).includes(secret))).toBe(true);
  });

  it("comes with headers that let it be an image and nothing else", async () => {
    const path = await avatarOf(await aPerson());
    for (const method of ["GET", "HEAD"]) {
      const { status, headers, text } = await call(method, path);
      expect({ status, ...Object.fromEntries(headers) }).toMatchObject({
        status: 200,
        "content-type": "image/png",
        "content-length": String((await served(path)).length),
        "x-content-type-options": "nosniff",
        "content-disposition": "inline",
        "content-security-policy": "default-src 'none'; sandbox",
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": "public, max-age=31536000, immutable",
      });
      expect(text === "", method).toBe(method === "HEAD");
    }
  });

  it("is not sent again to who has it", async () => {
    const ann = await aPerson();
    const path = await avatarOf(ann);
    const etag = (await look(path)).headers.get("etag")!;
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
      const { status, text, headers } = await look(path, null, { "if-none-match": known });
      expect({ status, text, etag: headers.get("etag"), cache: headers.get("cache-control") }).toEqual({
        status: 304,
        text: "",
        etag,
        cache: "public, max-age=31536000, immutable",
      });
    }
    expect((await look(path, null, { "if-none-match": '"other"' })).status).toBe(200);
    await setLevel(ann, "private");
    expect((await look(path, null, { "if-none-match": etag })).status, "unless they may not have it").toBe(404);
  });

  it("has an address that nobody can guess, that says nothing of where it lies, and that never means another image", async () => {
    const ann = await aPerson();
    const addresses = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const { body } = await upload(ann);
      expect(body.image).toMatch(ADDRESS);
      addresses.add(body.image);
    }
    expect(addresses.size).toBe(3);
    for (const key of await keys()) expect([...addresses].join()).not.toContain(key);
    for (const address of [...addresses].slice(0, 2)) expect(says(await look(new URL(address).pathname))).toEqual(NOT_FOUND);
    for (const name of ["0".repeat(32), `${"0".repeat(32)}.png`, `${"0".repeat(32)}.svg`, "..%2f..%2fx", "x".repeat(5000)])
      expect(says(await look(`/avatars/${name}`)), name).toEqual(NOT_FOUND);
  });

  it("is the same one behind every name that clients have for it", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const { body } = await upload(ann);
    expect((await ann.get("/profile/")).body.image).toBe(body.image);
    expect((await ann.get(`/api/profiles/${ann.id}/`)).body.profileimg).toBe(body.image);
    expect((await bob.get(`/api/users/${ann.id}/`)).body.avatar).toBe(body.image);
    expect((await bob.get("/api/users/")).body.find(({ id }: { id: number }) => id === ann.id).avatar).toBe(body.image);
  });
});

describe("uploading", () => {
  const FORMS: [string, string, (person: Person) => string, string][] = [
    ["PUT", "image", () => "/profile/image/", "image"],
    ["PUT", "avatar", () => "/profile/image/", "image"],
    ["PUT", "profileimg", () => "/profile/image/", "image"],
    ["PATCH", "image", () => "/profile/", "image"],
    ["PUT", "image", () => "/profile/", "image"],
    ["PUT", "avatar", () => "/profile/", "image"],
    ["PUT", "avatar", ({ id }) => `/api/users/${id}/`, "avatar"],
    ["PATCH", "avatar", ({ id }) => `/api/users/${id}/`, "avatar"],
    ["PATCH", "avatar", () => "/api/users/me/", "avatar"],
    ["PUT", "profileimg", ({ id }) => `/api/profiles/${id}/`, "profileimg"],
    ["PATCH", "profileimg", ({ id }) => `/api/profiles/${id}/`, "profileimg"],
    ["POST", "profileimg", () => "/api/profiles/", "profileimg"],
  ];
  const ofFields = FORMS.filter(([, , path]) => !path({ id: 1 } as Person).endsWith("/image/"));

  it("takes a form, wherever clients send one, under every name that they have for it", async () => {
    const ann = await aPerson();
    for (const [method, field, path, shown] of FORMS) {
      const { status, body } = await ann.ask(method, path(ann), pictureForm("photo.jpg", field));
      expect(status, `${method} ${path(ann)} ${field}`).toBe(method === "POST" ? 201 : 200);
      expect(body[shown]).toMatch(ADDRESS);
      expect(await mine(ann)).toBe(body[shown]);
      expect((await look(new URL(body[shown]).pathname)).status).toBe(200);
    }
  });

  it("takes the bytes as they are, if they are said to be an image's, of whatever kind, or nothing", async () => {
    const ann = await aPerson();
    for (const type of ["image/png", "image/jpeg", "IMAGE/whatever; x=y", "application/octet-stream", undefined]) {
      const { status, body } = await ann.ask("PUT", "/profile/image/", file("photo.webp"), type ? { "content-type": type } : {});
      expect({ status, webp: body.image?.endsWith(".webp") }, type).toEqual({ status: 200, webp: true });
    }
    for (const type of ["text/html", "text/plain"])
      expect(says(await ann.ask("PUT", "/profile/image/", file("photo.png"), { "content-type": type }))).toEqual({
        status: 415,
        body: { detail: `Unsupported media type "${type}" in request.` },
      });
    const elsewhere = await ann.ask("PATCH", "/profile/", file("photo.png"), { "content-type": "image/png" });
    expect(elsewhere.status, "only there").toBe(415);
  });

  const NO_IMAGE = "Upload a valid image. The file you uploaded was either not an image or a corrupted image.";
  it.each<[string, Uint8Array<ArrayBuffer>, string]>([
    ["SVG", bytesOf(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), NO_IMAGE],
    ["HTML", bytesOf("<html><script>alert(1)</script></html>"), NO_IMAGE],
    ["half an image", file("photo.png").slice(0, 60), NO_IMAGE],
    ["an image behind something", concat("<!--", file("photo.png")), NO_IMAGE],
    ["one that is too wide", pngOf(4097, 1), "Ensure this image has no more than 4096 pixels on each side."],
    ["one that is too high", pngOf(1, 100_000), "Ensure this image has no more than 4096 pixels on each side."],
    ["one without width", pngOf(0, 1), NO_IMAGE],
  ])("refuses %s, whatever it is called, and keeps what was there", async (_, bytes, message) => {
    const ann = await aPerson();
    const before = (await upload(ann)).body.image;
    const pretending = new FormData();
    pretending.set("image", new File([bytes], "me.png", { type: "image/png" }));
    const refused = { status: 400, body: { image: [message] } };
    expect(says(await ann.put("/profile/image/", pretending))).toEqual(refused);
    expect(says(await ann.ask("PUT", "/profile/image/", bytes, { "content-type": "image/png" }))).toEqual(refused);
    for (const [method, field, path] of ofFields)
      expect(says(await ann.ask(method, path(ann), pictureForm(bytes, field))), `${method} ${path(ann)}`).toEqual({
        status: 400,
        body: { [field]: [message] },
      });
    expect(await mine(ann)).toBe(before);
    expect(await ledger(), "nothing was begun").toHaveLength(1);
  });

  it("keeps nothing of a file that is two things at once but the image", async () => {
    const ann = await aPerson();
    const path = await avatarOf(ann);
    const html = "<script>alert(document.cookie)</script>";
    for (const name of ["photo.png", "photo.jpg", "photo.gif", "photo.webp"] as const) {
      const { body } = await upload(ann, concat(file(name), html, "PK\x03\x04"));
      const kept = latin1(await served(new URL(body.image).pathname));
      expect(kept).not.toContain("script");
      expect(kept).not.toContain("PK");
    }
    expect((await look(path)).status).toBe(404);
  });

  it("refuses what is larger than 2 MB with 413, in a form and as it is, announced and in chunks", async () => {
    const ann = await aPerson();
    const sized = (bytes: number) => concat(file("photo.png"), new Uint8Array(bytes - file("photo.png").length));
    const tooLarge = { status: 413, body: { detail: "An image may have 2 MB at most." } };
    const raw = { "content-type": "image/png" };
    for (const [method, field, path] of FORMS)
      expect(says(await ann.ask(method, path(ann), pictureForm(sized(2 * MIB + 1), field))), `${method} ${path(ann)}`).toEqual(tooLarge);
    for (const bytes of [2 * MIB + 1, 3 * MIB]) expect(says(await ann.ask("PUT", "/profile/image/", sized(bytes), raw))).toEqual(tooLarge);
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new Uint8Array(MIB)),
    });
    expect(says(await ann.ask("PUT", "/profile/image/", endless, raw))).toEqual(tooLarge);
    expect(await mine(ann)).toBeNull();
    expect((await ann.ask("PUT", "/profile/image/", sized(2 * MIB), raw)).status).toBe(200);
    expect((await ann.put("/profile/image/", pictureForm(sized(2 * MIB)))).status).toBe(200);
  }, 60_000);

  it("refuses what is no file, in DRF's words", async () => {
    const ann = await aPerson();
    const noFile = { image: ["The submitted data was not a file. Check the encoding type on the form."] };
    for (const image of ["x", "https://evil.example/x.png", 5, true, [], {}, ["x"]])
      expect(says(await ann.put("/profile/image/", { image })), `${image}`).toEqual({ status: 400, body: noFile });
    expect(says(await ann.put("/profile/image/", new URLSearchParams({ image: "x" })))).toEqual({ status: 400, body: noFile });
    expect(says(await ann.patch("/profile/", { image: "x", age: "old" }))).toEqual({
      status: 400,
      body: { ...noFile, age: ["A valid integer is required."] },
    });
    for (const nothing of [{}, new FormData(), { image: "" }])
      expect(says(await ann.put("/profile/image/", nothing))).toEqual({ status: 400, body: { image: ["No file was submitted."] } });
  });

  it("has three names everywhere", async () => {
    const ann = await aPerson();
    for (const name of ["image", "avatar", "profileimg"])
      for (const [method, , path, shown] of FORMS) {
        const where = `${method} ${path(ann)} ${name}`;
        const { status, body } = await ann.ask(method, path(ann), pictureForm("photo.png", name));
        expect({ status: Math.floor(status / 100), [shown]: body[shown] }, where).toEqual({ status: 2, [shown]: await mine(ann) });
        expect(await mine(ann), where).toMatch(ADDRESS);
        expect((await ann.ask(method, path(ann), { [name]: null })).body[shown], where).toBeNull();
        expect(await mine(ann), where).toBeNull();
      }
  }, 60_000);

  it("is not set by an address, which may only be one of ours", async () => {
    const ann = await aPerson();
    const { image } = (await upload(ann)).body;
    const { pathname } = new URL(image);
    const message = ["The submitted data was not a file. Check the encoding type on the form."];
    for (const [method, field, path, shown] of ofFields) {
      for (const ours of [image, pathname]) expect((await ann.ask(method, path(ann), { [field]: ours })).body[shown]).toBe(image);
      for (const other of [`https://cdn.example.com${pathname}`, `https://kith.test.evil.example${pathname}`, `x${pathname}`])
        expect(says(await ann.ask(method, path(ann), { [field]: other })), other).toEqual({ status: 400, body: { [field]: message } });
    }
  });

  it("with an empty part, or the address that there is, keeps what there is; null takes it away", async () => {
    const ann = await aPerson();
    for (const [method, field, path, shown] of ofFields) {
      const { image } = (await upload(ann)).body;
      for (const nothing of [pictureForm(new Uint8Array(), field), { [field]: "" }, { [field]: image }, {}])
        expect((await ann.ask(method, path(ann), nothing)).body[shown], `${method} ${path(ann)}`).toBe(image);
      expect((await ann.ask(method, path(ann), { [field]: null })).body[shown], `${method} ${path(ann)}`).toBeNull();
      expect(await keys()).toEqual([]);
    }
  });

  it("sets the fields that come with it in the same write, or none of both", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const form = pictureForm("photo.png", "avatar");
    form.set("bio", "Hello.");
    form.set("username", bob.username);
    expect(says(await ann.ask("PATCH", `/api/users/${ann.id}/`, form))).toEqual({
      status: 400,
      body: { username: ["A user with that username already exists."] },
    });
    expect((await ann.get("/api/users/me/")).body).toMatchObject({ bio: null, avatar: null });
    form.delete("username");
    expect((await ann.ask("PATCH", `/api/users/${ann.id}/`, form)).body).toMatchObject({
      bio: "Hello.",
      avatar: expect.stringMatching(ADDRESS),
    });
    await expectNothingLost();
    expect(says(await ann.ask("PATCH", `/api/users/${bob.id}/`, form)).status, "somebody else's").toBe(403);
    expect(await mine(bob)).toBeNull();
  });

  it("tells one's other devices once, and nobody at all where nothing changed", async () => {
    const ann = await aPerson();
    const socket = await (await ann.elsewhere()).socket();
    const { image } = (await upload(ann)).body;
    expect((await socket.next("profile_update")).user).toMatchObject({ id: ann.id, avatar: image });
    expect((await ann.delete("/profile/image/")).status).toBe(204);
    expect((await socket.next("profile_update", 2)).user).toMatchObject({ avatar: null });
    expect((await ann.delete("/profile/image/")).status, "again").toBe(204);
    await ann.patch("/profile/", { image: null });
    await pause(50);
    expect(socket.durable().map(({ type }) => type)).toEqual(["profile_update", "profile_update"]);
  });

  it("has an address in a frame as in an answer, also where the socket itself was spoken to", async () => {
    const ann = await aPerson();
    const { image } = (await upload(ann)).body;
    const socket = await ann.socket();
    socket.send({ type: "status_update", status: "busy" });
    expect((await socket.next("profile_update")).user).toMatchObject({ status: "busy", avatar: image });
  });

  it("is counted: sixty files an hour, whatever becomes of them", async () => {
    const ann = await aPerson();
    await query(
      "insert into attempts (key, count, resets_at) values (?, 59, ?)",
      `upload_account:#${ann.id}`,
      new Date(Date.now() + 1000_000).toISOString(),
    );
    const strictly = (body: unknown) => call("PUT", "/profile/image/", { token: ann.access, body, env: { RATE_LIMITS: "strict" } });
    expect((await strictly({})).status, "what is no image is not counted").toBe(400);
    expect((await strictly(pictureForm("photo.png"))).status).toBe(200);
    const { status, headers } = await strictly(pictureForm("photo.gif"));
    expect({ status, wait: Number(headers.get("retry-after")) > 900 }).toEqual({ status: 429, wait: true });
    expect(await keys(), "nothing is stored for who is refused").toHaveLength(1);
  });
});

describe("who sees an avatar", () => {
  const ROLES = ["anonymous", "stranger", "friend", "group member", "chosen", "blocked", "blocker", "owner"] as const;
  type Role = (typeof ROLES)[number];
  const SEES: Record<Role, readonly Level[]> = {
    anonymous: ["public"],
    stranger: ["public"],
    friend: ["public", "friends"],
    "group member": ["public", "friends", "specific"],
    chosen: ["public", "specific"],
    blocked: [],
    blocker: [],
    owner: LEVELS,
  };
  const block = (by: Person, whom: Person) =>
    query("insert into blocks (user_id, blocked_id, created_at) values (?, ?, '2026-01-01T00:00:00.000Z')", by.id, whom.id);

  async function asRole(role: Role, owner: Person): Promise<Person | null> {
    if (role === "anonymous") return null;
    if (role === "owner") return owner;
    const viewer = await aPerson();
    if (role === "friend" || role === "group member") await befriend(owner, viewer);
    if (role === "group member") await chooseGroup(owner, ["profile"], [viewer]);
    if (role === "chosen") await choose(owner, "profile", viewer);
    if (role === "blocked") await block(owner, viewer);
    if (role === "blocker") await block(viewer, owner);
    return viewer;
  }

  it.each(ROLES)("%s, at every level of the profile", async (role) => {
    const owner = await aPerson();
    const viewer = await asRole(role, owner);
    const path = await avatarOf(owner);
    const nothing = await look(`/avatars/${"0".repeat(32)}.png`, viewer);
    const known = ({ headers }: Answer) => [...headers].filter(([name]) => name !== "x-request-id");
    for (const level of LEVELS) {
      await setLevel(owner, level);
      const answer = await look(path, viewer);
      const cache = answer.headers.get("cache-control");
      if (SEES[role].includes(level)) {
        const expected = level === "public" ? "public, max-age=31536000, immutable" : "private, no-cache";
        expect({ status: answer.status, cache }, level).toEqual({ status: 200, cache: expected });
      } else {
        expect({ ...says(answer), headers: known(answer), cache }, level).toEqual({
          ...NOT_FOUND,
          headers: known(nothing),
          cache: "no-store",
        });
      }
    }
  });

  it("is asked by a cookie as well, and a session that is over is nobody's", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    const path = await avatarOf(ann);
    await setLevel(ann, "friends");
    const phone = await bob.elsewhere();
    const cookie = { cookie: `__Host-access_token=${phone.access}` };
    expect((await look(path, null, cookie)).status).toBe(200);
    expect((await look(path, phone)).status).toBe(200);
    await phone.post("/api/auth/logout/");
    expect([(await look(path, null, cookie)).status, (await look(path, phone)).status]).toEqual([404, 404]);
    expect((await look(path, bob)).status).toBe(200);
    for (const access of ["nonsense", bob.refresh]) expect((await call("GET", path, { token: access })).status).toBe(404);
    await setLevel(ann, "public");
    for (const access of ["nonsense", phone.access]) expect((await call("GET", path, { token: access })).status).toBe(200);
  });

  const CLOSING: [string, (person: Person, level: Level) => Promise<Answer>][] = [
    ["PATCH /api/users/{id}/", (person, visibility) => person.patch(`/api/users/${person.id}/`, { visibility })],
    ["PATCH /profile/", (person, visibility) => person.patch("/profile/", { visibility })],
    [
      "PATCH /preferences/privacy_settings/",
      (person, level) => person.patch("/preferences/privacy_settings/", { profile_visibility: level }),
    ],
    ["PATCH /api/users/me/visibility/", (person, level) => person.patch("/api/users/me/visibility/", { profile: { level } })],
  ];
  it.each(CLOSING)("what caches have kept of a public one leads nowhere once it is not: %s", async (_, set) => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await befriend(ann, bob);
    const path = await avatarOf(ann);
    const socket = await (await ann.elsewhere()).socket();
    expect((await set(ann, "friends")).status).toBe(200);
    const renamed = new URL((await mine(ann))!).pathname;
    expect(renamed).not.toBe(path);
    expect(renamed).toMatch(/^\/avatars\/[0-9a-f]{32}\.png$/);
    for (const viewer of [null, ann, bob]) expect(says(await look(path, viewer))).toEqual(NOT_FOUND);
    for (const viewer of [ann, bob]) expect((await look(renamed, viewer)).status).toBe(200);
    expect((await look(renamed)).status).toBe(404);
    const told = await socket.next("profile_update");
    expect(told.user).toMatchObject({ visibility: "friends", avatar: `https://kith.test${renamed}` });

    expect((await set(ann, "public")).status).toBe(200);
    expect(await mine(ann), "opening it takes no other").toBe(`https://kith.test${renamed}`);
    await pause(50);
    expect(socket.durable().filter(({ type }) => type === "profile_update")).toHaveLength(2);
    await expectNothingLost();
  });

  it("a block takes the address away that the other knew, also from who does not say who they are", async () => {
    const [ann, bob, cid] = (await people("ann", "bob", "cid")) as [Person, Person, Person];
    const path = await avatarOf(ann);
    const theirs = await avatarOf(bob);
    const socket = await (await ann.elsewhere()).socket();
    expect((await ann.post(`/api/users/${bob.id}/block/`)).status).toBe(200);
    const renamed = new URL((await mine(ann))!).pathname;
    for (const viewer of [null, bob, cid]) expect(says(await look(path, viewer))).toEqual(NOT_FOUND);
    expect([(await look(renamed)).status, (await look(renamed, cid)).status, (await look(renamed, bob)).status]).toEqual([200, 200, 404]);
    expect((await socket.next("profile_update")).user).toMatchObject({ avatar: `https://kith.test${renamed}` });
    expect([(await look(theirs)).status, (await look(theirs, ann)).status], "the other's stays").toEqual([200, 404]);
    await expectNothingLost();
  });

  it("keeps its address where nobody is barred", async () => {
    const ann = await aPerson();
    const path = await avatarOf(ann);
    await ann.patch("/profile/", { bio: "Hello.", visibility: "public" });
    expect((await look(path)).status).toBe(200);
  });
});

describe("the ledger", () => {
  it("loses the file that was replaced, and the one that was removed", async () => {
    const ann = await aPerson();
    const first = await avatarOf(ann);
    const [one] = await keys();
    const second = await avatarOf(ann, "photo.jpg");
    const [two, ...more] = await keys();
    expect({ more, other: two !== one }).toEqual({ more: [], other: true });
    expect([(await look(first)).status, (await look(second)).status]).toEqual([404, 200]);
    expect((await ann.delete("/profile/image/")).status).toBe(204);
    expect(await keys()).toEqual([]);
    expect((await look(second)).status).toBe(404);
    await expectNothingLost();
    expect(await ledger()).toEqual([]);
  });

  it("keeps one of many that come at once", async () => {
    const ann = await aPerson();
    const answers = await Promise.all(Array.from({ length: 8 }, () => upload(ann)));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect(await inUse()).toHaveLength(1);
    expect((await look(new URL((await mine(ann))!).pathname)).status).toBe(200);
    await expectNothingLost();
    expect(await keys()).toHaveLength(1);
  });

  it("keeps what was there when R2 does not take the new one", async () => {
    const ann = await aPerson();
    const path = await avatarOf(ann);
    const mend = meddle("put", fails);
    const { status, body } = await upload(ann, "photo.gif");
    expect({ status, code: body.code }).toEqual({ status: 503, code: "storage_unavailable" });
    expect(JSON.stringify(body)).not.toMatch(/10001|internal error|R2/);
    expect((await look(path)).status).toBe(200);
    expect(await ledger(), "what was begun waits for the sweep").toHaveLength(2);
    mend();
    await expectNothingLost();
    expect(await keys()).toHaveLength(1);
  });

  it("loses nothing when R2 takes it and says that it did not", async () => {
    const ann = await aPerson();
    const mend = meddle("put", (real) => real().then(fails));
    expect((await upload(ann)).status).toBe(503);
    mend();
    expect(await keys(), "it is there, and nobody's").toHaveLength(1);
    await expectNothingLost();
    expect(await keys()).toEqual([]);
  });

  it("loses nothing when the session ends between the two commits", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    const path = await avatarOf(ann);
    const mend = meddle("put", async (real) => {
      await ann.delete("/api/auth/sessions/");
      return real();
    });
    expect((await upload(phone, "photo.gif")).status).toBe(401);
    mend();
    expect(await keys()).toHaveLength(2);
    expect((await look(path)).status).toBe(200);
    await expectNothingLost();
    expect(await keys()).toHaveLength(1);
  });

  it("loses nothing when the account goes between the two commits, even if the object comes last of all", async () => {
    const ann = await aPerson();
    const phone = await ann.elsewhere();
    await avatarOf(ann);
    const mend = meddle("put", async (real) => {
      expect((await ann.ask("DELETE", "/api/users/me/", { password: PASSWORD })).status).toBe(204);
      return real();
    });
    expect((await upload(phone)).status).toBe(401);
    mend();
    expect(await ledger()).toMatchObject([{ user_id: null }, { user_id: null }]);
    expect(await keys(), "the one that came too late").toHaveLength(1);
    await expectNothingLost();
    expect(await keys()).toEqual([]);
  });

  it("tries again when R2 does not let go of an object", async () => {
    const ann = await aPerson();
    const path = await avatarOf(ann);
    const mend = meddle("delete", fails);
    expect((await ann.delete("/profile/image/")).status).toBe(204);
    expect((await look(path)).status, "nobody is shown it any more").toBe(404);
    await sweep();
    expect([(await keys()).length, (await ledger()).length], "neither is lost").toEqual([1, 1]);
    mend();
    await expectNothingLost();
    expect(await ledger()).toEqual([]);
  });

  it("sweeps only what has been doomed for an hour: what is being uploaded is not disturbed", async () => {
    const ann = await aPerson();
    meddle("put", async (real) => {
      await sweep(0.99);
      return real();
    });
    const path = await avatarOf(ann);
    expect((await look(path)).status).toBe(200);
    await expectNothingLost();
  });

  it("refuses to take what may have been swept meanwhile", async () => {
    const ann = await aPerson();
    const mend = meddle("put", async (real) => {
      await real();
      await sweep(2);
    });
    const { status, body } = await upload(ann);
    expect({ status, code: body.code }).toEqual({ status: 409, code: "changed_meanwhile" });
    mend();
    expect(await mine(ann)).toBeNull();
    await expectNothingLost();
  });

  it("sweeps a thousand at a time, all of them", async () => {
    const ann = await aPerson();
    await avatarOf(ann);
    await query(
      `insert into files (name, user_id, purpose, content_type, size, created_at, doomed_at)
        with recursive n(i) as (select 1 union all select i + 1 from n where i < 2500) select 'old' || i, null, 'avatar', 'image/png', 1, '', '2020' from n`,
    );
    for (const i of [1, 999, 2500]) await env.FILES.put(`old${i}`, "x");
    let calls = 0;
    meddle("delete", (real) => {
      calls++;
      return real();
    });
    await sweep();
    expect(calls).toBe(3);
    expect([(await keys()).length, (await ledger()).length]).toEqual([1, 1]);
  });

  it("goes with its person, and so do the objects", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    const path = await avatarOf(ann);
    const others = await avatarOf(bob, "photo.gif");
    expect((await ann.ask("DELETE", "/api/users/me/", { password: PASSWORD })).status).toBe(204);
    expect([(await look(path)).status, (await look(others)).status]).toEqual([404, 200]);
    expect(await keys()).toEqual(await inUse());
    await expectNothingLost();
    expect(await ledger()).toMatchObject([{ user_id: bob.id }]);
  });

  it("goes with what the profile says, when that is emptied", async () => {
    const ann = await aPerson();
    await avatarOf(ann);
    expect((await ann.delete("/profile/")).status).toBe(204);
    expect([await mine(ann), await keys()]).toEqual([null, []]);
  });
});
