import { z } from "@hono/zod-openapi";
import { secret, text } from "../../lib/fields";
import { Email } from "../users/schemas";

const MAX_KEY = 1000;
const MAX_UID = 100;

/** As in a mailed link. */
const key = () => text(MAX_KEY);
export const Uid = text(MAX_UID);
export const Key = key();

export const Address = z.object({ email: Email }).meta({ id: "Address" });

export const AddressConfirmation = z.object({ key: Key.describe("`key` of the mailed link.") }).meta({ id: "AddressConfirmation" });

export const AddressChange = z
  .object({ email: Email.describe("The new one."), password: secret().describe("Mine, as it is now.") })
  .meta({ id: "AddressChange" });
export type AddressChange = z.infer<typeof AddressChange>;

const again = secret().optional().describe("If it is sent, it must be the same.");

export const PasswordChange = z
  .object({ old_password: secret(), new_password: secret(), new_password2: again })
  .meta({ id: "PasswordChange" });
export type PasswordChange = z.infer<typeof PasswordChange>;

/** For who has none. */
export const FirstPassword = PasswordChange.omit({ old_password: true }).meta({ id: "FirstPassword" });
export type FirstPassword = z.infer<typeof FirstPassword>;

export const PasswordReset = z
  .object({
    uid: Uid.describe("`uid` of the mailed link."),
    token: Key.describe("`token` of the mailed link."),
    new_password: secret(),
    new_password2: again,
  })
  .meta({ id: "PasswordReset" });
export type PasswordReset = z.infer<typeof PasswordReset>;

export const Detail = z.object({ detail: z.string() }).meta({ id: "Detail" });
