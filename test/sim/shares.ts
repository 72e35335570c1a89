import type { Config, Service } from "../../lambda/core/config.ts";
import type { Zone } from "../../local/route53/zone.ts";
import { hostOfEndpoint, type Stands, setsIn } from "./names.ts";
import { type Simulation, startMs, type ZoneChange, zoneNow } from "./simulation.ts";
import { knownOf, wasDown, wasUp } from "./truth.ts";

/** A change of a weighted name, and how old its evidence may be. */
type Changed = {
  readonly service: Service;
  readonly change: ZoneChange;
  readonly before: Zone;
  readonly from: Stands;
  readonly to: Stands;
  readonly sweptMs: number;
  readonly freshMs: number;
};

/** What each value is answered with: its weight; a simple record has none. Values are servers, whatever they are called. */
export const weightsIn = (zone: Zone, { dns }: Service): ReadonlyMap<string, number> =>
  new Map(
    setsIn(zone, dns).flatMap(({ weighted, values }) =>
      weighted ? [[values.join(), weighted.weight] as const] : [],
    ),
  );

type Own = { readonly host: string; readonly full: number };

/** The server behind a value of a name, in any of these configs, and what it is to carry. */
function ownerOf(configs: readonly Config[], name: string, value: string): Own | undefined {
  for (const config of configs) {
    const service = config.services.find(({ dns }) => dns.name === name);
    const isOfType = (one: string) => one.includes(":") === (service?.dns.type === "AAAA");
    const target = service?.targets.find(({ values }) => values.filter(isOfType).join() === value);
    const host = target && hostOfEndpoint([config], target.endpoint);
    if (target && host !== undefined) return { host, full: target.weight ?? 100 };
  }
  return undefined;
}

const configsOf = (sim: Simulation): Config[] => [sim.config, ...sim.deployed.toReversed()];

/** What is wrong with a change of a weighted name by a sweep, by what the world really was. */
export function wrongShares(sim: Simulation, changed: Changed): string[] {
  const { service, change, before, from, to, sweptMs, freshMs } = changed;
  const { name } = service.dns;
  const [was, is] = [weightsIn(before, service), weightsIn(change.zone, service)];
  const isMove = from.value !== to.value;
  const known = knownOf(sim);
  const [fromMs, toMs] = [change.sentMs - freshMs, change.sentMs];
  const own = change.config ? [change.config] : configsOf(sim);
  const shares = [...new Set([...was.keys(), ...is.keys()])].map((value): Share => {
    const [mine, anybodys] = [ownerOf(own, name, value), ownerOf(configsOf(sim), name, value)];
    const host = mine?.host ?? anybodys?.host ?? "";
    const [isDown, isUp] = [wasDown(known, host, fromMs, toMs), wasUp(known, host, fromMs, toMs)];
    const [old, weight] = [was.get(value) ?? 0, is.get(value) ?? 0];
    return { value, old, weight, isDown, isUp, full: mine?.full, isKnown: anybodys !== undefined };
  });
  const checks: [boolean, string][] = [
    [[...is.values()].every((weight) => weight === 0), `took every weight of ${name} to 0 (3)`],
    [isMove && isShadow(change, name), `changed ${name} in shadow mode`],
    [change.sentMs < sweptMs, `changed ${name} by a batch sent before the last change (4)`],
    [
      to.generation !== from.generation + (isMove ? 1 : 2),
      `left ${name} at generation ${to.generation} after ${from.generation} (4)`,
    ],
    [
      isMove &&
        shares.some(({ old, weight }) => weight < old) &&
        !shares.some(({ weight, isUp }) => weight > 0 && isUp),
      `took from ${name} while nothing that keeps its weight was up (1)`,
    ],
  ];
  return [
    ...checks.flatMap(([isWrong, what]) => (isWrong ? [what] : [])),
    ...shares.flatMap(wrongShare).map((what) => `${what}, of ${name}`),
  ];
}

const isShadow = ({ config }: ZoneChange, name: string): boolean =>
  config?.services.some(({ dns, mode }) => dns.name === name && mode === "shadow") ?? false;

type Share = {
  readonly value: string;
  readonly old: number;
  readonly weight: number;
  readonly isDown: boolean;
  readonly isUp: boolean;
  /** What it carries while all is well, by the config of whoever changed it; none where that has it not. */
  readonly full: number | undefined;
  /** It is, or was, a target's. */
  readonly isKnown: boolean;
};

function wrongShare({ value, old, weight, isDown, isUp, full, isKnown }: Share): string[] {
  const said = `gave ${value} ${weight} after ${old}`;
  if (weight > old) return isUp ? [] : [`${said}, which was not up (1)`];
  if (weight === old) return [];
  if (!isKnown) return [`${said}, which was somebody else's (5)`];
  // What the config has no more is left, and what carries more than it is to is brought down to that.
  if (full === undefined || (old > full && weight === full)) return [];
  return [
    ...(isDown ? [] : [`${said}, which was not down (2)`]),
    ...(weight > 0 ? [`${said}: half out`] : []),
  ];
}

/** The hosts that carry a weighted name now. */
export const carryingHosts = (sim: Simulation, service: Service): string[] =>
  [...weightsIn(zoneNow(sim), service)].flatMap(([value, weight]) =>
    weight > 0 ? (ownerOf(configsOf(sim), service.dns.name, value)?.host ?? []) : [],
  );

/** In the end no target carries weight that is down, if any other is up. */
export function unservedShares(sim: Simulation, service: Service, sinceMs: number): string[] {
  const known = knownOf(sim);
  const isUp = (host: string) => wasUp(known, host, sinceMs, sim.clock.now());
  const all = service.targets.flatMap(({ endpoint }) => hostOfEndpoint([sim.config], endpoint) ?? []);
  if (!all.some(isUp)) return [];
  const atS = (sim.clock.now() - startMs) / 1000;
  return carryingHosts(sim, service).flatMap((host) =>
    isUp(host)
      ? []
      : [`${service.dns.name} still leads to ${host} at ${atS} s, which is down, and another is up`],
  );
}

/** The same shops, each with its load spread over all of its targets. */
export const spreading = (config: Config, weighted: NonNullable<Service["weighted"]>): Config => ({
  ...config,
  services: config.services.map((service) => ({
    ...service,
    weighted,
    failback: "manual",
    targets: service.targets.map((target, i) => ({ ...target, weight: i === 0 ? 100 : 60 })),
  })),
});
