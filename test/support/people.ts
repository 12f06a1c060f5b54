import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import worker from "../../src/index";
import { noteSecrets } from "./secrets";
import { openSocket, type Socket } from "./socket";

export const ORIGIN = "https://kith.test";
export const PASSWORD = "correct-horse-battery";

export interface Answer<Body = any> {
  status: number;
  headers: Headers;
  body: Body;
  text: string;
}

type Init = {
  token?: string | null;
  body?: unknown;
  headers?: Record<string, string>;
  /** What is different about the Worker's environment for this request; undefined takes a variable away. */
  env?: Record<string, unknown>;
};

async function send(request: Request, changes: Init["env"]): Promise<Response> {
  if (changes === undefined) return exports.default.fetch(request);
  const context = createExecutionContext();
  const response = await worker.fetch(request as Parameters<typeof worker.fetch>[0], { ...env, ...changes } as Env, context);
  await waitOnExecutionContext(context);
  return response;
}

/** One request to the Worker. A body that is no string, form or bytes is sent as JSON. */
export async function call(method: string, path: string, { token, body, headers = {}, env: changes }: Init = {}): Promise<Answer> {
  const raw =
    body === undefined ||
    typeof body === "string" ||
    body instanceof FormData ||
    body instanceof URLSearchParams ||
    body instanceof Uint8Array ||
    body instanceof ReadableStream;
  const request = new Request(`${ORIGIN}${path}`, {
    method,
    redirect: "manual",
    headers: { ...(token && { authorization: `Bearer ${token}` }), ...(!raw && { "content-type": "application/json" }), ...headers },
    ...(body !== undefined && { body: (raw ? body : JSON.stringify(body)) as BodyInit }),
  });
  const response = await send(request, changes);
  const text = await response.text();
  noteSecrets(path, body, response, text);
  const isJson = response.headers.get("content-type")?.startsWith("application/json");
  return { status: response.status, headers: response.headers, text, body: isJson && text ? JSON.parse(text) : null };
}

let counter = 0;
/** Unlike any name that another test has used. */
export const newName = (stem = "user") => `${stem}_${(++counter).toString(36)}${Math.random().toString(36).slice(2, 6)}`;

export class Person {
  constructor(
    readonly id: number,
    readonly username: string,
    readonly email: string,
    public access: string,
    public refresh: string,
  ) {}

  get = (path: string, headers?: Record<string, string>) => this.ask("GET", path, undefined, headers);
  post = (path: string, body: unknown = {}, headers?: Record<string, string>) => this.ask("POST", path, body, headers);
  put = (path: string, body: unknown = {}) => this.ask("PUT", path, body);
  patch = (path: string, body: unknown = {}) => this.ask("PATCH", path, body);
  delete = (path: string) => this.ask("DELETE", path);
  ask = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> =>
    call(method, path, { token: this.access, body, ...(headers && { headers }) });

  /** Opens a socket and waits until its opening has been said. */
  async socket(since?: number | string, headers?: Record<string, string>): Promise<Socket> {
    const socket = await openSocket(`?token=${this.access}${since === undefined ? "" : `&since=${since}`}`, headers);
    await socket.next("resume");
    return socket;
  }

  /** Another log-in of the same person, as from another device. */
  async elsewhere(): Promise<Person> {
    const { body } = await call("POST", "/api/auth/login/", { body: { username: this.username, password: PASSWORD } });
    return new Person(this.id, this.username, this.email, body.access, body.refresh);
  }
}

/** A new person, registered over HTTP and logged in. */
export async function aPerson(stem = "user"): Promise<Person> {
  const username = newName(stem);
  const email = `${username}@example.test`;
  const { status, body, text } = await call("POST", "/api/auth/register/", { body: { username, email, password: PASSWORD } });
  if (status !== 201) throw new Error(`register: ${status} ${text}`);
  return new Person(body.user.id, username, email, body.access, body.refresh);
}

export const people = (...stems: string[]): Promise<Person[]> => Promise.all(stems.map((stem) => aPerson(stem)));

/** Asks to be friends: the request's id. */
export const ask = async (from: Person, to: Person): Promise<number> =>
  (await from.post("/api/friends/request/", { to_user: to.id })).body.id;

export async function befriend(a: Person, b: Person): Promise<void> {
  const { status, text } = await b.put(`/api/friends/request/${await ask(a, b)}/`, { action: "accept" });
  if (status !== 200) throw new Error(`accept: ${status} ${text}`);
}

const USER_KEYS = ["id", "username", "email", "avatar", "bio", "status", "is_online", "last_online"];

/** Of a person, what lists and other answers have of them. */
export const asUser = (person: Record<string, unknown>) => Object.fromEntries(USER_KEYS.map((key) => [key, person[key]]));
