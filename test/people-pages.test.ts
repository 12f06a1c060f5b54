import { beforeEach, describe, expect, it, vi } from "vitest";
import { query } from "./support/hub";
import { meterD1 } from "./support/meter";
import { buttonsOf, fieldValue, flashOf, leadsTo, textOf, unescaped, Visitor } from "./support/pages";
import { type Answer, aPerson, ask, befriend, newName, type Person, people } from "./support/people";
import { FULL_PROFILE, fillProfile, setFieldLevels, setLevel } from "./support/visibility";

beforeEach(() => {
  vi.spyOn(console, "log").mockReturnValue();
});

const mainOf = (answer: Answer) => answer.text.split("<main")[1]!.replace(/[0-9a-f]{64}/g, "");
const hrefsOf = ({ text }: Answer) => [...text.matchAll(/ href="([^"]*)"/g)].map(([, href]) => unescaped(href!));
const block = (from: Person, to: Person) => from.post(`/api/users/${to.id}/block/`);

describe("the page of people", () => {
  it("says so where there is nobody else", async () => {
    const { visitor } = await Visitor.new();
    expect(textOf(await visitor.open("/people"))).toContain("Nobody else is here yet");
    await aPerson();
    expect(textOf(await visitor.open("/people"))).not.toContain("Nobody else");
  });

  it("finds by a part of the username, keeps what was typed, and says where each stands", async () => {
    const stem = newName("kin");
    const [friend, asked, asks, stranger] = await people(`${stem}.a`, `${stem}.b`, `${stem}.c`, `${stem}.d`);
    const { person: ann, visitor } = await Visitor.new(`${stem}.me`);
    await fillProfile(stranger!);
    await befriend(ann, friend!);
    await ask(ann, asked!);
    await ask(asks!, ann);
    const found = await visitor.open(`/people?search=${stem.toUpperCase()}`);
    expect(fieldValue(found, "search")).toBe(stem.toUpperCase());
    expect(buttonsOf(found).sort()).toEqual([
      `Accept ${asks!.username}`,
      `Add friend: ${stranger!.username}`,
      `Reject ${asks!.username}`,
      "Search",
      `Take back your request to ${asked!.username}`,
    ]);
    expect(textOf(found)).toContain(`${FULL_PROFILE.first_name} ${FULL_PROFILE.last_name}`);
    const done = await visitor.submit(found, `/people/${stranger!.id}/ask`);
    expect(leadsTo(done)).toEqual({ status: 303, location: `/people?search=${stem.toUpperCase()}` });
    const then = await visitor.follow(done);
    expect(flashOf(then)).toBe(`You asked ${stranger!.username} to be friends.`);
    expect(buttonsOf(then)).toContain(`Take back your request to ${stranger!.username}`);
    expect(textOf(await visitor.open(`/people?search=${newName("nobody")}`))).toMatch(
      /Nobody found Names are not searched, only usernames/,
    );
  });

  it("suggests friends of friends where nothing is searched, and goes on page by page", async () => {
    const [bob, cid] = await people("bob", "cid");
    const { person: ann, visitor } = await Visitor.new();
    await befriend(ann, bob!);
    await befriend(bob!, cid!);
    const page = await visitor.open("/people");
    const suggestions = textOf(page).split("Everybody")[0];
    expect(suggestions).toContain(`People you may know`);
    expect(suggestions).toContain(`${cid!.username} A friend in common: ${bob!.username}`);
    expect(textOf(await visitor.open(`/people?search=${cid!.username}`))).not.toContain("may know");
    const seen: string[] = [];
    for (let next: string | undefined = "/people"; next; ) {
      const answer: Answer = await visitor.open(next);
      seen.push(...[...answer.text.split("Everybody")[1]!.matchAll(/<li class="row">.*?<a href="\/people\/(\d+)"/g)].map(([, id]) => id!));
      next = hrefsOf(answer).find((href) => href.startsWith("/people?cursor="));
    }
    const all = await query<{ id: number }>("select id from users order by id");
    expect(seen).toEqual(all.map(({ id }) => String(id)));
  });

  it("says what is wrong with a search or a cursor", async () => {
    const { visitor } = await Visitor.new();
    const long = await visitor.open(`/people?search=${"x".repeat(151)}`);
    expect({ status: long.status, kept: fieldValue(long, "search")?.length }).toEqual({ status: 400, kept: 151 });
    expect(long.text).toContain("<li>Ensure this field has no more than 150 characters.");
    for (const path of ["/people?cursor=x", "/people/1/friends?cursor=x", "/friends?show=friends&cursor=x", "/notifications?cursor=x"])
      expect((await visitor.open(path)).status, path).toBe(400);
  });
});

