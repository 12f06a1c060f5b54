import { once } from "node:events";
import { createServer } from "node:net";

/** As many ports as there are names, free just now. */
export async function freePorts(...names) {
  const probes = names.map(() => createServer().listen(0, "localhost"));
  await Promise.all(probes.map((probe) => once(probe, "listening")));
  const ports = Object.fromEntries(names.map((name, i) => [name, probes[i].address().port]));
  await Promise.all(probes.map((probe) => new Promise((done) => probe.close(done))));
  return ports;
}
