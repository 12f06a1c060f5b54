import { clearSessionCookies, setSessionCookies } from "../../cookies";
import { router } from "../../http";
import { AppError, accessTokenError, ValidationError } from "../../lib/errors";
import { fieldErrors } from "../../lib/fields";
import { presentedTokens } from "../../middleware/authenticate";
import { VERIFICATION_SENT } from "../../modules/auth/schemas";
import * as auth from "../../modules/auth/service";
import * as sessions from "../../modules/auth/sessions";
import * as users from "../../modules/users/service";
import * as contract from "./contract";

/** Some versions of the client show `detail`, others the fields. */
const invalid = (fields: Record<string, string[]>) => new AppError("invalid", { ...fields, detail: "Invalid data received." });

export const movieConnect = router()
  .openapi(
    contract.signup,
    async (c) => {
      const { birth_date, age, ...newcomer } = c.req.valid("json");
      const birthDate = (birth_date ?? age)!;
      const account = await auth.register(c.get("scope"), { ...newcomer, birthDate }, "movieconnect").catch((error) => {
        throw error instanceof ValidationError ? invalid(error.body) : error;
      });
      if (!account) return c.json(VERIFICATION_SENT, 201);
      setSessionCookies(c, account, "movieconnect");
      const { id, username, email } = account.user;
      const detail = "User created and signed in successfully.";
      return c.json({ id, username, email, birth_date: birthDate, age: birthDate, refresh: account.refresh, detail }, 201);
    },
    (result) => {
      if (!result.success) throw invalid(fieldErrors(result.error));
    },
  )
  .openapi(contract.token, async (c) => {
    const account = await auth.login(c.get("scope"), c.req.valid("json"), "movieconnect");
    setSessionCookies(c, account, "movieconnect");
    return c.json({ refresh: account.refresh }, 200);
  })
  .openapi(contract.logout, async (c) => {
    clearSessionCookies(c);
    // Also by tokens that have run out; if there are none, the browser is at least rid of its cookies.
    if ((await sessions.logout(c.get("scope"), presentedTokens(c.req.raw))) === 0) throw accessTokenError();
    return c.json({ detail: "Successfully logged out." }, 200);
  })
  .openapi(contract.profile, async (c) => {
    const { id, username, email, birth_date, visibility, bio } = await users.self(c.get("member"));
    return c.json({ id, username, email, birth_date, is_private: visibility !== "public", bio }, 200);
  });
