import { clearSessionCookies, refreshTokenOf, setSessionCookies, turnSessionCookies } from "../../cookies";
import { router } from "../../http";
import { presentedTokens } from "../../middleware/authenticate";
import * as contract from "./contract";
import { VERIFICATION_SENT } from "./schemas";
import * as auth from "./service";
import * as sessions from "./sessions";

export const authRoutes = router()
  .openapi(contract.register, async (c) => {
    const account = await auth.register(c.get("scope"), c.req.valid("json"));
    if (!account) return c.json(VERIFICATION_SENT, 201);
    setSessionCookies(c, account);
    return c.json({ message: "User registered successfully.", ...account }, 201);
  })
  .openapi(contract.login, async (c) => {
    const account = await auth.login(c.get("scope"), c.req.valid("json"));
    setSessionCookies(c, account);
    return c.json(account, 200);
  })
  .openapi(contract.refresh, async (c) => {
    const { client, tokens } = await sessions.refresh(c.get("scope"), refreshTokenOf(c.req.raw, c.req.valid("json").refresh));
    turnSessionCookies(c, tokens, client);
    return c.json(tokens, 200);
  })
  .openapi(contract.verify, async (c) => {
    await sessions.verify(c.get("scope"), c.req.valid("json").token);
    return c.json({}, 200);
  })
  .openapi(contract.logout, async (c) => {
    const { refresh, refresh_token } = c.req.valid("json");
    clearSessionCookies(c);
    await sessions.logout(c.get("scope"), presentedTokens(c.req.raw, refresh, refresh_token));
    return c.json({ message: "Logged out successfully." }, 200);
  })
  .openapi(contract.sessions, async (c) => c.json(await sessions.list(c.get("member")), 200))
  .openapi(contract.revokeOtherSessions, async (c) => {
    await sessions.revokeOthers(c.get("member"));
    return c.body(null, 204);
  })
  .openapi(contract.revokeSession, async (c) => {
    await sessions.revoke(c.get("member"), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contract.ticket, async (c) => c.json(await sessions.ticket(c.get("member")), 200));
