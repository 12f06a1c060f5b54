/**
 * `npm run role -- <username> <role>`: gives somebody a role, in the local database. Works beside a running server, and is how the first
 * admin comes about; the role counts from the person's next request on. Admins do it over the API.
 *
 *   STATE_DIR  whose database (.wrangler/state)
 */
import { ROLES } from "../src/lib/roles.ts";
import { askDatabase } from "./lib/database.mjs";
import { main, Problem, readSettings } from "./lib/settings.mjs";

const USAGE = `Say whose role and which: npm run role -- ada admin\nRoles are ${ROLES.join(", ")}.`;
/** As a username may be: nothing in it can end a text in SQL. */
const USERNAME = /^[\p{L}\p{N}\p{M}_.@+-]+$/u;

await main(async () => {
  const [username, role, ...more] = process.argv.slice(2);
  if (!username || !role || more.length > 0) throw new Problem(USAGE);
  if (!ROLES.includes(role)) throw new Problem(`There is no role "${role}". Roles are ${ROLES.join(", ")}.`);
  const key = username.normalize("NFKC").toLowerCase();
  const nobody = new Problem(`There is nobody called ${username}.`);
  if (!USERNAME.test(key)) throw nobody;

  const others = `username_key = '${key}' and role <> '${role}'`;
  const [{ results: found }] = await askDatabase(
    `select username, role from users where username_key = '${key}';
     insert into audit_log (actor_id, action, target_id, details, created_at, user_agent)
       select null, 'set_role', id, json_object('from', role, 'to', '${role}'), strftime('%Y-%m-%dT%H:%M:%fZ', 'now'), 'npm run role' from users where ${others};
     update users set role = '${role}' where ${others};`,
    readSettings(),
  );
  const person = found[0];
  if (!person) throw nobody;
  console.log(
    person.role === role ? `${person.username} was ${role} already.` : `${person.username} was ${person.role} and is now ${role}.`,
  );
});
