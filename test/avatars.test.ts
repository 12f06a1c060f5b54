import { describe, expect, it } from "vitest";
import { aPerson, call } from "./support/people";
import { pictureForm } from "./support/pictures";

describe("an avatar", () => {
  it("is shown under the address that its owner's profile has", async () => {
    const ann = await aPerson();
    const { status, body } = await ann.put("/profile/image/", pictureForm("photo.png"));
    expect(status).toBe(200);
    const shown = await call("GET", new URL(body.image).pathname);
    expect({ status: shown.status, type: shown.headers.get("content-type") }).toEqual({ status: 200, type: "image/png" });
  });
});
