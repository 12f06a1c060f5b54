import { query } from "./hub";
import { aPerson, type Person } from "./people";

export const makeAdmin = async ({ id }: { id: number }): Promise<void> =>
  void (await query("update users set role = 'admin' where id = ?", id));

/** A new person who is an admin. */
export async function anAdmin(stem = "admin"): Promise<Person> {
  const person = await aPerson(stem);
  await makeAdmin(person);
  return person;
}
