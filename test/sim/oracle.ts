import type { Service } from "../../lambda/core/config.ts";
import type { Event } from "../../lambda/core/event.ts";
import { sayContent } from "../../lambda/core/records.ts";
import { type ServiceState, serviceKey } from "../../lambda/core/service-state.ts";
import { openChanges } from "./changes.ts";
import { contentOf, hostOfEndpoint, hostOfValue, servicesOf, standsIn } from "./names.ts";
import { unservedShares } from "./shares.ts";
import { type Simulation, startMs, zoneNow } from "./simulation.ts";
import { hasFailed, knownOf, wasUp } from "./truth.ts";

/** What really happened to the name: who pointed it where, and when. */
export type Move = { readonly atMs: number; readonly by: string; readonly from: string; readonly to: string };

export function movesOf(sim: Simulation, name = "shop.example.com"): Move[] {
  const service = servicesOf([...sim.deployed, sim.config]).find((one) => one.dns.name === name);
  const dns = service?.dns ?? { zoneId: "Z1", name, type: "A", ttlSeconds: 0 };
  const values = sim.zones.map(({ zone }) => standsIn(zone, dns).value);
  return sim.zones.flatMap(({ atMs, by }, i) => {
    const [from, to] = [values[i - 1], values[i]];
    return from === undefined || to === undefined || from === to ? [] : [{ atMs, by, from, to }];
  });
}

/**
 * Checks the invariants of the design against what the simulated world really did, and says what is broken. It
 * looks at the zone, the endpoints and what was published; the product's own state is looked at only to see that it
 * tells the truth in the end.
 */
export function violations(sim: Simulation): string[] {
  const services = servicesOf([...sim.deployed, sim.config]);
  return [
    ...wrongChanges(sim),
    ...unsaid(sim),
    ...services.flatMap((service) => [...untold(sim, service), ...untrue(sim, service)]),
  ];
}

/** 1 to 5. What no sweep should have done to a zone. */
export function wrongChanges(sim: Simulation): string[] {
  const check = openChanges(sim);
  return sim.zones.flatMap((change, i) => {
    const before = sim.zones[i - 1];
    return before === undefined ? [] : check(change, before.zone);
  });
}

const moves: readonly Event["kind"][] = [
  "failover",
  "failback",
  "created",
  "moved",
  "taken-out",
  "reweighted",
];
export const isMove = ({ kind }: Pick<Event, "kind">): boolean => moves.includes(kind);

/** 6. Every move of ours is in the history and was told, each under one id. */
export function untold(sim: Simulation, { dns }: Service): string[] {
  const moves = movesOf(sim, dns.name).filter(({ by }) => by !== "user").length;
  const isOurs = (event: Event) => isMove(event) && event.name === dns.name;
  const filed = [...sim.memory.history.values()].filter(isOurs);
  const told = new Set(
    sim.alerts
      .map(({ alert }) => JSON.parse(alert.json) as Event)
      .filter(isOurs)
      .map(({ id }) => id),
  );
  const wrong: string[] = [];
  if (filed.length !== moves)
    wrong.push(`${dns.name}: ${moves} moves, but ${filed.length} in the history (6)`);
  if (told.size !== moves) wrong.push(`${dns.name}: ${moves} moves, but ${told.size} told (6)`);
  for (const { id } of filed) if (!told.has(id)) wrong.push(`${id} is in the history and was never told (6)`);
  return wrong;
}

/** 6. In the end everything that was ever owed is in the history, and of that, every alert was told. */
export function forgotten(sim: Simulation): string[] {
  const { history, owed } = sim.memory;
  const told = new Set(sim.alerts.map(({ alert }) => alert.id));
  const unfiled = [...owed].filter((id) => !history.has(id));
  const unheard = [...history.values()].filter(({ id, alert }) => alert && !told.has(id));
  return [
    ...unfiled.map((id) => `${id} is not in the history (6)`),
    ...unheard.map(({ id }) => `the alert ${id} was never told (6)`),
  ];
}

/**
 * In the end whoever was said to be down, and did not fail any more since `sinceMs`, is said to be up again. That a stale
 * sweep still says that one is down its successor knows nothing of.
 */
export function unended(sim: Simulation, sinceMs: number): string[] {
  const { history, owed } = sim.memory;
  const known = knownOf(sim);
  const events = [...history.values()].filter(
    ({ kind, id }) => kind === "up" || (kind === "down" && owed.has(id)),
  );
  return sim.config.endpoints.flatMap(({ id }) => {
    const last = events
      .filter(({ subject }) => subject === id)
      .sort((a, b) => a.atMs - b.atMs)
      .at(-1);
    const host = hostOfEndpoint([sim.config], id);
    return last?.kind !== "down" || host === undefined || hasFailed(known, host, sinceMs, sim.clock.now())
      ? []
      : [`${last.id} is the last that was said of ${id}, which has been up since`];
  });
}

/** 6. An alert tells of a state that was saved before. */
export const unsaid = (sim: Simulation): string[] =>
  sim.alerts.flatMap(({ alert, wasSaved }) =>
    wasSaved ? [] : [`${alert.id} was told before it was saved (6)`],
  );

/** What is saved in the end is how the zone is: the record, the generation, nothing half done or untold. */
export function untrue(sim: Simulation, service: Service): string[] {
  const { dns } = service;
  const state = sim.memory.cells.get(serviceKey(service))?.body as ServiceState | undefined;
  if (state === undefined) return [`${dns.name} was never saved`];
  if (state.disarmed) return [`${dns.name} is disarmed: ${state.disarmed.why}`];
  const stands = standsIn(zoneNow(sim), dns);
  const wrong: string[] = [];
  if ((state.written ? sayContent(state.written) : "") !== stands.value)
    wrong.push("the saved record is not the zone's");
  if (state.generation !== stands.generation)
    wrong.push(`saved generation ${state.generation}, zone has ${stands.generation}`);
  if (state.intent) wrong.push("a change is still saved as open");
  if (state.propagation) wrong.push("a change is still followed");
  if (state.outbox.length > 0) wrong.push(`${state.outbox.length} events are still to be told`);
  return wrong.map((what) => `${dns.name} in the end: ${what}`);
}

/** In the end a name leads to a host that is up, if any of its targets is. */
export function unserved(sim: Simulation, service: Service, sinceMs: number): string[] {
  if (service.weighted) return unservedShares(sim, service, sinceMs);
  const known = knownOf(sim);
  const { name } = service.dns;
  const isUp = (value: string) => {
    const host = hostOfValue([...sim.deployed, sim.config], name, value);
    return host !== undefined && wasUp(known, host, sinceMs, sim.clock.now());
  };
  const { value } = standsIn(zoneNow(sim), service.dns);
  if (isUp(value) || !service.targets.some((target) => isUp(contentOf(service, target)))) return [];
  const atS = (sim.clock.now() - startMs) / 1000;
  return [`${name} still leads to ${value} at ${atS} s, which is down, and another target is up`];
}
