import { describe, expect, it } from "vitest";
import { hubs, insideHub, query } from "./support/hub";
import { aPerson, PASSWORD } from "./support/people";
import { storedSecrets } from "./support/secrets";

/** After every test of this suite all that is stored is searched for secrets. Here it is shown that the search finds them. */
describe("the search for stored secrets", () => {
  const found = async () => (await storedSecrets()).map((line) => line.split(":")[0]);

  it("finds a password, an access token and a refresh token in any table", async () => {
    const ann = await aPerson();
    await query("update users set bio = ? where id = ?", `I like ${PASSWORD}.`, ann.id);
    await query("update sessions set user_agent = ?", ann.access);
    await query(
      "insert into audit_log (action, target_id, details, created_at) values ('x', 1, ?, '')",
      JSON.stringify({ token: ann.refresh }),
    );
    expect((await found()).sort()).toEqual(["audit_log", "sessions", "users"]);
    await query("update users set bio = null");
    await query("update sessions set user_agent = ''");
    await query("delete from audit_log");
    expect(await found()).toEqual([]);
  });

  it("finds a token in a hub's storage, and in what its sockets remember", async () => {
    const ann = await aPerson();
    const socket = await ann.socket();
    await hubs.deliver(ann.id, {});
    await insideHub(ann, (_, state) => state.storage.kv.put("token", ann.access));
    expect(await found()).toEqual([expect.stringMatching(/^hub /)]);
    await insideHub(ann, (_, state) => {
      state.storage.kv.delete("token");
      const [raw] = state.getWebSockets();
      raw!.serializeAttachment({ ...raw!.deserializeAttachment(), token: ann.access });
    });
    expect(await found()).toEqual([expect.stringMatching(/^hub /)]);
    socket.close();
    await insideHub(ann, (_, state) => {
      const [raw] = state.getWebSockets();
      raw?.serializeAttachment({ sessionId: 1, expiresAt: 0, cursor: 0, openedAt: 0 });
    });
    expect(await found()).toEqual([]);
  });
});
