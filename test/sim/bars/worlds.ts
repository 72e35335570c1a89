import type { Event } from "../../../lambda/core/event.ts";
import { findSet } from "../../../local/route53/zone.ts";
import { deliverSweeps } from "../deliveries.ts";
import { openNature, type Spell } from "../nature.ts";
import type { Noise } from "../network.ts";
import { seeded } from "../seeded.ts";
import { type ManyShops, manyShops } from "../shops.ts";
import { openSimulation, type Simulation, startMs } from "../simulation.ts";

export const [minuteMs, hourMs, dayMs, yearMs] = [60_000, 3_600_000, 86_400_000, 31_557_600_000];

/** Every endpoint has been judged, and every name looked at, by then. */
export const warmMs = startMs + 5 * minuteMs;

export type Plan = {
  readonly seed: number;
  readonly shops: number;
  readonly over?: ManyShops;
  readonly spells?: readonly Spell[];
  readonly noise?: Noise;
  readonly untilMs: number;
  /** From when on probes are counted. */
  readonly countFromMs?: number;
};

/** A world of many shops after it has run, deliveries jittered. */
export type Ran = Simulation & { readonly probes: number };

export async function runWorld(plan: Plan): Promise<Ran> {
  const { seed, shops, over, spells = [], noise, untilMs, countFromMs = warmMs } = plan;
  const { config, records } = manyShops(shops, over);
  const sim = openSimulation(config, records, { seed, isQuiet: true });
  const { behaviour } = openNature(seed, spells, noise);
  const references = new Set(config.references.map(({ host }) => host));
  let probes = 0;
  sim.behaviour = (host, location, atMs) => {
    if (atMs >= countFromMs && !references.has(host)) probes += 1;
    return behaviour(host, location, atMs);
  };
  await deliverSweeps(sim, untilMs);
  return { ...sim, probes };
}

/** Draws times and choices for a world. */
export function draws(seed: number): {
  between(low: number, high: number): number;
  some<T>(list: readonly T[], count: number): T[];
} {
  const random = seeded(seed);
  return {
    between: (low, high) => low + Math.floor(random() * (high - low)),
    some: (list, count) => {
      const left = [...list];
      return Array.from({ length: Math.min(count, left.length) }, () =>
        left.splice(Math.floor(random() * left.length), 1),
      ).flat();
    },
  };
}

/** When the i-th shop's name was changed by a sweep, and whether to its primary. */
export type Change = { readonly atMs: number; readonly isToPrimary: boolean };

export function changesOf(sim: Simulation, i: number): Change[] {
  const { dns, targets } = sim.config.services[i] ?? {};
  if (dns === undefined) throw new Error(`there is no shop ${i}`);
  const values = sim.zones.map(({ zone }) => findSet(zone, dns.name, dns.type)?.values.join() ?? "");
  return sim.zones.flatMap(({ atMs }, k) =>
    k > 0 && values[k] !== values[k - 1]
      ? [{ atMs, isToPrimary: values[k] === targets?.[0]?.values.join() }]
      : [],
  );
}

/** When the first move of the i-th shop's name away from its primary was decided, from a time on. */
export function decidedMs(sim: Simulation, i: number, fromMs: number): number | undefined {
  const started = [...sim.memory.history.values()].filter(
    ({ kind, subject, from, atMs }) =>
      kind === "move-started" && subject === `shop${i}` && from === "p" && atMs >= fromMs,
  );
  return started.map(({ atMs }) => atMs).sort((a, b) => a - b)[0];
}

/** Alerts about the i-th shop's name or its primary, in order. */
export const alertsOf = (sim: Simulation, i: number): Event[] =>
  sim.alerts
    .map(({ alert }) => JSON.parse(alert.json) as Event)
    .filter(({ subject }) => subject === `shop${i}` || subject === `shop${i}/p`);
