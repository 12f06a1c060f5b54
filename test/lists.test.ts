import { describe, expect, it } from "vitest";
import { ids, walk } from "./support/lists";
import { aPerson, ORIGIN, type Person, people } from "./support/people";

const EVERYBODY = ["Ada", "Adam", "Bob", "bobby", "O_Neil", "jean-luc", "x.y", "żółw", "Müller", "Ærø"];

/** People with these names and no others, by id; the first is the one who asks. */
async function named(...names: string[]): Promise<Person> {
  const all = (await people(...names.map(() => "p"))).sort((a, b) => a.id - b.id);
  for (const [i, person] of all.entries()) await person.patch(`/api/users/${person.id}/`, { username: names[i] });
  return all[0]!;
}

describe("searching people", () => {
  it("finds a part of a name in any case; one or two letters are its beginning", async () => {
    const ada = await named(...EVERYBODY);
    const cases: [string, string[]][] = [
      ["ada", ["Ada", "Adam"]],
      ["ADAM", ["Adam"]],
      ["dam", ["Adam"]],
      ["bob", ["Bob", "bobby"]],
      ["a", ["Ada", "Adam"]],
      ["AD", ["Ada", "Adam"]],
      ["b", ["Bob", "bobby"]],
      ["da", []],
      ["neil", ["O_Neil"]],
      ["n-l", ["jean-luc"]],
      ["x.y", ["x.y"]],
      ["żó", ["żółw"]],
      ["ŻÓŁ", ["żółw"]],
      ["müll", ["Müller"]],
      ["ÆR", ["Ærø"]],
      ["  adam ", ["Adam"]],
      ["nobody", []],
    ];
    for (const [search, expected] of cases) {
      const { body } = await ada.get(`/api/users/?search=${encodeURIComponent(search)}`);
      expect({ search, found: body.map(({ username }: Person) => username) }).toEqual({ search, found: expected });
    }
  });

  it("means every character as it is: none is a pattern", async () => {
    const ada = await named(...EVERYBODY);
    for (const search of [
      "%",
      "_",
      "%%%",
      "___",
      "a%a",
      "A_a",
      "*",
      "ada*",
      '"',
      '"ada"',
      "ada OR bob",
      "NOT ada",
      "^ada",
      "(ada)",
      "'",
      "\\",
    ]) {
      const { status, body } = await ada.get(`/api/users/?search=${encodeURIComponent(search)}`);
      expect({ search, status, found: body.length }).toEqual({ search, status: 200, found: 0 });
    }
    expect((await ada.get("/api/users/?search=O_N")).body, "one that is in a name finds it").toHaveLength(1);
  });

  it("for nothing finds everybody, and takes no endless text", async () => {
    const ada = await named(...EVERYBODY);
    for (const search of ["", "%20%20"]) expect((await ada.get(`/api/users/?search=${search}`)).body).toHaveLength(EVERYBODY.length);
    expect((await ada.get(`/api/users/?search=${"x".repeat(51)}`)).body).toEqual([]);
    const { status, body } = await ada.get(`/api/users/?search=${"x".repeat(151)}`);
    expect({ status, body }).toEqual({ status: 400, body: { search: ["Ensure this field has no more than 150 characters."] } });
  });

  it("goes on from page to page", async () => {
    const ada = await named("finder", ...Array.from({ length: 7 }, (_, i) => `zebra${i}`));
    const pages = await walk(ada, "/api/users/?search=ZEBRA&limit=3");
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1]);
    expect(pages.flat().map(({ username }) => username)).toEqual([0, 1, 2, 3, 4, 5, 6].map((i) => `zebra${i}`));
    expect((await ada.get("/api/users/?search=zebra&page=2&page_size=3")).body).toMatchObject({ count: 7 });
    expect((await walk(ada, "/api/users/?search=ze&limit=2")).flat()).toHaveLength(7);
  });
});

