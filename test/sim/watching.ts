import { at } from "./shop.ts";
import type { Simulation } from "./simulation.ts";

/** The longest time nobody was asked, in seconds, between two seconds of the simulation. */
export const longestGapS = (sim: Simulation, from: number, to: number) => {
  const times = sim.asked.map(({ atMs }) => atMs).filter((ms) => ms >= at(from) && ms <= at(to));
  return Math.max(...[at(from), ...times, at(to)].map((ms, i, all) => ms - (all[i - 1] ?? ms))) / 1000;
};

/** Makes the effects that match fail between two seconds of the simulation. */
export const failing = (
  sim: Simulation,
  effects: RegExp,
  fromS: number,
  toS: number,
  how: "fail before" | "fail after" = "fail before",
) => {
  sim.fault = (effect, atMs) =>
    effects.test(effect) && atMs >= at(fromS) && atMs < at(toS) ? how : undefined;
};
