import { beforeEach, describe, expect, it, vi } from "vitest";
import { query } from "./support/hub";
import { flashOf, leadsTo, unescaped, Visitor } from "./support/pages";
import { type Answer, aPerson, ask, newName, type Person, people } from "./support/people";
import { setLevel } from "./support/visibility";

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const newest = async (of: Person): Promise<number> => (await of.get("/api/notifications/")).body[0].id;
const rowsOf = ({ text }: Answer) =>
  text
    .split('<li class="row')
    .slice(1)
    .map((row) => ({ unread: row.startsWith(" unread"), text: unescaped(row.replace(/<[^>]*>/g, " ")) }));

describe("the page of notifications", () => {
  it("lists them newest first, each with what it asks for, and answers a request right there", async () => {
    const { person: ann, visitor } = await Visitor.new();
    expect((await visitor.open("/notifications")).text).toContain("Nothing yet");
    const [bob, cid] = await people("bob", "cid");
    const request = await ask(bob!, ann);
    await ask(cid!, ann);
    const page = await visitor.open("/notifications");
    expect(page.text, "what waits is answered first").not.toMatch(/aria-label="(Delete|Mark as read)/);
    expect(rowsOf(page).map(({ unread, text }) => [unread, text.includes(bob!.username), text.includes(cid!.username)])).toEqual([
      [true, false, true],
      [true, true, false],
    ]);
    expect(page.text).toContain(`<a class="break" href="/people/${bob!.id}">${bob!.username} sent you a friend request.</a>`);
    const done = await visitor.submit(page, `/friends/requests/${request}/accept`);
    expect(leadsTo(done)).toEqual({ status: 303, location: "/notifications" });
    const then = await visitor.follow(done);
    expect(flashOf(then)).toBe(`You and ${bob!.username} are friends now.`);
    expect(then.text).not.toContain(`/friends/requests/${request}/`);
    expect(
      rowsOf(then).map(({ unread, text }) => [unread, text.includes("accepted since")]),
      "answered is read",
    ).toEqual([
      [true, false],
      [false, true],
    ]);
    expect(then.text, "the other still waits").toContain(`aria-label="Accept ${cid!.username}"`);
  });

  it("hears of an answer on a page once, and of none where it was read already", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const [bob, cid, dan] = await people("bob", "cid", "dan");
    const [first, second, third] = [await ask(bob!, ann), await ask(cid!, ann), await ask(dan!, ann)];
    const unread = await newest(ann);
    const socket = await ann.socket();
    expect(flashOf(await visitor.follow(await visitor.post(`/friends/requests/${first}/reject`)))).toContain("You rejected");
    expect(await socket.next("friend_update")).toMatchObject({ status: "rejected" });
    expect((await socket.next("notification_update")).notification).toMatchObject({ is_read: true, related_request: { id: first } });
    expect((await ann.get("/api/notifications/unread-count/")).body).toEqual({ unread: 2 });
    await ann.put(`/api/notifications/${unread}/read/`);
    for (const id of [third, second]) await visitor.post(`/friends/requests/${id}/accept`);
    await socket.next("notification_update", 3);
    expect(socket.ofType("notification_update").map(({ notification }) => (notification as any).related_request.id)).toEqual([
      first,
      third,
      second,
    ]);
    expect((await ann.get("/api/notifications/unread-count/")).body).toEqual({ unread: 0 });
    socket.close();
  });

  it("names who hides, and leads to no page of theirs", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const bob = await aPerson("bob");
    await ask(bob, ann);
    const link = `href="/people/${bob.id}"`;
    for (const path of ["/", "/notifications"]) expect((await visitor.open(path)).text, path).toContain(link);
    await setLevel(bob, "private");
    for (const path of ["/", "/notifications"]) {
      const { text } = await visitor.open(path);
      expect({ linked: text.includes(link), named: text.includes(bob.username) }, path).toEqual({ linked: false, named: true });
    }
    expect((await ann.get("/api/notifications/")).body[0], "that is for pages").not.toHaveProperty("sender_seen");
  });

  it("marks one as read or all, and shows those that are not", async () => {
    const { person: ann, visitor } = await Visitor.new();
    for (const person of await people("a", "b", "c"))
      await ann.put(`/api/friends/request/${await ask(person, ann)}/`, { action: "reject" });
    const page = await visitor.open("/notifications?unread=true");
    const one = await newest(ann);
    const done = await visitor.submit(page, `/notifications/${one}/read`);
    expect(leadsTo(done), "back to where it was").toEqual({ status: 303, location: "/notifications?unread=true" });
    expect(rowsOf(await visitor.follow(done))).toHaveLength(2);
    expect(rowsOf(await visitor.open("/notifications")).map(({ unread }) => unread)).toEqual([false, true, true]);
    await visitor.submit(page, "/notifications/read-all");
    expect((await visitor.open("/notifications?unread=true")).text).toContain("You have read everything");
  });

  it("deletes one or all, and nobody else's", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const bob = await aPerson();
    for (const to of [ann, bob]) for (const person of await people("a", "b")) await ask(person, to);
    const gone = async (id: number | string, act: string) =>
      flashOf(await visitor.follow(await visitor.post(`/notifications/${id}/${act}`)));
    for (const act of ["read", "delete"])
      expect([await gone(await newest(bob), act), await gone(999_999, act)]).toEqual(Array(2).fill("This notification is gone already."));
    expect((await visitor.post("/notifications/x/delete")).status).toBe(404);
    expect(await gone(await newest(ann), "delete")).toBe("Deleted.");
    const page = await visitor.open("/notifications");
    expect(rowsOf(page)).toHaveLength(1);
    expect(page.text).toContain('data-confirm="Delete all of your notifications?"');
    await visitor.submit(page, "/notifications/delete-all");
    expect((await visitor.open("/notifications")).text).toContain("Nothing yet");
    expect((await bob.get("/api/notifications/")).body).toHaveLength(2);
  });

  it("goes on page by page", async () => {
    const { person: ann, visitor } = await Visitor.new();
    for (let i = 0; i < 31; i++)
      await query(
        "insert into notifications (recipient_id, type, text, created_at) values (?, 'friend_request_accepted', ?, '2026-01-01T00:00:00.000Z')",
        ann.id,
        `${newName("note")} <i>`,
      );
    const page = await visitor.open("/notifications?unread=true");
    const next = /href="(\/notifications\?unread=true&amp;cursor=[^"]+)"/.exec(page.text)?.[1];
    const rest = await visitor.open(unescaped(next!));
    expect([rowsOf(page).length, rowsOf(rest).length]).toEqual([30, 1]);
    expect(page.text).toContain("&lt;i&gt;");
    expect(page.text).not.toContain("<i>");
  });

  it("mails a digest when asked to, to an address that is confirmed", async () => {
    const { person: ann, visitor } = await Visitor.new();
    await ask(await aPerson(), ann);
    const mailed = async () => flashOf(await visitor.follow(await visitor.post("/notifications/digest")));
    expect(await mailed()).toContain("Confirm your e-mail address first");
    await query("update users set email_verified_at = created_at where id = ?", ann.id);
    expect(await mailed()).toBe("It is on its way to you.");
  });
});
