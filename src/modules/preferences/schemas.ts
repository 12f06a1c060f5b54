import { z } from "@hono/zod-openapi";
import { boolean, choice, ifGiven, secret, text } from "../../lib/fields";
import { LEVELS } from "../../visibility/rule";
import { Email, Level, Username } from "../users/schemas";
import { FREQUENCIES, minutesOf, zoneNamed } from "./zone";

const THEMES = ["light", "dark"] as const;
/** What clients are told of whoever has chosen none. */
export const NO_THEME = "light";
/** Takes a choice back. */
const AS_THE_SYSTEM = "system";
const FONT_SIZES = ["small", "medium", "large"] as const;

export const MAX_ZONE = 64;
const NO_ZONE = "A valid time zone is required.";
/** In a form nothing is null. */
const TIME_OR_NOTHING = "^(([01]?\\d|2[0-3]):[0-5]\\d(:00)?)?$";
const NO_TIME = "Time has wrong format. Use one of these formats instead: hh:mm.";

const clock = z.string().nullable();
const id = z.int().describe("The person's.");
const user = z.int().describe("The person's id.");

export const AccountSettings = z
  .object({
    id,
    username: z.string(),
    email: z.string(),
    pending_email: z.string().nullable().describe("The address that it changes to when the link that was mailed there is used."),
    password: z.string().describe("Always empty: it is stored as a hash."),
  })
  .meta({ id: "AccountSettings" });

export const NotificationSettings = z
  .object({
    id,
    frequency: z.enum(FREQUENCIES).describe("Of digests by e-mail, which come at nine; weekly ones on Mondays, monthly ones on the 1st."),
    email_notifications: z.boolean().describe("Digests are mailed at all."),
    push_notifications: z.boolean().describe("Sockets are told of new notifications. In the list they are in any case."),
    time_zone: z.string().describe("An IANA name: `Europe/Berlin`."),
    quiet_hours_start: clock.describe("`HH:MM` by the person's clock. Sockets are told of no notification, and no digest is mailed."),
    quiet_hours_end: clock,
    user,
  })
  .meta({ id: "NotificationSettings" });

export const ThemeSettings = z
  .object({
    id,
    theme: z.enum(THEMES),
    theme_chosen: z.boolean().describe("False for whoever never chose one, or wants their system's: `theme` is then `light`."),
    font_size: z.enum(FONT_SIZES),
    user,
  })
  .meta({ id: "ThemeSettings" });

export const PrivacySettings = z
  .object({
    id,
    profile_visibility: Level.describe("Who sees the profile at all: the same as `visibility`."),
    data_sharing: z.boolean().describe("Whether people who do not know them come across them: in lists, search and suggestions."),
    user,
  })
  .meta({ id: "PrivacySettings" });

export const Preferences = z
  .object({
    account_settings: AccountSettings,
    notification_settings: NotificationSettings,
    theme_settings: ThemeSettings,
    privacy_settings: PrivacySettings,
  })
  .meta({ id: "Preferences" });
export type Preferences = z.infer<typeof Preferences>;
export type Section = keyof Preferences;

/** How a person's pages look. */
export interface Appearance extends Pick<z.infer<typeof ThemeSettings>, "font_size"> {
  /** Null: as their system. */
  theme: (typeof THEMES)[number] | null;
}

// Changes: every field may be left out.

const time = ifGivenOrNull(
  z
    .string()
    .regex(/^([01]?\d|2[0-3]):[0-5]\d(:00)?$/, NO_TIME)
    .transform(minutesOf),
);

/** Null and nothing, as a form sends it, take away what was there. */
function ifGivenOrNull<Schema extends z.ZodType>(schema: Schema) {
  return z
    .preprocess((value) => (typeof value === "string" ? value.trim() || null : value), schema.nullable())
    .meta({ pattern: TIME_OR_NOTHING })
    .optional();
}

export const AccountSettingsChange = z
  .object({
    username: Username.optional(),
    email: Email.optional().describe("Another one is mailed a link, and takes effect when that is used."),
    password: ifGiven(secret())
      .meta({ minLength: 0 })
      .describe("Mine, as it is now: for another e-mail address, unless the log-in is of the last ten minutes."),
  })
  .meta({ id: "AccountSettingsChange" });
export type AccountSettingsChange = z.infer<typeof AccountSettingsChange>;

export const NotificationSettingsChange = z
  .object({
    frequency: choice(FREQUENCIES).optional(),
    email_notifications: boolean().optional(),
    push_notifications: boolean().optional(),
    time_zone: text(MAX_ZONE)
      .transform((name, context) => {
        const zone = zoneNamed(name);
        if (zone === null) context.addIssue({ code: "custom", message: NO_ZONE });
        return zone ?? z.NEVER;
      })
      .optional(),
    quiet_hours_start: time,
    quiet_hours_end: time.describe("Without both, or where they are the same, there are no quiet hours."),
  })
  .meta({ id: "NotificationSettingsChange" });
export type NotificationSettingsChange = z.infer<typeof NotificationSettingsChange>;

export const ThemeSettingsChange = z
  .object({
    theme: choice([...THEMES, AS_THE_SYSTEM])
      .optional()
      .describe("`system` takes the choice back: pages look as the person's system does."),
    theme_chosen: boolean().optional().describe("Left out: a theme that is given is chosen. So what was read can be sent back as it is."),
    font_size: choice(FONT_SIZES).optional(),
  })
  .meta({ id: "ThemeSettingsChange" });
export type ThemeSettingsChange = z.infer<typeof ThemeSettingsChange>;

export const PrivacySettingsChange = z
  .object({ profile_visibility: choice(LEVELS).optional(), data_sharing: boolean().optional() })
  .meta({ id: "PrivacySettingsChange" });
export type PrivacySettingsChange = z.infer<typeof PrivacySettingsChange>;

export const CHANGES = {
  account_settings: AccountSettingsChange,
  notification_settings: NotificationSettingsChange,
  theme_settings: ThemeSettingsChange,
  privacy_settings: PrivacySettingsChange,
} satisfies Record<Section, z.ZodType>;

/** What is changed, by section. */
export type Changes = { [S in Section]: z.infer<(typeof CHANGES)[S]> };

/** What a section may be called in an address. */
export const SECTION_NAMES: Readonly<Record<string, Section>> = {
  account_settings: "account_settings",
  account: "account_settings",
  notification_settings: "notification_settings",
  notification: "notification_settings",
  notifications: "notification_settings",
  theme_settings: "theme_settings",
  theme: "theme_settings",
  privacy_settings: "privacy_settings",
  privacy: "privacy_settings",
};

export const IfMatch = z.object({
  "if-match": z.string().optional().describe("The `ETag` of what was read: then nothing is changed if anything has changed since."),
});
export const IfNoneMatch = z.object({
  "if-none-match": z.string().optional().describe("The `ETag` of what the client has: the answer is then 304 if that is still so."),
});
