import { describe, expect, test } from "vitest";
import type { Order } from "../../lambda/core/hands.ts";
import { dropBatch, intend, intendAdoption, moveBatch } from "../../lambda/core/move.ts";
import { witnesses } from "../../lambda/core/propagation.ts";
import {
  type Change,
  partsOf,
  pointsTo,
  type RecordSet,
  recordFor,
  sameRecord,
  sameValues,
} from "../../lambda/core/records.ts";
import { firstSight, look, resume, type ServiceState, show } from "../../lambda/core/service-state.ts";
import { swap } from "../../lambda/core/swap.ts";
import { openZone, type Zone } from "../../local/route53/zone.ts";
import { nineMs } from "./fixture.ts";
import { apply, owner, pointing, read, shop3, txt } from "./zone-fixture.ts";

/** A and AAAA of two names: all of them are moved or none. The oracle is the zone of `local/route53`. */
const primary = { id: "frankfurt", endpoint: "shop/frankfurt", values: ["192.0.2.10", "2001:db8::10"] };
const standby = { id: "ireland", endpoint: "shop/ireland", values: ["198.51.100.20", "2001:db8::20"] };
const service = {
  ...shop3,
  dns: {
    ...shop3.dns,
    beside: [
      { name: "shop.example.com", type: "AAAA" },
      { name: "www.example.com", type: "A" },
      { name: "www.example.com", type: "AAAA" },
    ],
  },
  targets: [primary, standby],
} as const;

const atPrimary = recordFor(service, primary);
const atStandby = recordFor(service, standby);
const parts = partsOf(atPrimary);
const zoneOf = (sets: readonly RecordSet[]): Zone => openZone("Z1", "example.com", sets);
const left: ServiceState = { written: atPrimary, generation: 3, movesFromUpMs: [], outbox: [] };
const move = {
  do: "move",
  kind: "failover",
  from: "frankfurt",
  to: standby,
  why: "down",
  fromUp: false,
} as const;

const intended = (state: ServiceState) => {
  const { intent } = intend(service, state, move, nineMs);
  if (intent === undefined) throw new Error("a move has an intent");
  return intent;
};
const intent = intended(left);

/** Every target is; what is none of them nobody knows. */
const isUp = (target: string): boolean => target !== "orphan";

const applied = (zone: Zone, changes: readonly Change[]): Zone => {
  const after = apply(zone, changes);
  if (after === undefined) throw new Error("the zone refused the batch");
  return after;
};

/** Somebody else's hand at one of the records. */
const hands: readonly (readonly [string, (part: RecordSet) => readonly RecordSet[]])[] = [
  [
    "holds another value",
    (part) => [{ ...part, values: [part.type === "A" ? "203.0.113.9" : "2001:db8::9"] }],
  ],
  [
    "holds the standby's value",
    (part) => [{ ...part, values: [standby.values[part.type === "A" ? 0 : 1] ?? ""] }],
  ],
  ["is gone", () => []],
];
const places = parts.map((part, i) => [`${part.name} ${part.type}`, i] as const);
const struck = (i: number, by: (part: RecordSet) => readonly RecordSet[]): RecordSet[] =>
  parts.flatMap((part, k) => (k === i ? by(part) : [part]));

test("addresses go into the records of their family", () =>
  expect(parts.map(({ name, type, values }) => [name, type, values])).toEqual([
    ["shop.example.com", "A", ["192.0.2.10"]],
    ["shop.example.com", "AAAA", ["2001:db8::10"]],
    ["www.example.com", "A", ["192.0.2.10"]],
    ["www.example.com", "AAAA", ["2001:db8::10"]],
  ]));

test("a person reads all of them", () =>
  expect(
    show(recordFor({ ...service, dns: { ...service.dns, beside: service.dns.beside.slice(0, 1) } }, primary)),
  ).toBe("shop.example.com A 192.0.2.10; shop.example.com AAAA 2001:db8::10 (TTL 15 s)"));

test("one batch moves all of them and one generation", () => {
  const zone = applied(zoneOf([...parts, txt(3)]), moveBatch(service, intent, owner));
  expect(read(zone, service)).toEqual({ record: atStandby, generation: txt(4) });
  expect(resume(intent, read(zone, service), owner)).toEqual({ is: "done" });
});

test("a change that is given up leaves all of them and moves the generation on by two", () => {
  const zone = applied(zoneOf([...parts, txt(3)]), dropBatch(service, intent, owner));
  expect(read(zone, service)).toEqual({ record: atPrimary, generation: txt(5) });
  expect(apply(zone, moveBatch(service, intent, owner))).toBeUndefined();
});

