import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { logOf, upTo } from "./support/hub";
import { aPerson, type Person } from "./support/people";

/** Changes of one profile, in any order and through every door, against what should become of it. */

/** A counterexample is shortened for as long as that, and a slow machine runs as many as it can. */
const OPTIONS = { numRuns: 8, interruptAfterTimeLimit: 20_000 };

type Fields = Record<string, unknown>;

const words = fc.constantFrom("", "Ann", "Zoë 🐈", `'"; --`, "$.bio", "null", "[1]");
const orNull = fc.option(words.filter((word) => word !== ""));
const MOST = 3;

/** A few of these fields. */
const some = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Fields> =>
  fc
    .tuple(fc.record(fields), fc.subarray(Object.keys(fields), { maxLength: MOST }))
    .map(([values, names]) => Object.fromEntries(names.map((name) => [name, values[name]])));

/** In the page's words. */
const paged = some({ name: words, surname: words, age: fc.option(fc.integer({ min: 0, max: 150 })), about_me: words });
const own = some({
  first_name: words,
  bio: fc.option(words),
  birth_date: fc.constantFrom(null, "2000-02-29", "1999-12-31"),
  age: fc.option(fc.integer({ min: 0, max: 150 })),
  phone_number: fc.constantFrom(null, "+491511234567", "+15550104477"),
  profession: orNull,
  status_line: orNull,
  visibility: fc.constantFrom("public", "friends", "private", "specific"),
});

type Change = { door: "page" | "profile" | "me" | "id"; given: Fields } | { door: "empty" };
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ door: fc.constant("page" as const), given: paged }) },
  { weight: 8, arbitrary: fc.record({ door: fc.constantFrom("profile" as const, "me" as const, "id" as const), given: own }) },
  { weight: 1, arbitrary: fc.constant({ door: "empty" as const }) },
);

const EMPTY = {
  first_name: "",
  last_name: "",
  bio: null,
  birth_date: null,
  age: null,
  phone_number: null,
  profession: null,
  status_line: null,
};

/** What the profile then says, as simply as possible; `age` is what was said and not what follows from a birth date. */
function after(before: Fields, change: Change): Fields {
  const given: Fields = change.door === "empty" ? EMPTY : change.given;
  const { name, surname, about_me, ...same } = given;
  const renamed = Object.entries({ first_name: name, last_name: surname, bio: about_me }).filter(([, value]) => value !== undefined);
  const next: Fields = { ...before, ...same, ...Object.fromEntries(renamed) };
  return next.birth_date === null ? next : { ...next, age: null };
}

async function make(person: Person, one: Change): Promise<number> {
  const doors = { page: `/api/profiles/${person.id}/`, profile: "/profile/", me: "/api/users/me/", id: `/api/users/${person.id}/` };
  const answer = one.door === "empty" ? person.delete("/profile/") : person.patch(doors[one.door], one.given);
  return (await answer).status;
}

describe("A profile", () => {
  it("is what was last said of each field, and every change of it is told once", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 16, size: "max" }), async (changes) => {
        const ann = await aPerson();
        let model: Fields = { ...EMPTY, visibility: "public" };
        let told = 0;
        for (const one of changes) {
          const next = after(model, one);
          if (JSON.stringify(next) !== JSON.stringify(model)) told++;
          model = next;
          expect(await make(ann, one)).toBe(one.door === "empty" ? 204 : 200);
        }
        const { body } = await ann.get("/profile/");
        expect(body).toMatchObject(model.birth_date === null ? model : { ...model, age: expect.any(Number) });
        expect(await logOf(ann)).toEqual(upTo(told));
      }),
      OPTIONS,
    );
  });

  it("keeps what several devices say of different fields at once", async () => {
    const ann = await aPerson();
    const fields = {
      first_name: "Ann",
      last_name: "Lee",
      bio: "Hello.",
      profession: "Pilot",
      status_line: "away",
      phone_number: "+491511234567",
    };
    const answers = await Promise.all(Object.entries(fields).map(([name, value]) => ann.patch("/profile/", { [name]: value })));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    expect((await ann.get("/profile/")).body).toMatchObject(fields);
    expect(await logOf(ann)).toEqual(upTo(answers.length));
  });
});
