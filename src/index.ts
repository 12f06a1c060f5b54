import { app } from "./app";
import { prune } from "./maintenance";

export { UserHub } from "./hub/user-hub";

export default {
  fetch: app.fetch,
  scheduled: (_controller, env, context) => context.waitUntil(prune(env)),
} satisfies ExportedHandler<Env>;
