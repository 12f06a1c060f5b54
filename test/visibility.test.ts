import { env } from "cloudflare:workers";
import { type SQLWrapper, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/sqlite-core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { openDatabase } from "../src/db/database";
import { users } from "../src/db/schema/users";
import { statement } from "../src/db/statement";
import { personById } from "../src/modules/users/statements";
import { FIELDS, LEVELS, type Level, type Levels, type Relation, SUBJECTS, type Subject, sees, seesField } from "../src/visibility/rule";
import * as inSql from "../src/visibility/sql";
import { query } from "./support/hub";
import { FULL_PROFILE } from "./support/visibility";

const PEOPLE = 5;
const ids = Array.from({ length: PEOPLE }, (_, i) => i + 1);
const AT = { now: "2026-11-20T12:00:00.000Z", origin: "https://kith.test" };

interface World {
  /** By id. */
  levels: Levels[];
  friends: [number, number][];
  blocks: [number, number][];
  /** Each of an owner, with some of their friends, chosen for some subjects. */
  groups: { owner: number; members: number[]; subjects: Subject[] }[];
  chosen: { owner: number; person: number; subject: Subject }[];
}

const person = fc.constantFrom(...ids);
const pair = fc.tuple(person, person).filter(([a, b]) => a !== b);
const level = fc.constantFrom<Level>(...LEVELS);
const world: fc.Arbitrary<World> = fc.record({
  levels: fc.array(fc.record(Object.fromEntries(SUBJECTS.map((subject) => [subject, level])) as Record<Subject, typeof level>), {
    minLength: PEOPLE,
    maxLength: PEOPLE,
  }),
  friends: fc.uniqueArray(pair, { maxLength: 8, selector: ([a, b]) => [a, b].sort().join() }),
  blocks: fc.uniqueArray(pair, { maxLength: 3, selector: String }),
  groups: fc.array(fc.record({ owner: person, members: fc.uniqueArray(person), subjects: fc.subarray([...SUBJECTS]) }), { maxLength: 4 }),
  chosen: fc.uniqueArray(
    fc.record({ owner: person, person, subject: fc.constantFrom(...SUBJECTS) }).filter((c) => c.owner !== c.person),
    { maxLength: 8, selector: (c) => JSON.stringify(c) },
  ),
});

const areFriends = ({ friends }: World, a: number, b: number) => friends.some(([x, y]) => (x === a && y === b) || (x === b && y === a));
const membersOf = (w: World, { owner, members }: World["groups"][number]) => members.filter((member) => areFriends(w, owner, member));

/** What `viewer` is to `owner`, told from the world itself. */
const relation = (w: World, owner: number, viewer: number): Relation => ({
  self: owner === viewer,
  blocked: w.blocks.some(([a, b]) => (a === owner && b === viewer) || (a === viewer && b === owner)),
  friend: areFriends(w, owner, viewer),
  chosenFor: new Set([
    ...w.chosen.filter((c) => c.owner === owner && c.person === viewer).map(({ subject }) => subject),
    ...w.groups.filter((g) => g.owner === owner && membersOf(w, g).includes(viewer)).flatMap(({ subjects }) => subjects),
  ]),
});

async function build(w: World): Promise<void> {
  const run = (text: string, ...values: (string | number)[]) => env.DB.prepare(text).bind(...values);
  const { first_name, last_name, birth_date, phone_number, profession, bio, status_line } = FULL_PROFILE;
  await env.DB.batch([
    run("delete from friend_groups"),
    run("delete from users"),
    ...ids.map((id) => {
      const { profile, ...fields } = w.levels[id - 1]!;
      return run(
        `insert into users (id, username, username_key, email, password_hash, visibility, field_visibility, first_name, last_name, birth_date, phone_number, profession, bio, status_line, last_online)
        values (?, ?2, ?2, ?2 || '@example.test', '', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[
          id,
          `u${id}`,
          profile,
          JSON.stringify(fields),
          first_name,
          last_name,
          birth_date,
          phone_number,
          profession,
          bio,
          status_line,
          AT.now,
        ],
      );
    }),
    ...w.friends.flatMap(([a, b]) => [
      run("insert into friendships (user_id, friend_id, created_at) values (?, ?, '')", a, b),
      run("insert into friendships (user_id, friend_id, created_at) values (?, ?, '')", b, a),
    ]),
    ...w.blocks.map(([a, b]) => run("insert into blocks (user_id, blocked_id, created_at) values (?, ?, '')", a, b)),
    ...w.groups.flatMap((group, i) => [
      run("insert into friend_groups (id, owner_id, name, name_key, created_at) values (?1, ?2, ?1, ?1, '')", i + 1, group.owner),
      ...membersOf(w, group).map((member) =>
        run("insert into group_members (group_id, owner_id, member_id, added_at) values (?, ?, ?, '')", i + 1, group.owner, member),
      ),
      ...group.subjects.map((subject) =>
        run("insert into audience_groups (owner_id, subject, group_id) values (?, ?, ?)", group.owner, subject, i + 1),
      ),
    ]),
    ...w.chosen.map((c) =>
      run("insert into audience_people (owner_id, subject, person_id) values (?, ?, ?)", c.owner, c.subject, c.person),
    ),
  ]);
}

const owner = alias(users, "owner");
const viewer = alias(users, "viewer");
/** For every pair, what the conditions say: of the person, and of each field, asked alone. */
const verdicts = statement<Record<never, never>, Record<string, number>>(() => {
  const asked: [string, SQLWrapper][] = [
    ["profile", inSql.sees(owner, viewer.id)],
    ...FIELDS.map((field): [string, SQLWrapper] => [field, inSql.seesField(owner, field, viewer.id)]),
  ];
  const answers = asked.map(([name, condition]) => sql`(${condition}) as ${sql.identifier(name)}`);
  return sql`select ${owner.id} as owner, ${viewer.id} as viewer, ${sql.join(answers, sql`, `)} from ${users} as ${owner} join ${users} as ${viewer}`;
});

const shows = (value: unknown) => Number(value !== null && value !== "");

describe("who sees what of whom", () => {
  it("is the same in SQL, in TypeScript and in what is answered, whatever people set and whoever they know", async () => {
    const db = openDatabase(env.DB);
    let cells = 0;
    await fc.assert(
      fc.asyncProperty(world, async (w) => {
        await build(w);
        const pairs = ids.flatMap((a) => ids.map((b) => [a, b] as const));
        const [rows, ...answers] = await db.batch([verdicts({}), ...pairs.map(([id, me]) => personById({ id, me, ...AT }))]);
        expect(rows).toHaveLength(pairs.length);
        for (const row of rows) {
          const [levels, seen] = [w.levels[row.owner! - 1]!, relation(w, row.owner!, row.viewer!)];
          const expected = {
            profile: Number(sees(levels, seen)),
            ...Object.fromEntries(FIELDS.map((field) => [field, Number(seesField(levels, field, seen))])),
          };
          expect(row).toEqual({ owner: row.owner, viewer: row.viewer, ...expected });
          cells += SUBJECTS.length;
        }
        for (const [i, [id, me]] of pairs.entries()) {
          const [levels, seen] = [w.levels[id - 1]!, relation(w, id, me)];
          const [answer] = answers[i] as Record<string, unknown>[];
          expect(answer !== undefined).toBe(sees(levels, seen));
          if (!answer) continue;
          const told = (field: (typeof FIELDS)[number]) => Number(seesField(levels, field, seen));
          expect(Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, shows(value)]))).toMatchObject({
            username: 1,
            email: told("email"),
            bio: told("bio"),
            last_online: told("presence"),
            status_line: told("presence"),
            first_name: told("name"),
            last_name: told("name"),
            birth_date: told("birth_date"),
            age: told("birth_date"),
            phone_number: told("phone_number"),
            profession: told("profession"),
          });
        }
      }),
      { numRuns: 100, interruptAfterTimeLimit: 20_000 },
    );
    expect(cells).toBeGreaterThan(1000);
  });

  it("leaves the owner of a profile nothing hidden from themselves", async () => {
    await build({
      levels: ids.map(() => Object.fromEntries(SUBJECTS.map((subject) => [subject, "private"])) as Levels),
      friends: [[1, 2]],
      blocks: [],
      groups: [],
      chosen: [],
    });
    const [mine] = await openDatabase(env.DB).batch([personById({ id: 1, me: 1, ...AT })]);
    expect(mine[0]).toMatchObject(FULL_PROFILE);
    expect(await query("select id from users")).toHaveLength(PEOPLE);
  });
});
