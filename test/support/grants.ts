import { makeAdmin } from "./admins";
import { query } from "./hub";
import { atFacebook, atGoogle, facebookIdToken, googleTokens } from "./identities";
import { PASSWORD, type Person } from "./people";
import { pictureForm } from "./pictures";

/** Three people who do not know each other; `ann` is the one who asks. */
export interface Cast {
  ann: Person;
  bob: Person;
  cid: Person;
}

export interface Call {
  path: string;
  body?: unknown;
}

type Scene = (cast: Cast) => Promise<Call> | Call;

/** Who may call a route: anybody, for a reason, or a member. */
export type Grant = { everybody: string } | MemberGrant;

export interface MemberGrant {
  /** Sets the scene, and is a call that is granted to `ann`. */
  granted: Scene;
  /** The same call about what is somebody else's. */
  foreign?: Scene;
  /** Why there is nothing foreign behind an id in its path. */
  open?: string;
  /** Why granting it stores nothing, though it is no GET. */
  stateless?: string;
}

/** `from` asks `to`; the request's id. */
const asks = async (from: Person, to: Person): Promise<number> => (await from.post("/api/friends/request/", { to_user: to.id })).body.id;
const befriends = async (from: Person, to: Person): Promise<void> => {
  await to.put(`/api/friends/request/${await asks(from, to)}/`, { action: "accept" });
};
/** The id of a notification that `to` then has. */
const notifies = async (from: Person, to: Person): Promise<number> => {
  await asks(from, to);
  return (await to.get("/api/notifications/")).body[0].id;
};
const sessionOf = async (person: Person): Promise<number> => (await person.get("/api/auth/sessions/")).body[0].id;

/** The id of an account at Google that is then linked to this person. */
const links = async (person: Person): Promise<number> =>
  (await person.post("/api/auth/identities/google/", { id_token: (await googleTokens(await atGoogle())).id_token })).body.id;

const about = (path: string, body?: unknown): MemberGrant => ({ granted: () => ({ path, ...(body !== undefined && { body }) }) });

const answering = (suffix: string, body?: unknown): MemberGrant => ({
  granted: async ({ ann, bob }) => ({ path: `/api/friends/request/${await asks(bob, ann)}/${suffix}`, body }),
  // One that ann has sent is bob's to answer.
  foreign: async ({ ann, bob }) => ({ path: `/api/friends/request/${await asks(ann, bob)}/${suffix}`, body }),
});
const answeringPerson = (verb: string): MemberGrant => ({
  granted: async ({ ann, bob }) => {
    await asks(bob, ann);
    return { path: `/api/users/${bob.id}/${verb}/`, body: {} };
  },
  foreign: async ({ ann, bob }) => {
    await asks(ann, bob);
    return { path: `/api/users/${bob.id}/${verb}/`, body: {} };
  },
});
const noting = (suffix: string): MemberGrant => ({
  granted: async ({ ann, bob }) => ({ path: `/api/notifications/${await notifies(bob, ann)}/${suffix}` }),
  foreign: async ({ bob, cid }) => ({ path: `/api/notifications/${await notifies(cid, bob)}/${suffix}` }),
});
const notingAll = (path: string): MemberGrant => ({
  granted: async ({ ann, bob }) => {
    await notifies(bob, ann);
    return { path };
  },
});
const changing = (suffix: string, body: unknown): MemberGrant => ({
  granted: ({ ann }) => ({ path: `/api/users/${ann.id}/${suffix}`, body }),
  foreign: ({ bob }) => ({ path: `/api/users/${bob.id}/${suffix}`, body }),
});
/** In the profile page's words; it says something. */
const ofProfile = (body?: unknown): MemberGrant => {
  const said = async (person: Person) => {
    await person.patch("/profile/", { bio: "old" });
    return { path: `/api/profiles/${person.id}/`, body };
  };
  return { granted: ({ ann }) => said(ann), foreign: ({ bob }) => said(bob) };
};
const unfriending = (path: (other: number) => string): MemberGrant => ({
  granted: async ({ ann, bob }) => {
    await befriends(ann, bob);
    return { path: path(bob.id) };
  },
  foreign: async ({ bob, cid }) => {
    await befriends(bob, cid);
    return { path: path(bob.id) };
  },
});
const seeing = (suffix: string): MemberGrant => ({
  granted: ({ bob }) => ({ path: `/api/users/${bob.id}/${suffix}` }),
  open: "members may look at each other",
});

