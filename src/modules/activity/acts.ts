/** What is noted of what people do, and how the history says it unless there is more to say. */
export const ACTS = {
  register: "Account registered",
  login: "Login",
  logout: "Logout",
  session_end: "Ended another session",
  update: "Changed profile settings",
  avatar_change: "Changed the profile picture",
  preferences_change: "Changed preferences",
  privacy_change: "Changed privacy settings",
  group_change: "Changed a group of friends",
  password_change: "Changed the password",
  password_reset: "Reset the password",
  email_change_request: "Asked to change the e-mail address",
  email_change: "Changed the e-mail address",
  email_confirm: "Confirmed the e-mail address",
  identity_link: "Linked another way to log in",
  identity_unlink: "Unlinked a way to log in",
  friend_request: "Sent a friend request",
  friend_accept: "Accepted a friend request",
  friend_reject: "Rejected a friend request",
  friend_cancel: "Took back a friend request",
  unfriend: "Ended a friendship",
  block: "Blocked somebody",
  unblock: "Unblocked somebody",
} as const;

export type ActType = keyof typeof ACTS;
export const ACT_TYPES = Object.keys(ACTS) as [ActType, ...ActType[]];
