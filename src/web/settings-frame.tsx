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

export const Settings: FC<PropsWithChildren> = ({ children }) => {
  const { path } = useFrame();
  return (
    <div class="rooms">
      <nav aria-label="Settings">
        {ROOMS.map(([to, title]) => (
          <a href={to} {...(`${to}/` === path && { "aria-current": "page" })}>
            {title}
          </a>
        ))}
      </nav>
      <div>{children}</div>
    </div>
  );
};