describe("the page of a person", () => {
  it("shows what they show to a friend and to a stranger, and of names and bios only the text", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const bob = await aPerson("bob");
    await fillProfile(bob);
    const evil = `<script>alert(1)</script>"><img src=x onerror='x'>`;
    await bob.patch("/api/users/me/", { bio: evil, first_name: evil, status_line: evil, profession: evil });
    const levels = { phone_number: "friends", email: "friends", birth_date: "friends" } as const;
    await setFieldLevels(bob, levels);
    const asStranger = await visitor.open(`/people/${bob.id}`);
    for (const secret of [FULL_PROFILE.phone_number, bob.email, "December"]) expect(asStranger.text).not.toContain(secret);
    expect(asStranger.text).not.toMatch(/<script>|<img src=x|onerror='/);
    expect(textOf(asStranger)).toContain(evil);
    await befriend(ann, bob);
    const asFriend = textOf(await visitor.open(`/people/${bob.id}`));
    for (const told of [FULL_PROFILE.phone_number, bob.email, "friends since"]) expect(asFriend).toContain(told);
    expect(hrefsOf(await visitor.open(`/people/${ann.id}`)), "one's own leads to where it is changed").toContain("/profilepage");
  });

  it("is the same nothing for whoever hides, blocks, or is not there", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const [hidden, blocker] = await people("hid", "blo");
    await setLevel(hidden!, "private");
    await block(blocker!, ann);
    const nothing = await visitor.open("/people/999999");
    expect(nothing.status).toBe(404);
    for (const id of [hidden!.id, blocker!.id, "0", "-1", "1.5", "x", "1e3", "9".repeat(20)])
      for (const path of [`/people/${id}`, `/people/${id}/friends`]) {
        const answer = await visitor.open(path);
        expect({ status: answer.status, main: mainOf(answer) }, path).toEqual({ status: 404, main: mainOf(nothing) });
      }
    for (const act of ["ask", "unfriend", "block", "unblock", "groups"]) {
      const tries = [999_999, hidden!.id, blocker!.id].map(async (id) => {
        const answer = await visitor.post(`/people/${id}/${act}`);
        return { ...leadsTo(answer), location: answer.headers.get("location")?.replace(String(id), "ID") };
      });
      const [absent, ...others] = await Promise.all(tries);
      expect(absent!.status, act).toBe(303);
      for (const other of others) expect(other, act).toEqual(absent);
      expect((await visitor.post(`/people/x/${act}`)).status, act).toBe(404);
    }
  });

  it("asks, takes back, is answered, and ends", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const { person: bob, visitor: bobs } = await Visitor.new();
    const [toBob, toAnn] = [`/people/${bob.id}`, `/people/${ann.id}`];
    const press = async (who: Visitor, on: string, label: string): Promise<Answer> => {
      const page = await who.open(on);
      const form = page.text.split("<form").find((part) => part.includes(`aria-label="${label}"`));
      expect(form, `${label} on ${on}: ${buttonsOf(page)}`).toBeDefined();
      const answer = await who.follow(await who.submit(page, / action="([^"]+)"/.exec(form!)![1]!));
      expect(answer.status).toBe(200);
      return answer;
    };
    await fillProfile(ann);
    expect(textOf(await press(visitor, toBob, `Add friend: ${bob.username}`))).toContain("Asked");
    expect(textOf(await bobs.open(toAnn)), "may be seen").toContain(FULL_PROFILE.bio);
    expect(flashOf(await press(visitor, toBob, `Take back your request to ${bob.username}`))).toBe("Your request is taken back.");
    await press(visitor, toBob, `Add friend: ${bob.username}`);
    expect(flashOf(await press(bobs, toAnn, `Reject ${ann.username}`))).toBe(`You rejected the request of ${ann.username}.`);
    await press(visitor, toBob, `Add friend: ${bob.username}`);
    expect(flashOf(await press(bobs, toAnn, `Accept ${ann.username}`))).toBe(`You and ${ann.username} are friends now.`);
    await setLevel(bob, "friends");
    expect(flashOf(await press(visitor, toBob, `Unfriend ${bob.username}`)), "where there is a page").toBe("You are no longer friends.");
    await setLevel(bob, "public");
    expect(flashOf(await press(bobs, toAnn, `Block ${ann.username}`))).toBe(`${ann.username} is blocked.`);
    expect((await visitor.open(toBob)).status, "is not there for who is blocked").toBe(404);
    expect(textOf(await bobs.open(toAnn)), "nor shown to who has blocked").not.toContain(FULL_PROFILE.bio);
    await press(bobs, toAnn, `Unblock ${ann.username}`);
    expect((await visitor.open(toBob)).status).toBe(200);
  });

  it("says so when what is asked for cannot be", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const [bob, cid] = await people("bob", "cid");
    await befriend(ann, bob!);
    await ask(ann, cid!);
    const said = async (path: string) => flashOf(await visitor.follow(await visitor.post(path)));
    expect(await said(`/people/${bob!.id}/ask`)).toBe("You are already friends.");
    expect(await said(`/people/${cid!.id}/ask`)).toBe("Friend request already sent.");
    expect(await said(`/people/${ann.id}/ask`)).toBe("You cannot send a friend request to yourself.");
    expect(await said(`/people/${cid!.id}/unfriend`)).toBe("You are not friends.");
    expect(await said(`/people/${ann.id}/block`)).toBe("You cannot block yourself.");
    expect(await said("/people/999999/ask")).toBe("There is no such person.");
    expect(await said("/friends/requests/999999/accept")).toBe("This request is gone: it was answered or taken back.");
    const evil = await visitor.post(`/people/${bob!.id}/ask`, { back: "//evil.example/x" });
    expect(leadsTo(evil)).toEqual({ status: 303, location: `/people/${bob!.id}` });
    const json = await visitor.post(`/people/${bob!.id}/ask`, {}, { accept: "application/json" });
    expect({ status: json.status, error: json.body.error }).toEqual({ status: 400, error: "You are already friends." });
  });

  it("puts a friend into groups, several at once, and into nobody else's", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const bob = await aPerson();
    await befriend(ann, bob);
    const make = async (who: Person, name: string): Promise<number> => (await who.post("/api/friends/groups/", { name })).body.id;
    const [a, b, c, bobs] = [await make(ann, "A <b>"), await make(ann, "B"), await make(ann, "C"), await make(bob, "His")];
    const path = `/people/${bob.id}`;
    const inThem = async () =>
      (await ann.get("/api/friends/groups/")).body.filter((group: any) => group.members.includes(bob.id)).map((group: any) => group.id);
    const choose = async (fields: Record<string, string>) => flashOf(await visitor.follow(await visitor.post(`${path}/groups`, fields)));
    expect(await choose({ [`group_${a}`]: "true", [`group_${b}`]: "true", [`group_${c}`]: "false" })).toBe("The groups are saved.");
    expect(await inThem()).toEqual([a, b]);
    const page = await visitor.open(path);
    expect(page.text).toContain("A &lt;b&gt;");
    expect(page.text.match(/type="checkbox"[^>]* checked/g)).toHaveLength(2);
    await visitor.submit(page, `${path}/groups`, { [`group_${a}`]: "false", [`group_${c}`]: "true" });
    expect(await inThem(), "what the form does not say stays out").toEqual([c]);
    expect(await choose({ [`group_${a}`]: "true", [`group_${bobs}`]: "true" })).toContain("One of these groups is gone");
    expect(await inThem(), "all or nothing").toEqual([c]);
    expect(textOf(await visitor.open("/friends"))).toContain("In your groups: C");
  });
});

