import { shop, shopConfig, shopRecord } from "./config.ts";
import { chanceAt, hash, hashText } from "./hash.ts";
import { movesOf, violations } from "./oracle.ts";
import { type Life, openSimulation, type Simulation, startMs, startSweep } from "./simulation.ts";
import { watchOver } from "./watcher.ts";

/** What came of one race. */
export type Race = { readonly violations: readonly string[]; readonly moves: number };

const minuteMs = 60_000;

/** The primary fails for good here: between the first ticks, or while one sweep relieves the other. */
const outageWithin = { fromMs: 5_000, toMs: 70_000 };

/** So long after it two sweepers that get in each other's way have had their turn. */
const untilMs = startMs + 6 * minuteMs;

/**
 * How long one effect takes one sweeper: mostly some milliseconds, sometimes seconds, now and then longer than a lease
 * lasts. It is another for every effect of every sweeper, so that theirs interleave in any way.
 */
function takesMs(key: number, count: number): number {
  const [kind, part] = [chanceAt(hash(key, 1), count), chanceAt(hash(key, 2), count)];
  if (kind < 0.7) return 1 + Math.floor(part * 30);
  if (kind < 0.95) return 30 + Math.floor(part * 1_500);
  return 1_500 + Math.floor(part * 4_000);
}

/** Two sweepers are started for every minute, in the same millisecond or close to it, while the primary fails for good. */
export async function race(seed: number, onSimulation?: (sim: Simulation) => void): Promise<Race> {
  const config = shopConfig({ services: [{ ...shop, failback: "manual" }] });
  const sim = openSimulation(config, [shopRecord], { seed, isQuiet: true });
  onSimulation?.(sim);
  const span = outageWithin.toMs - outageWithin.fromMs;
  const failsMs = startMs + outageWithin.fromMs + Math.floor(chanceAt(hash(seed, 3), 0) * span);
  sim.behaviour = (host, _, atMs) => (host === "frankfurt" && atMs >= failsMs ? "refuse" : "ok");
  let count = 0;
  const key = hashText(seed, "race");
  sim.takesMs = () => takesMs(key, count++);
  // One in five sweepers is paused once, for up to a minute, at any of its first effects.
  sim.troubleOf = (life) => pauseOf(hashText(seed, life));
  const found = watchOver(sim);
  for (let minute = 0; startMs + minute * minuteMs < untilMs; minute++) {
    const atMs = startMs + minute * minuteMs;
    await sim.clock.run(atMs);
    startSweep(sim, atMs);
    await sim.clock.run(atMs + Math.floor(chanceAt(hash(seed, 4), minute) ** 3 * 20_000));
    startSweep(sim, atMs);
  }
  await sim.clock.run(untilMs);
  return { violations: [...found, ...violations(sim)], moves: movesOf(sim).length };
}

function pauseOf(key: number): Life["trouble"] {
  if (chanceAt(key, 0) >= 0.2) return new Map();
  const pauseMs = 200 + Math.floor(chanceAt(key, 1) ** 2 * minuteMs);
  return new Map([[Math.floor(chanceAt(key, 2) * 80), { pauseMs, when: "before" }]]);
}
