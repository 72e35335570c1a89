import { describe, expect, test } from "vitest";
import { agreedOf, beaconShop, beacons, isOut, moveByBeacons, openObjects, say } from "../sim/beacons.ts";
import { policy, shopConfig, shopRecord } from "../sim/config.ts";
import { at, broken, story } from "../sim/shop.ts";
import { openSimulation, runMinutes, told } from "../sim/simulation.ts";
import { order, saved } from "./operator.ts";

const config = shopConfig({
  endpoints: shopConfig().endpoints.map((endpoint) => ({
    ...endpoint,
    policy: { ...policy, recoverAfterMs: 20_000 },
  })),
  services: [{ ...beaconShop, failbackAfterMs: 30_000 }],
});

const [first = "", second = ""] = beacons.regions;

function open(outage: readonly [fromS: number, toS: number], objects = openObjects()) {
  const sim = openSimulation(config, [shopRecord]);
  sim.behaviour = broken(["frankfurt", ...outage, "refuse"]);
  return { sim, ...moveByBeacons(sim, objects) };
}

const long = [35, 155] as const;
const end = at(480);

describe("with Route 53's API gone for the whole time", () => {
  test("the name moves away and back, and each move is proven", async () => {
    const { sim, objects, turns } = open(long);
    await runMinutes(sim, end);
    expect(
      turns.map(({ out }) => out),
      story(sim),
    ).toEqual([true, false]);
    expect(told(sim)).toEqual(["failover", "up", "failback"]);
    expect([...objects.values()]).toEqual(Array(3).fill(say("IN", 2)));
    expect(saved(sim)).toMatchObject({ generation: 2, written: { values: [beacons.in] } });
    expect(saved(sim).propagation).toBeUndefined();
  });

  test("it is out within the worst case of detection: an interval, a confirm and a time-out", async () => {
    const { sim, turns } = open(long);
    await runMinutes(sim, at(120));
    expect((turns[0]?.atMs ?? 0) - at(35)).toBeLessThan(18_500);
  });
});

describe("one beacon", () => {
  test.each<[string, (objects: Map<string, string>) => unknown]>([
    ["that is lost", (objects) => objects.delete(first)],
    ["that is stale", (objects) => objects.set(first, say("IN", 0))],
    ["that is stolen and says IN", (objects) => objects.set(first, say("IN", 9, "thief"))],
    ["that is stolen and says OUT", (objects) => objects.set(first, say("OUT", 9, "thief"))],
    ["that holds something else", (objects) => objects.set(first, "hello")],
  ])("%s moves nothing, and holds up no move", async (_, happens) => {
    const { sim, objects, turns } = open(long);
    await runMinutes(sim, at(30));
    happens(objects);
    expect(isOut(objects)).toBe(false);
    await runMinutes(sim, at(120));
    expect(isOut(objects), story(sim)).toBe(true);
    happens(objects);
    expect(isOut(objects)).toBe(true);
    await runMinutes(sim, end);
    expect(
      turns.map(({ out }) => out),
      story(sim),
    ).toEqual([true, false]);
    const isSoundness = (kind: string) => /^(un)?sound$/.test(kind);
    expect(told(sim).filter((kind) => !isSoundness(kind))).toEqual(["failover", "up", "failback"]);
    // Told once, and its end where it could be put right.
    const isRepaired = [...objects.values()].every((body) => body === say("IN", 2));
    expect(told(sim).filter(isSoundness)).toEqual(isRepaired ? ["unsound", "sound"] : ["unsound"]);
  });

  test("that cannot be read is told of after five minutes, and that it is over", async () => {
    const { sim } = open([1e9, 1e9]);
    sim.fault = (effect, atMs) =>
      effect === `get ${first}` && atMs > at(60) && atMs < at(600) ? "fail before" : undefined;
    await runMinutes(sim, at(300));
    expect(told(sim), story(sim)).toEqual([]);
    await runMinutes(sim, at(720));
    expect(told(sim), story(sim)).toEqual(["unsound", "sound"]);
  });

  test("that is lost or behind is brought up to the others when they are looked at", async () => {
    const { sim, objects } = open([35, 1e9]);
    await runMinutes(sim, at(120));
    objects.delete(first);
    await runMinutes(sim, at(200));
    objects.set(second, say("IN", 0));
    await runMinutes(sim, at(280));
    expect([...objects.values()]).toEqual(Array(3).fill(say("OUT", 1)));
  });

  test("whose Region refuses every call is done without", async () => {
    const { sim, objects, turns } = open(long);
    sim.fault = (effect) => (effect.endsWith(first) ? "fail before" : undefined);
    await runMinutes(sim, end);
    expect(
      turns.map(({ out }) => out),
      story(sim),
    ).toEqual([true, false]);
    expect(objects.get(first)).toBe(say("IN", 0));
  });
});

test("two of three that cannot be written: nothing moves, and people are told", async () => {
  const { sim, objects, turns } = open([35, 1e9]);
  sim.fault = (effect) =>
    effect.startsWith("put ") && [first, second].some((region) => effect.endsWith(region))
      ? "fail before"
      : undefined;
  await runMinutes(sim, at(180));
  expect([turns, isOut(objects)]).toEqual([[], false]);
  expect(told(sim)).toContain("move-failing");
});

test("beacons that somebody else has moved on are left alone", async () => {
  const { sim, objects, turns } = open([100, 1e9]);
  await runMinutes(sim, at(60));
  for (const region of beacons.regions) objects.set(region, say("IN", 7, "another"));
  await runMinutes(sim, at(240));
  expect([...objects.values()]).toEqual(Array(3).fill(say("IN", 7, "another")));
  expect(turns).toEqual([]);
  expect(saved(sim).disarmed?.why).toContain("says that another moves this name");
});

test("beacons that a person moved by hand are left alone, and taken over when that is ordered", async () => {
  const { sim, objects, turns } = open([300, 1e9]);
  await runMinutes(sim, at(30));
  for (const region of [first, second]) objects.set(region, say("OUT", 1));
  await runMinutes(sim, at(120));
  expect(saved(sim).disarmed?.why).toContain("moved the name before");
  await order(sim, { what: "adopt" });
  await runMinutes(sim, at(200));
  expect(saved(sim).disarmed, story(sim)).toBeUndefined();
  expect(told(sim), story(sim)).toEqual(["foreign", "adopted", "failback"]);
  expect(agreedOf(objects)?.generation).toBeGreaterThan(1_700_000_000);
  expect(turns.at(-1)?.out).toBe(false);
});

test("a word by hand that names nobody as its owner is taken over, too, when that is ordered", async () => {
  const { sim, objects } = open([300, 1e9]);
  await runMinutes(sim, at(30));
  for (const region of [first, second]) objects.set(region, say("OUT", 1, "Pointsman"));
  await runMinutes(sim, at(120));
  expect(saved(sim).disarmed?.why).toContain("says that Pointsman moves this name");
  await order(sim, { what: "adopt" });
  await runMinutes(sim, at(200));
  expect(saved(sim).disarmed, story(sim)).toBeUndefined();
  expect(saved(sim).intent).toBeUndefined();
  expect(told(sim), story(sim)).toEqual(["foreign", "adopted", "failback"]);
  expect(agreedOf(objects)).toMatchObject({ word: "IN", owner: "test" });
});

test("no beacons at all: nothing is called into being, and people are told", async () => {
  const { sim, objects } = open(long, new Map());
  await runMinutes(sim, at(240));
  expect(objects.size).toBe(0);
  expect(saved(sim).disarmed?.why).toContain("absent");
});
