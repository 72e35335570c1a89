import { describe, expect, test } from "vitest";
import type { Seen } from "../../lambda/core/beacons.ts";
import type { Beacons, Service, Target } from "../../lambda/core/config.ts";
import {
  contradiction,
  conversionObstacle,
  converted,
  intendConversion,
  outOfReach,
  sayingFor,
  unconverted,
  unread,
  withinReach,
} from "../../lambda/core/conversion.ts";
import type { Order } from "../../lambda/core/hands.ts";
import { type Conversion, pairOf } from "../../lambda/core/pair.ts";
import type { Intent, ServiceState } from "../../lambda/core/service-state.ts";
import { beacons, say } from "../sim/beacons.ts";
import { shop, shopRecord } from "../sim/config.ts";
import { checkOf } from "../sim/conversion.ts";

const deployed: Beacons = { ...beacons, check: "check-1" };
const service: Service = { ...shop, dns: { ...shop.dns, beacons: deployed } };
const simple: ServiceState = { written: shopRecord, generation: 4, movesFromUpMs: [], outbox: [] };
const paired: ServiceState = { ...simple, beacons: deployed };
const order: Order = { who: "anna", why: "tries", atMs: 1, number: 7, expiresMs: 9, what: "retire" };
const conversion: Conversion = {
  to: "api",
  beacons: deployed,
  now: pairOf(deployed, "check-1"),
  want: [shopRecord],
};
const read = (body: string, writtenMs?: number): Seen => ({
  ...{ is: "read", body, etag: "" },
  ...(writtenMs !== undefined && { writtenMs }),
});
const silent: Seen = { is: "silent", why: "no route" };
const absent: Seen = { is: "absent" };

const moving: Intent = {
  ...{ kind: "failover", from: "frankfurt", to: "ireland", why: "down", now: shopRecord, fromUp: false },
  want: { ...shopRecord, values: [beacons.out] },
  ...{ generation: 4, decidedMs: 1 },
};
const stuck: ServiceState = { ...paired, intent: { ...moving, failingTold: true } };

test("a move that the beacons do not take is nothing in the way back; any other change is", () => {
  const retire = (state: ServiceState) => conversionObstacle(service, state, { what: "retire" });
  expect(retire(stuck)).toBeUndefined();
  expect(conversionObstacle(service, stuck, { what: "convert" })).toContain("under way");
  expect(retire({ ...paired, intent: moving })).toContain("under way");
  expect(retire({ ...stuck, intent: { ...moving, failingTold: true, kind: "adopted" } })).toContain("under");
  expect(retire({ ...simple, intent: { ...moving, failingTold: true } })).toContain("under way");
});

describe("where a deploy has given a target another value than the standing records hold", () => {
  const [frankfurt, ireland] = shop.targets;
  if (frankfurt === undefined || ireland === undefined) throw new Error("the shop's targets");
  const elsewhere: Target = { ...ireland, values: ["203.0.113.9"] };
  const away = { do: "move", kind: "failover", from: "frankfurt", why: "down", fromUp: false } as const;

  test("it is out of reach, and no other one, nor any of the API", () => {
    expect(outOfReach(service, ireland)).toBeUndefined();
    expect(outOfReach(shop, elsewhere)).toBeUndefined();
    expect(outOfReach(service, elsewhere)).toBe(
      "its failover records hold 192.0.2.10 and 198.51.100.20, and ireland is 203.0.113.9: pointsman retire shop",
    );
  });

  test("nothing is decided that could not be done, and people are told while the name is down", () => {
    expect(withinReach(service, { ...away, to: ireland })).toEqual({ ...away, to: ireland });
    const stays = { do: "stay", code: "healthy", why: "well" } as const;
    expect(withinReach(service, stays)).toBe(stays);
    expect(withinReach(service, { ...away, to: elsewhere })).toMatchObject({ code: "not-proven" });
    expect(withinReach(service, { ...away, to: elsewhere, fromUp: true })).toMatchObject({ code: "healthy" });
    expect(withinReach(service, { ...away, to: elsewhere, by: order })).toMatchObject({ code: "healthy" });
    expect(withinReach(service, { ...away, to: elsewhere, from: "orphan" })).toMatchObject({
      code: "orphan",
    });
  });
});

