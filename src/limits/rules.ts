const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export interface Rule {
  /** How often in one window. */
  readonly most: number;
  /** How long a window is, from the first try on. */
  readonly seconds: number;
  /** Holds while developing too: it protects a person and not the server. */
  readonly always?: true;
}

const rules = <Names extends string>(list: Record<Names, Rule>): Readonly<Record<Names, Rule>> => list;

/** All that is counted, and how often it may happen. `…_address` is by network address; why these numbers: docs/decisions/012. */
export const RULES = rules({
  /** Wrong passwords for one person, whatever name was typed, from everywhere. */
  login_account: { most: 10, seconds: 15 * MINUTE, always: true },
  /** Wrong passwords for one typed name, whether or not somebody has it: an unknown person is locked as a known one is. */
  login_name: { most: 10, seconds: 15 * MINUTE, always: true },
  /** Wrong passwords from one address, whomever they are for. */
  login_address: { most: 50, seconds: 15 * MINUTE },
  /** One's own password, asked for again: apart from log-ins, or whoever knows a name could keep its owner from changing the password. */
  confirm_account: { most: 10, seconds: 15 * MINUTE, always: true },
  /** New passwords, good or not: each that is set sends a mail and costs two hashes. */
  password_change_account: { most: 10, seconds: HOUR },
  register_address: { most: 50, seconds: HOUR },
  /** Refresh tokens that were good once and are no more. Good ones are not counted. */
  refresh_address: { most: 100, seconds: 15 * MINUTE },
  /** Mails to an address, whether or not anybody has it, and mails that were asked for from one. */
  reset_target: { most: 5, seconds: HOUR },
  reset_address: { most: 30, seconds: HOUR },
  /** Those that go to newcomers unasked, apart from those asked for, or who asks would learn of the newcomer. Beyond it there is no mail. */
  register_target: { most: 5, seconds: HOUR },
  verify_target: { most: 5, seconds: HOUR },
  verify_address: { most: 30, seconds: HOUR },
  email_change_account: { most: 10, seconds: HOUR },
  email_change_target: { most: 5, seconds: HOUR },
  /** Digests by e-mail that somebody asks for. */
  digest_account: { most: 5, seconds: HOUR },
  /** Log-ins through others that failed. */
  social_address: { most: 50, seconds: 15 * MINUTE },
  /** Friend requests of one person, and those to one particular person. */
  friend_request: { most: 100, seconds: HOUR },
  /** Files that one person stores, whether or not they keep them. */
  upload_account: { most: 60, seconds: HOUR },
  friend_request_pair: { most: 10, seconds: DAY },
  /** People whom one person blocks. */
  block: { most: 200, seconds: HOUR },
});

export type RuleName = keyof typeof RULES;