describe("a list", () => {
  it("is a bare array, and walking its cursor meets everybody once", async () => {
    const all = await people(..."abcdefghijk".split(""));
    const ann = all[0]!;
    const everybody = ids((await ann.get("/api/users/")).body);
    expect(everybody).toEqual(ids(all).sort((a, b) => a - b));
    for (const limit of [1, 2, 3, 5, 10, 11, 12]) {
      const pages = await walk(ann, `/api/users/?limit=${limit}`);
      expect(ids(pages.flat()), `by ${limit}`).toEqual(everybody);
      expect(pages.length).toBe(Math.ceil(11 / limit));
    }
  });

  it("does not double or lose anybody when people come while it is read", async () => {
    const [ann] = await people("a", "b", "c", "d");
    const first = await ann!.get("/api/users/?limit=2");
    const late = await aPerson("late");
    const rest = await walk(ann!, first.headers.get("link")!.split(/[<>]/)[1]!.slice(ORIGIN.length));
    const seen = [...ids(first.body), ...ids(rest.flat())];
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toContain(late.id);
    expect(seen).toHaveLength(5);
  });

  it("in an envelope has the count and the neighbours' addresses", async () => {
    const [ann] = await people("a", "b", "c", "d", "e");
    const page = async (query: string) => (await ann!.get(`/api/users/?${query}`)).body;
    const second = await page("page=2&page_size=2");
    expect(second).toEqual({
      count: 5,
      next: `${ORIGIN}/api/users/?page=3&page_size=2`,
      previous: `${ORIGIN}/api/users/?page=1&page_size=2`,
      results: [expect.anything(), expect.anything()],
    });
    expect(await page("page=1&page_size=2")).toMatchObject({ previous: null, next: expect.any(String) });
    expect(await page("page=3&page_size=2")).toMatchObject({ next: null, results: [expect.anything()] });
    expect(await ann!.get("/api/users/?page=9")).toMatchObject({ status: 404, body: { detail: "Invalid page." } });
    expect(await page("page_size=5")).toMatchObject({ count: 5, next: null, previous: null });
    const all = [1, 2, 3].map(async (number) => (await page(`page=${number}&page_size=2`)).results);
    expect(new Set(ids((await Promise.all(all)).flat())).size).toBe(5);
  });

  it("gives no more than a hundred, however many are asked for, and fifty if nobody asks", async () => {
    const all = await people(...Array.from({ length: 103 }, () => "p"));
    const count = async (query: string) => (await all[0]!.get(`/api/users/${query}`)).body.length;
    expect(await count("")).toBe(50);
    expect(await count("?limit=100")).toBe(100);
    expect(await count("?limit=101")).toBe(100);
    expect(await count("?limit=99999999")).toBe(100);
    expect((await all[0]!.get("/api/users/?page=1&page_size=1000")).body.results).toHaveLength(100);
    expect((await walk(all[0]!, "/api/users/?limit=100")).map((page) => page.length)).toEqual([100, 3]);
  });

  it.each(["/api/users/", "/api/friends/", "/api/friends/requests/", "/api/notifications/", "/api/users/pending-requests/"])(
    "refuses a limit, a page and a cursor that are none: %s",
    async (path) => {
      const ann = await aPerson();
      const bad: [string, string, string][] = [
        ["limit", "0", "Ensure this value is greater than or equal to 1."],
        ["limit", "-1", "Ensure this value is greater than or equal to 1."],
        ["limit", "x", "A valid integer is required."],
        ["limit", "1.5", "A valid integer is required."],
        ["limit", "NaN", "A valid integer is required."],
        ["page", "0", "Ensure this value is greater than or equal to 1."],
        ["page", "x", "A valid integer is required."],
        ["page_size", "-5", "Ensure this value is greater than or equal to 1."],
      ];
      for (const [name, value, message] of bad) {
        const { status, body } = await ann.get(`${path}?${name}=${value}`);
        expect({ name, value, status, body }).toEqual({ name, value, status: 400, body: { [name]: [message] } });
      }
      for (const cursor of ["x", "!!!", "azE=x", btoa("k"), btoa("k-1"), btoa("k1.5"), btoa("kx"), btoa("x1"), "9".repeat(64)]) {
        const { status, body } = await ann.get(`${path}?cursor=${encodeURIComponent(cursor)}`);
        expect({ cursor, status, keys: Object.keys(body) }).toEqual({ cursor, status: 400, keys: ["cursor"] });
      }
      expect((await ann.get(`${path}?limit=1`)).status).toBe(200);
    },
  );
});
