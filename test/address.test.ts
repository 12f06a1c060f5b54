import { describe, expect, it } from "vitest";
import { clientAddress } from "../src/lib/address";

const from = (address: string) => clientAddress(new Headers({ "cf-connecting-ip": address }));

describe("the address that limits are counted by", () => {
  it.each([
    ["203.0.113.7", "203.0.113.7"],
    ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
    ["2001:0DB8:0001:0002::9", "2001:db8:1:2::/64"],
    ["2001:db8::1", "2001:db8:0:0::/64"],
    ["::1", "0:0:0:0::/64"],
    ["::ffff:203.0.113.7", "203.0.113.7"],
    ["::FFFF:cb00:7107", "203.0.113.7"],
    ["0:0:0:0:0:ffff:203.0.113.7", "203.0.113.7"],
    ["0000:0000:0000:0000:0000:ffff:0a00:0001", "10.0.0.1"],
    ["::ffff:0:203.0.113.7", "0:0:0:0::/64"],
    ["2001:db8::ffff:203.0.113.7", "2001:db8:0:0::/64"],
    ["64:ff9b::203.0.113.7", "64:ff9b:0:0::/64"],
  ])("of %s is %s", (address, counted) => {
    expect(from(address)).toBe(counted);
  });

  it("is never what a client says of itself", () => {
    const headers = { "x-forwarded-for": "203.0.113.7", "x-real-ip": "203.0.113.7", forwarded: "for=203.0.113.7" };
    expect(clientAddress(new Headers(headers))).toBe("unknown");
  });
});
