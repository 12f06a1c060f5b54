import type { OpenAPIHono } from "@hono/zod-openapi";
import type { AppEnv } from "../http";
import { FRAMES } from "./frames";

const INFO = {
  title: "Kith",
  version: "0.1.0",
  description:
    "Accounts, friends and live notifications at the edge. Addresses work with and without their trailing slash; bodies may be JSON, urlencoded or multipart. Events arrive on the socket at `/ws/main/`.",
  license: { name: "MIT", identifier: "MIT" },
};

const TAGS = [
  {
    name: "Accounts",
    description:
      "Register, log in, refresh, log out; the sessions of a person; passwords and addresses, by mailed links where one cannot log in.",
  },
  { name: "Log-in with Google and Facebook", description: "By redirect or by token; accounts there that are linked to a person here." },
  { name: "People", description: "Find people; change yourself; choose who sees what of you; block." },
  { name: "Profiles", description: "What a person says of themselves, and who sees it." },
  { name: "Friends", description: "Ask, answer, take back, end; groups of friends." },
  { name: "Notifications", description: "What happened to you, newest first." },
  { name: "Preferences", description: "My account, how I am told of things, how pages look to me, and who sees me." },
  { name: "Activity", description: "What you did, and on which device: to be read and hidden, and never changed." },
  { name: "Realtime", description: FRAMES },
  { name: "Administration", description: "For admins: suspend, restore, change roles, end sessions, and read who did what." },
  { name: "Operation", description: "For whoever runs it." },
  {
    name: "Social app (compatibility)",
    description: "Paths that the social app's shipped frontend calls; for new clients the ones above.",
  },
  { name: "Preferences app (compatibility)", description: "For clients of the preferences app, which keep an access token as `token`." },
  { name: "Profile page (compatibility)", description: "For clients of the profile page's JSON API; to each their own." },
  { name: "dj-rest-auth (compatibility)", description: "For clients of dj-rest-auth with JWTs." },
  { name: "MovieConnect (compatibility)", description: "For MovieConnect's client, which keeps its access token in a cookie." },
];

/** OpenAPI 3.1, made from the schemas that validate the requests and type the answers. */
export function openApiDocument(app: OpenAPIHono<AppEnv>) {
  app.openAPIRegistry.registerComponent("securitySchemes", "bearerAuth", {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description: "The access token of a log-in.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "cookieAuth", {
    type: "apiKey",
    in: "cookie",
    name: "access_token",
    description:
      "The same in an HttpOnly cookie, which every log-in sets (`__Host-access_token` under https), for browsers. An Authorization header beats it. Writes are refused from pages that may not use the API.",
  });
  const document = app.getOpenAPI31Document({ openapi: "3.1.0", info: INFO, tags: TAGS, servers: [{ url: "/" }] });
  for (const [path, item] of Object.entries(document.paths ?? {}))
    for (const [method, operation] of Object.entries(item)) {
      operation.operationId ??= operationId(method, path);
      const content = operation.requestBody?.content;
      // One schema, three media types: middleware/body.ts takes them all, and refuses the rest that is not named. A route that names its
      // form itself can do nothing with the others.
      if (content?.["application/json"]) {
        const types = content["multipart/form-data"] ? [] : MEDIA_TYPES;
        operation.requestBody.content = { ...Object.fromEntries(types.map((type) => [type, content["application/json"]])), ...content };
        operation.responses[413] = problem("The body is too large.");
        operation.responses[415] = problem("The body is of another media type.");
      }
    }
  // Both forms are served; linters and code generators want the one without the slash.
  document.paths = Object.fromEntries(Object.entries(document.paths ?? {}).map(([path, item]) => [path.replace(/\/$/, ""), item]));
  return document;
}

const problem = (description: string) => ({
  description,
  content: { "application/json": { schema: { $ref: "#/components/schemas/Problem" } } },
});

const MEDIA_TYPES = ["application/json", "application/x-www-form-urlencoded", "multipart/form-data"];

/** "get /api/users/{id}/" -> "getUsersById": stable, and what code generators name their functions. */
const operationId = (method: string, path: string) =>
  method +
  path
    .split(/[/-]/)
    .filter((part) => part && part !== "api")
    .map((part) => (part.startsWith("{") ? `By${capital(part.slice(1, -1))}` : capital(part)))
    .join("");

const capital = (word: string) => word.replace(/(?:^|_)(.)/g, (_, first: string) => first.toUpperCase());
