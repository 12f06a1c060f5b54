import { z } from "@hono/zod-openapi";
import { credentialRoute, memberRoute } from "../../http";
import { answer, nothing, Problem, takes } from "../../lib/answers";
import { LoggedIn } from "../auth/schemas";
import * as s from "./schemas";

const tags = ["Log-in with Google and Facebook"];

const unreachable = { 503: answer(Problem, "The provider is not set up here, or does not answer.") };
const unconfirmed = { 403: answer(Problem, "The address has to be confirmed first; a mail says how (`email_not_verified`).") };
const conflict = (description: string) => ({ 409: answer(Problem, description) });

/** The same routes for each provider; a path of its own each, because the documentation and the router know no pattern for them. */
export const routesFor = <const P extends s.ProviderName>(provider: P) => {
  const title = s.TITLES[provider];
  const path = `/api/auth/${provider}/` as `/api/auth/${P}/`;
  const identity = `/api/auth/identities/${provider}/` as `/api/auth/identities/${P}/`;
  return {
    start: credentialRoute({
      method: "get",
      path,
      tags,
      summary: `Log in with ${title}, in a browser`,
      description: `Send the browser here: it goes on to ${title}, comes back to the callback, and then to \`next\` with session cookies set, or with \`?error=\` and a code. The first time makes an account.`,
      request: { query: s.RedirectQuery },
      responses: { 302: nothing(`On to ${title}, with a cookie that the callback wants back.`), ...unreachable },
    }),
    callback: credentialRoute({
      method: "get",
      path: `${path}callback/` as `/api/auth/${P}/callback/`,
      tags,
      summary: `Back from ${title}`,
      description: `Where ${title} sends the browser; register it there. Works once, in the browser that began. Without \`next\` it answers JSON, as a log-in does.`,
      request: { query: s.CallbackQuery },
      responses: {
        200: answer(z.union([LoggedIn, s.Identity]), "Logged in, or linked to who began it."),
        302: nothing("On to `next`."),
        401: answer(Problem, "This person may not log in, or the session that began it is over."),
        ...unconfirmed,
        ...conflict("The address, or the account there, is somebody's here."),
        ...unreachable,
      },
    }),
    exchange: credentialRoute({
      method: "post",
      path,
      tags,
      summary: `Log in with a token of ${title}`,
      description: `For clients that talk to ${title} themselves: one of \`access_token\`, \`code\` and \`id_token\`. An account that has the same e-mail address is only used if both sides have verified it, and ${title} is the one to know.`,
      request: { body: takes(s.ProviderToken) },
      responses: {
        200: answer(LoggedIn, "Tokens and the person they are for."),
        401: answer(Problem, "This person may not log in."),
        ...unconfirmed,
        ...conflict("Somebody has this e-mail address: log in as them, then link."),
        ...unreachable,
      },
    }),
    startLink: memberRoute({
      method: "post",
      path: `${identity}redirect/` as `/api/auth/identities/${P}/redirect/`,
      tags,
      summary: `Link a ${title} account, in a browser`,
      description: `Answers where to send this browser; what it comes back with is linked to the session that asks, if that lives then. From another origin, ask with credentials: the browser has to keep a cookie.`,
      request: { body: takes(s.RedirectStart) },
      responses: { 200: answer(s.Redirect, `The page of ${title}.`), ...unreachable },
    }),
    link: memberRoute({
      method: "post",
      path: identity,
      tags,
      summary: `Link a ${title} account, with its token`,
      description: "What I have already stays as it is.",
      request: { body: takes(s.ProviderToken) },
      responses: { 201: answer(s.Identity, "Mine now."), ...conflict("It is somebody else's here."), ...unreachable },
    }),
  };
};

export const list = memberRoute({
  method: "get",
  path: "/api/auth/identities/",
  tags,
  summary: "My linked accounts",
  responses: { 200: answer(z.array(s.Identity), "What else I log in with, oldest first.") },
});

export const unlink = memberRoute({
  method: "delete",
  path: "/api/auth/identities/{id}/",
  tags,
  summary: "Unlink an account",
  description: "The last one cannot be unlinked by who has no password: nothing would be left to log in with.",
  request: { params: s.IdentityParams },
  responses: { 204: nothing("It logs nobody in any more."), 404: answer(Problem, "I have no such account linked.") },
});
