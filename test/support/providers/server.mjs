import { once } from "node:events";

/** Starts to listen on this machine only, on a free port if it is 0; the address to reach it. */
export async function listen(server, port) {
  server.listen(port, "localhost");
  await once(server, "listening");
  return `http://localhost:${server.address().port}`;
}

export async function stopServer(server) {
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
}

export async function readBody(request) {
  let body = "";
  for await (const part of request.setEncoding("utf8")) body += part;
  return body;
}

export function sendJson(response, status, body) {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
