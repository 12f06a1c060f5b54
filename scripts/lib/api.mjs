import { commandPrefix, Problem } from "./settings.mjs";

/** Requests to a running server. */
export function openApi(settings) {
  /** One request, with JSON or a picture; answers the status and the body, whatever the status is. */
  async function send(method, path, { token, body } = {}) {
    const isImage = Buffer.isBuffer(body);
    const type = isImage ? "image/png" : "application/json";
    const headers = { ...(token && { authorization: `Bearer ${token}` }), ...(body && { "content-type": type }) };
    const init = { method, headers, ...(body && { body: isImage ? body : JSON.stringify(body) }) };
    const answer = await fetch(`${settings.url}${path}`, init).catch(() => {
      throw new Problem(
        `Nobody answers at ${settings.url}. Start the server first, in another terminal: ${commandPrefix(settings)}npm start`,
      );
    });
    const text = await answer.text();
    const isJson = answer.headers.get("content-type")?.startsWith("application/json") ?? false;
    return { status: answer.status, body: isJson && text !== "" ? JSON.parse(text) : text };
  }

  /** One request that has to succeed; answers its body. */
  async function call(method, path, init) {
    const { status, body } = await send(method, path, init);
    if (status >= 400) throw new Problem(`${method} ${path} was answered with ${status}: ${JSON.stringify(body)}`);
    return body;
  }

  return { send, call };
}
