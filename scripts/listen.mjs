/**
 * `npm run listen -- <access token> [since]`: opens a socket and prints each frame as a line of JSON, until Ctrl-C or the server closes.
 * With `since`, first what was missed after that event; 0 is everything.
 *
 *   --until <type>   ends with the first frame of this type
 *   --for <seconds>  ends after so long; that is a failure if it waited for a frame with --until
 *
 *   PORT      the server's port on localhost (8787)
 *   KITH_URL  its whole address, if it is elsewhere
 *
 * Frames go to standard output, all else to standard error: `npm run -s listen -- … | jq .type` works.
 */
import { parseArgs } from "node:util";
import { commandPrefix, main, Problem, readSettings } from "./lib/settings.mjs";

const USAGE = "Say whose events: npm run listen -- <access token> [since] [--until <type>] [--for <seconds>]";

/** What a close code asks of a client. */
const MEANINGS = {
  1000: "closed normally",
  1001: "the server goes away: come back",
  1006: "the connection was cut: come back with the last seq",
  1008: "too many frames at once",
  1009: "a frame was too big",
  1011: "the server failed: come back with the last seq",
  1012: "the server starts anew: come back with the last seq",
  4401: "the session is over or the token is no good: log in again",
  4408: "the access token ran out: refresh it and reconnect with the last seq",
  4409: "too many sockets of this person: the oldest one went",
};

function readArguments() {
  try {
    const { positionals, values } = parseArgs({ allowPositionals: true, options: { until: { type: "string" }, for: { type: "string" } } });
    const [token, since, ...rest] = positionals;
    const seconds = values.for === undefined ? null : Number(values.for);
    if (token && rest.length === 0 && (seconds === null || seconds > 0)) return { token, since, until: values.until, seconds };
  } catch {}
  throw new Problem(USAGE);
}

function listen({ token, since, until, seconds }, settings) {
  const address = new URL("/ws/main/", settings.url);
  const { origin } = address;
  address.protocol = address.protocol.replace("http", "ws");
  address.searchParams.set("token", token);
  if (since !== undefined) address.searchParams.set("since", since);
  return new Promise((done, fail) => {
    // With an Origin, as a browser sends it, a bad token is said by a close code, which a script can read.
    const socket = new WebSocket(address, { headers: { origin } });
    let last = null;
    let open = false;
    const end = (settle) => {
      clearTimeout(timer);
      socket.close();
      settle();
    };
    const outOfTime = () => end(until === undefined ? done : () => fail(new Problem(`No ${until} in ${seconds} s.`)));
    const timer = seconds === null ? undefined : setTimeout(outOfTime, seconds * 1000);
    process.once("SIGINT", () => end(done));
    socket.addEventListener("open", () => {
      open = true;
      console.error(`listening at ${settings.url}, Ctrl-C ends`);
    });
    socket.addEventListener("message", ({ data }) => {
      console.log(data);
      const frame = JSON.parse(data);
      last = frame.seq ?? last;
      if (frame.type === until) end(done);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      clearTimeout(timer);
      if (code === 1000) return done();
      if (!open) return fail(new Problem(`No socket at ${settings.url}. Does the server run? ${commandPrefix(settings)}npm start`));
      const seq = last === null ? "" : ` (last seq: ${last})`;
      fail(new Problem(`closed with ${code}, ${MEANINGS[code] ?? (reason || "for a reason of its own")}${seq}`));
    });
  });
}

await main(() => {
  if (typeof WebSocket === "undefined") throw new Problem(`Node ${process.version} has no WebSocket; npm run listen brings one that has.`);
  return listen(readArguments(), readSettings());
});
process.exit();
