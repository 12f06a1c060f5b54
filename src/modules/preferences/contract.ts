import { z } from "@hono/zod-openapi";
import { memberRoute } from "../../http";
import { answer, nothing, Problem, takes, tooOften } from "../../lib/answers";
import * as s from "./schemas";

const tags = ["Preferences"];

const Versioned = z.object({ ETag: z.string().describe("The version of all sections together.") });
const known = { 304: nothing("The client has this version.") };
const stale = { 412: answer(Problem, "Something has changed since the version of `If-Match`: nothing was changed.") };

export const all = memberRoute({
  method: "get",
  path: "/api/preferences/",
  tags,
  summary: "My preferences",
  request: { headers: s.IfNoneMatch },
  responses: { 200: { ...answer(s.Preferences, "All sections."), headers: Versioned }, ...known },
});

/** Reading and changing one section. */
const section = <const Path extends string, Shape extends z.ZodType, Change extends z.ZodType>(
  path: Path,
  what: string,
  shape: Shape,
  change: Change,
  description: string,
) => ({
  read: memberRoute({
    method: "get",
    path,
    tags,
    summary: `My ${what}`,
    request: { headers: s.IfNoneMatch },
    responses: { 200: { ...answer(shape, "The section."), headers: Versioned }, ...known },
  }),
  change: memberRoute({
    method: "patch",
    path,
    tags,
    summary: `Change my ${what}`,
    description: `${description} All of it or nothing. My sockets get \`preferences_update\` if anything changes.`,
    request: { headers: s.IfMatch, body: takes(change) },
    responses: { 200: { ...answer(shape, "The whole section."), headers: Versioned }, ...stale },
  }),
});

const account = section(
  "/api/preferences/account_settings/",
  "account settings",
  s.AccountSettings,
  s.AccountSettingsChange,
  "Another e-mail address is mailed a link, and the one before a warning; until the link is used it is `pending_email`. That takes my password, or a log-in of the last ten minutes.",
);

export const sections = {
  account: {
    read: account.read,
    change: memberRoute({
      ...account.change,
      responses: {
        ...account.change.responses,
        403: answer(Problem, "There is no password to ask for: log in again."),
        ...tooOften,
      },
    }),
  },
  notifications: section(
    "/api/preferences/notification_settings/",
    "notification settings",
    s.NotificationSettings,
    s.NotificationSettingsChange,
    "What I am told at once, and what is mailed to me.",
  ),
  theme: section("/api/preferences/theme_settings/", "theme", s.ThemeSettings, s.ThemeSettingsChange, "How pages look to me."),
  privacy: section(
    "/api/preferences/privacy_settings/",
    "privacy settings",
    s.PrivacySettings,
    s.PrivacySettingsChange,
    "Who sees me. `profile_update` says so to my sockets, too.",
  ),
};

// Other names of the same: the preferences app calls them at the root, and sections may be called by a short name.

const SectionParams = z.object({
  section: z.string().meta({ description: "The name of a section, or its short one.", enum: Object.keys(s.SECTION_NAMES) }),
});
const AnySection = z.union([s.AccountSettings, s.NotificationSettings, s.ThemeSettings, s.PrivacySettings]);
/** In the document one of the four; which, the address says, so the route checks it (`changeNamed`). */
const AnyChange = z.unknown().meta({
  id: "PreferencesChange",
  description: "As the section takes it.",
  anyOf: Object.values(s.CHANGES).map((change) => ({ $ref: `#/components/schemas/${change.meta()!.id}` })),
});

const APP = ["Preferences app (compatibility)"];

export const allAtRoot = memberRoute({
  method: "get",
  path: "/preferences/",
  operationId: "getPreferencesAppPreferences",
  tags: APP,
  summary: "My preferences",
  request: { headers: s.IfNoneMatch },
  responses: { 200: { ...answer(s.Preferences, "All sections."), headers: Versioned }, ...known },
});

const named = <const Path extends string>(path: Path, operation: string, tags: string[]) => ({
  read: memberRoute({
    method: "get",
    path,
    operationId: `get${operation}`,
    tags,
    summary: "One section of my preferences",
    request: { params: SectionParams, headers: s.IfNoneMatch },
    responses: { 200: { ...answer(AnySection, "The section."), headers: Versioned }, ...known },
  }),
  change: memberRoute({
    method: "patch",
    path,
    operationId: `patch${operation}`,
    tags,
    summary: "Change one section of my preferences",
    description: "As under the section's own address.",
    request: { params: SectionParams, headers: s.IfMatch, body: takes(AnyChange) },
    responses: {
      200: { ...answer(AnySection, "The whole section."), headers: Versioned },
      403: answer(Problem, "There is no password to ask for: log in again."),
      ...stale,
      ...tooOften,
    },
  }),
});

export const atRoot = named("/preferences/{section}/", "PreferencesAppSection", APP);
export const byShortName = named("/api/preferences/{section}/", "PreferencesSection", tags);
