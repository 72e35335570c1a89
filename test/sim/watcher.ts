import type { Event } from "../../lambda/core/event.ts";
import { generationName, readGeneration } from "../../lambda/core/generation.ts";
import { type Lease, stalledAfterMs } from "../../lambda/core/lease.ts";
import { type Change, partsOf, type RecordSet } from "../../lambda/core/records.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { openChanges } from "./changes.ts";
import { hostOfEndpoint, servicesOf } from "./names.ts";
import { type Life, type Simulation, type Step, startMs } from "./simulation.ts";
import { foundMs, hasFailed, knownOf, wasDown, wasOut } from "./truth.ts";

type Row = ServiceState & { readonly epoch: number };

/** Checks the invariants after every step, while it runs. What is broken is added to the list, with its time. */
export function watchOver(sim: Simulation): string[] {
  const found: string[] = [];
  const add = (what: string) => {
    found.push(what);
    sim.say("ORACLE", () => `VIOLATED: ${what}`);
  };
  const checkChange = openChanges(sim);
  /** When its holder last wrote the lease: not one who only waits for it. */
  let beatMs = 0;
  const say = (by: Life, wrong: readonly string[]) => {
    for (const what of wrong) add(`${(sim.clock.now() - startMs) / 1000} s: ${by.name} ${what}`);
  };
  const intents = new Set<string>();
  /** When a target was last saved as one that would take over its name. */
  const readyMs = new Map<string, number>();
  const noteReady = ({ written, readiness = {} }: Row) => {
    for (const [id, { is }] of Object.entries(readiness))
      if (is === "ready") readyMs.set(targetKey(written?.name, id), sim.clock.now());
  };
  const checkPut = (step: Extract<Step, { is: "put" }>) => {
    if (step.key.startsWith("service#")) {
      const { intent } = step.after as Row;
      if (intent?.want) intents.add(keyOf(atPlace(intent.want), intent.generation));
      noteReady(step.after as Row);
      return say(step.by, wrongRow(sim, step));
    }
    if (!step.key.startsWith("lease#")) return;
    const [was, is] = [step.before as Lease | undefined, step.after as Lease];
    say(step.by, wrongLease(was, is, sim.clock.now() - beatMs));
    if (was?.epoch !== is.epoch || was.beat !== is.beat) beatMs = sim.clock.now();
  };
  sim.observe = (step) => {
    switch (step.is) {
      case "sent":
        return say(step.by, unintended(sim, step.changes, intents));
      case "changed":
        return checkChange(step.change, step.before).forEach(add);
      case "put":
        return checkPut(step);
      case "published":
        return say(step.by, step.wasSaved ? [] : [`told ${step.alert.id} before it was saved (6)`]);
      case "filed":
        return say(step.by, [
          ...wrongVerdict(sim, step.event),
          ...wrongRecovery(sim, step.event),
          ...toldAgain(sim, readyMs, step.event),
        ]);
    }
  };
  return found;
}

/** The sets of a record that stand where it does itself. */
const atPlace = (record: RecordSet): RecordSet[] =>
  partsOf(record).filter(({ name, type }) => name === record.name && type === record.type);

/** One change of one name in all its life. */
const keyOf = (sets: readonly RecordSet[], generation: number): string =>
  [...sets.map(sayOf).sort(), generation].join("; ");

const sayOf = ({ name, type, ttlSeconds, values, weighted }: RecordSet): string =>
  [name, type, ttlSeconds, values, weighted?.setIdentifier, weighted?.weight].join(" ");

/** 6. Every move has an intent that was saved before it is sent. */
function unintended(sim: Simulation, changes: readonly Change[], intents: ReadonlySet<string>): string[] {
  const of = (action: Change["action"], name: string, type: string) =>
    changes.flatMap((change) => {
      const { record } = change;
      return change.action === action && record.name === name && record.type === type ? [record] : [];
    });
  return servicesOf([...sim.deployed, sim.config]).flatMap(({ dns: { name, type } }) => {
    const [want, now] = [of("CREATE", name, type), of("DELETE", name, type)];
    // What gives a change up leaves the record as it is.
    if (want.length === 0 || keyOf(want, 0) === keyOf(now, 0)) return [];
    const [fence] = of("DELETE", generationName(name, type), "TXT");
    const generation = (fence && readGeneration(fence)?.generation) ?? 0;
    return intents.has(keyOf(want, generation))
      ? []
      : [`sends ${name} to ${want.map(sayOf).join(", ")} without a saved intent (6)`];
  });
}

