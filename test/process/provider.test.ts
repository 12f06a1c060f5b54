import { type ChildProcess, spawn } from "node:child_process";
import { afterAll, beforeAll, expect, it } from "vitest";
import { freePorts } from "../support/providers/ports.mjs";
import { ROOT, until } from "./support/server";

const { provider: PORT } = await freePorts("provider");
let provider: ChildProcess;
let said = "";

beforeAll(() => {
  provider = spawn("npm", ["run", "-s", "provider"], { cwd: ROOT, env: { ...process.env, PROVIDER_PORT: String(PORT) }, detached: true });
  provider.stdout!.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
});
afterAll(() => process.kill(-provider.pid!, "SIGKILL"));

it("npm run provider: an OpenID provider, and what Kith has to know of it", async () => {
  await until(
    () => said.includes("GOOGLE_CLIENT_SECRET"),
    () => `the provider; it said ${said}`,
    20_000,
  );
  const issuer = `http://localhost:${PORT}`;
  expect(said).toContain(`GOOGLE_ISSUER="${issuer}"`);
  const described = (await (await fetch(`${issuer}/.well-known/openid-configuration`)).json()) as Record<string, string>;
  expect(described.issuer).toBe(issuer);
  const query = {
    client_id: "kith",
    redirect_uri: "http://localhost:4444/api/auth/google/callback/",
    response_type: "code",
    scope: "openid",
  };
  const pkce = { code_challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", code_challenge_method: "S256" };
  const asked = `${described.authorization_endpoint}?${new URLSearchParams({ ...query, ...pkce })}`;
  const answer = await fetch(asked, { redirect: "manual" });
  expect(answer.headers.get("location"), "any port of this machine may send people there").toContain("/interaction/");
});
