import { describe, expect, test } from "vitest";
import type { Beacons } from "../../lambda/core/config.ts";
import {
  checkFlaw,
  conversionChanges,
  type HealthCheck,
  isPair,
  pairFlaw,
  pairOf,
  saySets,
} from "../../lambda/core/pair.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { beacons } from "../sim/beacons.ts";
import { shopRecord } from "../sim/config.ts";
import { checkOf } from "../sim/conversion.ts";

const left: Beacons = { ...beacons, check: "check-1" };
const pair = pairOf(left, "check-1");
const [primary, secondary] = pair as [RecordSet, RecordSet];

test("a conversion deletes all that stands and creates all that is to stand, never nothing", () => {
  const changes = conversionChanges({ to: "beacons", beacons, now: [shopRecord], want: pair });
  expect(changes.map(({ action }) => action)).toEqual(["DELETE", "CREATE", "CREATE"]);
  const nothing = () => conversionChanges({ to: "api", beacons, now: pair, want: [] });
  expect(nothing).toThrow("must not leave a name without a record");
});

test("only two failover records are a pair", () => {
  expect(isPair(pair)).toBe(true);
  expect([[], [shopRecord], [primary], [primary, shopRecord]].map(isPair)).toEqual(Array(4).fill(false));
});

describe("the pair is as it was left", () => {
  test("in any order, and whatever health check it has where none is known", () => {
    expect(pairFlaw(left, [secondary, primary])).toBeUndefined();
    expect(pairFlaw(beacons, pairOf(beacons, "another"))).toBeUndefined();
  });

  test.each<[string, readonly RecordSet[]]>([
    ["another value", [{ ...primary, values: ["203.0.113.9"] }, secondary]],
    ["another TTL", [primary, { ...secondary, ttlSeconds: 300 }]],
    ["another health check", pairOf(left, "check-2")],
    [
      "a health check on the SECONDARY",
      [
        primary,
        {
          ...secondary,
          failover: { role: "SECONDARY", setIdentifier: "standby", healthCheckId: "check-1" },
        },
      ],
    ],
    ["one of them", [primary]],
    ["the other", [secondary]],
    ["a simple record", [shopRecord]],
    ["nothing", []],
  ])("not with %s", (_, sets) => expect(pairFlaw(left, sets)).toContain("they were left at"));

  test("nor without a known check where the PRIMARY is gone", () =>
    expect(pairFlaw(beacons, [secondary])).toContain("health check none"));

  test("in words", () => {
    expect(saySets([])).toBe("absent");
    const alias = { name: "d1.cloudfront.net.", zoneId: "Z2", evaluateTargetHealth: false };
    expect(saySets([{ ...shopRecord, values: [], alias }])).toBe(
      "simple alias of d1.cloudfront.net. (TTL 15 s)",
    );
  });
});

describe("the health checks are what beacons need", () => {
  const fine = checkOf(0);
  const [first, ...others] = fine.children as [HealthCheck, HealthCheck, HealthCheck];
  const child = (over: Partial<HealthCheck>) => ({ ...fine, children: [{ ...first, ...over }, ...others] });

  test("as they were deployed", () => expect(checkFlaw(beacons, fine)).toBeUndefined());

  test.each<[string, HealthCheck | undefined, string]>([
    ["none", undefined, "does not exist"],
    ["another type", { ...fine, type: "HTTP" }, "is HTTP 2"],
    ["disabled", { ...fine, isDisabled: true }, "CALCULATED disabled 2"],
    ["inverted", { ...fine, isInverted: true }, "CALCULATED inverted 2"],
    ["one of three", { ...fine, healthThreshold: 1 }, "CALCULATED 1, and not 2 of three"],
    ["no threshold", { ...fine, healthThreshold: undefined } as unknown as HealthCheck, "is CALCULATED, and"],
    ["one more child", { ...fine, children: [...fine.children, first] }, "has 4 children"],
    ["a child that is gone", { ...fine, children: [undefined, ...others] }, "the beacon in eu-south-1"],
    ["a plain child", child({ type: "HTTPS" }), "no health check looks"],
    ["a child the right way up", child({ isInverted: false }), "no health check looks"],
    ["a disabled child", child({ isDisabled: true }), "no health check looks"],
    ["a slow child", child({ failureThreshold: 3 }), "no health check looks"],
    ["another path", child({ path: "/other" }), "no health check looks"],
    ["another string", child({ searchString: "IN" }), "no health check looks"],
    ["another host", child({ host: "example.com" }), "no health check looks"],
  ])("not with %s", (_, check, why) => expect(checkFlaw(beacons, check)).toContain(why));
});
