import { type SQL, type SQLWrapper, sql } from "drizzle-orm";
import { jsonBoolean, jsonObject } from "../../db/json";
import { emailLinks } from "../../db/schema/auth";
import { preferences } from "../../db/schema/preferences";
import { users } from "../../db/schema/users";
import type { Appearance, Preferences } from "./schemas";

type Column = (typeof preferences)["frequency" | "emailNotifications" | "pushNotifications" | "theme" | "fontSize" | "timeZone"];

/** Who came in while an older Worker was still running has no row yet: theirs is as a new one would be. */
function orDefault(column: Column): SQL {
  const value = column.default as string | boolean;
  return sql`coalesce(${column}, ${sql.raw(typeof value === "boolean" ? String(Number(value)) : `'${value}'`)})`;
}

const clock = (minutes: SQLWrapper) => sql`printf('%02d:%02d', ${minutes} / 60, ${minutes} % 60)`;
/** `HH:MM`, or null. */
const clockOf = (minutes: SQLWrapper): SQL<string | null> => sql`iif(${minutes} is null, null, ${clock(minutes)})`;

/** `from` for what `preferencesJson` and the fields name. */
export const fromPreferences = sql`from ${users} left join ${preferences} on ${preferences.userId} = ${users.id}`;

/** Rows from before there was a choice to note say it by their theme. */
const isThemeChosen = sql`(coalesce(${preferences.themeChosen}, 0) or ${orDefault(preferences.theme)} <> 'light')`;

const themeFields = {
  theme: orDefault(preferences.theme),
  theme_chosen: jsonBoolean(isThemeChosen),
  font_size: orDefault(preferences.fontSize),
};

const notificationFields = {
  frequency: orDefault(preferences.frequency),
  email_notifications: jsonBoolean(orDefault(preferences.emailNotifications)),
  push_notifications: jsonBoolean(orDefault(preferences.pushNotifications)),
  time_zone: orDefault(preferences.timeZone),
  quiet_hours_start: clockOf(preferences.quietFrom),
  quiet_hours_end: clockOf(preferences.quietTo),
};

/** What of a row of `preferences` its owner takes along. */
export const settingsFields = { ...notificationFields, ...themeFields };

/** How a person's pages look, by the names of `Appearance`. */
export const appearanceFields = {
  theme: sql`iif(${isThemeChosen}, ${preferences.theme}, null)`,
  font_size: orDefault(preferences.fontSize),
} satisfies Record<keyof Appearance, SQL>;

/** All of a person's preferences, for themselves. */
export const preferencesJson = (now: SQLWrapper): SQL<Preferences> =>
  jsonObject<Preferences>({
    account_settings: jsonObject<Preferences["account_settings"]>({
      id: sql`${users.id}`,
      username: sql`${users.username}`,
      email: sql`${users.email}`,
      pending_email: sql`(select ${emailLinks.email} from ${emailLinks}
        where ${emailLinks.userId} = ${users.id} and ${emailLinks.purpose} = 'change' and ${emailLinks.expiresAt} > ${now})`,
      password: sql`''`,
    }),
    notification_settings: jsonObject<Preferences["notification_settings"]>({
      id: sql`${users.id}`,
      ...notificationFields,
      user: sql`${users.id}`,
    }),
    theme_settings: jsonObject<Preferences["theme_settings"]>({ id: sql`${users.id}`, ...themeFields, user: sql`${users.id}` }),
    privacy_settings: jsonObject<Preferences["privacy_settings"]>({
      id: sql`${users.id}`,
      profile_visibility: sql`${users.visibility}`,
      data_sharing: jsonBoolean(sql`${users.dataSharing}`),
      user: sql`${users.id}`,
    }),
  });
