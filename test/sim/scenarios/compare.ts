import type { Event } from "../../../lambda/core/event.ts";
import { sum } from "../bars/bar.ts";
import { yearMs } from "../bars/worlds.ts";
import { deliverSweeps } from "../deliveries.ts";
import { openNature } from "../nature.ts";
import { movesOf } from "../oracle.ts";
import { seeded } from "../seeded.ts";
import { type Line, openSimulation, type Simulation, startMs } from "../simulation.ts";
import { rateBound } from "../statistics.ts";
import { tellOfSpells } from "../story.ts";
import { type Policy, policies } from "./policies.ts";
import type { Scenario } from "./scenario.ts";
import type { Subject } from "./subject.ts";

/** What one policy did in one run of a scenario. */
export type Run = {
  /** From the start of what goes wrong to the decision that the primary is down; none: it was not decided. */
  readonly foundMs: number | undefined;
  /** How often the primary was taken for down. */
  readonly downs: number;
  readonly probes: number;
  readonly watchedMs: number;
};

const hourMs = 3_600_000;

/** Everything has been judged by then: five rounds of the slowest endpoint, and five minutes at least. */
const warmMs = ({ config }: Subject): number =>
  Math.max(300_000, ...config.endpoints.map(({ policy }) => 5 * policy.intervalMs));

/** When it goes wrong: at any phase of the intervals and of the scheduler's minutes. */
const begins = (subject: Subject, seed: number): number =>
  startMs + warmMs(subject) + Math.floor(seeded(seed)() * 300_000);

/** What is left to be done when the scenario is over: a decision may take as long as two intervals and a confirm. */
const afterMs = (subject: Subject): number => warmMs(subject);

/** Who wants to know more of a run than what it came to. */
export type Onlooker = {
  readonly onLine?: (line: Line) => void;
  /** Called before it begins. */
  readonly watch?: (sim: Simulation) => void;
};

/** The product itself, in one run, and when what goes wrong began. */
export async function runOurs(
  subject: Subject,
  scenario: Scenario,
  seed: number,
  { onLine, watch }: Onlooker = {},
): Promise<{ run: Run; sim: Simulation; fromMs: number }> {
  const { config, host, records, zone, service } = subject;
  const fromMs = begins(subject, seed);
  const options = { seed, zone, isQuiet: true, ...(onLine && { onLine }) };
  const sim = openSimulation(config, records, options);
  const spells = scenario.spells(host, config.locations, fromMs);
  const { behaviour } = openNature(seed, spells, scenario.noise);
  if (onLine) tellOfSpells(sim, spells);
  let probes = 0;
  sim.behaviour = (of, location, atMs) => {
    if (of === host) probes += 1;
    return behaviour(of, location, atMs);
  };
  watch?.(sim);
  const untilMs = fromMs + scenario.lastsMs + afterMs(subject);
  await deliverSweeps(sim, untilMs);
  const left = leavings(sim, subject, fromMs);
  const run = {
    foundMs: left[0] === undefined ? undefined : left[0] - fromMs,
    downs: service.weighted
      ? leavings(sim, subject, startMs).length
      : movesOf(sim, service.dns.name).filter(({ from }) => from === service.targets[0]?.values.join())
          .length,
    probes,
    watchedMs: untilMs - startMs,
  };
  return { run, sim, fromMs };
}

/** When it was decided that the name leaves its primary, or takes its weight away. */
function leavings(sim: Simulation, { service }: Subject, fromMs: number): number[] {
  const primary = service.targets[0]?.id ?? "";
  // A spread is said as `frankfurt 0, ireland 100`, the primary first.
  const isAway = ({ from, to = "" }: Event) =>
    service.weighted
      ? to.startsWith(`${primary} 0,`) && from?.startsWith(`${primary} 0,`) === false
      : from === primary;
  const isLeaving = (event: Event) =>
    event.kind === "move-started" && event.subject === service.id && event.atMs >= fromMs && isAway(event);
  return [...sim.memory.history.values()]
    .filter(isLeaving)
    .map(({ atMs }) => atMs)
    .sort((a, b) => a - b);
}

/** Another policy in the same world, at the same phase. */
export function runOther(policy: Policy, subject: Subject, scenario: Scenario, seed: number): Run {
  const { config, host } = subject;
  const fromMs = begins(subject, seed);
  const untilMs = fromMs + scenario.lastsMs + afterMs(subject);
  const { behaviour } = openNature(seed, scenario.spells(host, config.locations, fromMs), scenario.noise);
  const locations = policy.locations(config.locations);
  const { turns, probes } = policy.watch(behaviour, host, locations, { fromMs: startMs, untilMs, seed });
  const downs = turns.filter(({ isUp, atMs }) => !isUp && atMs >= fromMs);
  const [first] = downs;
  const foundMs = first === undefined ? undefined : first.atMs - fromMs;
  return { foundMs, downs: downs.length, probes, watchedMs: untilMs - startMs };
}

/** All policies in the same runs of one scenario, ours first. */
export async function compare(
  subject: Subject,
  scenario: Scenario,
  seeds: readonly number[],
): Promise<Map<string, Run[]>> {
  const ours: Run[] = [];
  for (const seed of seeds) ours.push((await runOurs(subject, scenario, seed)).run);
  return new Map([
    ["Pointsman", ours],
    ...policies.map((policy) => {
      const runs = seeds.map((seed) => runOther(policy, subject, scenario, seed));
      return [policy.name, runs] as const;
    }),
  ]);
}

/** How often a policy saw an outage where none was, and how often a year it may at most, 95 % surely. */
export function falseDowns(runs: readonly Run[]): { readonly downs: number; readonly boundAYear: number } {
  const downs = sum(runs.map((run) => run.downs));
  const years = sum(runs.map(({ watchedMs }) => watchedMs)) / yearMs;
  return { downs, boundAYear: rateBound(downs, years) };
}

/** How soon each run that found its outage did so, in milliseconds. */
export const foundTimes = (runs: readonly Run[]): number[] =>
  runs.flatMap(({ foundMs }) => (foundMs === undefined ? [] : [foundMs]));

/** The seeds of so many runs. */
export const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** Probes of the primary by the hour. */
export const probesPerHour = (runs: readonly Run[]): number => {
  const total = (of: (run: Run) => number) => runs.reduce((sum, run) => sum + of(run), 0);
  return (total(({ probes }) => probes) / total(({ watchedMs }) => watchedMs)) * hourMs;
};
