import { describe, expect, test } from "vitest";
import { agreedOf, beaconShop, beacons, isOut, moveByBeacons, openObjects, say } from "../sim/beacons.ts";
import { policy, shopConfig, shopRecord } from "../sim/config.ts";
import { at, broken, story } from "../sim/shop.ts";
import {
  type Life,
  openSimulation,
  runMinutes,
  type Simulation,
  type Trouble,
  told,
} from "../sim/simulation.ts";
import { order, saved } from "./operator.ts";

const config = shopConfig({
  endpoints: shopConfig().endpoints.map((endpoint) => ({
    ...endpoint,
    policy: { ...policy, recoverAfterMs: 20_000 },
  })),
  services: [{ ...beaconShop, failbackAfterMs: 30_000 }],
});

const [first = "", second = ""] = beacons.regions;

type Strike = readonly [life: string, effect: number, Trouble];

function open(outage: readonly [fromS: number, toS: number], strike?: Strike, objects = openObjects()) {
  const sim = openSimulation(config, [shopRecord]);
  sim.behaviour = broken(["frankfurt", ...outage, "refuse"]);
  sim.troubleOf = (life) => (strike?.[0] === life ? new Map([[strike[1], strike[2]]]) : new Map());
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

test("no beacons at all: nothing is called into being, and people are told", async () => {
  const { sim, objects } = open(long, undefined, new Map());
  await runMinutes(sim, at(240));
  expect(objects.size).toBe(0);
  expect(saved(sim).disarmed?.why).toContain("absent");
});

const troubles: Record<string, Trouble> = {
  "killed before": "kill before",
  "killed after": "kill after",
  "fails before it takes effect": "fail before",
  "fails after it took effect": "fail after",
  "takes effect 30 s later": { lateMs: 30_000 },
  "paused for 60 s before": { pauseMs: 60_000, when: "before" },
  "paused for 60 s after": { pauseMs: 60_000, when: "after" },
};

async function effectsOf(outage: readonly [number, number], name: string): Promise<Life["effects"]> {
  const { sim } = open(outage);
  await runMinutes(sim, end);
  return sim.lives.find((life) => life.name === name)?.effects ?? [];
}

/** One truth: what is saved is what the beacons say, and what they say is what is answered. */
function truth(sim: Simulation, objects: Map<string, string>, message: string): void {
  expect(agreedOf(objects), message).toMatchObject({ word: "IN", generation: saved(sim).generation });
  expect(saved(sim), message).toMatchObject({ written: { values: [beacons.in] }, outbox: [] });
  expect(isOut(objects), message).toBe(false);
}

const brief = [35, 46] as const;
/** Every second to fourth effect. */
const strikes: [string, readonly [number, number], string, number][] = [
  ["the sweep that moves away", long, "sweep 1", 3],
  ["the sweep between", long, "sweep 3", 4],
  ["the sweep that moves back", long, "sweep 4", 2],
  ["the sweep of an outage that is over when it was judged", brief, "sweep 1", 2],
];

describe.each(Object.entries(troubles))("crash matrix: a sweep %s, at any of its effects", (_, trouble) => {
  test.each(strikes)("%s", async (_, outage, life, every) => {
    const effects = await effectsOf(outage, life);
    expect(effects.length).toBeGreaterThan(20);
    for (const [k, effect] of effects.entries()) {
      if (k % every > 0) continue;
      const { sim, objects, turns } = open(outage, [life, k, trouble]);
      await runMinutes(sim, end);
      const message = `effect ${k} (${effect})\n${story(sim)}`;
      truth(sim, objects, message);
      expect(turns.length, message).toBeLessThanOrEqual(2);
      const moves = told(sim).filter((kind) => kind === "failover" || kind === "failback");
      expect(moves, message).toHaveLength(turns.length);
    }
  });
});
