import type { FC, PropsWithChildren } from "hono/jsx";
import type { FieldErrors } from "../lib/errors";
import { useFrame } from "./frame";

/** The rooms of the settings, beside the one that one is in. */
const ROOMS = [
  ["/settings", "Profile"],
  ["/settings/preferences", "Preferences"],
  ["/settings/privacy", "Privacy"],
  ["/settings/groups", "Groups"],
  ["/settings/account", "Account"],
  ["/devices", "Devices"],
  ["/settings/data", "Your data"],
] as const;

/** One is in a room on its own page, and on those within; within the first are all others. */
const here = (to: string, path: string) => {
  if (`${to}/` === path) return { "aria-current": "page" } as const;
  return to !== ROOMS[0][0] && path.startsWith(`${to}/`) ? ({ "aria-current": "true" } as const) : {};
};

/** At the top of a page whose form was not taken: what is wrong may be far below. */
export const NotSaved: FC<{ errors: FieldErrors | undefined }> = ({ errors = {} }) =>
  Object.keys(errors).length === 0 ? null : (
    <p class="notice bad" role="alert">
      Not saved yet: see what is marked below.
    </p>
  );

export const Settings: FC<PropsWithChildren> = ({ children }) => {
  const { path } = useFrame();
  return (
    <div class="rooms">
      <nav aria-label="Settings">
        {ROOMS.map(([to, title]) => (
          <a href={to} {...here(to, path)}>
            {title}
          </a>
        ))}
      </nav>
      <div>{children}</div>
    </div>
  );
};
