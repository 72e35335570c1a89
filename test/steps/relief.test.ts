import { describe, expect, test } from "vitest";
import type { Policy } from "../../lambda/core/config.ts";
import { endpoint, locations, policy, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { movesOf } from "../sim/oracle.ts";
import { seeded } from "../sim/seeded.ts";
import { at, broken, forever, ireland, type Span, story } from "../sim/shop.ts";
import {
  openSimulation,
  runMinutes,
  type Simulation,
  startSweep,
  told,
  valuesOf,
} from "../sim/simulation.ts";
import { longestGapS } from "../sim/watching.ts";

/** The longest times a config may ask for. */
const slow = { timeoutMs: 30_000, confirmWithinMs: 60_000 };

/** A shop, and an endpoint that is waited for longer. */
function beside(batch: Partial<Policy>, shops: Partial<Policy>, ...spans: Span[]): Simulation {
  const targets = shopConfig().endpoints.map((each) => ({ ...each, policy: { ...policy, ...shops } }));
  const other = { ...endpoint("batch"), policy: { ...policy, intervalMs: 90_000, ...batch } };
  const config = shopConfig({
    endpoints: [...targets, other],
    services: [{ ...shop, failbackAfterMs: 600_000 }],
  });
  const sim = openSimulation(config, [shopRecord]);
  sim.behaviour = broken(...spans);
  return sim;
}

/** Out of reach for some, for good: it is asked every five seconds all the time. */
const partial: Span = ["batch", 65, forever, "black hole", locations.slice(0, 2)];

describe("an endpoint that is asked seldom and waited for long", () => {
  const batch = (slow: Partial<Policy>, ...spans: Span[]): Simulation => beside(slow, {}, ...spans);
  /** Around the turns of both, and around a sweep that is relieved. */
  const phasesS = Array.from({ length: 30 }, (_, i) => 65 + 9 * i);

  test("does not make what was seen of others grow old: a name stays with a primary that is well again", async () => {
    for (const fromS of phasesS) {
      const sim = batch(
        slow,
        ["frankfurt", fromS, fromS + 13, "refuse"],
        ["batch", fromS, forever, "refuse"],
      );
      await runMinutes(sim, at(fromS + 200));
      const [move] = movesOf(sim);
      expect(move?.atMs ?? 0, story(sim)).toBeLessThan(at(fromS + 15));
    }
  });

  test("keeps nobody from finding and telling an outage, also while a sweep is relieved", async () => {
    for (const fromS of phasesS)
      for (const how of ["refuse", "black hole"] as const) {
        const sim = batch(slow, ["frankfurt", fromS, forever, "refuse"], ["batch", fromS - 25, forever, how]);
        await runMinutes(sim, at(fromS + 60));
        const [move] = movesOf(sim);
        const alert = sim.alerts.find(({ alert }) => alert.id.startsWith("shop/failover/"));
        for (const atMs of [move?.atMs, alert?.atMs])
          expect(atMs ?? forever, `${how} from ${fromS} s\n${story(sim)}`).toBeLessThan(at(fromS + 20));
      }
  });

  test("is told as down all the same, at whatever phase", async () => {
    for (const fromS of phasesS) {
      const sim = batch(slow, ["batch", fromS, forever, "black hole"]);
      await runMinutes(sim, at(fromS + 300));
      expect(told(sim), story(sim)).toContain("down");
    }
  });

  test("has not missed its turn when a sweep dies before it", async () => {
    for (let deadS = 605; deadS < 1_205; deadS += 50) {
      const sim = batch({ intervalMs: 600_000 });
      const askedMs: number[] = [];
      sim.behaviour = (host, _, atMs) => {
        if (host === "batch") askedMs.push(atMs);
        return "ok";
      };
      await runMinutes(sim, at(deadS));
      for (const life of sim.lives) life.dead = true;
      await runMinutes(sim, at(2_500));
      const gapsMs = askedMs.map((atMs, i) => atMs - (askedMs[i - 1] ?? atMs));
      expect(Math.max(...gapsMs), `dead at ${deadS} s`).toBeLessThan(740_000);
    }
  });
});

describe("an endpoint that is watched closely and waited for long", () => {
  test.each([10, 12, 15, 20])(
    "keeps no primary of %i s from being seen well, and no name from going back",
    async (everyS) => {
      const medium =
        everyS === 10 ? {} : { intervalMs: everyS * 1_000, timeoutMs: 5_000, confirmWithinMs: 6_000 };
      const sim = beside(slow, medium, ["frankfurt", 200, 300, "refuse"], partial);
      await runMinutes(sim, at(1_100));
      expect(movesOf(sim), story(sim)).toHaveLength(2);
    },
  );

  test.each([10, 15])("keeps nobody from finding an outage of what is asked every %i s", async (everyS) => {
    const medium =
      everyS === 10 ? {} : { intervalMs: everyS * 1_000, timeoutMs: 5_000, confirmWithinMs: 6_000 };
    for (let fromS = 600; fromS < 780; fromS += 13) {
      const sim = beside(slow, medium, ["frankfurt", fromS, forever, "refuse"], partial);
      await runMinutes(sim, at(fromS + 60));
      const [move] = movesOf(sim);
      expect(move?.atMs ?? forever, `from ${fromS} s\n${story(sim)}`).toBeLessThan(
        at(fromS + 2 * everyS + 6),
      );
    }
  });

  test("keeps no brown-out of another from being found", async () => {
    for (const seed of [1, 2, 3, 4, 5, 6, 7, 8]) {
      const sim = beside(slow, {}, partial);
      const chance = seeded(seed);
      const { behaviour } = sim;
      sim.behaviour = (host, location, atMs) => {
        if (host === "frankfurt" && atMs > at(600)) return chance() < 0.6 ? "refuse" : "ok";
        return behaviour(host, location, atMs);
      };
      await runMinutes(sim, at(720));
      expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    }
  });
});

test("what a sweep leaves to the next one at the end of its time does not miss its turn", async () => {
  for (const thirdS of [780, 800, 839]) {
    const sim = beside({ ...slow, intervalMs: 600_000 }, {});
    const askedMs: number[] = [];
    sim.behaviour = (host, _, atMs) => {
      if (host === "batch") askedMs.push(atMs);
      return "ok";
    };
    // The deliveries of two minutes are lost, and the third is late.
    await runMinutes(sim, at(601));
    await sim.clock.run(at(thirdS));
    startSweep(sim, at(780));
    await sim.clock.run(at(840));
    await runMinutes(sim, at(3_600));
    const gapsMs = askedMs.map((atMs, i) => atMs - (askedMs[i - 1] ?? atMs));
    expect(Math.max(...gapsMs), `third at ${thirdS} s`).toBeLessThan(700_000);
    expect(longestGapS(sim, 10, 3_590)).toBeLessThanOrEqual(12);
  }
});
