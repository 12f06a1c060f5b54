import { setSessionCookies } from "../../cookies";
import { router } from "../../http";
import { AppError, type FieldErrors, ValidationError } from "../../lib/errors";
import { fieldErrors } from "../../lib/fields";
import { VERIFICATION_SENT } from "../../modules/auth/schemas";
import * as auth from "../../modules/auth/service";
import * as contract from "./contract";

/** Its page shows `detail` and nothing else, so the first message is there too. */
const invalid = (fields: FieldErrors) => new AppError("invalid", { ...fields, detail: Object.values(fields)[0]?.[0] });

const failed = () => new AppError("login_failed", { detail: "Invalid credentials", non_field_errors: ["Invalid credentials"] });

export const preferencesApp = router()
  .openapi(
    contract.register,
    async (c) => {
      const account = await auth.register(c.get("scope"), c.req.valid("json")).catch((error) => {
        throw error instanceof ValidationError ? invalid(error.body) : error;
      });
      if (!account) return c.json(VERIFICATION_SENT, 201);
      setSessionCookies(c, account);
      return c.json({ token: account.access }, 201);
    },
    (result) => {
      if (!result.success) throw invalid(fieldErrors(result.error));
    },
  )
  .openapi(
    contract.login,
    async (c) => {
      const account = await auth.login(c.get("scope"), c.req.valid("json")).catch((error) => {
        throw error instanceof AppError && error.code === "login_failed" ? failed() : error;
      });
      setSessionCookies(c, account);
      return c.json({ token: account.access, access: account.access, refresh: account.refresh }, 200);
    },
    (result) => {
      if (!result.success) throw failed();
    },
  );
