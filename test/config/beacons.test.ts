import { describe, expect, test } from "vitest";
import { type Row, refusesEach } from "./refuses.ts";
import { parseValid, withService } from "./sample.ts";

const regions = "[eu-south-1, ca-central-1, ap-south-1]";
const via = "    via: beacons\n";
/** A service by beacons, with what else stands at the file's end. */
const file = (list: string, parts: Parameters<typeof withService>[0] = {}, via = "    via: beacons") =>
  `${withService({ ...parts, more: `${parts.more ?? ""}${via}` })}\nbeacons: ${list}\n`;

const elb = "{ id: ireland, value: shop.eu-south-1.elb.amazonaws.com }";
const byName = {
  dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: CNAME }",
  first: "{ id: frankfurt, value: a.acme.org }",
};

describe("beacons that would not be there on the day are refused", () => {
  refusesEach([
    [
      file("[▸eu-central-1, ca-central-1, ap-south-1]"),
      "beacons[0]",
      "eu-central-1 is home",
      "three Regions",
    ],
    [file("[eu-south-1, ca-central-1, ▸eu-south-1]"), "beacons[2]", "eu-south-1 is named already"],
    [
      file("[ca-central-1, ▸eu-south-1, ap-south-1]", { ...byName, second: elb }),
      "beacons[1]",
      "a target is in eu-south-1",
    ],
    [file("▸[eu-south-1, ca-central-1, ap-south-1, ap-south-2]"), "beacons", "two of three decide"],
    [
      file(regions, {
        dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: A, roleArn: ▸'arn:aws:iam::123456789012:role/zone' }",
      }),
      "services.shop.dns.roleArn",
      "in home's account",
      "via: api",
    ],
    [
      withService({ more: "    via: ▸beacons" }),
      "services.shop.via",
      "no Regions for the beacons are named",
      "beacons: three Regions",
    ],
  ] satisfies Row[]);
});

test("a service by beacons says what both failover records hold, and where its beacons are", () => {
  const [service] = parseValid(file(regions)).config.services;
  expect(service?.dns).toEqual({
    zoneId: "Z0SHOP",
    name: "shop.acme.com",
    type: "A",
    ttlSeconds: 15,
    beacons: {
      regions: ["eu-south-1", "ca-central-1", "ap-south-1"],
      key: "shop.acme.com/A",
      record: { name: "shop.acme.com", type: "A", ttlSeconds: 15 },
      in: "3.120.0.10",
      out: "34.240.0.20",
    },
  });
});

test("by the API, unless said otherwise", () => {
  expect(parseValid(file(regions, {}, "")).config.services[0]?.dns.beacons).toBeUndefined();
});

describe("more than two targets", () => {
  const three = withService({
    second: "{ id: ireland, value: 34.240.0.20 }\n      - { id: c, value: 3.1.1.1 }",
  });
  refusesEach([
    [
      `${three.replace("    targets:", `${via}    targets:▸`).replace("▸\n      - ", "\n      ▸- ")}\nbeacons: ${regions}\n`,
      "services.shop.targets",
      "beacons switch between two targets",
      "via: api",
    ],
  ]);
});
