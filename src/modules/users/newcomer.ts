import type { Query } from "../../db/statement";
import type { Scope } from "../../scope";
import { insertPreferences } from "../preferences/statements";
import { nextDigest } from "../preferences/zone";
import { insertName } from "./name-index";

/** Steps that stand behind the one that makes a person, whichever way they come in: what everybody has from the start. */
export const settlingIn = ({ now }: Scope, key: string): Query[] => [
  insertName({ key }),
  insertPreferences({ key, dueAt: nextDigest("daily", "UTC", now)!.toISOString() }),
];
