import { commit, UniqueViolation } from "../../commit";
import type { Query } from "../../db/statement";
import { AppError, textOf, ValidationError } from "../../lib/errors";
import { above, type Page, page, slice } from "../../lib/pages";
import { takePicture } from "../../lib/picture";
import { read } from "../../read";
import { announcePresence } from "../../realtime/presence";
import { seenByFriends, watching } from "../../realtime/sightings";
import { at, type MemberScope } from "../../scope";
import { stamp } from "../activity/statements";
import { type NewAvatar, prepare } from "../avatars/service";
import { renewAddressOfPublic } from "../avatars/statements";
import * as changes from "./changes";
import { indexAgain } from "./name-index";
import { usernameKey } from "./names";
import type { Me, Person, User, UserChange, UserListQuery } from "./schemas";
import { select } from "./selection";
import * as rows from "./statements";

const me = (scope: MemberScope) => ({ me: scope.caller.userId, ...at(scope) });

/** People, by id; with one or two letters to look for, by name. */
export async function list(scope: MemberScope, query: UserListQuery): Promise<Page<User>> {
  const part = slice(query);
  const slots = { ...me(scope), after: above(part), offset: part.offset, limit: part.size + 1 };
  const { found, count } = select(query, slots);
  const [users, totals] = await read(scope, found, ...(part.numbered ? [count] : []));
  return page(users, part, ({ id }) => id, totals?.[0]?.total ?? null);
}

/** @throws AppError `not_found` for whom there is not, or whom the caller does not see */
export async function detail(scope: MemberScope, id: number): Promise<Person> {
  const [[person]] = await read(scope, rows.personById({ id, ...me(scope) }));
  if (!person) throw new AppError("not_found");
  return person;
}

export async function self(scope: MemberScope): Promise<Me> {
  const [[me]] = await read(scope, rows.myself({ id: scope.caller.userId, ...at(scope) }));
  return me!;
}

/**
 * Changes what a person says of themselves, and who sees it, whoever asks for it. If that changes anything, the person's other devices get
 * `profile_update`, and friends who see them come, go or be otherwise hear of that.
 *
 * @throws AppError `permission_denied` for anybody else's id; ValidationError for a username that is taken; for an avatar `throttled`, `storage_unavailable`
 */
export async function update(scope: MemberScope, id: number, change: UserChange): Promise<Me> {
  if (id !== scope.caller.userId) throw new AppError("permission_denied");
  if (Object.keys(change).length === 0) return self(scope);
  const { picture, rest: said } = takePicture(change);
  const avatar = picture === undefined ? null : await prepare(scope, picture);
  try {
    const [user] = await commit(scope, stepsOf(scope, said, avatar), rows.myself({ id, ...at(scope) }));
    if (change.status !== undefined) scope.defer(announcePresence(scope, user!));
    return user!;
  } catch (error) {
    if (error instanceof AppError && error.code === "unchanged") return self(scope);
    return usernameTaken(error);
  }
}

function stepsOf(scope: MemberScope, said: Omit<UserChange, "image" | "avatar" | "profileimg">, avatar: NewAvatar | null): Query[] {
  const id = scope.caller.userId;
  const { status: _, visibility, ...settings } = { ...said, ...(avatar && { avatar: avatar.address }) };
  const key = settings.username === undefined ? null : usernameKey(settings.username);
  const change = { ...said, ...settings, ...(key !== null && { username_key: key }) };
  const values = { id, change: JSON.stringify(change) };
  const steps = [
    changes.refuseUnchanged(values),
    ...(avatar?.steps ?? (visibility === undefined ? [] : [renewAddressOfPublic({ id, level: visibility })])),
    ...(key === null ? [] : [changes.refuseNameOfAnother({ id, key })]),
    ...(Object.keys(settings).length > 0 ? [changes.noteUpdate({ ...values, ...stamp(scope) })] : []),
    ...(avatar ? [changes.noteAvatarChange({ ...values, ...stamp(scope) })] : []),
    ...(visibility === undefined ? [] : [changes.notePrivacyChange({ ...values, ...stamp(scope) })]),
    changes.setProfile(values),
    ...(key === null && visibility === undefined ? [] : indexAgain(id)),
    rows.profileUpdate({ id, ...at(scope) }),
  ];
  return visibility === undefined ? steps : watching(seenByFriends({ userId: id, now: scope.now.toISOString() }), steps);
}

/** The same for oneself, who cannot be somebody else. */
export const updateSelf = (scope: MemberScope, change: UserChange): Promise<Me> => update(scope, scope.caller.userId, change);

function usernameTaken(error: unknown): never {
  const taken = error instanceof UniqueViolation || (error instanceof AppError && error.code === "username_taken");
  if (taken) throw new ValidationError({ username: [textOf("username_taken")] });
  throw error;
}
