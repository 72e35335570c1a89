import { chanceAt, hashText } from "./hash.ts";
import { type Simulation, startSweep } from "./simulation.ts";

/** How well the scheduler does its work. It promises at least one delivery, within the minute. */
export type Deliveries = {
  /** Each comes this late at most, evenly spread; a minute at most. */
  readonly jitterMs: number;
  /** The share that never comes. */
  readonly lostRatio: number;
  /** The share that comes twice, each at a time of its own. */
  readonly twiceRatio: number;
};

/** As late as the scheduler allows itself, one in a hundred lost, one in a hundred twice. */
export const jittered: Deliveries = { jitterMs: 60_000, lostRatio: 0.01, twiceRatio: 0.01 };

const minuteMs = 60_000;

/** When the sweep of a minute is started: not at all, once or twice. */
export function deliveriesOf(seed: number, minute: number, of: Deliveries): number[] {
  const draw = (what: string) => chanceAt(hashText(seed, what), minute);
  const times = draw("lost") < of.lostRatio ? [] : [draw("first")];
  if (draw("twice") < of.twiceRatio) times.push(draw("second"));
  return times.map((part) => minute * minuteMs + Math.floor(part * of.jitterMs)).sort((a, b) => a - b);
}

/** Delivers sweeps until `untilMs` as the scheduler does, and lets them run. */
export async function deliverSweeps(
  sim: Simulation,
  untilMs: number,
  of: Deliveries = jittered,
): Promise<void> {
  const first = Math.floor(sim.clock.now() / minuteMs);
  for (let minute = first; minute * minuteMs < untilMs; minute++) {
    for (const atMs of deliveriesOf(sim.seed, minute, of)) {
      if (atMs < sim.clock.now() || atMs >= untilMs) continue;
      await sim.clock.run(atMs);
      startSweep(sim, minute * minuteMs);
    }
  }
  await sim.clock.run(untilMs);
}
