import { ChangeResourceRecordSetsCommand, type ResourceRecordSet } from "@aws-sdk/client-route-53";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { answer } from "../../../local/route53/answer.ts";
import {
  type Action,
  applyBatch,
  findSets,
  openZone,
  type RecordSet,
  type Zone,
} from "../../../local/route53/zone.ts";
import { openFixture } from "./api-fixture.ts";

const share = (setIdentifier: string, value: string, weight: number): RecordSet => ({
  name: "shop.example.com",
  type: "A",
  ttlSeconds: 15,
  values: [value],
  weighted: { setIdentifier, weight },
});
const simple: RecordSet = { name: "shop.example.com", type: "A", ttlSeconds: 15, values: ["192.0.2.10"] };
const [a, b] = [share("a", "192.0.2.10", 90), share("b", "198.51.100.20", 10)];
const zone = openZone("Z1", "example.com", [a, b]);

const after = (from: Zone, ...changes: [Action, RecordSet][]): Zone | string => {
  const result = applyBatch(
    from,
    changes.map(([action, set]) => ({ action, set })),
  );
  return result.ok ? result.zone : result.messages.join();
};
const identifiers = (of: Zone | string): unknown =>
  typeof of === "string"
    ? of
    : findSets(of, "shop.example.com", "A").map(
        ({ weighted }) => `${weighted?.setIdentifier} ${weighted?.weight}`,
      );

describe("a batch", () => {
  test.each<[string, Zone, [Action, RecordSet][], unknown]>([
    [
      "changes one weight",
      zone,
      [
        ["DELETE", b],
        ["CREATE", share("b", "198.51.100.20", 0)],
      ],
      ["a 90", "b 0"],
    ],
    [
      "makes weighted sets of a simple one",
      openZone("Z1", "example.com", [simple]),
      [
        ["DELETE", simple],
        ["CREATE", a],
        ["CREATE", b],
      ],
      ["a 90", "b 10"],
    ],
    [
      "deletes with another weight",
      zone,
      [["DELETE", share("b", "198.51.100.20", 11)]],
      expect.stringContaining("do not match"),
    ],
    [
      "deletes another identifier",
      zone,
      [["DELETE", share("c", "198.51.100.20", 10)]],
      expect.stringContaining("not found"),
    ],
    [
      "creates one of another TTL",
      zone,
      [["CREATE", { ...share("c", "203.0.113.30", 10), ttlSeconds: 60 }]],
      expect.stringContaining("cannot be created as weighted sets must contain the same TTL"),
    ],
    [
      "gives one after the other another TTL",
      zone,
      [
        ["DELETE", a],
        ["CREATE", { ...a, ttlSeconds: 60 }],
        ["DELETE", b],
        ["CREATE", { ...b, ttlSeconds: 60 }],
      ],
      expect.stringContaining("must contain the same TTL"),
    ],
    [
      "gives all of them another TTL",
      zone,
      [
        ["DELETE", a],
        ["DELETE", b],
        ["CREATE", { ...a, ttlSeconds: 60 }],
        ["CREATE", { ...b, ttlSeconds: 60 }],
      ],
      ["a 90", "b 10"],
    ],
    [
      "creates an identifier that is there",
      zone,
      [["CREATE", share("b", "198.51.100.21", 10)]],
      expect.stringContaining("already exists"),
    ],
    [
      "creates a simple set beside",
      zone,
      [["CREATE", simple]],
      expect.stringContaining("another routing policy"),
    ],
    [
      "creates a weighted set beside a simple one",
      openZone("Z1", "example.com", [simple]),
      [["CREATE", b]],
      expect.stringContaining("another routing policy"),
    ],
    [
      "creates a failover set beside",
      zone,
      [["CREATE", { ...simple, failover: { role: "SECONDARY", setIdentifier: "s" } }]],
      expect.stringContaining("conflicts with a simple"),
    ],
    [
      "has a weight of 256",
      zone,
      [["CREATE", share("c", "198.51.100.20", 256)]],
      expect.stringContaining("0 to 255"),
    ],
    [
      "makes the 101st",
      zone,
      Array.from({ length: 99 }, (_, i) => ["CREATE", share(`c${i}`, "192.0.2.1", 1)]),
      expect.stringContaining("more than 100"),
    ],
  ])("%s", (_, from, changes, expected) => expect(identifiers(after(from, ...changes))).toEqual(expected));
});

