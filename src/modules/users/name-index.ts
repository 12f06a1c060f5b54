import { type SQLWrapper, sql } from "drizzle-orm";
import { users } from "../../db/schema/users";
import { type Query, statement } from "../../db/statement";

/**
 * The names that a search finds without knowing who searches: those of people whom everybody may come across. Whoever is not among them
 * must not be either, or how far a search gets would tell of them. So it goes with every change of a name, of the profile's level and of
 * `data_sharing`. Triggers would do it, if they survived D1's remote migrations.
 */

/** Everybody may come across them. */
export const isOpen = sql`${users.visibility} = 'public' and ${users.dataSharing} = 1`;

const insert = (which: SQLWrapper) =>
  sql`insert into user_search (rowid, username_key) select ${users.id}, ${users.usernameKey} from ${users} where ${which} and ${isOpen}`;

/** Of somebody who is made in the same batch. */
export const insertName = statement<{ key: string }>((p) => insert(sql`${users.usernameKey} = ${p.key}`));
export const removeName = statement<{ id: number }>((p) => sql`delete from user_search where rowid = ${p.id}`);
const insertNameOf = statement<{ id: number }>((p) => insert(sql`${users.id} = ${p.id}`));

/** Steps behind a change of any of the three. */
export const indexAgain = (id: number): Query[] => [removeName({ id }), insertNameOf({ id })];
