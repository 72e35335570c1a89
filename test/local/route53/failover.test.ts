import { ChangeResourceRecordSetsCommand, ListResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { route53Clients } from "../../../lambda/aws/route53-clients.ts";
import { forgetAws } from "../../../local/aws-environment.ts";
import { answer } from "../../../local/route53/answer.ts";
import { openRoute53 } from "../../../local/route53/api.ts";
import { openCheckers } from "../../../local/route53/checkers.ts";
import {
  type Believed,
  believedFirst,
  type EndpointCheck,
  type HealthCheck,
  isGood,
  observe,
  routed,
} from "../../../local/route53/health-checks.ts";
import { applyBatch, type Failover, openZone, type RecordSet } from "../../../local/route53/zone.ts";
import { openS3 } from "../../../local/s3.ts";

forgetAws(process.env);

const record = (value: string, failover?: Failover): RecordSet => ({
  name: "shop.example.com",
  type: "A",
  ttlSeconds: 15,
  values: [value],
  ...(failover && { failover }),
});
const primary = record("192.0.2.10", { role: "PRIMARY", setIdentifier: "one", healthCheckId: "calculated" });
const secondary = record("198.51.100.20", { role: "SECONDARY", setIdentifier: "two" });
const zone = openZone("Z1", "example.com", [primary, secondary]);

const beacon = (id: string): EndpointCheck => ({
  id,
  type: "HTTPS_STR_MATCH",
  fullyQualifiedDomainName: `${id}.s3.eu-west-1.amazonaws.com`,
  port: 443,
  resourcePath: "/shop",
  searchString: "OUT gen=",
  inverted: true,
  failureThreshold: 1,
});
const beacons = ["a", "b", "c"];
const checks: readonly HealthCheck[] = [
  ...beacons.map(beacon),
  { id: "calculated", type: "CALCULATED", childHealthChecks: beacons, healthThreshold: 2, inverted: false },
];

async function openAll() {
  const s3 = await openS3(Object.fromEntries(beacons.map((bucket) => [bucket, "eu-west-1"])));
  onTestFinished(s3.close);
  const checkers = openCheckers(checks, Number.POSITIVE_INFINITY, ({ id }) => `${s3.url}/${id}`);
  const answered = () => answer({ name: "shop.example.com", type: "A" }, [routed(zone, checkers.isHealthy)]);
  return { s3, checkers, values: () => answered().answers.map(({ value }) => value) };
}

describe("2 of 3 inverted beacons decide which of a failover pair is answered", () => {
  let all: Awaited<ReturnType<typeof openAll>>;
  beforeEach(async () => {
    all = await openAll();
  });
  const [up, out, lost] = ["IN gen=4", "OUT gen=5", undefined];
  test.each<[string, (string | undefined)[], string]>([
    ["all in", [up, up, up], "192.0.2.10"],
    ["all out", [out, out, out], "198.51.100.20"],
    ["two out", [out, up, out], "198.51.100.20"],
    ["one out, stale or stolen", [up, out, up], "192.0.2.10"],
    ["one lost while in", [up, lost, up], "192.0.2.10"],
    ["one lost while out", [out, lost, out], "198.51.100.20"],
    ["one overwritten with something else while out", [out, "hello", out], "198.51.100.20"],
    ["all lost", [lost, lost, lost], "192.0.2.10"],
  ])("%s", async (_, bodies, value) => {
    for (const [i, body] of bodies.entries()) all.s3.set(beacons[i] ?? "", "shop", body);
    await all.checkers.round();
    expect(all.values()).toEqual([value]);
  });

  test("one that refuses its checkers says nothing either way", async () => {
    for (const bucket of beacons) all.s3.set(bucket, "shop", "OUT gen=5");
    all.s3.setFault("b", "denied");
    await all.checkers.round();
    expect(all.values()).toEqual(["198.51.100.20"]);
    for (const bucket of beacons) all.s3.set(bucket, "shop", "IN gen=6");
    all.s3.setFault("a", "unreachable");
    await all.checkers.round();
    expect(all.values()).toEqual(["192.0.2.10"]);
  });

  test("before anybody asked, an inverted check is unhealthy", () => {
    expect(all.values()).toEqual(["198.51.100.20"]);
  });
});

test.each<[string, (id: string) => boolean, string]>([
  ["both healthy", () => true, "192.0.2.10"],
  ["the secondary alone", (id) => id === "second", "198.51.100.20"],
  ["the primary alone", (id) => id === "calculated", "192.0.2.10"],
  ["neither", () => false, "192.0.2.10"],
])("a pair of which each has a check, %s", (_, isHealthy, value) => {
  const other = record("198.51.100.20", {
    role: "SECONDARY",
    setIdentifier: "two",
    healthCheckId: "second",
  });
  const pair = openZone("Z1", "example.com", [primary, other]);
  const found = answer({ name: "shop.example.com", type: "A" }, [routed(pair, isHealthy)]);
  expect(found.answers.map((each) => each.value)).toEqual([value]);
});

test.each<[string, number, string, boolean]>([
  ["the string", 200, "OUT gen=1", true],
  ["a redirect with the string", 307, "OUT gen=1", true],
  ["an error with the string", 403, "OUT gen=1", false],
  ["another string", 200, "IN gen=1", false],
  ["the string across the 5,120th byte", 200, `${"x".repeat(5_115)}OUT gen=1`, false],
])("a check finds %s", (_, status, body, good) => {
  expect(isGood(beacon("a"), { status, body })).toBe(good);
});

test("a threshold counts in a row, both ways", () => {
  const check = { ...beacon("a"), failureThreshold: 2 };
  const [good, bad] = [{ status: 200, body: "OUT gen=1" }, undefined];
  const after = (...seen: (typeof good | undefined)[]) =>
    seen.reduce<Believed>((believed, each) => observe(check, believed, each), believedFirst).isHealthy;
  expect([after(bad), after(bad, good, bad), after(bad, bad)]).toEqual([true, true, false]);
  expect([after(bad, bad, good), after(bad, bad, good, good)]).toEqual([false, true]);
});

test.each<[string, RecordSet]>([
  ["a simple set beside a pair", record("192.0.2.1")],
  ["a second PRIMARY", record("192.0.2.1", { ...primary.failover, role: "PRIMARY", setIdentifier: "3" })],
  ["a set that is there", secondary],
])("a zone refuses %s", (_, set) => {
  expect(applyBatch(zone, [{ action: "CREATE", set }])).toMatchObject({ code: "InvalidChangeBatch" });
});

test.each<[string, RecordSet[]]>([
  ["a PRIMARY without a health check", [record("192.0.2.1", { role: "PRIMARY", setIdentifier: "1" })]],
  ["a pair beside a simple set", [record("192.0.2.1"), secondary]],
])("no zone holds %s", (_, sets) => {
  expect(() => openZone("Z1", "example.com", sets)).toThrow("shop.example.com");
});

test("a DELETE names the health check and the role as well", () => {
  const wrong = {
    ...primary,
    failover: { role: "PRIMARY", setIdentifier: "one", healthCheckId: "x" },
  } as const;
  expect(applyBatch(zone, [{ action: "DELETE", set: wrong }]).ok).toBe(false);
  expect(applyBatch(zone, [{ action: "DELETE", set: primary }]).ok).toBe(true);
});

test("a simple record becomes a pair in one batch, through the SDK, and is listed as one", async () => {
  const checkers = openCheckers(checks, Number.POSITIVE_INFINITY, () => "http://127.0.0.1:9");
  const simple = openZone("Z1", "example.com", [record("192.0.2.10")]);
  const route53 = await openRoute53({ zones: [simple], checkers, port: 0, propagationMs: 0 });
  onTestFinished(route53.close);
  process.env["AWS_ENDPOINT_URL_ROUTE_53"] = route53.url;
  Object.assign(process.env, { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" });
  const client = route53Clients("eu-central-1", "test", 1)(undefined);
  const set = { Name: "shop.example.com", Type: "A" as const, TTL: 15 };
  const [one, two] = [[{ Value: "192.0.2.10" }], [{ Value: "198.51.100.20" }]];
  const batch = (HealthCheckId: string) =>
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: "Z1",
      ChangeBatch: {
        Changes: [
          { Action: "DELETE", ResourceRecordSet: { ...set, ResourceRecords: one } },
          {
            Action: "CREATE",
            ResourceRecordSet: {
              ...set,
              ResourceRecords: one,
              SetIdentifier: "one",
              Failover: "PRIMARY",
              HealthCheckId,
            },
          },
          {
            Action: "CREATE",
            ResourceRecordSet: { ...set, ResourceRecords: two, SetIdentifier: "two", Failover: "SECONDARY" },
          },
        ],
      },
    });
  await expect(client.send(batch("unheard-of"))).rejects.toMatchObject({ name: "NoSuchHealthCheck" });
  await client.send(batch("calculated"));
  const start = { StartRecordName: "shop.example.com", StartRecordType: "A" } as const;
  const first = await client.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: "Z1", ...start, MaxItems: 1 }),
  );
  expect(first.ResourceRecordSets).toMatchObject([
    { SetIdentifier: "one", Failover: "PRIMARY", HealthCheckId: "calculated" },
  ]);
  expect(first).toMatchObject({ NextRecordIdentifier: "two" });
  const next = await client.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: "Z1", ...start, StartRecordIdentifier: "two" }),
  );
  expect(next.ResourceRecordSets).toMatchObject([{ SetIdentifier: "two", Failover: "SECONDARY" }]);
});
