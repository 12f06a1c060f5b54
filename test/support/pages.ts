import { Browser } from "./browser";
import { type Answer, aPerson, ORIGIN, PASSWORD, type Person } from "./people";

/** People at a browser: they open pages, and post the forms that stand on them. */

const HTML = "text/html,application/xhtml+xml,*/*;q=0.8";
const ENTITIES: Record<string, string> = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'" };
export const unescaped = (html: string) => html.replace(/&(amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity]!);

/** Of one page's answer: where it leads, and what it says. */
export const leadsTo = ({ status, headers }: Answer) => ({ status, location: headers.get("location") });
/** What was said about the form that led here. */
export const flashOf = ({ text }: Answer) =>
  unescaped(/<div id="flash" role="status">(?:<p class="notice \w+">([^<]*)<\/p>)?<\/div>/.exec(text)?.[1] ?? "");
/** The texts of `<ul class="errorlist">`, all of them. */
export const errorsOf = ({ text }: Answer) =>
  [...text.matchAll(/<ul class="errorlist"[^>]*>(.*?)<\/ul>/g)].flatMap(([, list]) =>
    [...list!.matchAll(/<li>([^<]*)<\/li>/g)].map(([, item]) => unescaped(item!)),
  );
/** The buttons of a page, by what a screen reader says of them. */
export const buttonsOf = ({ text }: Answer) =>
  [...text.split("<main")[1]!.matchAll(/<button([^>]*)>([^<]*)/g)].map(([, attributes, own]) =>
    unescaped(/ aria-label="([^"]*)"/.exec(attributes!)?.[1] ?? own!),
  );
/** What a page says. */
export const textOf = ({ text }: Answer) => unescaped(text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " "));
/** The value of a field of the page, as a browser shows it. */
export const fieldValue = ({ text }: Pick<Answer, "text">, name: string) => {
  const tag = new RegExp(`<input[^>]* name="${name}"[^>]*>`).exec(text)?.[0];
  return tag === undefined ? undefined : unescaped(/ value="([^"]*)"/.exec(tag)?.[1] ?? "");
};
/** What is chosen in a select of the page. */
export const selectedIn = ({ text }: Answer, name: string) => {
  const select = new RegExp(`<select[^>]* name="${name}".*?</select>`, "s").exec(text)?.[0] ?? "";
  return /<option value="([^"]*)" selected/.exec(select)?.[1];
};

const HIDDEN = /<input type="hidden" name="([^"]+)" value="([^"]*)"\/>/g;

export class Visitor {
  readonly browser = new Browser();

  /** Somebody who is logged in, in a browser of their own. */
  static async as(person: Person): Promise<Visitor> {
    const visitor = new Visitor();
    await visitor.browser.post("/api/auth/login/", { username: person.username, password: PASSWORD });
    return visitor;
  }
  static async new(stem?: string): Promise<{ person: Person; visitor: Visitor }> {
    const person = await aPerson(stem);
    return { person, visitor: await Visitor.as(person) };
  }

  open = (path: string, headers: Record<string, string> = {}): Promise<Answer> => this.browser.get(path, { accept: HTML, ...headers });

  /** Posts these fields, with the secret of this browser, as a form of ours does. A file makes it multipart. */
  async post(path: string, fields: Record<string, string | File> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    const all = Object.entries({ csrfmiddlewaretoken: fields.csrfmiddlewaretoken ?? (await this.token()), ...fields });
    const body = all.some(([, value]) => typeof value !== "string") ? new FormData() : new URLSearchParams();
    for (const [name, value] of all) (body as FormData).append(name, value as string);
    return this.raw(path, body, headers);
  }

  /** The same without the secret: whatever is given. */
  raw = (path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
    this.browser.ask("POST", path, body, { accept: HTML, origin: ORIGIN, "sec-fetch-site": "same-origin", ...headers });

  /** The page that an answer leads to; the answer itself if it is one. */
  async follow(answer: Answer): Promise<Answer> {
    const location = answer.headers.get("location");
    return location === null ? answer : this.open(location);
  }

  /** Fills in the form of a page that goes to `action` and posts it: with its hidden fields, as a browser would. */
  async submit(page: Answer, action: string, fields: Record<string, string | File> = {}): Promise<Answer> {
    const form = page.text.split("<form").find((part) => part.includes(` action="${action}"`));
    if (form === undefined) throw new Error(`there is no form to ${action} on this page`);
    const hidden = [...form.split("</form>")[0]!.matchAll(HIDDEN)].map(([, name, value]) => [name!, unescaped(value!)]);
    return this.post(action, { ...Object.fromEntries(hidden), ...fields });
  }

  private known: string | null = null;
  private async token(): Promise<string> {
    if (!this.browser.has("__Host-csrftoken")) this.known = null;
    this.known ??= fieldValue(await this.open("/forgot-password"), "csrfmiddlewaretoken") ?? "";
    return this.known;
  }
  /** Forgets what it read from a page: the next form is of a page that is opened anew. */
  refresh(): void {
    this.known = null;
  }
}

/** What the forms of this browser carry; undefined if it has none. */
export const secretOf = ({ browser }: Visitor) => /__Host-csrftoken=([0-9a-f]{32})/.exec(browser.cookiesFor("/"))?.[1];

const SECRET = "0123456789abcdef".repeat(2);
/** For a post without a browser: a secret of its own, in the field and in the cookie. */
export const FORM_FIELD = { csrfmiddlewaretoken: SECRET };
export const FORM_COOKIE = { cookie: `__Host-csrftoken=${SECRET}` };