describe("the page of friends", () => {
  it("has who asks, friends, whom one asked and whom one blocked, each with what to do", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const empty = await visitor.open("/friends");
    expect(textOf(empty)).toContain("Find people");
    const [bob, cid, dan, eve] = await people("bob", "cid", "dan", "eve");
    await befriend(ann, bob!);
    const request = await ask(cid!, ann);
    await ask(ann, dan!);
    await block(ann, eve!);
    const page = await visitor.open("/friends");
    expect(buttonsOf(page)).toEqual([
      `Accept ${cid!.username}`,
      `Reject ${cid!.username}`,
      `Unfriend ${bob!.username}`,
      `Take back your request to ${dan!.username}`,
      `Unblock ${eve!.username}`,
    ]);
    expect(page.text).toContain('data-live="friend_request friend_update"');
    expect(page.text).toContain(`data-confirm="End your friendship with ${bob!.username}?"`);
    expect(hrefsOf(page)).toContain(`/people/${cid!.id}`);
    await setLevel(cid!, "private");
    const hiding = await visitor.open("/friends");
    expect(hrefsOf(hiding), "who asks and hides is named and may be answered, and that is all").not.toContain(`/people/${cid!.id}`);
    const then = await visitor.follow(await visitor.submit(hiding, `/friends/requests/${request}/accept`));
    expect(flashOf(then)).toBe(`You and ${cid!.username} are friends now.`);
    await setLevel(cid!, "friends");
    expect(buttonsOf(await visitor.open("/friends"))).toContain(`Unfriend ${cid!.username}`);
  });

  it("goes on in one of them", async () => {
    const { person: ann, visitor } = await Visitor.new();
    for (let i = 0; i < 21; i++)
      await query(
        "insert into users (username, username_key, email, password_hash, created_at) select ?1, ?1, ?1 || '@x.test', '', '2026-01-01T00:00:00.000Z'",
        newName("many"),
      );
    const many = await query<{ id: number }>("select id from users where username like 'many%' order by id desc limit 21");
    for (const { id } of many)
      await query("insert into blocks (user_id, blocked_id, created_at) values (?, ?, '2026-01-01T00:00:00.000Z')", ann.id, id);
    const page = await visitor.open("/friends");
    const next = hrefsOf(page).find((href) => href.startsWith("/friends?show=blocked&cursor="));
    const rest = await visitor.open(next!);
    expect([buttonsOf(page).length, buttonsOf(rest).length]).toEqual([20, 1]);
    expect(hrefsOf(rest).some((href) => href.includes("cursor="))).toBe(false);
  });
});

describe("pages of people", () => {
  it("cost one round trip each, and their buttons a commit; an answer another one for what told of the request", async () => {
    const { person: ann, visitor } = await Visitor.new();
    const bob = await aPerson();
    await befriend(ann, bob);
    const request = await ask(await aPerson(), ann);
    await visitor.post("/people/999999/ask");
    const meter = meterD1();
    const costs: Record<string, number> = {};
    for (const path of ["/people", "/people?search=ab", `/people/${bob.id}`, `/people/${bob.id}/friends`, "/friends", "/notifications"]) {
      meter.take();
      await visitor.open(path);
      costs[path] = meter.take().trips;
    }
    for (const path of [`/friends/requests/${request}/accept`, `/people/${bob.id}/unfriend`, "/notifications/delete-all"]) {
      meter.take();
      await visitor.post(path);
      costs[path] = meter.take().trips;
    }
    meter.stop();
    expect(Object.entries(costs).filter(([, trips]) => trips > 1)).toEqual([[`/friends/requests/${request}/accept`, 2]]);
  });
});