/** The id of the entry that a person's log-in leaves in their history. */
const logsIn = async (person: Person): Promise<number> => {
  await person.elsewhere();
  return (await person.get("/api/activity/")).body[0].id;
};
const acting = (path: (id: number) => string): MemberGrant => ({
  granted: async ({ ann }) => ({ path: path(await logsIn(ann)) }),
  foreign: async ({ bob }) => ({ path: path(await logsIn(bob)) }),
});

/** A group of somebody's, with `members` in it. */
const groupOf = async (owner: Person, ...members: Person[]): Promise<number> => {
  const { id } = (await owner.post("/api/friends/groups/", { name: "Close ones" })).body;
  for (const member of members) {
    await befriends(owner, member);
    await owner.put(`/api/friends/groups/${id}/members/${member.id}/`);
  }
  return id;
};
/** About a group with `cid` in it, and in the path, `cid`; or, without a suffix of its own, the group. */
const grouping = (suffix: (cid: number) => string, body?: unknown): MemberGrant => ({
  granted: async ({ ann, cid }) => ({ path: `/api/friends/groups/${await groupOf(ann, cid)}/${suffix(cid.id)}`, body }),
  foreign: async ({ ann, bob, cid }) => {
    await befriends(ann, cid);
    return { path: `/api/friends/groups/${await groupOf(bob, cid)}/${suffix(cid.id)}`, body };
  },
});

/** What admins may do to `bob`; ann is one, or a member like others. */
const asAdmin = (suffix: string, body?: unknown): MemberGrant => {
  const path = ({ bob }: Cast) => `/api/admin/users/${bob.id}/${suffix}`;
  return {
    granted: async (cast) => {
      await makeAdmin(cast.ann);
      return { path: path(cast), body };
    },
    foreign: (cast) => ({ path: path(cast), body }),
  };
};
const asAdminOf = (path: string): MemberGrant => ({
  granted: async ({ ann }) => {
    await makeAdmin(ann);
    return { path };
  },
  foreign: () => ({ path }),
});

const credentials = { everybody: "it is how one gets a token" };
const token = { everybody: "the token in the body is the credential" };
const asking = { everybody: "who asks cannot log in (yet); the answer is the same for all" };
const mailed = { everybody: "what was mailed is the credential" };
const leaving = { everybody: "logging out with a dead token must not fail" };
const atProvider = { everybody: "who comes from a provider has no token of ours yet" };
const docs = { everybody: "the documentation is public" };

/** By the short name "theme" where a path does not say which section it is. */
const PREFERENCES: Record<string, MemberGrant> = Object.fromEntries(
  Object.entries({
    "/api/preferences/account_settings/": { username: "newer_name" },
    "/api/preferences/notification_settings/": { frequency: "weekly" },
    "/api/preferences/theme_settings/": { theme: "dark" },
    "/api/preferences/privacy_settings/": { data_sharing: false },
    "/api/preferences/:section/": { theme: "dark" },
    "/preferences/:section/": { theme: "dark" },
  }).flatMap(([route, body]) => {
    const path = route.replace(":section", "theme");
    const mine = "one's own, whatever it is called";
    return [
      [`GET ${route}`, { ...about(path), open: mine }],
      [`PATCH ${route}`, { ...about(path, body), open: mine }],
    ];
  }),
);

