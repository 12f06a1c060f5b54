import { describe, expect, it } from "vitest";
import { aPerson, call, type Person, people } from "./support/people";

/** The JSON API of the profile page (contracts §4). */

const NOT_FOUND = { status: 404, body: { detail: "Not found." } };
const empty = ({ id, email }: Person) => ({
  id,
  id_user: id,
  user: id,
  profileimg: null,
  name: "",
  surname: "",
  email,
  age: null,
  phone_number: "",
  profession: "",
  about_me: "",
});
const FORM = { name: "Ann", surname: "Lee", age: "30", phone_number: "+49 151 1234567", profession: "Pilot", about_me: "Hello." };
const SAVED = { ...FORM, age: 30, phone_number: "+491511234567" };

const says = ({ status, body }: { status: number; body: unknown }) => ({ status, body });
const at = ({ id }: Person) => `/api/profiles/${id}/`;

describe("the profile page's API", () => {
  it("lists one's own profile, and nobody else's", async () => {
    const [ann] = (await people("ann", "bob")) as [Person, Person];
    expect(says(await ann.get("/api/profiles/"))).toEqual({ status: 200, body: [empty(ann)] });
    expect(says(await ann.get(at(ann)))).toEqual({ status: 200, body: empty(ann) });
    expect((await call("GET", "/api/profiles/")).status).toBe(401);
    expect((await ann.get("/api/profiles/?page=1")).body).toEqual({ count: 1, next: null, previous: null, results: [empty(ann)] });
    expect(says(await ann.get("/api/profiles/?page=2"))).toEqual({ status: 404, body: { detail: "Invalid page." } });
  });

  it.each(["put", "patch"] as const)("changes what %s sends and leaves the rest", async (method) => {
    const ann = await aPerson();
    expect(says(await ann[method](at(ann), FORM))).toEqual({ status: 200, body: { ...empty(ann), ...SAVED } });
    expect(says(await ann[method](at(ann), { age: "" }))).toEqual({ status: 200, body: { ...empty(ann), ...SAVED, age: null } });
    expect(says(await ann[method](at(ann), { surname: null, about_me: null }))).toEqual({
      status: 200,
      body: { ...empty(ann), ...SAVED, age: null, surname: "", about_me: "" },
    });
    expect((await ann.get(at(ann))).body).toEqual((await ann[method](at(ann), {})).body);
  });

  it("fills in the profile that is there when one is to be created", async () => {
    const ann = await aPerson();
    expect(says(await ann.post("/api/profiles/", FORM))).toEqual({ status: 201, body: { ...empty(ann), ...SAVED } });
    expect((await ann.get("/api/profiles/")).body).toEqual([{ ...empty(ann), ...SAVED }]);
  });

  it("empties it when it is to be deleted", async () => {
    const ann = await aPerson();
    await ann.put(at(ann), FORM);
    expect(says(await ann.delete(at(ann)))).toEqual({ status: 204, body: null });
    expect(says(await ann.get(at(ann)))).toEqual({ status: 200, body: empty(ann) });
  });

  it("takes what a form sends", async () => {
    const ann = await aPerson();
    const form = new FormData();
    for (const [name, value] of Object.entries(FORM)) form.set(name, value);
    for (const body of [new URLSearchParams(FORM), form])
      expect(says(await call("PUT", at(ann), { token: ann.access, body }))).toEqual({ status: 200, body: { ...empty(ann), ...SAVED } });
  });

  it("names each bad field as the form calls it, and changes nothing", async () => {
    const ann = await aPerson();
    const bad = { name: "x".repeat(151), surname: {}, age: "thirty", phone_number: "0151", about_me: "x".repeat(501), profession: "Pilot" };
    const refusal = {
      name: ["Ensure this field has no more than 150 characters."],
      surname: ["Not a valid string."],
      age: ["A valid integer is required."],
      phone_number: ["Enter a valid phone number with its country code, like +49 151 1234567."],
      about_me: ["Ensure this field has no more than 500 characters."],
    };
    for (const answer of [await ann.put(at(ann), bad), await ann.patch(at(ann), bad), await ann.post("/api/profiles/", bad)])
      expect(says(answer)).toEqual({ status: 400, body: refusal });
    expect((await ann.get(at(ann))).body).toEqual(empty(ann));
  });

  it("is the same profile as everywhere", async () => {
    const ann = await aPerson();
    await ann.patch("/profile/", { first_name: "Ann", bio: "Hello.", birth_date: "1900-01-01" });
    const { name, about_me, age } = (await ann.get(at(ann))).body;
    expect({ name, about_me, age: age > 120 }).toEqual({ name: "Ann", about_me: "Hello.", age: true });
    await ann.patch(at(ann), { surname: "Lee", profession: "Pilot" });
    expect((await ann.get("/profile/")).body).toMatchObject({ first_name: "Ann", last_name: "Lee", profession: "Pilot" });
  });

  it("has nobody else's profile: it answers as for an id that there is not", async () => {
    const [ann, bob] = (await people("ann", "bob")) as [Person, Person];
    await bob.put(at(bob), FORM);
    for (const path of [at(bob), "/api/profiles/999999/", "/api/profiles/x/"]) {
      expect(says(await ann.get(path))).toEqual(NOT_FOUND);
      expect(says(await ann.put(path, { name: "Eve" }))).toEqual(NOT_FOUND);
      expect(says(await ann.patch(path, { name: "Eve" }))).toEqual(NOT_FOUND);
      expect(says(await ann.delete(path))).toEqual(NOT_FOUND);
    }
    expect((await bob.get(at(bob))).body).toEqual({ ...empty(bob), ...SAVED });
  });

  it("says what it offers where it is asked for more", async () => {
    const ann = await aPerson();
    const { status, headers } = await ann.delete("/api/profiles/");
    expect({ status, allow: headers.get("allow") }).toEqual({ status: 405, allow: "GET, POST, HEAD, OPTIONS" });
    expect((await ann.post(at(ann), FORM)).status).toBe(405);
  });
});