describe.each(hands)("where one of them %s", (_, hand) => {
  test.each(places)("nothing is moved, and it is foreign: %s", (__, i) => {
    const zone = zoneOf([...struck(i, hand), txt(3)]);
    expect(apply(zone, moveBatch(service, intent, owner))).toBeUndefined();
    expect(apply(zone, dropBatch(service, intent, owner))).toBeUndefined();
    expect(resume(intent, read(zone, service), owner).is).toBe("foreign");
    expect(look(service, left, read(zone, service), owner, nineMs, isUp).disarmed?.why).toMatch(/left at/);
  });

  test.each(places)("a name seen for the first time is not ours to move: %s", (__, i) =>
    expect(firstSight(service, read(zoneOf(struck(i, hand)), service), owner, nineMs).disarmed?.why).toMatch(
      /none of the targets/,
    ),
  );

  test.each(places)("an operator's adoption takes it as it is, and the next move is of all: %s", (__, i) => {
    const zone = zoneOf([...struck(i, hand), txt(3)]);
    const order: Order = {
      number: 1,
      what: "adopt",
      who: "ops",
      why: "it is ours",
      atMs: nineMs,
      expiresMs: nineMs + 60_000,
    };
    const disarmed = { ...left, disarmed: { why: "changed", sinceMs: nineMs } };
    const adoption = intendAdoption(service, disarmed, read(zone, service), order, nineMs).intent;
    if (adoption === undefined) throw new Error("an adoption has an intent");
    const adopted = applied(zone, moveBatch(service, adoption, owner));
    expect(read(adopted, service).record).toEqual(read(zone, service).record);
    const state = { ...left, written: read(adopted, service).record, generation: adoption.generation + 1 };
    const moved = applied(adopted, moveBatch(service, intended(state), owner));
    expect(read(moved, service).record).toEqual(atStandby);
  });
});

test.each(places)("another TTL on one of them is ours all the same: %s", (_, i) => {
  const zone = zoneOf([...struck(i, (part) => [{ ...part, ttlSeconds: 300 }]), txt(3)]);
  const { record } = read(zone, service);
  expect([sameRecord(record, atPrimary), sameValues(record, atPrimary)]).toEqual([false, true]);
  expect(resume(intent, read(zone, service), owner)).toEqual({ is: "adopt", now: record });
});

test("somebody pointed all of them to a target that is up: taken in", () => {
  const after = look(
    service,
    left,
    read(zoneOf([...partsOf(atStandby), txt(3)]), service),
    owner,
    nineMs,
    () => true,
  );
  expect(after.disarmed).toBeUndefined();
  expect(pointsTo(service, after.written)).toBe("ireland");
});

test("where none of them is there, all are created", () => {
  const { record } = read(zoneOf([]), service);
  expect(record).toBeNull();
  expect(read(applied(zoneOf([]), swap(null, atStandby)), service).record).toEqual(atStandby);
});

test("a name that the config no longer has is left as it is", () => {
  const alone = pointing("198.51.100.20");
  const zone = applied(zoneOf(parts), swap(atPrimary, alone));
  expect(partsOf(read(zone, service).record ?? alone)).toEqual([alone, ...parts.slice(1)]);
});

test("never is one of them left without a record", () => {
  const [first, ...others] = partsOf(atStandby);
  if (first === undefined) throw new Error("there are four");
  for (const [i] of others.entries()) {
    const beside = others.map((part, k) => (k === i ? { ...part, values: [] } : part));
    expect(() => swap(atPrimary, { ...first, beside })).toThrow(others[i]?.name);
  }
  expect(() => swap(atPrimary, { ...first, values: [], beside: others })).toThrow(RangeError);
});

test("each of them has to be answered, and where one is an alias the generation", () => {
  expect(witnesses(service, atStandby, 4, owner)).toEqual(partsOf(atStandby));
  const alias = { name: "d1.cloudfront.net.", zoneId: "Z2", evaluateTargetHealth: false };
  const [first, ...beside] = partsOf(atStandby);
  const mixed = { ...pointing([], 0), alias, beside };
  expect(first && witnesses(service, mixed, 4, owner)).toEqual([...beside, txt(4)]);
});

test("a record without a TTL of its own is shown without one", () => {
  const bare = { name: "www.example.com", type: "A", ttlSeconds: 0, values: [] } as const;
  const alias = { name: "d1.cloudfront.net.", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false };
  expect([{ ...bare, alias }, bare].map((record) => show(record).includes("TTL"))).toEqual([false, false]);
  expect(show(null)).toBe("absent");
});
