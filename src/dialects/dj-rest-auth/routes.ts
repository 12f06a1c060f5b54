import { clearSessionCookies, refreshCookie, setSessionCookies, turnSessionCookies } from "../../cookies";
import { router } from "../../http";
import { AppError } from "../../lib/errors";
import { presentedTokens } from "../../middleware/authenticate";
import { VERIFICATION_SENT } from "../../modules/auth/schemas";
import * as auth from "../../modules/auth/service";
import * as sessions from "../../modules/auth/sessions";
import type { ProviderName } from "../../modules/identities/schemas";
import * as identities from "../../modules/identities/service";
import type { Me } from "../../modules/users/schemas";
import * as users from "../../modules/users/service";
import { expiryOf } from "../../tokens";
import * as contract from "./contract";
import { loginErrors, providerErrors, registrationErrors } from "./words";

/** A person as dj-rest-auth shows them. */
const djUser = ({ id, username, email, first_name, last_name }: Me) => ({ pk: id, username, email, first_name, last_name });

/** A log-in as dj-rest-auth answers it. */
const djLoggedIn = ({ access, refresh, user }: { access: string; refresh: string; user: Me }) => ({
  access,
  refresh,
  user: djUser(user),
});

const loginBy = <const P extends ProviderName>(provider: P) =>
  router().openapi(contract.loginBy(provider), async (c) => {
    const account = await identities.enterWith(c.get("scope"), provider, c.req.valid("json"), c.req.url).catch(providerErrors);
    setSessionCookies(c, account);
    return c.json(djLoggedIn(account), 200);
  });

export const djRestAuth = router()
  .openapi(contract.register, async (c) => {
    const { password1: password, ...newcomer } = c.req.valid("json");
    const account = await auth.register(c.get("scope"), { ...newcomer, password }).catch(registrationErrors);
    if (!account) return c.json(VERIFICATION_SENT, 201);
    setSessionCookies(c, account);
    return c.json(djLoggedIn(account), 201);
  })
  .openapi(contract.login, async (c) => {
    const account = await auth.login(c.get("scope"), c.req.valid("json")).catch(loginErrors);
    setSessionCookies(c, account);
    return c.json(djLoggedIn(account), 200);
  })
  .route("/", loginBy("google"))
  .route("/", loginBy("facebook"))
  .openapi(contract.logout, async (c) => {
    const refresh = c.req.valid("json").refresh ?? refreshCookie(c.req.raw);
    clearSessionCookies(c);
    if (refresh === undefined) throw new AppError("no_refresh_token", { detail: "Refresh token was not included in request data." });
    await sessions.end(c.get("scope"), refresh, presentedTokens(c.req.raw));
    return c.json({ detail: "Successfully logged out." }, 200);
  })
  .openapi(contract.refresh, async (c) => {
    const given = c.req.valid("json").refresh ?? refreshCookie(c.req.raw);
    if (given === undefined) throw new AppError("no_refresh_token", { code: "token_not_valid" });
    const { client, tokens } = await sessions.refresh(c.get("scope"), given);
    turnSessionCookies(c, tokens, client);
    const { access, refresh } = tokens;
    return c.json({ access, access_expiration: expiryOf(access), refresh, refresh_expiration: expiryOf(refresh) }, 200);
  })
  .openapi(contract.verify, async (c) => {
    await sessions.verify(c.get("scope"), c.req.valid("json").token);
    return c.json({}, 200);
  })
  .openapi(contract.user, async (c) => c.json(djUser(await users.self(c.get("member"))), 200))
  .openapi(contract.put, async (c) => c.json(djUser(await users.updateSelf(c.get("member"), c.req.valid("json"))), 200))
  .openapi(contract.patch, async (c) => c.json(djUser(await users.updateSelf(c.get("member"), c.req.valid("json"))), 200));
