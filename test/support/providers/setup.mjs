import { createServer } from "node:http";
import { startGraph } from "./graph.mjs";
import { startOpenId } from "./openid.mjs";
import { listen, stopServer } from "./server.mjs";

const ORIGIN = "https://kith.test";
const APP = "https://app.example.com/callback";

/** Before the Worker's tests: the providers that they log in with, where the Worker's environment has them. */
export default async function setup(project) {
  const { google, facebook, mute } = project.config.provide.ports;
  const openId = await startOpenId({ port: google, redirectUris: [`${ORIGIN}/api/auth/google/callback/`, APP] });
  const graph = await startGraph({ port: facebook, redirectUris: [`${ORIGIN}/api/auth/facebook/callback/`, APP] });
  // Takes requests and answers none.
  const silent = createServer();
  await listen(silent, mute);
  return () => Promise.all([openId.stop(), graph.stop(), stopServer(silent)]);
}
