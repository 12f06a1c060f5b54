import type { Context } from "hono";
import { type MemberEnv, router } from "../../http";
import { ValidationError } from "../../lib/errors";
import { isKnown } from "../../lib/etags";
import { fieldErrors } from "../../lib/fields";
import * as contract from "./contract";
import { CHANGES, type Changes, type Preferences, type Section } from "./schemas";
import * as preferences from "./service";

/** Compressed on the way, an answer would lose its strong tag, and a weak one never matches. */
const headers = (tag: string) => ({ ETag: tag, "Cache-Control": "no-store, no-transform" });

/** What is asked for of the caller's preferences; 304 if they have it. */
async function show<Part extends object>(c: Context<MemberEnv>, part: (all: Preferences) => Part) {
  const { preferences: mine, tag } = await preferences.all(c.get("member"));
  if (isKnown(c.req.header("if-none-match"), tag)) return c.body(null, 304, headers(tag));
  return c.json(part(mine), 200, headers(tag)) as never;
}

async function change<S extends Section>(c: Context<MemberEnv>, section: S, given: Changes[S]) {
  const changed = await preferences.change(c.get("member"), section, given, c.req.header("if-match"));
  return c.json(changed.preferences[section], 200, headers(changed.tag)) as never;
}

/** Where the address says which section it is. */
const showNamed = (c: Context<MemberEnv>, name: string) => {
  const section = preferences.sectionNamed(name);
  return show(c, (all) => all[section]);
};

function changeNamed(c: Context<MemberEnv>, name: string, body: unknown) {
  const section = preferences.sectionNamed(name);
  const { data, error } = CHANGES[section].safeParse(body);
  if (error) throw new ValidationError(fieldErrors(error));
  return change(c, section, data);
}

const { account, notifications, theme, privacy } = contract.sections;

export const preferenceRoutes = router()
  .openapi(contract.all, (c) => show(c, (all) => all))
  .openapi(contract.allAtRoot, (c) => show(c, (all) => all))
  .openapi(account.read, (c) => show(c, (all) => all.account_settings))
  .openapi(notifications.read, (c) => show(c, (all) => all.notification_settings))
  .openapi(theme.read, (c) => show(c, (all) => all.theme_settings))
  .openapi(privacy.read, (c) => show(c, (all) => all.privacy_settings))
  .openapi(account.change, (c) => change(c, "account_settings", c.req.valid("json")))
  .openapi(notifications.change, (c) => change(c, "notification_settings", c.req.valid("json")))
  .openapi(theme.change, (c) => change(c, "theme_settings", c.req.valid("json")))
  .openapi(privacy.change, (c) => change(c, "privacy_settings", c.req.valid("json")))
  .openapi(contract.atRoot.read, (c) => showNamed(c, c.req.valid("param").section))
  .openapi(contract.atRoot.change, (c) => changeNamed(c, c.req.valid("param").section, c.req.valid("json")))
  .openapi(contract.byShortName.read, (c) => showNamed(c, c.req.valid("param").section))
  .openapi(contract.byShortName.change, (c) => changeNamed(c, c.req.valid("param").section, c.req.valid("json")));
