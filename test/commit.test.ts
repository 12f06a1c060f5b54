import { env } from "cloudflare:workers";
import { sql } from "drizzle-orm";
import { describe, expect, it } from "vitest";
import { commit, refuseIf, UniqueViolation } from "../src/commit";
import { openDatabase } from "../src/db/database";
import { users } from "../src/db/schema/users";
import { statement } from "../src/db/statement";
import { openFiles } from "../src/files/storage";
import { openHubs } from "../src/realtime/poke";
import type { Scope } from "../src/scope";
import { readSettings } from "../src/settings";
import { aPerson, people } from "./support/people";

const rename = statement<{ id: number; bio: string }>((p) => sql`update ${users} set bio = ${p.bio} where ${users.id} = ${p.id}`);
const bioOf = statement<{ id: number }, { bio: string | null }>(
  (p) => sql`select ${users.bio} as bio from ${users} where ${users.id} = ${p.id}`,
);
const refuseBoth = statement<{ first: boolean; second: boolean }>((p) => refuseIf({ not_found: p.first, already_friends: p.second }));

function scopeOf(caller: Scope["caller"] = null): Scope {
  const deferred: Promise<unknown>[] = [];
  return {
    caller,
    device: () => ({ userAgent: "", country: null }),
    address: () => "unknown",
    note: () => {},
    origin: () => "https://kith.test",
    db: openDatabase(env.DB),
    hubs: openHubs(env.HUB),
    files: openFiles(env.FILES),
    settings: readSettings(env),
    now: new Date(),
    defer: (work) => deferred.push(work),
  };
}

describe("commit", () => {
  it("takes back every step when a precondition refuses, wherever it stands", async () => {
    const { id } = await aPerson();
    const steps = [rename({ id, bio: "half" }), refuseBoth({ first: false, second: true })];
    await expect(commit(scopeOf(), steps)).rejects.toMatchObject({ code: "already_friends", status: 400 });
    expect(await commit(scopeOf(), [], bioOf({ id }))).toEqual([{ bio: null }]);
  });

  it("refuses for the first reason that holds", async () => {
    await expect(commit(scopeOf(), [refuseBoth({ first: true, second: true })])).rejects.toMatchObject({ code: "not_found" });
  });

  it("lets everything through when none holds", async () => {
    const { id } = await aPerson();
    const answer = await commit(scopeOf(), [refuseBoth({ first: false, second: false }), rename({ id, bio: "whole" })], bioOf({ id }));
    expect(answer).toEqual([{ bio: "whole" }]);
  });

  it("answers what a step saw in its place, before later steps", async () => {
    const { id } = await aPerson();
    const before = bioOf({ id });
    expect(await commit(scopeOf(), [before, rename({ id, bio: "later" })], before)).toEqual([{ bio: null }]);
  });

  it("writes nothing for a session that is over", async () => {
    const person = await aPerson();
    const [{ id: sessionId }] = (await person.get("/api/auth/sessions/")).body;
    const scope = () => scopeOf({ userId: person.id, sessionId });
    await commit(scope(), [rename({ id: person.id, bio: "while it lived" })]);
    await person.post("/api/auth/logout/");
    await expect(commit(scope(), [rename({ id: person.id, bio: "too late" })])).rejects.toMatchObject({
      code: "token_not_valid",
      status: 401,
    });
    expect(await commit(scopeOf(), [], bioOf({ id: person.id }))).toEqual([{ bio: "while it lived" }]);
  });

  it("names the column that has to be unique, and none of the values", async () => {
    const [ann, bob] = await people("ann", "bob");
    const steal = statement<{ id: number; email: string }>((p) => sql`update ${users} set email = ${p.email} where ${users.id} = ${p.id}`);
    const error = await commit(scopeOf(), [steal({ id: ann!.id, email: bob!.email })]).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UniqueViolation);
    expect((error as UniqueViolation).column).toBe("users.email");
    expect(String(error)).not.toContain(bob!.email);
  });

  it("passes on an error that is none of its own", async () => {
    const broken = statement(() => sql`select nonsense`);
    await expect(commit(scopeOf(), [broken({})])).rejects.toThrow(/no such column/);
  });
});