test("a name's spelling says nothing: Route 53 keeps a CNAME's value as it was written", () => {
  const cname = { ...beacons.record, type: "CNAME" as const };
  const of: Beacons = { ...beacons, record: cname, in: "one.example.net", out: "two.example.net" };
  const at = (value: string): ServiceState => ({ ...simple, written: { ...cname, values: [value] } });
  expect(sayingFor(of, at("One.example.net."), "test")?.word).toBe("IN");
  expect(sayingFor(of, at("two.example.net."), "test")?.word).toBe("OUT");
  const left = read(say("OUT", 4));
  expect(contradiction(of, at("Two.example.net."), [left, left, left], "test")).toBeUndefined();
});

test("a checker in five that still holds an earlier OUT is enough for Route 53, and is waited for", () => {
  const { regions } = beacons;
  const seen = [read("", 1_000), read("", 1_000), read("", 1_000)];
  const check = (behind: number, of: number) => {
    const seenMs = Array.from({ length: of }, (_, i) => (i < behind ? 1_000 : 9_000));
    const { children, ...rest } = checkOf(9_000);
    return { ...rest, children: children.map((child) => child && { ...child, seenMs }) };
  };
  expect(unread(regions, seen, check(2, 16))).toBeUndefined();
  expect(unread(regions, seen, check(3, 16))).toContain("have not read");
  expect(unread(regions, seen, check(0, 0))).toContain("have not read");
});

test("what cannot be read, or is gone, says nothing against what was left; gone counts as in", () => {
  const at = (state: ServiceState, ...seen: Seen[]) => contradiction(beacons, state, seen, "test");
  const left = read(say("IN", 4));
  expect(at(paired, left, silent, silent)).toBeUndefined();
  expect(at(paired, left, absent, absent)).toBeUndefined();
  const out = { ...paired, written: { ...shopRecord, values: [beacons.out] } };
  expect(at(out, read(say("OUT", 4)), silent, silent)).toBeUndefined();
  expect(at(out, read(say("OUT", 4)), absent, silent)).toContain("OUT gen=4");
});

test("a move that did not get through may have got as far as one beacon, and no further", () => {
  const at = (state: ServiceState, ...seen: Seen[]) => contradiction(beacons, state, seen, "test");
  const [left, half] = [read(say("IN", 4)), read(say("OUT", 5))];
  expect(at(stuck, half, silent, silent)).toBeUndefined();
  expect(at(stuck, half, left, silent)).toBeUndefined();
  expect(at(stuck, half, half, silent)).toContain("IN gen=4");
  expect(at(stuck, half, read(say("IN", 6)), silent)).toContain("IN gen=4");
  expect(at(stuck, read(say("OUT", 7)), silent, silent)).toContain("IN gen=4");
  expect(at(stuck, read(say("OUT", 5, "another")), silent, silent)).toContain("IN gen=4");
  expect(at(paired, half, silent, silent)).toContain("IN gen=4");
});

test("a conversion back that ends a move is above all that the move may still write, and tells of its end", () => {
  const back = intendConversion(service, stuck, order, conversion, null, 50);
  expect(back.intent).toMatchObject({ kind: "retired", generation: 6, replaces: stuck.intent });
  const retiring = { ...(back.intent as Intent), conversion: conversion };
  const done = converted(service, back, retiring, "C1", 60);
  expect(done.outbox.map(({ kind, to }) => `${kind} ${to}`)).toEqual([
    "move-dropped ireland",
    "retired frankfurt",
  ]);
  expect([done.generation, done.intent]).toEqual([7, undefined]);
  expect(unconverted(service, back, "changed", 60).intent).toBe(stuck.intent);
});
