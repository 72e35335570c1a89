import type { Service } from "../../../lambda/core/config.ts";
import { deliveriesOf } from "../deliveries.ts";
import { hostOfValue, servicesOf, standsIn } from "../names.ts";
import { openNature } from "../nature.ts";
import { forgotten, unended, unserved, untold, untrue } from "../oracle.ts";
import { carryingHosts } from "../shares.ts";
import { type Line, openSimulation, type Simulation, startMs, startSweep, zoneNow } from "../simulation.ts";
import { tellOf, tellOfSpells } from "../story.ts";
import { watchOver } from "../watcher.ts";
import { doAct } from "./acts.ts";
import { type Plan, planOf, type Span } from "./plan.ts";
import { doSharedAct } from "./shared-acts.ts";
import { sharedPlanOf } from "./shared-plan.ts";
import { impair, troubleOf } from "./troubles.ts";

/** What one run came to. */
export type Outcome = { readonly violations: readonly string[]; readonly simulatedMs: number };

/** What is broken on purpose, to see whether it is noticed. */
export type Sabotage = (sim: Simulation) => void;

const minuteMs = 60_000;

/** Undone deploys and edits, doubled recoveries and jittered deliveries are over so long after the last trouble. */
const calmForMs = 20 * minuteMs;

/** How long after an outage in calm times its name has to be moved. */
const examMs = 3 * minuteMs;

/**
 * One run of random trouble. The invariants are checked after every step; in the end, when all has been calm for a
 * while, that everything was told and saved, and that each name leaves a target that goes down.
 */
export async function runPlan(
  plan: Plan,
  onLine?: (line: Line) => void,
  sabotage: Sabotage = () => {},
): Promise<Outcome> {
  const { seed, config, records, calmMs } = plan;
  const sim = openSimulation(config, records, { seed, isQuiet: true, ...(onLine && { onLine }) });
  const nature = openNature(seed, plan.spells, { loss: 0.01 });
  sim.behaviour = nature.behaviour;
  sim.truth = nature.truth;
  sim.own = nature.own;
  sim.torn = true;
  sim.troubleOf = (life) => troubleOf(plan, life, sim.clock.now());
  impair(sim, plan);
  sabotage(sim);
  if (onLine) tellOfTrouble(sim, plan);
  const found = watchOver(sim);
  for (const act of plan.acts) void doAct(sim, act);
  for (const act of plan.sharedActs ?? []) void doSharedAct(sim, act);
  for (const span of plan.deadHome) void dieAt(sim, span);
  await deliver(sim, plan, calmMs + calmForMs);
  const services = servicesOf([sim.config]);
  const last = [
    ...forgotten(sim),
    ...unended(sim, sim.clock.now() - calmForMs),
    ...services.flatMap((service) => [...untold(sim, service), ...untrue(sim, service)]),
  ];
  const failed = await examine(sim, plan);
  return { violations: [...found, ...last, ...failed], simulatedMs: sim.clock.now() - startMs };
}

/** The random plans there are, each with what replays one of its seeds. */
export const plans = {
  plain: { of: planOf, replay: "npm run simulate -- --replay" },
  weighted: { of: sharedPlanOf, replay: "npm run simulate -- --weighted --replay" },
} as const;

export const runSeed = (seed: number, onLine?: (line: Line) => void): Promise<Outcome> =>
  runPlan(planOf(seed), onLine);

/** The host that each name leads to refuses or says nothing, and the others are well: each name has to leave. */
async function examine(sim: Simulation, plan: Plan): Promise<string[]> {
  const fromMs = sim.clock.now();
  const services = sim.config.services.filter(({ mode }) => mode === "armed");
  const failing = new Set(services.flatMap((service) => activeHost(sim, service) ?? []));
  const { behaviour, truth = behaviour } = sim;
  const down = plan.seed % 2 === 0 ? "refuse" : "black hole";
  sim.behaviour = (host, location, atMs) =>
    failing.has(host) && atMs >= fromMs ? down : behaviour(host, location, atMs);
  sim.truth = (host, location, atMs) =>
    failing.has(host) && atMs >= fromMs ? down : truth(host, location, atMs);
  sim.say("world", () => `EXAM: ${[...failing].join(", ")} down for good`);
  await deliver(sim, plan, fromMs + examMs);
  return services.flatMap((service) => unserved(sim, service, sim.clock.now() - minuteMs));
}

function activeHost(sim: Simulation, service: Service): string | undefined {
  const { dns } = service;
  if (service.weighted) return carryingHosts(sim, service)[0];
  return hostOfValue([sim.config], dns.name, standsIn(zoneNow(sim), dns).value);
}

/** All sweeps that run at a time end then: home is gone. */
async function dieAt(sim: Simulation, { fromMs, toMs }: Span): Promise<void> {
  await sim.clock.sleep(fromMs - sim.clock.now());
  sim.say("world", () => `HOME DEAD for ${Math.round((toMs - fromMs) / 1000)} s`);
  for (const life of sim.lives) life.dead = true;
}

/** Delivers sweeps as the scheduler does, except while home is dead. */
async function deliver(
  sim: Simulation,
  { seed, deliveries, deadHome }: Plan,
  untilMs: number,
): Promise<void> {
  const isDead = (atMs: number) => deadHome.some(({ fromMs, toMs }) => atMs >= fromMs && atMs < toMs);
  for (let minute = Math.floor(sim.clock.now() / minuteMs); minute * minuteMs < untilMs; minute++) {
    for (const atMs of deliveriesOf(seed, minute, deliveries)) {
      if (atMs < sim.clock.now() || atMs >= untilMs || isDead(atMs)) continue;
      await sim.clock.run(atMs);
      startSweep(sim, minute * minuteMs);
    }
  }
  await sim.clock.run(untilMs);
}

/** For whoever reads the story. */
function tellOfTrouble(sim: Simulation, { spells, impairments }: Plan): void {
  tellOfSpells(sim, spells);
  for (const { fromMs, toMs, ...trouble } of impairments) tellOf(sim, JSON.stringify(trouble), fromMs, toMs);
}
