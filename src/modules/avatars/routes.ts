import { router } from "../../http";
import { callerOf } from "../../middleware/authenticate";
import * as profiles from "../profiles/service";
import * as contract from "./contract";
import * as avatars from "./service";

/** What everybody sees may be kept by everybody: the address of another image is another. Of all else each use is asked about. */
const CACHE = { public: "public, max-age=31536000, immutable", private: "private, no-cache" };

/** An image and nothing else, whatever a browser is made to believe; pages of all sites may show it. */
const HEADERS = {
  "Content-Disposition": "inline",
  "Content-Security-Policy": "default-src 'none'; sandbox",
  "Cross-Origin-Resource-Policy": "cross-origin",
};

export const avatarRoutes = router()
  .openapi(contract.put, async (c) => c.json(await profiles.change(c.get("member"), c.req.valid("json")), 200))
  .openapi(contract.remove, async (c) => {
    await profiles.change(c.get("member"), { avatar: null });
    return c.body(null, 204);
  })
  .openapi(contract.avatar, async (c) => {
    const scope = c.get("scope");
    const { name } = c.req.valid("param");
    const avatar = await avatars.byAddress(scope, await callerOf(c.req.raw, scope), name);
    const etag = `"${name}"`;
    const headers = { ...HEADERS, ETag: etag, "Cache-Control": CACHE[avatar.isPublic ? "public" : "private"] };
    if (matches(c.req.header("if-none-match"), etag)) return c.body(null, 304, headers);
    const body = c.req.method === "HEAD" ? null : await avatar.open();
    return c.newResponse(body, 200, { ...headers, "Content-Type": avatar.contentType, "Content-Length": String(avatar.size) });
  });

/** Whether `If-None-Match` names this one (RFC 9110, 13.1.2). */
const matches = (header: string | undefined, etag: string) =>
  (header ?? "").split(",").some((one) => ["*", etag].includes(one.trim().replace(/^W\//, "")));
