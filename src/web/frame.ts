import { createContext, useContext } from "hono/jsx";
import type { Viewer } from "../modules/viewer/schemas";
import type { Flash } from "./flash";

/** What a page knows beside its own content. */
export interface Frame {
  appName: string;
  /** There is a website around the page. */
  website: boolean;
  /** Where it was asked for: "/friends/". */
  path: string;
  /** The same as a link to it, with its query: "/friends?show=blocked". Null where it answers a form. */
  address: string | null;
  now: Date;
  /** Null to who is not logged in. */
  viewer: Viewer | null;
  flash: Flash | null;
  /** What its forms carry, see csrf.ts. */
  readonly formToken: string;
}

/** Set around every page. Parts that need it are rendered inside, and at once: nothing in a page waits. */
export const FrameContext = createContext<Frame | null>(null);

export function useFrame(): Frame {
  const frame = useContext(FrameContext);
  if (!frame) throw new Error("a part of a page was rendered outside of one");
  return frame;
}
