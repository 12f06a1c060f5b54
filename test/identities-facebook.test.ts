import { describe, expect, it } from "vitest";
import { APP_CALLBACK, atFacebook, exchange, FACEBOOK, facebookCode, facebookIdToken, facebookToken } from "./support/identities";
import { later, stopClock } from "./support/time";

const INCORRECT = { status: 400, body: { code: "provider_refused", non_field_errors: ["Incorrect value"] } };

describe("logging in with what a client has from Facebook", () => {
  it("takes an access token, a code and the ID token of a phone, for one person", async () => {
    const bob = await atFacebook();
    const ways = [
      { access_token: await facebookToken(bob) },
      { code: await facebookCode(bob), redirect_uri: APP_CALLBACK },
      { id_token: await facebookIdToken(bob) },
    ];
    const ids = new Set<number>();
    for (const way of ways) {
      const { status, body } = await exchange("facebook", way);
      expect({ status, email: body.user?.email, name: body.user?.first_name }).toEqual({ status: 200, email: bob.email, name: "Bob" });
      ids.add(body.user.id);
    }
    expect(ids.size).toBe(1);
  });

  it("refuses an access token that another app was given, and codes of another app", async () => {
    const bob = await atFacebook();
    expect(await exchange("facebook", { access_token: await facebookToken(bob, "foreign") })).toMatchObject(INCORRECT);
    const code = await facebookCode(bob, "foreign");
    expect(await exchange("facebook", { code, redirect_uri: APP_CALLBACK })).toMatchObject(INCORRECT);
    expect((await exchange("facebook", { access_token: await facebookToken(bob) })).status).toBe(200);
  });

  it("refuses an ID token of another app's, of another issuer's, or one that has run out", async () => {
    const bob = await atFacebook();
    expect(await exchange("facebook", { id_token: await facebookIdToken(bob, { aud: "2002" }) })).toMatchObject(INCORRECT);
    const good = await facebookIdToken(bob);
    expect(await exchange("facebook", { id_token: good }, { FACEBOOK_ISSUER: `${FACEBOOK}/other` })).not.toMatchObject({ status: 200 });
    stopClock();
    later(3601);
    expect(await exchange("facebook", { id_token: good })).toMatchObject(INCORRECT);
  });

  it("takes a code once", async () => {
    const code = await facebookCode(await atFacebook());
    expect((await exchange("facebook", { code, redirect_uri: APP_CALLBACK })).status).toBe(200);
    expect(await exchange("facebook", { code, redirect_uri: APP_CALLBACK })).toMatchObject(INCORRECT);
  });

  it("needs the address, which a person may keep to themselves there", async () => {
    const bob = await atFacebook({ email: undefined });
    const answer = await exchange("facebook", { access_token: await facebookToken(bob) });
    expect(answer).toMatchObject({ status: 400, body: { code: "provider_email_missing" } });
  });

  it("says so when our own secret is wrong: nobody's token is to blame", async () => {
    const token = await facebookToken(await atFacebook());
    const wrong = await exchange("facebook", { access_token: token }, { FACEBOOK_CLIENT_SECRET: "wrong" });
    expect(wrong).toMatchObject({ status: 503, body: { code: "provider_not_configured" } });
  });

  it("answers 503 while Facebook is down", async () => {
    const token = await facebookToken(await atFacebook());
    const answer = await exchange("facebook", { access_token: token }, { FACEBOOK_GRAPH_URL: "http://localhost:1" });
    expect(answer).toMatchObject({ status: 503, body: { code: "provider_unavailable" } });
  });
});
