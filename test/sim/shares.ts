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

/** What each target is answered with: its weight, by identifier; a simple record has none. */
export const weightsIn = (zone: Zone, { dns }: Service): ReadonlyMap<string, number> =>
  new Map(
    setsIn(zone, dns).flatMap(({ weighted }) =>
      weighted ? [[weighted.setIdentifier, weighted.weight] as const] : [],
    ),
  );

const hostOf = (sim: Simulation, service: Service, id: string): string | undefined =>
  hostOfEndpoint([...sim.deployed, sim.config], `${service.id}/${id}`);

/** What is wrong with a change of a weighted name by a sweep, by what the world really was. */
export function wrongShares(sim: Simulation, changed: Changed): string[] {
  const { service, change, before, from, to, sweptMs, freshMs } = changed;
  const { name } = service.dns;
  const [was, is] = [weightsIn(before, service), weightsIn(change.zone, service)];
  const isMove = from.value !== to.value;
  const known = knownOf(sim);
  const [fromMs, toMs] = [change.sentMs - freshMs, change.sentMs];
  const shares = service.targets.map(({ id }): Share => {
    const host = hostOf(sim, service, id) ?? "";
    const [old, weight] = [was.get(id) ?? 0, is.get(id) ?? 0];
    const [isDown, isUp] = [wasDown(known, host, fromMs, toMs), wasUp(known, host, fromMs, toMs)];
    return { id, old, weight, isDown, isUp };
  });
  const checks: [boolean, string][] = [
    [[...is.values()].every((weight) => weight === 0), `took every weight of ${name} to 0 (3)`],
    [change.sentMs < sweptMs, `changed ${name} by a batch sent before the last change (4)`],
    [
      to.generation !== from.generation + (isMove ? 1 : 2),
      `left ${name} at generation ${to.generation} after ${from.generation} (4)`,
    ],
    [
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

type Share = {
  readonly id: string;
  readonly old: number;
  readonly weight: number;
  readonly isDown: boolean;
  readonly isUp: boolean;
};

function wrongShare({ id, old, weight, isDown, isUp }: Share): string[] {
  const said = `gave ${id} ${weight} after ${old}`;
  if (weight > old) return isUp ? [] : [`${said}, which was not up (1)`];
  if (weight === old) return [];
  return [
    ...(isDown ? [] : [`${said}, which was not down (2)`]),
    ...(weight > 0 ? [`${said}: half out`] : []),
  ];
}

/** The hosts that carry a weighted name now. */
export const carryingHosts = (sim: Simulation, service: Service): string[] =>
  [...weightsIn(zoneNow(sim), service)].flatMap(([id, weight]) =>
    weight > 0 ? (hostOf(sim, service, id) ?? []) : [],
  );

/** In the end no target carries weight that is down, if any other is up. */
export function unservedShares(sim: Simulation, service: Service, sinceMs: number): string[] {
  const known = knownOf(sim);
  const isUp = (host: string) => wasUp(known, host, sinceMs, sim.clock.now());
  const all = service.targets.flatMap(({ id }) => hostOf(sim, service, id) ?? []);
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
