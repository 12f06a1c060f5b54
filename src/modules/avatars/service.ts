import { look } from "../../commit";
import type { Query } from "../../db/statement";
import { newName, replacing, store } from "../../files/upload";
import { AppError } from "../../lib/errors";
import { EXTENSIONS, type Picture } from "../../lib/images/picture";
import { at, type Caller, type MemberScope, type Scope } from "../../scope";
import { ANYBODY, type Relation, sees } from "../../visibility/rule";
import * as rows from "./statements";

/** A new avatar, or none, that waits for the batch that makes it the caller's. */
export interface NewAvatar {
  /** The end of its address, for `users.avatar`. */
  address: string | null;
  steps: Query[];
}

/**
 * Stores a picture (null: none) until `steps` make it the caller's avatar, in the batch that sets its address. The file that it replaces goes
 * with them.
 *
 * @throws AppError `throttled`, `storage_unavailable`
 */
export async function prepare(scope: MemberScope, picture: Picture | null): Promise<NewAvatar> {
  if (picture === null) return { address: null, steps: replacing(scope, "avatar", null) };
  const name = await store(scope, "avatar", picture);
  return { address: `${newName()}.${EXTENSIONS[picture.contentType]}`, steps: replacing(scope, "avatar", name) };
}

/** Steps that give the caller's avatar, if they have one, another address, and tell their devices: for a batch that bars somebody from seeing it. */
export function newAddress(scope: MemberScope): Query[] {
  const id = scope.caller.userId;
  return [rows.renewAddress({ id }), rows.announceAddress({ id, ...at(scope) })];
}

export interface Avatar {
  contentType: string;
  size: number;
  /** Everybody sees it. */
  isPublic: boolean;
  /** @throws AppError `not_found` if it was replaced in this very moment */
  open(): Promise<ReadableStream>;
}

/** Who is not logged in has an id that nobody has. */
const NOBODY: Caller = { userId: 0, sessionId: 0 };

/**
 * Somebody's avatar, for `viewer`, who may be nobody or out of date: then they see what everybody sees.
 *
 * @throws AppError `not_found`, also for one that they do not see
 */
export async function byAddress(scope: Scope, viewer: Caller | null, address: string): Promise<Avatar> {
  const [[found]] = await look(scope, [], rows.byAddress({ address, ...(viewer ?? NOBODY), now: scope.now.toISOString() }));
  if (!found || !sees({ profile: found.level }, relationOf(found))) throw new AppError("not_found");
  return {
    contentType: found.content_type,
    size: found.size,
    isPublic: sees({ profile: found.level }, ANYBODY),
    async open() {
      const body = await scope.files.open(found.name);
      if (!body) throw new AppError("not_found");
      return body;
    },
  };
}

function relationOf({ live, self, blocked, friend, chosen }: Record<"live" | "self" | "blocked" | "friend" | "chosen", number>): Relation {
  if (!live) return ANYBODY;
  return { self: self === 1, blocked: blocked === 1, friend: friend === 1, chosenFor: new Set(chosen ? ["profile"] : []) };
}
