import type { Config, Service } from "../../lambda/core/config.ts";
import { handsKey } from "../../lambda/core/hands.ts";
import type { Zone } from "../../local/route53/zone.ts";
import { hostOfValue, isPrimary, type Stands, servicesOf, standsIn } from "./names.ts";
import { wrongShares } from "./shares.ts";
import { type Simulation, startMs, type ZoneChange } from "./simulation.ts";
import { foundMs, knownOf, wasDown, wasOut, wasUp } from "./truth.ts";

/** What is remembered of one name. */
type Name = {
  setBy: "user" | "sweep" | undefined;
  /** When a batch of a sweep last took effect on the record or its generation. */
  sweptMs: number;
  leftUpMs: number[];
};

type Changed = {
  readonly service: Service;
  readonly change: ZoneChange;
  readonly before: Zone;
  readonly from: Stands;
  readonly to: Stands;
};

/**
 * How old the evidence of a change may be when it is sent: a confirm, two intervals in which it may be tried again,
 * and calls.
 */
const freshMs = 30_000;

export type CheckChange = (change: ZoneChange, before: Zone) => string[];

/**
 * Checks every change of a zone, in order, against what the world really was. It knows nothing of what the product
 * believes.
 */
export function openChanges(sim: Simulation): CheckChange {
  const names = new Map<string, Name>();
  const stateOf = (name: string, from: Stands): Name => {
    const found = names.get(name);
    if (found) return found;
    const made: Name = { setBy: from.value === "" ? undefined : "user", sweptMs: 0, leftUpMs: [] };
    names.set(name, made);
    return made;
  };
  const checkName = (service: Service, change: ZoneChange, before: Zone): string[] => {
    const [from, to] = [standsIn(before, service.dns), standsIn(change.zone, service.dns)];
    const state = stateOf(service.dns.name, from);
    if (from.value === to.value && Object.is(from.generation, to.generation)) return [];
    const isByUser = change.by === "user";
    const changed = { service, change, before, from, to };
    const wrong = isByUser ? [] : wrongsOf(sim, state, changed);
    if (!isByUser) state.sweptMs = change.atMs;
    if (from.value !== to.value) state.setBy = isByUser ? "user" : "sweep";
    return wrong.map((what) => `${(change.atMs - startMs) / 1000} s: ${change.by} ${what}`);
  };
  return (change, before) =>
    servicesOf([...sim.deployed, sim.config]).flatMap((service) => checkName(service, change, before));
}

/** By the config of the sweep that made it: a deploy may have spread the load, or gathered it. */
const isSpread = ({ service, change: { config } }: Changed): boolean =>
  (config?.services.find(({ dns }) => dns.name === service.dns.name) ?? service).weighted !== undefined;

const wrongsOf = (sim: Simulation, state: Name, changed: Changed): string[] =>
  isSpread(changed)
    ? wrongShares(sim, { ...changed, sweptMs: state.sweptMs, freshMs })
    : wrongs(sim, state, changed);

function wrongs(sim: Simulation, state: Name, changed: Changed): string[] {
  const { service, change, from, to } = changed;
  const { name } = service.dns;
  const configs = [...sim.deployed, sim.config];
  const isMove = from.value !== to.value;
  const isTargets = hostOfValue(configs, name, from.value) !== undefined;
  const checks: [boolean, string][] = [
    [to.value === "", `left ${name} empty (3)`],
    [isMove && from.value === "" && state.setBy !== undefined, `made a record that was taken away (5)`],
    [
      isMove && state.setBy === "user" && from.value !== "" && !isTargets,
      `overwrote ${from.value} of ${name}, which was somebody else's (5)`,
    ],
    [isMove && isShadow(change, name), `moved ${name} in shadow mode`],
    [change.sentMs < state.sweptMs, `changed ${name} by a batch sent before the last change (4)`],
    [
      to.generation !== from.generation + (isMove ? 1 : 2) && !isAdoption(changed),
      `left ${name} at generation ${to.generation} after ${from.generation} (4)`,
    ],
  ];
  const wrong = checks.flatMap(([isWrong, what]) => (isWrong ? [what] : []));
  return isMove ? [...wrong, ...wrongMove(sim, state, changed)] : wrong;
}

/** What is adopted stays as it is; its generation becomes the time of day at which that was intended. */
const isAdoption = ({ change, from, to }: Changed): boolean =>
  from.value === to.value && to.generation > startMs / 1000 && to.generation <= change.sentMs / 1000 + 1;

const isShadow = ({ config }: ZoneChange, name: string): boolean =>
  config?.services.some(({ dns, mode }) => dns.name === name && mode === "shadow") ?? false;

const goesBack = ({ services }: Config, name: string): Service["failback"] | undefined =>
  services.find(({ dns }) => dns.name === name)?.failback;

/** How long a name's primary is up at least before it goes back, by whichever config says the least. */
const leastWellMs = (configs: readonly Config[], name: string): number =>
  Math.min(
    ...configs.flatMap(({ services }) =>
      services.flatMap(({ dns, failbackAfterMs }) => (dns.name === name ? [failbackAfterMs] : [])),
    ),
  );

/** 1, 2: to what was up, and away from what was down, or back to the primary and not too often. */
function wrongMove(sim: Simulation, state: Name, { service, change, from, to }: Changed): string[] {
  const { name } = service.dns;
  const configs = [...sim.deployed, sim.config];
  const known = knownOf(sim);
  const [fromMs, toMs] = [change.sentMs - freshMs, change.sentMs];
  const wrong: string[] = [];
  const own = change.config ? [change.config] : configs;
  const host = hostOfValue(own, name, to.value);
  if (host === undefined || !wasUp(known, host, fromMs, toMs)) {
    wrong.push(`moved ${name} to ${to.value}, which was not up (1)`);
  }
  const left = hostOfValue(configs, name, from.value);
  if (left === undefined || wasDown(known, left, fromMs, toMs)) return wrong;
  const isByHand = sim.memory.cells.has(handsKey);
  if (!isPrimary(own, name, to.value)) {
    wrong.push(`moved ${name} away from ${from.value}, which was not down (2)`);
  } else if (!isByHand && own.every((config) => goesBack(config, name) === "manual")) {
    wrong.push(`moved ${name} back to ${to.value}, which is left to people`);
  } else if (
    !isByHand &&
    host !== undefined &&
    wasOut(known, host, toMs - leastWellMs(own, name), fromMs, foundMs)
  ) {
    wrong.push(`moved ${name} back to ${to.value}, which was down within failbackAfter`);
  }
  state.leftUpMs = [...state.leftUpMs.filter((ms) => ms > change.sentMs - 3_540_000), change.sentMs];
  if (state.leftUpMs.length > service.maxMovesPerHour) {
    wrong.push(`moved ${name} away from what was up ${state.leftUpMs.length} times within the hour`);
  }
  return wrong;
}
