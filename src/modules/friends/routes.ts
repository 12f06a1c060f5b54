import { router } from "../../http";
import { ValidationError } from "../../lib/errors";
import { fingerprint } from "../../lib/fingerprint";
import { pageAnswer } from "../../lib/pages";
import type { MemberScope } from "../../scope";
import * as contract from "./contract";
import type { FriendRequest, RequestAnswer } from "./schemas";
import * as friends from "./service";

/** Clients say it in the body or in the query, as `action` or as `status`. */
async function answer(scope: MemberScope, id: number, body: RequestAnswer, query: RequestAnswer): Promise<FriendRequest> {
  const word = body.action ?? body.status ?? query.action ?? query.status;
  if (word === undefined) throw new ValidationError({ action: ["This field is required."] });
  return word.startsWith("accept") ? friends.accept(scope, id) : friends.reject(scope, id);
}

export const friendRoutes = router()
  .openapi(contract.list, async (c) => {
    const member = c.get("member");
    const { body, headers } = pageAnswer(await friends.list(member, member.caller.userId, c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.requests, async (c) => {
    const { body, headers } = pageAnswer(await friends.requests(c.get("member"), c.req.valid("query")), c.req.url);
    return c.json(body, 200, headers);
  })
  .openapi(contract.ask, async (c) => {
    const to = c.req.valid("json");
    const key = c.req.valid("header")["idempotency-key"];
    const once = key === undefined ? undefined : { key, fingerprint: await fingerprint("friend request", to) };
    return c.json(await friends.sendRequest(c.get("member"), to, once), 201);
  })
  .openapi(contract.putAnswer, async (c) =>
    c.json(await answer(c.get("member"), c.req.valid("param").id, c.req.valid("json"), c.req.valid("query")), 200),
  )
  .openapi(contract.patchAnswer, async (c) =>
    c.json(await answer(c.get("member"), c.req.valid("param").id, c.req.valid("json"), c.req.valid("query")), 200),
  )
  .openapi(contract.cancel, async (c) => {
    await friends.cancel(c.get("member"), c.req.valid("param").id);
    return c.body(null, 204);
  })
  .openapi(contract.unfriend, async (c) => {
    await friends.unfriend(c.get("member"), c.req.valid("param").user_id);
    return c.body(null, 204);
  })
  .openapi(contract.putAccept, async (c) => c.json(await friends.accept(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.postAccept, async (c) => c.json(await friends.accept(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.patchAccept, async (c) => c.json(await friends.accept(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.putReject, async (c) => c.json(await friends.reject(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.postReject, async (c) => c.json(await friends.reject(c.get("member"), c.req.valid("param").id), 200))
  .openapi(contract.patchReject, async (c) => c.json(await friends.reject(c.get("member"), c.req.valid("param").id), 200));
