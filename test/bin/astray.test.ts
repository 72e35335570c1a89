import { expect, test } from "vitest";
import { astray } from "../../bin/astray.ts";

const own = ["ns-1.awsdns-01.com", "ns-2.awsdns-02.net"];

/** The name servers of zones, as DNS finds them for a name below. */
const dns = (zones: Readonly<Record<string, readonly string[]>>) => async (name: string) => {
  for (let zone = name.replace(/^[^.]+\./, ""); zone !== ""; zone = zone.replace(/^[^.]+\.?/, "")) {
    const servers = zones[zone];
    if (servers) return servers;
  }
  throw new Error(`no zone above ${name} has name servers`);
};

test.each([
  ["the zone", "shop.acme.com", own, { "acme.com": [...own].reverse() }],
  ["one of its servers, spelt otherwise", "shop.acme.com", own, { "acme.com": ["NS-2.AWSDNS-02.NET."] }],
  [
    "the apex of the zone, and not to what is above it",
    "acme.com",
    own,
    { com: ["a.gtld"], "acme.com": own },
  ],
  ["a private zone, which nobody outside is led to", "shop.acme.com", [], { "acme.com": ["ns.other"] }],
  ["nowhere that is known from here", "shop.acme.com", own, {}],
])("nothing is said where DNS leads to %s", async (_, name, ours, zones) => {
  expect(await astray(name, "acme.com", async () => ours, dns(zones))).toBeUndefined();
});

test("nothing is said where Route 53 does not say which the zone's name servers are", async () => {
  const denied = async () => Promise.reject(new Error("AccessDenied"));
  expect(
    await astray("shop.acme.com", "acme.com", denied, dns({ "acme.com": ["ns.other"] })),
  ).toBeUndefined();
});

test.each([
  ["another zone of the same name", "shop.acme.com", { "acme.com": ["ns.other"] }],
  ["another zone of the same name, for its apex", "acme.com", { com: own, "acme.com": ["ns.other"] }],
  [
    "a zone below, that the name is delegated to",
    "a.shop.acme.com",
    { "acme.com": own, "shop.acme.com": ["ns.other"] },
  ],
])("it is said where DNS leads to %s", async (_, name, zones) => {
  expect(await astray(name, "acme.com", async () => own, dns(zones))).toMatch(
    new RegExp(
      `^asks ns\\.other for ${name}, and this zone's name servers are ns-1\\.awsdns-01\\.com, .*nobody is answered`,
    ),
  );
});
