import type { z } from "@hono/zod-openapi";
import { clearSessionCookies, refreshTokenOf, setSessionCookies, turnSessionCookies } from "../../cookies";
import { router } from "../../http";
import { AppError } from "../../lib/errors";
import { fieldErrors } from "../../lib/fields";
import { pageAnswer } from "../../lib/pages";
import { presentedTokens } from "../../middleware/authenticate";
import { VERIFICATION_SENT } from "../../modules/auth/schemas";
import * as auth from "../../modules/auth/service";
import * as sessions from "../../modules/auth/sessions";
import * as friends from "../../modules/friends/service";
import * as notifications from "../../modules/notifications/service";
import * as users from "../../modules/users/service";
import * as contract from "./contract";

/** Goes before the canonical routes: its fixed paths would else be taken for ids. */
export const socialApp = router()
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
    // MovieConnect keeps its access token in the cookie alone (contracts §7).
    return c.json(client === "movieconnect" ? { refresh: tokens.refresh } : tokens, 200);
  })
  .openapi(contract.logout, async (c) => {
    const { refresh, refresh_token } = c.req.valid("json");
    clearSessionCookies(c);
    await sessions.logout(c.get("scope"), presentedTokens(c.req.raw, refresh, refresh_token));
    return c.json({ message: "Logged out successfully." }, 200);
  })
  .openapi(contract.pendingRequests, async (c) => {
    const found = await friends.requests(c.get("member"), { ...c.req.valid("query"), direction: "incoming" });
    const { body, headers } = pageAnswer(found, c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.friendsOf, async (c) => {
    const { body, headers } = pageAnswer(await friends.list(c.get("member"), c.req.valid("param").id, c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.requestWith, async (c) => {
    const request = await friends.pendingWith(c.get("member"), c.req.valid("param").id);
    if (!request) throw new AppError("no_such_request");
    return c.json(request, 200);
  })
  .openapi(contract.friendshipStatus, async (c) => c.json(await friends.status(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.sendRequest, async (c) => {
    await friends.sendRequest(c.get("member"), { id: c.req.valid("param").id, username: null });
    return c.json({ message: "Friend request sent successfully" }, 201);
  })
  .openapi(contract.acceptRequest, async (c) => {
    await friends.acceptFrom(c.get("member"), c.req.valid("param").id);
    return c.json({ message: "Friend request accepted successfully" }, 200);
  })
  .openapi(contract.rejectRequest, async (c) => {
    await friends.rejectFrom(c.get("member"), c.req.valid("param").id);
    return c.json({ message: "Friend request rejected successfully" }, 200);
  })
  .openapi(contract.removeFriend, async (c) => {
    await friends.unfriend(c.get("member"), c.req.valid("param").id);
    return c.json({ message: "Friend removed successfully" }, 200);
  })
  .openapi(
    contract.updateStatus,
    async (c) => {
      const { status } = c.req.valid("json");
      const { is_online, last_online } = await users.update(c.get("member"), c.req.valid("param").id, { status });
      return c.json({ status, is_online, last_online }, 200);
    },
    (result) => {
      if (result.success) return;
      if (result.target === "param") throw new AppError("not_found");
      throw new AppError("invalid_status", fieldErrors(result.error as z.core.$ZodError));
    },
  )
  .openapi(contract.markRead, async (c) => c.json(await notifications.markRead(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.markAllRead, async (c) => {
    await notifications.markAllRead(c.get("member"));
    return c.json({ unread: 0 }, 200);
  })
  .openapi(contract.markReadAll, async (c) => {
    await notifications.markAllRead(c.get("member"));
    return c.json({ unread: 0 }, 200);
  });
