import { type SQLWrapper, sql } from "drizzle-orm";
import { emailLinks } from "../db/schema/auth";
import { outbox } from "../db/schema/mail";
import { columns, type Query, statement, type Value } from "../db/statement";
import type { Scope } from "../scope";
import type { LinkParams } from "./links";

/** The mails that there are. */
export type Template = "verify" | "reset" | "change" | "change_notice" | "password_changed" | "identity_linked" | "farewell" | "digest";

/** What a digest tells of: the newest, and how many there are in all. */
export interface Digest {
  items: { text: string; at: string }[];
  total: number;
  /** Whose clock the reader goes by. */
  zone: string;
  /** The last notification before these: whoever takes the digest back puts its reader back there. */
  after: number;
  /** The reader asked for it, whatever they said about when such mails come. */
  asked?: boolean;
}

/** What a row says of its mail. No secret: that is made when the mail is. */
export interface Params {
  /** Where its links point unless `APP_URL` says otherwise. */
  origin: string;
  link?: LinkParams;
  /** Which account it is about, where that need not be the reader's. */
  account?: { username: string; since: string };
  digest?: Digest;
}

/** A row of the outbox: a mail that is to be written and sent. */
export class Letter {
  constructor(
    readonly id: number,
    /** Whose mail it is; null if the account is gone. */
    readonly userId: number | null,
    readonly address: string,
    readonly template: Template,
    readonly params: Params,
    readonly createdAt: string,
    readonly tries: number,
    readonly sentAt: string | null,
  ) {}
}

const { id, userId, address, template, params, createdAt, tries, dueAt, sentAt } = outbox;
const fields = columns(id, userId, address, template, params, createdAt, tries, sentAt);

const asLetter = (row: Record<string, unknown>) =>
  new Letter(
    row.id as number,
    row.user_id as number | null,
    row.address as string,
    row.template as Template,
    JSON.parse(row.params as string),
    row.created_at as string,
    row.tries as number,
    row.sent_at as string | null,
  );

/** Who writes a letter also sends it, and until `FIRST_RETRY_MINUTES` have passed nobody else does. */
const FIRST_RETRY_MINUTES = 2;
/** The wait doubles with each try: the last is 17 hours after the first. */
export const MAX_TRIES = 10;
/** Mails that nobody could send are of no use after that. */
export const UNSENT_DAYS = 7;

type Posting = { params: string; now: string; dueAt: string; sentAt: string | null };

/** What every letter takes with it: `...posting(scope, link)`. */
export function posting({ now, origin, settings }: Pick<Scope, "now" | "origin" | "settings">, link?: LinkParams): Posting {
  const time = now.toISOString();
  const { nonce, kid, expires_at } = link ?? {};
  const asked = settings.development ? origin() : origin().replace(/^http:/, "https:");
  const says: Params = { origin: asked, ...(link && { link: { nonce: nonce!, kid: kid!, expires_at: expires_at! } }) };
  return {
    params: JSON.stringify(says),
    now: time,
    dueAt: new Date(now.getTime() + FIRST_RETRY_MINUTES * 60_000).toISOString(),
    sentAt: settings.mailer?.local ? time : null,
  };
}

type Slots<Values> = { readonly [Name in keyof Values]: SQLWrapper };

/**
 * A statement that posts a mail, for the batch of whoever changes something: one for each row of `from`. `commit` sends it when the
 * change is made, without the answer waiting; if that fails the cron does. `about` is the JSON of its account, if it names one; `digest`, of
 * what it tells.
 */
export function letter<Values extends Record<string, Value>>(
  kind: Template,
  build: (slots: Slots<Values>) => { owner: SQLWrapper; to: SQLWrapper; from: SQLWrapper; about?: SQLWrapper; digest?: SQLWrapper },
): (values: Values & Posting) => Query<Letter> {
  return statement<Values & Posting, Letter>((p) => {
    const { owner, to, from, about, digest } = build(p);
    const facts = [about && sql`'$.account', ${about}`, digest && sql`'$.digest', ${digest}`].filter((fact) => fact !== undefined);
    const says = facts.length > 0 ? sql`json_set(${p.params}, ${sql.join(facts, sql`, `)})` : p.params;
    return sql`insert into ${outbox} (${columns(userId, address, template, params, createdAt, tries, dueAt, sentAt)})
      select ${owner}, ${to}, ${sql.raw(`'${kind}'`)}, ${says}, ${p.now}, 1, ${p.dueAt}, ${p.sentAt} ${from} returning ${fields}`;
  }, asLetter);
}

/**
 * Takes letters that are due, oldest first, and moves them on to their next try: who else looks in the meantime finds them not due, and if
 * the sender dies they come up again.
 */
export const claim = statement<{ now: string; limit: number }, Letter>(
  (p) => sql`update ${outbox} set ${columns(tries)} = ${tries} + 1,
      ${columns(dueAt)} = strftime('%Y-%m-%dT%H:%M:%fZ', ${p.now}, '+' || (${sql.raw(String(FIRST_RETRY_MINUTES))} << ${tries}) || ' minutes')
    where ${id} in (select ${id} from ${outbox} where ${sentAt} is null and ${dueAt} <= ${p.now} order by ${id} limit ${p.limit}) returning ${fields}`,
  asLetter,
);

/** The letter has a link that is not there any more: it was used, or a newer one took its place. */
const linkGone = sql`(${params} ->> '$.link.nonce' is not null and not exists (select 1 from ${emailLinks}
  where ${emailLinks.userId} = ${userId} and ${emailLinks.nonce} = ${params} ->> '$.link.nonce'))`;

/** Letters that were tried often enough, or whose link opens nothing by now. */
export const giveUp = statement<{ now: string }, Letter>(
  (p) => sql`delete from ${outbox} where ${sentAt} is null and (${params} ->> '$.link.expires_at' <= ${p.now}
    or (${dueAt} <= ${p.now} and (${tries} >= ${sql.raw(String(MAX_TRIES))} or ${linkGone}))) returning ${fields}`,
  asLetter,
);

export const isAnyDue = statement<{ now: string }, { any: number }>(
  (p) => sql`select exists (select 1 from ${outbox} where ${sentAt} is null and ${dueAt} <= ${p.now}) as any`,
);

export const remove = statement<{ id: number }>((p) => sql`delete from ${outbox} where ${id} = ${p.id}`);
export const markSent = statement<{ id: number; now: string }>(
  (p) => sql`update ${outbox} set ${columns(sentAt)} = ${p.now} where ${id} = ${p.id}`,
);

/** Newest first; `to` null: everybody's. */
export const newestLetters = statement<{ to: string | null; limit: number }, Letter>(
  (p) => sql`select ${fields} from ${outbox} where ${p.to} is null or ${address} = ${p.to} order by ${id} desc limit ${p.limit}`,
  asLetter,
);
export const letterById = statement<{ id: number }, Letter>((p) => sql`select ${fields} from ${outbox} where ${id} = ${p.id}`, asLetter);
