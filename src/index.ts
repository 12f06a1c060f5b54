import { app } from "./app";
import { deliverDue, MAIL_CRON } from "./mail/delivery";
import { prune } from "./maintenance";

export { UserHub } from "./hub/user-hub";

export default {
  fetch: app.fetch,
  scheduled: ({ cron }, env, context) => context.waitUntil(cron === MAIL_CRON ? deliverDue(env) : prune(env)),
} satisfies ExportedHandler<Env>;