/** Every route of the API has its line here (pages: page-grants.ts); one without fails test/refusals.test.ts. */
export const GRANTS: Record<string, Grant> = {
  "GET /health/": { everybody: "a load balancer has no token" },
  "GET /health/ready/": { everybody: "a load balancer has no token" },
  "GET /ws/main/": { everybody: "a socket brings its token in the address; see the hub's tests" },
  "GET /api/schema/": docs,
  "GET /api/redoc/": docs,
  "GET /api/redoc/redoc.js/": docs,

  "POST /api/auth/register/": credentials,
  "POST /api/auth/login/": credentials,
  "POST /api/auth/refresh/": token,
  "POST /api/auth/verify/": token,
  "POST /api/auth/logout/": leaving,
  "GET /api/auth/sessions/": about("/api/auth/sessions/"),
  "DELETE /api/auth/sessions/": {
    granted: async ({ ann }) => {
      await ann.elsewhere();
      return { path: "/api/auth/sessions/" };
    },
  },
  "DELETE /api/auth/sessions/:id/": {
    granted: async ({ ann }) => ({ path: `/api/auth/sessions/${await sessionOf(await ann.elsewhere())}/` }),
    foreign: async ({ bob }) => ({ path: `/api/auth/sessions/${await sessionOf(bob)}/` }),
  },
  "GET /api/auth/google/": atProvider,
  "GET /api/auth/google/callback/": { everybody: "the cookie of the browser that began is the credential" },
  "POST /api/auth/google/": atProvider,
  "GET /api/auth/facebook/": atProvider,
  "GET /api/auth/facebook/callback/": { everybody: "the cookie of the browser that began is the credential" },
  "POST /api/auth/facebook/": atProvider,
  "POST /dj-rest-auth/google/": atProvider,
  "POST /dj-rest-auth/facebook/": atProvider,
  "GET /api/auth/identities/": about("/api/auth/identities/"),
  "POST /api/auth/identities/google/": {
    granted: async () => ({ path: "/api/auth/identities/google/", body: { id_token: (await googleTokens(await atGoogle())).id_token } }),
  },
  "POST /api/auth/identities/facebook/": {
    granted: async () => ({ path: "/api/auth/identities/facebook/", body: { id_token: await facebookIdToken(await atFacebook()) } }),
  },
  "POST /api/auth/identities/google/redirect/": {
    ...about("/api/auth/identities/google/redirect/", {}),
    stateless: "the browser keeps it",
  },
  "POST /api/auth/identities/facebook/redirect/": {
    ...about("/api/auth/identities/facebook/redirect/", {}),
    stateless: "the browser keeps it",
  },
  "DELETE /api/auth/identities/:id/": {
    granted: async ({ ann }) => ({ path: `/api/auth/identities/${await links(ann)}/` }),
    foreign: async ({ bob }) => ({ path: `/api/auth/identities/${await links(bob)}/` }),
  },
  "POST /api/ws/ticket/": { ...about("/api/ws/ticket/", {}), stateless: "a ticket is signed, not stored" },

  "GET /api/users/me/export/": about("/api/users/me/export/"),
  "DELETE /api/users/me/": about("/api/users/me/", { password: PASSWORD }),
  "POST /api/auth/delete-account/": about("/api/auth/delete-account/", { password: PASSWORD }),
  "GET /api/users/": about("/api/users/"),
  "GET /api/users/me/": about("/api/users/me/"),
  "GET /api/users/:id/": seeing(""),
  "PUT /api/users/:id/": changing("", { bio: "new" }),
  "PATCH /api/users/:id/": changing("", { bio: "new" }),
  "POST /api/users/:id/update-status/": changing("update-status/", { status: "busy" }),

  "PUT /api/users/me/": about("/api/users/me/", { bio: "new" }),
  "PATCH /api/users/me/": about("/api/users/me/", { bio: "new" }),
  "GET /avatars/:name/": { everybody: "its owner says who sees it, and an <img> brings no token: test/avatars.test.ts" },
  "PUT /profile/image/": { granted: () => ({ path: "/profile/image/", body: pictureForm("photo.png") }) },
  "DELETE /profile/image/": {
    granted: async ({ ann }) => {
      await ann.put("/profile/image/", pictureForm("photo.png"));
      return { path: "/profile/image/" };
    },
  },
  "GET /profile/": about("/profile/"),
  "PUT /profile/": about("/profile/", { bio: "new" }),
  "PATCH /profile/": about("/profile/", { bio: "new" }),
  "DELETE /profile/": {
    granted: async ({ ann }) => {
      await ann.patch("/profile/", { bio: "old" });
      return { path: "/profile/" };
    },
  },

  "GET /api/users/me/visibility/": about("/api/users/me/visibility/"),
  "PATCH /api/users/me/visibility/": about("/api/users/me/visibility/", { profile: "friends" }),

  "GET /api/users/suggestions/": about("/api/users/suggestions/"),
  "GET /api/users/blocked/": about("/api/users/blocked/"),
  "POST /api/users/:id/block/": { granted: ({ bob }) => ({ path: `/api/users/${bob.id}/block/` }), open: "one may block anybody" },
  "DELETE /api/users/:id/block/": {
    granted: async ({ ann, bob }) => {
      await ann.post(`/api/users/${bob.id}/block/`);
      return { path: `/api/users/${bob.id}/block/` };
    },
    // Who has blocked ann is not there for her, and stays so.
    foreign: async ({ ann, bob }) => {
      await bob.post(`/api/users/${ann.id}/block/`);
      return { path: `/api/users/${bob.id}/block/` };
    },
  },

  "GET /api/friends/groups/": about("/api/friends/groups/"),
  "POST /api/friends/groups/": about("/api/friends/groups/", { name: "Close ones" }),
  "GET /api/friends/groups/:id/": grouping(() => ""),
  "PATCH /api/friends/groups/:id/": grouping(() => "", { name: "Best ones" }),
  "DELETE /api/friends/groups/:id/": grouping(() => ""),
  "GET /api/friends/groups/:id/members/": grouping(() => "members/"),
  "PUT /api/friends/groups/:id/members/:user_id/": {
    ...grouping((cid) => `members/${cid}/`),
    granted: async ({ ann, bob }) => {
      await befriends(ann, bob);
      return { path: `/api/friends/groups/${await groupOf(ann)}/members/${bob.id}/` };
    },
  },
  "DELETE /api/friends/groups/:id/members/:user_id/": grouping((cid) => `members/${cid}/`),

  "GET /api/friends/": about("/api/friends/"),
  "GET /api/friends/requests/": about("/api/friends/requests/"),
  "POST /api/friends/request/": { granted: ({ bob }) => ({ path: "/api/friends/request/", body: { to_user: bob.id } }) },
  "PUT /api/friends/request/:id/": answering("", { action: "accept" }),
  "PATCH /api/friends/request/:id/": answering("", { status: "rejected" }),
  "PUT /api/friends/request/:id/accept/": answering("accept/"),
  "POST /api/friends/request/:id/accept/": answering("accept/"),
  "PATCH /api/friends/request/:id/accept/": answering("accept/"),
  "PUT /api/friends/request/:id/reject/": answering("reject/"),
  "POST /api/friends/request/:id/reject/": answering("reject/"),
  "PATCH /api/friends/request/:id/reject/": answering("reject/"),
  "DELETE /api/friends/request/:id/": {
    granted: async ({ ann, bob }) => ({ path: `/api/friends/request/${await asks(ann, bob)}/` }),
    foreign: async ({ ann, bob }) => ({ path: `/api/friends/request/${await asks(bob, ann)}/` }),
  },
  "DELETE /api/friends/:user_id/": unfriending((id) => `/api/friends/${id}/`),

  "GET /api/notifications/": about("/api/notifications/"),
  "GET /api/notifications/unread-count/": about("/api/notifications/unread-count/"),
  "POST /api/notifications/digest/": {
    granted: async ({ ann, bob }) => {
      await query("update users set email_verified_at = created_at where id = ?", ann.id);
      await notifies(bob, ann);
      return { path: "/api/notifications/digest/" };
    },
  },
  "PUT /api/notifications/read-all/": notingAll("/api/notifications/read-all/"),
  "DELETE /api/notifications/": notingAll("/api/notifications/"),
  "PUT /api/notifications/:id/read/": noting("read/"),
  "DELETE /api/notifications/:id/": noting(""),
  "GET /api/sync/": about("/api/sync/"),

  "GET /api/preferences/": about("/api/preferences/"),
  "GET /preferences/": about("/preferences/"),
  ...PREFERENCES,
  "GET /api/activity/": about("/api/activity/"),
  "DELETE /api/activity/": about("/api/activity/"),
  "GET /api/activity/:id/": acting((id) => `/api/activity/${id}/`),
  "DELETE /api/activity/:id/": acting((id) => `/api/activity/${id}/`),
  "GET /api/history/": about("/api/history/"),
  "DELETE /api/history/": {
    granted: async ({ ann }) => {
      await logsIn(ann);
      return { path: "/api/history/" };
    },
  },
  "GET /api/history/:id/": acting((id) => `/api/history/${id}/`),
  "DELETE /api/history/:id/": acting((id) => `/api/history/${id}/`),

  "GET /api/admin/users/": asAdminOf("/api/admin/users/"),
  "GET /api/admin/users/:id/": asAdmin(""),
  "POST /api/admin/users/:id/suspend/": asAdmin("suspend/", { reason: "spam" }),
  "POST /api/admin/users/:id/restore/": {
    ...asAdmin("restore/"),
    granted: async ({ ann, bob, cid }) => {
      for (const one of [ann, cid]) await makeAdmin(one);
      await cid.post(`/api/admin/users/${bob.id}/suspend/`, { reason: "spam" });
      return { path: `/api/admin/users/${bob.id}/restore/` };
    },
  },
  "PUT /api/admin/users/:id/role/": asAdmin("role/", { role: "pharmacist" }),
  "DELETE /api/admin/users/:id/sessions/": asAdmin("sessions/"),
  "GET /api/admin/audit/": asAdminOf("/api/admin/audit/"),

  "GET /api/profiles/": about("/api/profiles/"),
  "POST /api/profiles/": about("/api/profiles/", { about_me: "new" }),
  "GET /api/profiles/:id/": ofProfile(),
  "PUT /api/profiles/:id/": ofProfile({ about_me: "new" }),
  "PATCH /api/profiles/:id/": ofProfile({ about_me: "new" }),
  "DELETE /api/profiles/:id/": ofProfile(),

  "POST /register/": credentials,
  "POST /login/": credentials,

  "POST /api/user/signup/": credentials,
  "POST /api/token/": credentials,
  "POST /api/user/logout/": leaving,
  "GET /api/user/profile/": about("/api/user/profile/"),

  "POST /api/auth/email/verify/": mailed,
  "POST /api/auth/email/resend/": asking,
  "POST /api/auth/email/change/": about("/api/auth/email/change/", { email: "new@example.test", password: PASSWORD }),
  "POST /api/auth/password/change/": about("/api/auth/password/change/", { old_password: PASSWORD, new_password: "a-new-password" }),
  "POST /api/auth/password/reset/": asking,
  "POST /api/auth/password/reset/confirm/": mailed,
  "POST /dj-rest-auth/password/change/": about("/dj-rest-auth/password/change/", {
    old_password: PASSWORD,
    new_password1: "a-new-password",
    new_password2: "a-new-password",
  }),
  "POST /dj-rest-auth/password/reset/": asking,
  "POST /dj-rest-auth/password/reset/confirm/": mailed,
  "POST /dj-rest-auth/registration/verify-email/": mailed,
  "POST /dj-rest-auth/registration/resend-email/": asking,

  "POST /dj-rest-auth/registration/": credentials,
  "POST /dj-rest-auth/login/": credentials,
  "POST /dj-rest-auth/logout/": token,
  "POST /dj-rest-auth/token/refresh/": token,
  "POST /dj-rest-auth/token/verify/": token,
  "GET /dj-rest-auth/user/": about("/dj-rest-auth/user/"),
  "PUT /dj-rest-auth/user/": about("/dj-rest-auth/user/", { username: "newer", first_name: "Ann" }),
  "PATCH /dj-rest-auth/user/": about("/dj-rest-auth/user/", { first_name: "Ann" }),

  "POST /api/register/": credentials,
  "POST /api/login/": credentials,
  "POST /api/token/refresh/": token,
  "POST /api/logout/": leaving,
  "GET /api/users/pending-requests/": about("/api/users/pending-requests/"),
  "GET /api/users/:id/friends/": seeing("friends/"),
  "GET /api/users/:id/friendship-status/": seeing("friendship-status/"),
  "GET /api/users/:id/friend-request/": {
    granted: async ({ ann, bob }) => {
      await asks(bob, ann);
      return { path: `/api/users/${bob.id}/friend-request/` };
    },
    foreign: async ({ bob, cid }) => {
      await asks(cid, bob);
      return { path: `/api/users/${bob.id}/friend-request/` };
    },
  },
  "POST /api/users/:id/send-friend-request/": {
    granted: ({ bob }) => ({ path: `/api/users/${bob.id}/send-friend-request/`, body: {} }),
    open: "one may ask anybody",
  },
  "POST /api/users/:id/accept-friend-request/": answeringPerson("accept-friend-request"),
  "POST /api/users/:id/reject-friend-request/": answeringPerson("reject-friend-request"),
  "POST /api/users/:id/remove-friend/": unfriending((id) => `/api/users/${id}/remove-friend/`),
  "POST /api/notifications/:id/mark-as-read/": noting("mark-as-read/"),
  "POST /api/notifications/mark-all-as-read/": notingAll("/api/notifications/mark-all-as-read/"),
  "POST /api/notifications/mark-as-read-all/": notingAll("/api/notifications/mark-as-read-all/"),
};
