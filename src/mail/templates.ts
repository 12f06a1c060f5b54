import { LINK_MINUTES, type Purpose } from "./links";
import type { Digest, Template } from "./outbox";

/** What a mail says; `layout.ts` says how it looks. */
export interface Content {
  subject: string;
  /** The one line that a list of mails shows beside the subject. */
  preview: string;
  heading: string;
  paragraphs: string[];
  button: { label: string; url: string } | null;
  /** In small print: how long the link is good, and what to do if one did not ask for this. */
  notes: string[];
}

interface Facts {
  appName: string;
  /** What the button opens. */
  url: string;
  /** When it happened. */
  at: string;
  /** The account that it is about, and when it was made. */
  account?: { username: string; since: string } | undefined;
  digest?: Digest | undefined;
}

export const CONTENTS: Record<Template, (facts: Facts) => Content> = {
  verify: ({ appName, url, account }) => ({
    subject: `Confirm your e-mail address for ${appName}`,
    preview: "One click, and your account is complete.",
    heading: "Is this your address?",
    paragraphs: [
      account
        ? `Somebody, hopefully you, made the account ${account.username} at ${appName} on ${account.since}, with this e-mail address. Please confirm that it is yours.`
        : `Somebody, hopefully you, made an account at ${appName} with this e-mail address. Please confirm that it is yours.`,
    ],
    button: { label: "Confirm my address", url },
    notes: [
      good("verify"),
      "You did not make this account? Then do not confirm it: whoever made it knows its password, and would have your address to show for it. The page that the link opens lets you say so.",
    ],
  }),
  reset: ({ appName, url }) => ({
    subject: `Choose a new password for ${appName}`,
    preview: "Here is the link that you asked for.",
    heading: "A new password",
    paragraphs: [
      `Somebody, hopefully you, asked for a new password for your account at ${appName}. Choose one here; you are then logged out everywhere.`,
    ],
    button: { label: "Choose a new password", url },
    notes: [good("reset"), "You did not ask for it? Then ignore this mail: your password stays as it is."],
  }),
  change: ({ appName, url }) => ({
    subject: `Confirm your new e-mail address for ${appName}`,
    preview: "One click, and your account uses this address.",
    heading: "Is this your new address?",
    paragraphs: [
      `Somebody, hopefully you, wants to use this e-mail address for an account at ${appName}. It takes effect when you confirm it.`,
    ],
    button: { label: "Use this address", url },
    notes: [good("change"), "You did not ask for it? Then ignore this mail, and nothing changes."],
  }),
  change_notice: ({ appName, url, at }) => ({
    subject: `Your e-mail address at ${appName} is about to change`,
    preview: "If this was not you, choose a new password now.",
    heading: "Your address is about to change",
    paragraphs: [
      `On ${at} somebody who is logged in as you asked to use another e-mail address for your account at ${appName}. It takes effect when it is confirmed from there.`,
      "If that was you, there is nothing to do. If it was not, choose a new password now: that also stops the change.",
    ],
    button: { label: "This was not me", url },
    notes: [],
  }),
  password_changed: ({ appName, url, at }) => ({
    subject: `Your password at ${appName} was changed`,
    preview: "If this was not you, choose a new password now.",
    heading: "Your password was changed",
    paragraphs: [
      `The password of your account at ${appName} was changed on ${at}. Devices that were logged in before, but for the one that it was changed on, were logged out.`,
      "If that was you, there is nothing to do. If it was not, choose a new password now.",
    ],
    button: { label: "This was not me", url },
    notes: [],
  }),
  identity_linked: ({ appName, url, at }) => ({
    subject: `There is a new way to log in to your account at ${appName}`,
    preview: "If this was not you, choose a new password now.",
    heading: "A new way to log in",
    paragraphs: [
      `On ${at} an account at Google or Facebook was linked to yours at ${appName}: whoever has it can log in as you.`,
      "If that was you, there is nothing to do. If it was not, choose a new password now, log in with it, and unlink the account that is not yours.",
    ],
    button: { label: "This was not me", url },
    notes: [],
  }),
  farewell: ({ appName, at }) => ({
    subject: `Your account at ${appName} is deleted`,
    preview: "With everything that was in it.",
    heading: "Goodbye",
    paragraphs: [
      `Your account at ${appName} was deleted on ${at}, with everything that was in it. Nobody can bring it back.`,
      "You are welcome to make a new one, with this address too.",
    ],
    button: null,
    notes: [
      "This is the last mail. If it was not you who deleted the account, somebody else knew your password, or had a device that was logged in as you: change that password wherever you use it.",
    ],
  }),
  digest: ({ appName, url, digest = { items: [], total: 0, zone: "UTC", after: 0 } }) => ({
    subject: `${countOf(digest.total)} at ${appName}`,
    preview: digest.items[0]?.text ?? "",
    heading: countOf(digest.total),
    paragraphs: [
      ...digest.items.map(({ text, at }) => `${text} (${at})`),
      ...(digest.total > digest.items.length ? [`… and ${digest.total - digest.items.length} more.`] : []),
    ],
    button: url === "" ? null : { label: `Open ${appName}`, url },
    notes: [
      digest.asked
        ? `You get this because you asked for it at ${appName}, just this once.`
        : `You get this because e-mail notifications are on in your settings at ${appName}. To stop these mails turn them off there, or choose how often they come.`,
    ],
  }),
};

/** "3 new notifications" */
const countOf = (total: number) => `${total} new notification${total === 1 ? "" : "s"}`;

/** "The link works once, within 30 minutes." */
function good(purpose: Purpose): string {
  const minutes = LINK_MINUTES[purpose];
  const time = minutes < 60 ? `${minutes} minutes` : minutes === 60 ? "an hour" : `${minutes / 60} hours`;
  return `The link works once, within ${time}; a newer mail replaces it.`;
}
