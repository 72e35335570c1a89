import { describe, expect, test } from "vitest";
import { movesOf, violations } from "../sim/oracle.ts";
import { type Life, runMinutes, type Simulation, startMs, type Trouble, zoneNow } from "../sim/simulation.ts";
import { simulateShared, weightsOf } from "../sim/weighted.ts";

const troubles: readonly Trouble[] = [
  "kill before",
  "kill after",
  "fail before",
  "fail after",
  { pauseMs: 60_000, when: "before" },
  { lateMs: 45_000 },
];

const endMs = startMs + 540_000;

/** One of three is down from 35 s to 95 s: it is taken out in the first sweep, and brought back in two steps. */
function simulate(trouble: Map<string, Life["trouble"]> = new Map()): Simulation {
  const sim = simulateShared(
    (host, _, atMs) =>
      host === "frankfurt" && atMs >= startMs + 35_000 && atMs < startMs + 95_000 ? "refuse" : "ok",
    { weighted: { stepsPercent: [5, 100], stepForMs: 20_000 } },
  );
  sim.troubleOf = (life) => trouble.get(life) ?? new Map();
  return sim;
}

/** Effects that have to do with the record; what has to do with probes is the same for every name (crash.test.ts). */
const isOfRecord = (effect: string): boolean =>
  ["change", "read zone", "put service", "status"].includes(effect);

test("without trouble it is taken out, and comes back in two steps", async () => {
  const sim = simulate();
  await runMinutes(sim, endMs);
  expect(violations(sim), sim.trace.join("\n")).toEqual([]);
  expect(movesOf(sim)).toHaveLength(3);
});

describe.each(troubles.map((trouble) => [JSON.stringify(trouble), trouble] as const))(
  "a sweep: %s",
  (_, trouble) => {
    test("at any effect on the record breaks nothing, and all weights are as they were in the end", async () => {
      const quiet = simulate();
      await runMinutes(quiet, endMs);
      let struck = 0;
      for (const { name, effects } of quiet.lives.slice(0, 4)) {
        for (const [k, effect] of effects.entries()) {
          if (!isOfRecord(effect)) continue;
          struck += 1;
          const sim = simulate(new Map([[name, new Map([[k, trouble]])]]));
          await runMinutes(sim, endMs);
          const told = `${name}, effect ${k} (${effect})\n${sim.trace.join("\n")}`;
          expect(violations(sim), told).toEqual([]);
          expect(weightsOf(zoneNow(sim)), told).toBe("100 100 50");
        }
      }
      expect(struck).toBeGreaterThan(20);
    });
  },
);
