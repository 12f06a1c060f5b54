import { describe, expect, it } from "vitest";
import { makeAdmin } from "./support/admins";
import { errorsOf, flashOf, leadsTo, unescaped, Visitor } from "./support/pages";
import { aPerson } from "./support/people";

async function admin() {
  const made = await Visitor.new("boss");
  await makeAdmin(made.person);
  return made;
}
const listed = (text: string) => [...text.matchAll(/<a href="\/admin\/users\/\d+"><strong>([^<]*)</g)].map(([, name]) => unescaped(name!));

describe("the page of accounts", () => {
  it("finds people by name, address, role and state, and goes on where there are more", async () => {
    const { person: boss, visitor } = await admin();
    const [ann, bob] = [await aPerson("anneliese"), await aPerson("anneliese")];
    await boss.post(`/api/admin/users/${bob.id}/suspend/`, { reason: "Spam." });
    const find = async (query: string) => listed((await visitor.open(`/admin?${query}`)).text);
    expect(await find("search=anneliese")).toEqual([ann.username, bob.username]);
    expect(await find("search=anneliese&role=&suspended=true")).toEqual([bob.username]);
    expect(await find("search=anneliese&suspended=false")).toEqual([ann.username]);
    expect(await find(`search=${encodeURIComponent(ann.email)}`)).toEqual([ann.username]);
    expect(await find("role=admin")).toEqual([boss.username]);
    const { text } = await visitor.open("/admin?search=nobody%22%3E%3Cb%3E");
    expect(text).toContain("Nobody is like that");
    expect(text).not.toContain("<b>");

    const first = await visitor.open("/admin?search=anneliese&limit=1");
    expect(listed(first.text)).toEqual([ann.username]);
    const more = unescaped(/href="([^"]*)" rel="next"/.exec(first.text)![1]!);
    expect(listed((await visitor.open(more)).text)).toEqual([bob.username]);
  });
});

describe("the page of an account", () => {
  it("suspends with a reason, lets in again, ends sessions and gives a role; what was done stands there", async () => {
    const { visitor } = await admin();
    const { person: bob, visitor: bobs } = await Visitor.new("bob");
    const here = `/admin/users/${bob.id}`;
    const submit = async (act: string, fields: Record<string, string> = {}) => {
      const answer = await visitor.submit(await visitor.open(here), `${here}/${act}`, fields);
      expect(leadsTo(answer), act).toEqual({ status: 303, location: here });
      return visitor.follow(answer);
    };
    expect((await bobs.open("/devices")).status).toBe(200);
    expect(flashOf(await submit("role", { role: "pharmacist" }))).toBe("The role is pharmacist now.");
    expect(flashOf(await submit("end-sessions"))).toBe("They are logged out everywhere.");
    expect((await bobs.open("/devices")).status).toBe(302);
    const suspended = await submit("suspend", { reason: "Sold <b>fakes</b>." });
    expect(flashOf(suspended)).toBe("They are shut out.");
    expect(suspended.text).toContain("“Sold &lt;b&gt;fakes&lt;/b&gt;.”");
    expect(flashOf(await submit("restore"))).toBe("They can log in again.");

    const { text } = await visitor.open(`/admin/audit?target=${bob.id}`);
    const said = ["let in again", "suspended", "logged out of 2 sessions:", "made pharmacist, before member:"];
    expect(said.map((each) => text.indexOf(each)).every((at, i, all) => at > 0 && (i === 0 || at > all[i - 1]!))).toBe(true);
  });

  it("says in place what cannot be: no reason, no such role, no admin left", async () => {
    const { person: boss, visitor } = await admin();
    const here = `/admin/users/${boss.id}`;
    for (const [act, fields, error] of [
      ["suspend", { reason: " " }, "This field may not be blank."],
      ["role", { role: "king" }, '"king" is not a valid choice.'],
    ] as const) {
      const answer = await visitor.post(`${here}/${act}`, fields);
      expect({ status: answer.status, errors: errorsOf(answer) }).toEqual({ status: 400, errors: [error] });
    }
    for (const [act, fields] of [
      ["suspend", { reason: "Tired." }],
      ["role", { role: "member" }],
    ] as const)
      expect(flashOf(await visitor.follow(await visitor.post(`${here}/${act}`, fields)))).toMatch(/^This is the last admin\./);
    await makeAdmin(await aPerson());
    expect(leadsTo(await visitor.post(`${here}/role`, { role: "member" })), "and away where it can").toEqual({
      status: 303,
      location: "/",
    });
    expect((await visitor.open(here)).status).toBe(403);
  });

  it("does nothing for who is no admin, and is none where there is no account", async () => {
    const [{ visitor }, { visitor: eves }, bob] = [await admin(), await Visitor.new(), await aPerson()];
    for (const [act, fields] of [
      ["suspend", { reason: "Envy." }],
      ["suspend", {}],
      ["restore", {}],
      ["role", { role: "admin" }],
      ["end-sessions", {}],
    ] as const)
      expect((await eves.post(`/admin/users/${bob.id}/${act}`, fields)).status, act).toBe(403);
    expect((await bob.get("/api/users/me/")).body.role).toBe("member");
    for (const id of ["999999", "x", "0"]) {
      expect((await visitor.open(`/admin/users/${id}`)).status, id).toBe(404);
    }
    for (const id of ["x", "0"]) expect((await visitor.post(`/admin/users/${id}/restore`)).status, id).toBe(404);
    const gone = await visitor.post("/admin/users/999999/restore");
    expect(leadsTo(gone)).toEqual({ status: 303, location: "/admin" });
    expect(flashOf(await visitor.follow(gone))).toBe("There is no such account any more.");
  });
});
