import bcrypt from "bcryptjs";
import { describe, expect, it, vi } from "vitest";
import { query } from "./support/hub";
import { type Answer, aPerson, call, newName, PASSWORD, type Person } from "./support/people";

/** Comparing a password takes a while. What happens to the person in that time counts: the log-in is refused, or is theirs. */

const NEW_PASSWORD = "another-one-altogether";

/** Ann's right password, and what happens while it is compared. */
async function logInWhile(ann: Person, happens: () => Promise<unknown>): Promise<Answer> {
  vi.spyOn(bcrypt, "compare").mockImplementationOnce(async (password, hash) => {
    await happens();
    return bcrypt.compareSync(password, hash);
  });
  return call("POST", "/api/auth/login/", { body: { username: ann.username, password: PASSWORD } });
}
const sessionsOf = async ({ id }: Person) => (await query("select id from sessions where user_id = ? and revoked_at is null", id)).length;

describe("a log-in that is under way", () => {
  it("succeeds if nothing happens", async () => {
    expect((await logInWhile(await aPerson(), async () => {})).status).toBe(200);
  });

  it("is refused if the password is changed meanwhile: the old one opens nothing any more", async () => {
    const ann = await aPerson();
    const change = { old_password: PASSWORD, new_password: NEW_PASSWORD };
    const { status, body } = await logInWhile(ann, async () => {
      expect((await ann.post("/api/auth/password/change/", change)).status).toBe(200);
    });
    expect({ status, detail: body.detail }).toEqual({ status: 401, detail: "No active account found with the given credentials" });
    expect(await sessionsOf(ann), "the one that changed it").toBe(1);
  });

  it("does not write an outdated hash back over a new one", async () => {
    const ann = await aPerson();
    const hash = bcrypt.hashSync(NEW_PASSWORD, 4);
    await logInWhile(ann, () => query("update users set password_hash = ? where id = ?", hash, ann.id));
    expect(await query("select password_hash from users where id = ?", ann.id)).toEqual([{ password_hash: hash }]);
  });

  it("is refused if the person is suspended or deleted meanwhile", async () => {
    for (const statement of ["update users set suspended_at = '2026-01-01' where id = ?", "delete from users where id = ?"]) {
      const ann = await aPerson();
      expect((await logInWhile(ann, () => query(statement, ann.id))).status, statement).toBe(401);
    }
  });

  it("is theirs, whoever takes the name that they give up meanwhile", async () => {
    const [ann, cid] = [await aPerson(), await aPerson()];
    const { status, body } = await logInWhile(ann, async () => {
      await ann.patch(`/api/users/${ann.id}/`, { username: newName() });
      expect((await cid.patch(`/api/users/${cid.id}/`, { username: ann.username })).status).toBe(200);
    });
    expect({ status, id: body.user.id }).toEqual({ status: 200, id: ann.id });
    expect(await sessionsOf(cid)).toBe(1);
  });
});
