import { describe, expect, test } from "vitest";
import { policy, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { movesOf, violations } from "../sim/oracle.ts";
import {
  type Life,
  openSimulation,
  runMinutes,
  type Simulation,
  startMs,
  type Trouble,
  valuesOf,
} from "../sim/simulation.ts";

const config = shopConfig({
  endpoints: shopConfig().endpoints.map((endpoint) => ({
    ...endpoint,
    policy: { ...policy, recoverAfterMs: 20_000 },
  })),
  services: [{ ...shop, failbackAfterMs: 30_000 }],
});

/** The primary refuses from second 35 to second 155; then it is well again, and the name goes back. */
function outage(trouble: Map<string, Life["trouble"]> = new Map()): Simulation {
  const sim = openSimulation(config, [shopRecord]);
  sim.behaviour = (host, _, atMs) =>
    host === "frankfurt" && atMs >= startMs + 35_000 && atMs < startMs + 155_000 ? "refuse" : "ok";
  sim.troubleOf = (life) => trouble.get(life) ?? new Map();
  return sim;
}

const endMs = startMs + 600_000;

const story = (sim: Simulation): string => [...violations(sim), ...sim.trace].join("\n");

test("without trouble: one move away, one back, nothing violated", async () => {
  const sim = outage();
  await runMinutes(sim, endMs);
  expect(violations(sim)).toEqual([]);
  expect(movesOf(sim).map(({ to }) => to)).toEqual(["198.51.100.20", "192.0.2.10"]);
});

const troubles: Record<string, Trouble> = {
  "killed before": "kill before",
  "killed after": "kill after",
  "fails before it takes effect": "fail before",
  "fails after it took effect": "fail after",
  "paused for 20 s": { pauseMs: 20_000 },
  "paused for 200 s": { pauseMs: 200_000 },
};

/** The effects of each sweep when nothing goes wrong. */
async function effectsOf(): Promise<Map<string, readonly string[]>> {
  const sim = outage();
  await runMinutes(sim, endMs);
  return new Map(sim.lives.map((life) => [life.name, life.effects] as const));
}

describe.each(Object.entries(troubles))("a sweep %s", (_, trouble) => {
  // The first sweep sees the name for the first time and moves it; the third sees the primary heal; the fourth moves back.
  test.each(["sweep 1", "sweep 2", "sweep 3", "sweep 4"])(
    "at any effect of %s breaks nothing",
    async (life) => {
      const effects = (await effectsOf()).get(life) ?? [];
      expect(effects.length).toBeGreaterThan(20);
      for (const [k, effect] of effects.entries()) {
        const sim = outage(new Map([[life, new Map([[k, trouble]])]]));
        await runMinutes(sim, endMs);
        const told = `effect ${k} (${effect})\n${story(sim)}`;
        expect(violations(sim), told).toEqual([]);
        expect(valuesOf(sim), told).toEqual(["192.0.2.10"]);
        expect(movesOf(sim).length, told).toBeLessThanOrEqual(2);
      }
    },
  );
});
