import type { FC } from "hono/jsx";

/** Line drawings on a grid of 24; beside words that say the same. */
const PATHS = {
  people: "M11 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM3 20c.7-4 3.600-6 8-6 1.500 0 2.800.2 3.900.700M18 14v6M15 17h6",
  friends:
    "M9 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2 20c.6-4 3-6 7-6s6.400 2 7 6M16 3.500a4 4 0 0 1 0 7.200M19 14.600c1.700.9 2.700 2.700 3 5.400",
  bell: "M6 16V11a6 6 0 1 1 12 0v5l2 2H4zM10 21h4",
  settings: "M4 7h10M18 7h2M4 17h2M10 17h10M16 9a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM8 19a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
} as const;

export const Icon: FC<{ name: keyof typeof PATHS }> = ({ name }) => (
  <svg class="icon" viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
    <path d={PATHS[name]} />
  </svg>
);
