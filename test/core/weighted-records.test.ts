import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { readGeneration } from "../../lambda/core/generation.ts";
import { answered, inSync, type Said, witnesses } from "../../lambda/core/propagation.ts";
import { noteReadiness } from "../../lambda/core/readiness.ts";
import {
  type Change,
  carriers,
  fullWeight,
  partsOf,
  pointsTo,
  type RecordSet,
  sameRecord,
  sameValues,
  sayContent,
  spreadOf,
  together,
  weightsIn,
} from "../../lambda/core/records.ts";
import { firstSight, look, type ServiceState } from "../../lambda/core/service-state.ts";
import { swap } from "../../lambda/core/swap.ts";
import { sharedRecord, sharedShop } from "../sim/weighted.ts";
import { at } from "./situation.ts";
import { shared } from "./weights-fixture.ts";
import { apply, owner, pointing, standing, txt, zoneWith } from "./zone-fixture.ts";

const full = sharedRecord([100, 100, 50]);
const simple = pointing("192.0.2.10");
const beside = [{ name: "www.example.com", type: "A" as const }];
const withWww: Service = { ...sharedShop, dns: { ...sharedShop.dns, beside } };
const paris: RecordSet = { ...pointing("203.0.113.40"), weighted: { setIdentifier: "paris", weight: 1 } };
const withParis: RecordSet = { ...full, beside: [...(full.beside ?? []), paris] };

test("is said with its weights", () => {
  expect(sayContent(full)).toBe(
    "192.0.2.10 (frankfurt 100), 198.51.100.20 (ireland 100), 203.0.113.30 (oslo 50)",
  );
  expect(sayContent(sharedRecord([1, 1, 1], withWww))).toContain(
    "; www.example.com A 192.0.2.10 (frankfurt 1);",
  );
});

test.each<[string, RecordSet | null, string | undefined, Record<string, number>, string[]]>([
  ["nothing", null, undefined, { frankfurt: 0, ireland: 0, oslo: 0 }, []],
  [
    "all",
    full,
    "frankfurt 100, ireland 100, oslo 50",
    { frankfurt: 100, ireland: 100, oslo: 50 },
    ["frankfurt", "ireland", "oslo"],
  ],
  [
    "one of weight 0",
    sharedRecord([0, 100, 5]),
    "frankfurt 0, ireland 100, oslo 5",
    { frankfurt: 0, ireland: 100, oslo: 5 },
    ["ireland", "oslo"],
  ],
  [
    "all of weight 0: Route 53 answers each",
    sharedRecord([0, 0, 0]),
    "frankfurt 0, ireland 0, oslo 0",
    { frankfurt: 0, ireland: 0, oslo: 0 },
    ["frankfurt", "ireland", "oslo"],
  ],
  [
    "a simple record of a target's",
    pointing("203.0.113.30"),
    "oslo",
    { frankfurt: 0, ireland: 0, oslo: 50 },
    ["oslo"],
  ],
  [
    "a set that is none of the targets'",
    withParis,
    "orphan",
    { frankfurt: 100, ireland: 100, oslo: 50 },
    ["frankfurt", "ireland", "oslo"],
  ],
])("what a weighted name holds: %s", (_, record, at, weights, carrying) => {
  expect(pointsTo(sharedShop, record)).toBe(at);
  expect(Object.fromEntries(spreadOf(weightsIn(sharedShop, record)).weights)).toEqual(weights);
  expect(carriers(sharedShop, record).map(({ id }) => id)).toEqual(carrying);
});

test("what nobody found is no record", () => {
  expect(together([{ name: "shop.example.com", type: "A" }], [])).toBeNull();
});

test("of a name that is not weighted such a record is none of the targets", () => {
  const { weighted: _, ...plain } = sharedShop;
  expect(pointsTo(plain, full)).toBe("orphan");
  expect(carriers(plain, full)).toEqual([]);
  expect(fullWeight({ id: "a", endpoint: "a", values: [] })).toBe(100);
});

