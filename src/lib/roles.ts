/** What a person may be. Roles do not contain each other: what several may do names them all. */
export const ROLES = ["member", "pharmacist", "admin"] as const;
export type Role = (typeof ROLES)[number];
