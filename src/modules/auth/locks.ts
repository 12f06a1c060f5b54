import type { Query } from "../../db/statement";
import { forgive } from "../../limits/limits";
import type { Scope } from "../../scope";

/** Steps that forget the wrong passwords for somebody, by whatever name and wherever they were tried: the person has shown who they are. */
export const unlock = async (scope: Scope, { id, key, email }: { id: number; key: string; email: string }): Promise<Query[]> => [
  ...(await forgive(scope, { login_account: id, login_name: key, confirm_account: id })),
  ...(await forgive(scope, { login_name: email })),
];