test("another weight or identifier is another record, another TTL is the same answer", () => {
  const patient = { ...full, ttlSeconds: 300 };
  expect([sameRecord(full, full), sameValues(full, full)]).toEqual([true, true]);
  expect([sameRecord(full, patient), sameValues(full, patient)]).toEqual([false, true]);
  for (const other of [
    sharedRecord([100, 99, 50]),
    { ...full, weighted: { setIdentifier: "f", weight: 100 } },
    withParis,
  ]) {
    expect([sameRecord(full, other), sameValues(full, other)]).toEqual([false, false]);
  }
});

describe("the batch", () => {
  const said = (changes: readonly Change[]) =>
    changes.map(
      ({ action, record: { weighted } }) =>
        `${action} ${weighted ? `${weighted.setIdentifier} ${weighted.weight}` : "simple"}`,
    );

  test("compares every set, also those that stay as they are: nobody else may have taken the others to 0", () => {
    expect(said(swap(full, sharedRecord([0, 100, 50])))).toEqual([
      "DELETE frankfurt 100",
      "DELETE ireland 100",
      "DELETE oslo 50",
      "CREATE frankfurt 0",
      "CREATE ireland 100",
      "CREATE oslo 50",
    ]);
    const drained = zoneWith(...[sharedRecord([100, 0, 50])].flatMap((one) => [one, ...(one.beside ?? [])]));
    expect(apply(drained, swap(full, sharedRecord([0, 100, 50])))).toBeUndefined();
  });

  test("deletes what shares the name and is not wanted any more, before it makes anything", () => {
    expect(said(swap(simple, full)).slice(0, 2)).toEqual(["DELETE simple", "CREATE frankfurt 100"]);
    expect(said(swap(full, simple)).at(-1)).toBe("CREATE simple");
    expect(said(swap(withParis, full))[0]).toBe("DELETE paris 1");
    expect(apply(zoneWith(simple), swap(simple, full))).toBeDefined();
  });

  test("gives all of them another TTL: Route 53 refuses a set beside one that has the old one still", () => {
    const patient = { ...sharedShop, dns: { ...sharedShop.dns, ttlSeconds: 300 } };
    const zone = zoneWith(...partsOf(full));
    expect(apply(zone, swap(full, sharedRecord([0, 100, 50], patient)))).toBeDefined();
    const [first] = partsOf(full);
    const alone = { ...full, ttlSeconds: 300, beside: [] };
    expect(apply(zone, swap(first ?? null, alone))).toBeUndefined();
  });

  test("leaves no place of several without a record", () => {
    const [first, ...others] = [full, ...(full.beside ?? [])];
    const gone = others.map((one) => ({ ...one, values: [] }));
    expect(() => swap(full, { ...(first ?? full), beside: gone })).toThrow("without a record");
  });
});

describe("seen for the first time, and looked at", () => {
  const see = (record: RecordSet | null) =>
    firstSight(sharedShop, standing(record), owner, at(0)).disarmed?.why;
  const lookedAt = (state: ServiceState, record: RecordSet | null, service = sharedShop) =>
    look(service, state, standing(record, state.generation), owner, at(0), () => true);

  test("weighted sets of the targets, or a simple record of one of them, are ours; others are not", () => {
    expect(see(full)).toBeUndefined();
    expect(see(sharedRecord([0, 7, 1]))).toBeUndefined();
    expect(see(simple)).toBeUndefined();
    expect(see(withParis)).toContain("none of the targets");
    expect(see(pointing("203.0.113.99"))).toContain("none of the targets");
  });

  test.each<[string, RecordSet | null]>([
    ["another weight", sharedRecord([100, 99, 50])],
    ["a set too many", withParis],
    ["a simple record, also of a target that is up", simple],
    ["nothing", null],
  ])("somebody else's hand disarms: %s", (_, record) => {
    expect(lookedAt(shared("100 100 50"), record).disarmed).toBeDefined();
  });

  test("with onForeign: retake other weights are taken in; another TTL always is", () => {
    const other = sharedRecord([100, 99, 50]);
    expect(lookedAt(shared("100 100 50"), other, { ...sharedShop, onForeign: "retake" }).written).toEqual(
      other,
    );
    const patient = { ...full, ttlSeconds: 300 };
    expect(lookedAt(shared("100 100 50"), patient).written).toEqual(patient);
  });

  test("a generation that is one of several is not ours", () => {
    const one = { ...txt(3), weighted: { setIdentifier: "a", weight: 1 } };
    expect(readGeneration(txt(3))).toEqual({ owner, generation: 3 });
    expect(readGeneration(one)).toBeUndefined();
    expect(readGeneration({ ...txt(3), beside: [txt(4)] })).toBeUndefined();
  });
});

