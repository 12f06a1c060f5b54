import { listDurableObjectIds, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";

/** No password, token, code or link secret is ever stored (security.md 4): looked for in all that is stored, after each test. */

/** Fields of a request whose values are secrets. */
const SECRET_FIELD = /password|token|^code$|^key$|^refresh$/i;
const TOKEN = /eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{10,}/g;
const IN_LINK = /[?&](?:key|token|code|state)=([\w.~-]{16,})/g;
/** What a browser keeps of a log-in that it has begun elsewhere. */
const ATTEMPT = /login_attempt=[\w-]+\.([\w-]+)\./g;
/** What is shorter may stand somewhere else by accident. */
const MIN_LENGTH = 8;
const MIN_REFUSED = 12;

const seen = new Set<string>();
/** Passwords of requests that were refused: anything may have been tried as one, what is known of somebody too. */
const tried = new Set<string>();
/** What was sent and is no secret. */
const told = new Set<string>();

/** Notes the secrets of a request, in its address and body, and those in the links and cookies of its answer. */
export function noteSecrets(path: string, body: unknown, { ok, headers }: Response, answer: string): void {
  const cookies = headers.getSetCookie().join();
  for (const text of [path, answer, headers.get("location") ?? ""]) for (const [, secret] of text.matchAll(IN_LINK)) seen.add(secret!);
  for (const [, payload] of cookies.matchAll(ATTEMPT)) {
    const { state, nonce, verifier } = JSON.parse(atob(payload!.replaceAll("-", "+").replaceAll("_", "/"))).attempt;
    for (const secret of [state, nonce, verifier]) seen.add(secret);
  }
  if (typeof body !== "object" || body === null) return;
  const fields = body instanceof FormData || body instanceof URLSearchParams ? [...body.entries()] : Object.entries(body);
  for (const [name, value] of fields) {
    if (typeof value !== "string") continue;
    if (!SECRET_FIELD.test(name)) told.add(value);
    else if (ok && value.length >= MIN_LENGTH) seen.add(value);
    else if (/password/i.test(name) && value.length >= MIN_REFUSED) tried.add(value);
  }
}

/** Where a secret is stored, and which; empty, as it has to be. Starts over. */
export async function storedSecrets(): Promise<string[]> {
  const places = { ...(await tables()), ...(await hubs()), ...(await buckets()) };
  const known = [...told].join("\n").toLowerCase();
  const secrets = new Set([...seen, ...[...tried].filter((password) => !known.includes(password.toLowerCase()))]);
  const found = Object.entries(places).flatMap(([place, text]) => {
    const tokens = [...text.matchAll(TOKEN)].map(([token]) => token);
    return [...tokens, ...[...secrets].filter((secret) => text.includes(secret))].map((secret) => `${place}: ${secret}`);
  });
  for (const noted of [seen, tried, told]) noted.clear();
  return found;
}

/** Every table of D1, with every column, as text. */
async function tables(): Promise<Record<string, string>> {
  const listed =
    "select name from pragma_table_list where schema = 'main' and type in ('table', 'virtual') and name not like '\\_cf%' escape '\\'";
  const { results: names } = await env.DB.prepare(listed).all<{ name: string }>();
  const rows = await env.DB.batch(names.map(({ name }) => env.DB.prepare(`select * from "${name}"`)));
  return Object.fromEntries(names.map(({ name }, i) => [name, JSON.stringify(rows[i]!.results)]));
}

/** Each hub's own storage, and what its sockets remember. */
async function hubs(): Promise<Record<string, string>> {
  const ids = await listDurableObjectIds(env.HUB);
  const texts = ids.map((id) =>
    runInDurableObject(env.HUB.get(id) as DurableObjectStub, (_, state) =>
      JSON.stringify([[...state.storage.kv.list()], state.getWebSockets().map((socket) => socket.deserializeAttachment())]),
    ),
  );
  return Object.fromEntries((await Promise.all(texts)).map((text, i) => [`hub ${ids[i]}`, text]));
}

/** Every object of every bucket, with its name and metadata. */
async function buckets(): Promise<Record<string, string>> {
  const places: Record<string, string> = {};
  for (const [name, bucket] of Object.entries(env as unknown as Record<string, unknown>)) {
    if (!isBucket(bucket)) continue;
    for (const { key, customMetadata, httpMetadata } of (await bucket.list({ include: ["customMetadata", "httpMetadata"] })).objects)
      places[`${name}/${key}`] = JSON.stringify([key, customMetadata, httpMetadata]) + (await (await bucket.get(key))?.text());
  }
  return places;
}

const isBucket = (binding: unknown): binding is R2Bucket => binding?.constructor?.name === "R2Bucket";
