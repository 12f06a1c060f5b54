import { describe, expect, it } from "vitest";
import { openApi } from "./support/openapi";
import { call } from "./support/people";

const CSP = "content-security-policy";

describe("the page of the documentation", () => {
  it("is ours alone: it names no foreign host and may reach none", async () => {
    for (const path of ["/api/redoc/", "/api/redoc"]) {
      const { status, headers, text } = await call("GET", path);
      expect({ status, type: headers.get("content-type")?.toLowerCase() }).toEqual({ status: 200, type: "text/html; charset=utf-8" });
      expect(text).toContain('spec-url="/api/schema/"');
      expect(text).not.toMatch(/https?:|["'(]\/\//);
      const policy = headers.get(CSP)!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
    }
  });

  it("loads nothing that we do not serve", async () => {
    const { text } = await call("GET", "/api/redoc/");
    const addresses = [...text.matchAll(/(?:src|href|spec-url)="([^"]+)"/g)]
      .map(([, address]) => address!)
      .filter((one) => !one.startsWith("data:"));
    expect(addresses).toContain("/api/redoc/redoc.js");
    for (const address of addresses) expect((await call("GET", address)).status, address).toBe(200);
  });

  it("gets its script as a script, to keep", async () => {
    const { status, headers, text } = await call("GET", "/api/redoc/redoc.js");
    expect({ status, type: headers.get("content-type") }).toEqual({ status: 200, type: "text/javascript; charset=utf-8" });
    expect(headers.get("cache-control")).toContain("public");
    expect(text.length).toBeGreaterThan(100_000);
    expect(text).toContain("redoc");
  });
});

describe("the document", () => {
  it("does not refuse what is taken", async () => {
    const { components, paths }: any = await openApi();
    const { UserChange, ProfileChange, AccountSettingsChange, NotificationSettingsChange, VisibilitySettingChange } = components.schemas;
    for (const { properties } of [UserChange, ProfileChange])
      for (const field of ["profession", "status_line"]) expect(properties[field].minLength ?? 0, field).toBe(0);
    expect(AccountSettingsChange.properties.password.minLength ?? 0).toBe(0);
    for (const field of ["quiet_hours_start", "quiet_hours_end"])
      for (const taken of ["", "7:30", "23:59", "23:59:00"])
        expect(taken).toMatch(new RegExp(NotificationSettingsChange.properties[field].pattern));
    expect("24:00").not.toMatch(new RegExp(NotificationSettingsChange.properties.quiet_hours_start.pattern));
    expect(VisibilitySettingChange.type).toEqual(["string", "object"]);
    expect(Object.keys(VisibilitySettingChange.properties)).toEqual(["level", "people", "groups"]);
    expect(Object.keys(paths["/profile/image"].put.requestBody.content).sort()).toEqual([
      "application/json",
      "application/octet-stream",
      "image/*",
      "multipart/form-data",
    ]);
  });
});
