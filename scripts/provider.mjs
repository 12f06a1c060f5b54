/**
 * `npm run provider`: an OpenID provider on this machine, to log in with as with Google while there is no client id yet. Anybody may log in
 * there, under any name. It is the one that the tests use, and keeps nothing.
 *
 *   PROVIDER_PORT  where to listen on localhost (9090)
 */
import { GOOGLE_CLIENTS } from "../test/support/providers/clients.mjs";
import { startOpenId } from "../test/support/providers/openid.mjs";
import { main, Problem } from "./lib/settings.mjs";

const DEFAULT_PORT = 9090;

await main(async () => {
  const port = Number(process.env.PROVIDER_PORT || DEFAULT_PORT);
  const { issuer } = await startOpenId({ port }).catch((error) => {
    throw new Problem(`The provider cannot listen on port ${process.env.PROVIDER_PORT || DEFAULT_PORT}: ${error.code ?? error.message}`);
  });
  const { id, secret } = GOOGLE_CLIENTS.kith;
  console.log(`
  An OpenID provider is up: ${issuer}

  With these lines in .dev.vars, Kith takes it for Google (start it again):

GOOGLE_ISSUER="${issuer}"
GOOGLE_CLIENT_ID="${id}"
GOOGLE_CLIENT_SECRET="${secret}"

  Then open http://localhost:8787/api/auth/google/ in a browser.
`);
});
