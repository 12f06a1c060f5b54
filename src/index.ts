import { app } from "./app";
import { deliverDue, MAIL_CRON } from "./mail/delivery";
import { prune } from "./maintenance";
import { mailDigests } from "./modules/digests/service";
import { correctOffsets } from "./modules/preferences/offsets";

export { UserHub } from "./hub/user-hub";

/** Every few minutes: what is to be mailed is, digests among it. */
const mail = (env: Env) => mailDigests(env).then(() => deliverDue(env));
/** Once a day. */
const tidy = (env: Env) => prune(env).then(() => correctOffsets(env));

export default {
  fetch: app.fetch,
  scheduled: ({ cron }, env, context) => context.waitUntil(cron === MAIL_CRON ? mail(env) : tidy(env)),
} satisfies ExportedHandler<Env>;
