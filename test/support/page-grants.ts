/**
 * Who may open what, of all that people with a browser are served. A route without its line fails test/pages-table.test.ts, which tries
 * each; what a page shows is tested where the page is.
 */
export type Audience = "everybody" | "members" | "admins";

export const PAGES: Record<string, Audience> = {
  "GET /assets/:version/:name/": "everybody",
  "GET /verify-email/": "everybody",
  "POST /verify-email/": "everybody",
  "GET /verify-email/done/": "everybody",
  "GET /resend-email/": "everybody",
  "POST /resend-email/": "everybody",
  "GET /resend-email/done/": "everybody",
  "GET /forgot-password/": "everybody",
  "POST /forgot-password/": "everybody",
  "GET /forgot-password/done/": "everybody",
  "GET /reset-password/": "everybody",
  "POST /reset-password/": "everybody",
  "GET /reset-password/done/": "everybody",
  "GET /devices/": "members",
  "POST /devices/end-others/": "members",
  "POST /devices/:id/end/": "members",
  "GET /settings/preferences/": "members",
  "POST /settings/preferences/account/": "members",
  "POST /settings/preferences/notifications/": "members",
  "POST /settings/preferences/theme/": "members",
  "POST /settings/preferences/privacy/": "members",
  "POST /settings/preferences/digest/": "members",
  "GET /admin/": "admins",
  "GET /admin/audit/": "admins",
  "GET /admin/users/:id/": "admins",
  "POST /admin/users/:id/suspend/": "admins",
  "POST /admin/users/:id/restore/": "admins",
  "POST /admin/users/:id/role/": "admins",
  "POST /admin/users/:id/end-sessions/": "admins",
};
