import { createRoute, OpenAPIHono, type RouteConfig, z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { every } from "hono/combine";
import { answer, FieldErrors, Problem, tooOften } from "./lib/answers";
import { AppError, ValidationError } from "./lib/errors";
import { fieldErrors } from "./lib/fields";
import { requireMember } from "./middleware/authenticate";
import { takeAnyBody } from "./middleware/body";
import { takeCredentials } from "./middleware/shield";
import type { MemberScope, Scope, SecurityNote } from "./scope";

export type AppEnv = { Bindings: Env; Variables: { requestId: string; scope: Scope; note?: SecurityNote } };
/** What the handler of a member's route has. */
export type MemberEnv = AppEnv & { Variables: { member: MemberScope } };

/** A router whose routes refuse invalid input in DRF's shape. An id in a path that is no id names nothing: 404. */
export const router = () =>
  new OpenAPIHono<AppEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      if (result.target === "param") throw new AppError("not_found");
      throw new ValidationError(fieldErrors(result.error as z.core.$ZodError));
    },
  });

type Config = RouteConfig & { path: string };

const invalid = { 400: answer(z.union([FieldErrors, Problem]), "Something is wrong with the input: nothing has changed.") };
const unauthorized = { 401: answer(Problem, "No token, a bad one, or its session is over.") };

/** A refusal of input is documented where there is input. */
const refusals = ({ request }: Config) => (request ? invalid : {}) as typeof invalid;

const asAnybody: MiddlewareHandler = (_, next) => next();
/** Who asks is settled before what they ask. */
const withBody = (takeBody: typeof takeAnyBody): typeof requireMember => every(requireMember, takeBody);
const asMemberWithBody = withBody(takeAnyBody);

/** A route for everybody; `takeBody` is how its body is read, if it has one. */
export const publicRoute = <const C extends Config>(config: C, takeBody = takeAnyBody) =>
  createRoute({
    security: [],
    ...config,
    responses: { ...refusals(config), ...config.responses } as typeof invalid & C["responses"],
    middleware: config.request?.body ? takeBody : asAnybody,
  });

/** A route for everybody that takes credentials or sends mail: it can be called only so often from one address, see `limits/`. */
export const credentialRoute = <const C extends Config>(config: C) =>
  createRoute({
    security: [],
    ...config,
    responses: { ...refusals(config), ...tooOften, ...config.responses } as typeof invalid & typeof tooOften & C["responses"],
    middleware: takeCredentials,
  });

/** A route for people with an access token: its handler has them as `c.get("member")`. */
export const memberRoute = <const C extends Config>(config: C, takeBody = takeAnyBody) =>
  createRoute({
    security: [{ bearerAuth: [] }, { cookieAuth: [] }],
    ...config,
    responses: { ...refusals(config), ...unauthorized, ...config.responses } as typeof invalid & typeof unauthorized & C["responses"],
    middleware: config.request?.body ? (takeBody === takeAnyBody ? asMemberWithBody : withBody(takeBody)) : requireMember,
  });