/** 4, 6. A stale sweep writes nothing, and no event gets lost. */
function wrongRow(sim: Simulation, { key, before, after }: Extract<Step, { is: "put" }>): string[] {
  const [was, is] = [before as Row | undefined, after as Row];
  if (was === undefined) return [];
  const wrong: string[] = [];
  if (is.epoch < was.epoch) wrong.push(`wrote ${key} for epoch ${is.epoch} over epoch ${was.epoch} (4)`);
  if (is.generation < was.generation) {
    wrong.push(`wrote ${key} back from generation ${was.generation} to ${is.generation} (4)`);
  }
  for (const { id } of was.outbox) {
    const isKept = is.outbox.some((event) => event.id === id) || sim.memory.history.has(id);
    if (!isKept) wrong.push(`lost the event ${id} (6)`);
  }
  return wrong;
}

/** 4. Nobody takes the lease from a holder that renews it. */
function wrongLease(was: Lease | undefined, is: Lease, sinceMs: number): string[] {
  if (was === undefined) return [];
  const wrong: string[] = [];
  if (is.epoch < was.epoch) wrong.push(`wrote the lease for epoch ${is.epoch} over ${was.epoch} (4)`);
  const isTaken = is.holder !== undefined && is.holder !== was.holder;
  if (isTaken && is.epoch <= was.epoch) wrong.push(`took the lease without a new epoch (4)`);
  if (isTaken && was.holder !== undefined && sinceMs < stalledAfterMs) {
    wrong.push(`took the lease from ${was.holder}, which wrote it ${sinceMs} ms ago (4)`);
  }
  return wrong;
}

/** 2. Nothing is said to be down that only we did not see. */
function wrongVerdict(sim: Simulation, { kind, subject, sinceMs, atMs, id }: Event): string[] {
  if (kind !== "down") return [];
  const host = hostOfEndpoint([...sim.deployed, sim.config], subject);
  if (host === undefined) return [];
  const known = knownOf(sim);
  const fromMs = Math.min(sinceMs ?? atMs, atMs - 10_000);
  const wrong = wasDown(known, host, fromMs, atMs) ? [] : [`says ${id}, which was not down (2)`];
  if (sinceMs === undefined || hasFailed(known, host, sinceMs - 1_000, sinceMs + aroundMs)) return wrong;
  return [...wrong, `says ${id}, which did not fail when it says it began to`];
}

/**
 * A probe lost by chance may be what an outage is dated from that begins only then: soon after, or, where its sweep was
 * paused before anybody judged it, after the pause (troubles.ts: 250 s at most).
 */
const aroundMs = 300_000;

/** Nothing is said to be up again that was down meanwhile. */
function wrongRecovery(sim: Simulation, { kind, subject, sinceMs, atMs, id }: Event): string[] {
  const host = kind === "up" ? hostOfEndpoint([...sim.deployed, sim.config], subject) : undefined;
  if (host === undefined || sinceMs === undefined) return [];
  return wasOut(knownOf(sim), host, sinceMs, atMs, foundMs) ? [`says ${id}, which was down meanwhile`] : [];
}

const targetKey = (name: string | undefined, target: string): string => `${name} ${target}`;

/** Nobody is told that a target could not take over which the name left for that very outage, unless it could since. */
function toldAgain(sim: Simulation, readyMs: ReadonlyMap<string, number>, told: Event): string[] {
  const { kind, name, to: target, sinceMs, atMs, id } = told;
  if (kind !== "standby-not-ready" || target === undefined || sinceMs === undefined) return [];
  const fromMs = Math.max(sinceMs, readyMs.get(targetKey(name, target)) ?? 0);
  const isLeft = (move: Event): boolean =>
    (move.kind === "failover" || move.kind === "taken-out") &&
    move.name === name &&
    move.atMs >= fromMs &&
    move.atMs <= atMs &&
    isIn(move.from, target) &&
    !isIn(move.to, target);
  return [...sim.memory.history.values()].some(isLeft) ? [`says ${id}, which was told by a move`] : [];
}

/** Whether a destination, as an event has it, is the target or gives it a weight: `ireland`, `frankfurt 0, ireland 100`. */
const isIn = (destination: string | undefined, target: string): boolean =>
  destination?.split(", ").some((part) => {
    const [id, weight] = part.split(" ");
    return id === target && weight !== "0";
  }) ?? false;