describe("is answered", () => {
  const answered = (of: Zone, random: number, name = "shop.example.com"): string[] =>
    answer({ name, type: "A" }, [of], () => random).answers.map(({ value }) => value);

  test.each([
    [0, "192.0.2.10"],
    [0.899, "192.0.2.10"],
    [0.901, "198.51.100.20"],
    [0.999, "198.51.100.20"],
  ])("by its part of all weights: at %f %s", (random, value) =>
    expect(answered(zone, random)).toEqual([value]),
  );

  test("never with weight 0, as long as another has some", () => {
    const drained = openZone("Z1", "example.com", [share("a", "192.0.2.10", 0), b]);
    for (const random of [0, 0.5, 0.999]) expect(answered(drained, random)).toEqual(["198.51.100.20"]);
  });

  test("each as often as another where all weights are 0", () => {
    const nothing = openZone("Z1", "example.com", [
      share("a", "192.0.2.10", 0),
      share("b", "198.51.100.20", 0),
    ]);
    expect([0, 0.49, 0.51, 0.999].map((random) => answered(nothing, random).join())).toEqual([
      "192.0.2.10",
      "192.0.2.10",
      "198.51.100.20",
      "198.51.100.20",
    ]);
  });

  test("also behind an alias, and with an alias among them", () => {
    const www: RecordSet = {
      ...simple,
      name: "www.example.com",
      ttlSeconds: 0,
      values: [],
      alias: { name: "shop.example.com.", zoneId: "Z1", evaluateTargetHealth: false },
      weighted: { setIdentifier: "www", weight: 1 },
    };
    const both = openZone("Z1", "example.com", [a, b, www]);
    expect(answered(both, 0.95, "www.example.com")).toEqual(["198.51.100.20"]);
  });
});

describe("over the API", () => {
  let fixture: Awaited<ReturnType<typeof openFixture>>;
  beforeEach(async () => {
    fixture = await openFixture();
  });
  afterEach(() => fixture.close());
  const send = (set: Partial<ResourceRecordSet>) =>
    fixture.client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: "Z1",
        ChangeBatch: {
          Changes: [
            {
              Action: "CREATE",
              ResourceRecordSet: { Name: "shop.example.com", Type: "A", ...set },
            },
          ],
        },
      }),
    );

  test("identifiers and weights go in and come back, page by page, also of an alias", async () => {
    const plain = { TTL: 15, ResourceRecords: [{ Value: "192.0.2.10" }] };
    const AliasTarget = { HostedZoneId: "Z1", DNSName: "www.example.com", EvaluateTargetHealth: false };
    await send({ ...plain, SetIdentifier: "a", Weight: 255 });
    await send({ AliasTarget, SetIdentifier: "b", Weight: 0 });
    const first = await fixture.list({
      StartRecordName: "shop.example.com",
      StartRecordType: "A",
      MaxItems: 1,
    });
    expect(first.ResourceRecordSets).toMatchObject([{ SetIdentifier: "a", Weight: 255, ...plain }]);
    expect(first.NextRecordIdentifier).toBe("b");
    const second = await fixture.list({
      StartRecordName: "shop.example.com",
      StartRecordType: "A",
      StartRecordIdentifier: "b",
      MaxItems: 1,
    });
    expect(second.ResourceRecordSets).toMatchObject([
      { SetIdentifier: "b", Weight: 0, AliasTarget: { DNSName: "www.example.com." } },
    ]);
  });

  test.each<[string, Partial<ResourceRecordSet>]>([
    ["no identifier", { Weight: 1 }],
    ["a failover role beside", { SetIdentifier: "a", Weight: 1, Failover: "SECONDARY" }],
    [
      "a health check, which only failover sets have here",
      { SetIdentifier: "a", Weight: 1, HealthCheckId: "h" },
    ],
    ["an identifier alone", { SetIdentifier: "a" }],
  ])("refused: %s", async (_, routing) => {
    await expect(
      send({ TTL: 15, ResourceRecords: [{ Value: "192.0.2.10" }], ...routing }),
    ).rejects.toMatchObject({ name: "InvalidInput" });
  });
});
