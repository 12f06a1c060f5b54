import type { FC, PropsWithChildren } from "hono/jsx";
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
