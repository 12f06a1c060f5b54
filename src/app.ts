import { OpenAPIHono } from "@hono/zod-openapi";
import { getPath } from "hono/utils/url";
import { djCredentials } from "./dialects/dj-rest-auth/credentials";
import { djRestAuth } from "./dialects/dj-rest-auth/routes";
import { movieConnect } from "./dialects/movieconnect/routes";
import { preferencesApp } from "./dialects/preferences-app/routes";
import { profilePageHistory } from "./dialects/profile-page/history";
import { profilePage } from "./dialects/profile-page/routes";
import { socialApp } from "./dialects/social-app/routes";
import { docsRoutes } from "./docs/routes";
import { healthRoutes } from "./health";
import type { AppEnv } from "./http";
import { socketRoutes } from "./hub/routes";
import { answerUnrouted } from "./middleware/errors";
import { observe } from "./middleware/observe";
import { accountRoutes } from "./modules/account/routes";
import { activityRoutes } from "./modules/activity/routes";
import { adminRoutes } from "./modules/admin/routes";
import { authRoutes } from "./modules/auth/routes";
import { avatarRoutes } from "./modules/avatars/routes";
import { blockRoutes } from "./modules/blocks/routes";
import { credentialRoutes } from "./modules/credentials/routes";
import { digestRoutes } from "./modules/digests/routes";
import { friendRoutes } from "./modules/friends/routes";
import { groupRoutes } from "./modules/groups/routes";
import { identityRoutes } from "./modules/identities/routes";
import { notificationRoutes } from "./modules/notifications/routes";
import { preferenceRoutes } from "./modules/preferences/routes";
import { profileRoutes } from "./modules/profiles/routes";
import { suggestionRoutes } from "./modules/suggestions/routes";
import { syncRoutes } from "./modules/sync/routes";
import { userRoutes } from "./modules/users/routes";
import { visibilityRoutes } from "./modules/visibility/routes";
import { answerAnyError, orPage } from "./web/errors";
import { pages } from "./web/routes";

/** Routes are written with their trailing slash and served without it too: a redirect would turn a POST into a GET (contracts §1). */
const withSlash = (request: Request) => {
  const path = getPath(request);
  return path.endsWith("/") ? path : `${path}/`;
};

const root = new OpenAPIHono<AppEnv>({ getPath: withSlash });

root.use(observe(answerAnyError));
root.onError(answerAnyError);
root.notFound(orPage(answerUnrouted(root)));

export const app = root
  .route("/", healthRoutes)
  .route("/", socketRoutes)
  // Before the routes of clients that share an address with a page, and pass on what is not the page's.
  .route("/", pages)
  .route("/", socialApp)
  .route("/", preferencesApp)
  .route("/", djRestAuth)
  .route("/", djCredentials)
  .route("/", movieConnect)
  .route("/", profilePage)
  .route("/", profilePageHistory)
  .route("/", authRoutes)
  .route("/", credentialRoutes)
  .route("/", accountRoutes)
  .route("/", identityRoutes)
  .route("/", visibilityRoutes)
  .route("/", blockRoutes)
  .route("/", suggestionRoutes)
  .route("/", userRoutes)
  .route("/", avatarRoutes)
  .route("/", profileRoutes)
  .route("/", groupRoutes)
  .route("/", friendRoutes)
  .route("/", notificationRoutes)
  .route("/", digestRoutes)
  .route("/", preferenceRoutes)
  .route("/", activityRoutes)
  .route("/", syncRoutes)
  .route("/", adminRoutes)
  .route("/", docsRoutes(root));

export type AppType = typeof app;
