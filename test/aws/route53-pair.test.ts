import { expect, test } from "vitest";
import { checkFlaw, conversionChanges, pairFlaw, pairOf } from "../../lambda/core/pair.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { openCheckers } from "../../local/route53/checkers.ts";
import type { HealthCheck } from "../../local/route53/health-checks.ts";
import { openZone } from "../../local/route53/zone.ts";
import { beacons } from "../sim/beacons.ts";
import { shopRecord } from "../sim/config.ts";
import { openLocalDns } from "./local-dns.ts";

const zone = { zoneId: "Z1" };
const askedMs = Date.parse("2026-11-21T09:00:00Z");

const checks: readonly HealthCheck[] = [
  ...beacons.regions.map(
    (region): HealthCheck => ({
      id: region,
      type: "HTTPS_STR_MATCH",
      fullyQualifiedDomainName: `pointsman-x-${region}.s3.${region}.amazonaws.com`,
      port: 443,
      resourcePath: "/shop.example.com/A",
      searchString: "OUT gen=",
      inverted: true,
      failureThreshold: 1,
    }),
  ),
  {
    id: "two/of three",
    type: "CALCULATED",
    childHealthChecks: [...beacons.regions, "gone"],
    healthThreshold: 2,
    inverted: false,
  },
];

async function open(stands: readonly RecordSet[]) {
  const checkers = openCheckers(
    checks,
    Number.POSITIVE_INFINITY,
    () => "http://127.0.0.1:9",
    () => askedMs,
  );
  const { dns } = await openLocalDns({
    checkers,
    zones: [openZone("Z1", "example.com", [...stands, { ...shopRecord, name: "www.example.com" }])],
  });
  return { dns, checkers };
}

const pair = pairOf(beacons, "two/of three");

test("a simple record and the pair are read as they were written, and replaced by each other in one batch", async () => {
  const { dns } = await open([shopRecord]);
  const now = await dns.sets(zone, shopRecord);
  expect(now).toEqual([shopRecord]);
  const change = (from: readonly RecordSet[], to: readonly RecordSet[]) =>
    dns.change(zone, conversionChanges({ to: "beacons", beacons, now: from, want: to }), "", () => true);
  expect(await change(now, pair)).toMatchObject({ is: "accepted" });
  expect(await dns.sets(zone, shopRecord)).toEqual(pair);
  expect(pairFlaw({ ...beacons, check: "two/of three" }, await dns.sets(zone, shopRecord))).toBeUndefined();
  // Compare-and-set: what is not there any more, or has another health check, is not replaced.
  expect(await change(now, pair)).toMatchObject({ is: "refused" });
  expect(await change(pairOf(beacons, "gone"), now)).toMatchObject({ is: "refused" });
  expect(await change(pair, now)).toMatchObject({ is: "accepted" });
  expect(await dns.sets(zone, shopRecord)).toEqual([shopRecord]);
  expect(await dns.sets(zone, { name: "none.example.com", type: "A" })).toEqual([]);
});

test("a health check is read with its children, and when they were last asked; none where there is none", async () => {
  const { dns, checkers } = await open(pair);
  expect(await dns.healthCheck("no such", true)).toBeUndefined();
  const before = await dns.healthCheck("two/of three", true);
  expect(before?.children.map((child) => child?.seenMs)).toEqual([[], [], [], undefined]);
  expect(checkFlaw(beacons, before)).toContain("4 children");
  await checkers.round();
  const after = await dns.healthCheck("two/of three", true);
  expect(after?.children.map((child) => child?.seenMs)).toEqual([[askedMs], [askedMs], [askedMs], undefined]);
  expect(checkFlaw(beacons, after && { ...after, children: after.children.slice(0, 3) })).toBeUndefined();
  expect((await dns.healthCheck("two/of three", false))?.children[0]?.seenMs).toEqual([]);
});