describe("proof of effect", () => {
  const asked = witnesses(sharedShop, sharedRecord([0, 100, 50]), 4, owner);

  test("each server is asked several times for the name, of which any value with a weight will do, and once for the generation", () => {
    expect(asked).toHaveLength(6);
    expect(sayContent(asked[0] ?? full)).toBe("198.51.100.20 (ireland 100), 203.0.113.30 (oslo 50)");
    expect(asked.at(-1)).toEqual(txt(4));
    expect(sayContent(witnesses(sharedShop, sharedRecord([0, 0, 0]), 4, owner)[0] ?? full)).toContain(
      "frankfurt 0",
    );
  });

  test("what an alias among them is answered with nobody knows: the generation alone is asked for", () => {
    const alias = { name: "d1.cloudfront.net.", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false };
    const [first, ...others] = sharedShop.targets;
    if (first === undefined) throw new Error("the shop has targets");
    const service = { ...sharedShop, targets: [{ ...first, values: [], alias }, ...others] };
    expect(witnesses(service, sharedRecord([1, 1, 1], service), 4, owner)).toEqual([txt(4)]);
    expect(witnesses(service, sharedRecord([0, 1, 1], service), 4, owner)).toHaveLength(6);
  });

  const open = (kind: "taken-out" | "reweighted"): ServiceState =>
    shared("0 100 50", {
      generation: 4,
      propagation: {
        kind,
        to: "x",
        want: sharedRecord([0, 100, 50]),
        times: { detectedMs: at(0), acceptedMs: at(1), inSyncMs: at(2) },
      },
    });
  const round = (...values: string[]) => ({
    servers: asked.map(
      (one, i): Said => ({
        server: "ns-1",
        asked: one,
        values: i < values.length ? [values[i] ?? ""] : one.type === "TXT" ? one.values : ["203.0.113.30"],
      }),
    ),
    resolvers: [],
  });

  test("answers of any of them prove it; one of what was taken out does not", () => {
    const proven = answered(sharedShop, open("taken-out"), round("198.51.100.20", "203.0.113.30"), at(5));
    expect(proven.propagation).toBeUndefined();
    expect(proven.outbox.at(-1)).toMatchObject({ kind: "answered", alert: true });
    expect(proven.outbox.at(-1)?.why).toContain("198.51.100.20 or 203.0.113.30");
    const early = answered(sharedShop, open("taken-out"), round("198.51.100.20", "192.0.2.10"), at(5));
    expect(early.propagation).toBeDefined();
    const late = answered(sharedShop, open("taken-out"), round("192.0.2.10", "192.0.2.10"), at(500));
    expect(late.outbox.at(-1)).toMatchObject({ kind: "not-answered", why: "ns-1 answers 192.0.2.10" });
  });

  test("in a private zone INSYNC is the proof, and told but of a step on the way back", () => {
    const alerts = (["taken-out", "reweighted"] as const).map(
      (kind) => inSync(sharedShop, open(kind), at(5), true).outbox.at(-1)?.alert,
    );
    expect(alerts).toEqual([true, false]);
  });

  test("of a step on the way back nobody is told that it is answered", () => {
    expect(answered(sharedShop, open("reweighted"), round(), at(5)).outbox.at(-1)?.alert).toBe(false);
  });
});

test("who has no weight is a standby, and whoever carries is not", () => {
  const state = noteReadiness(sharedShop, shared("0 100 50"), new Map(), at(0));
  expect(state.readiness).toEqual({
    frankfurt: { is: "unjudged" },
    ireland: { is: "active" },
    oslo: { is: "active" },
  });
});
