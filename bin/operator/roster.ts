import { normalHost } from "../../config/address.ts";
import { suggestion } from "../../config/suggest.ts";
import type { Service, Target } from "../../lambda/core/config.ts";
import { type Roster, rosterKey } from "../../lambda/core/roster.ts";
import type { Desk } from "./desk.ts";

/** What is deployed. @throws where no sweep has run yet */
export async function readRoster({ store }: Desk): Promise<Roster> {
  const row = await store.cell<Roster>(rosterKey).read();
  if (row !== undefined) return row.body;
  throw new Error("no sweep has run on these tables yet; the first one comes within a minute of a deploy");
}

const meant = (id: string, known: readonly string[]): string =>
  suggestion(id, known) ?? `there are ${known.length}; pointsman status lists them`;

const unknown = (what: string, id: string, known: readonly string[]): Error =>
  new Error(
    known.length === 0 ? `no ${what} is deployed` : `no ${what} ${id} is deployed; ${meant(id, known)}`,
  );

/**
 * The service that is called so, or moves that name, in any case and with or without a trailing dot.
 *
 * @throws with the near names when there is none
 */
export function serviceCalled({ services }: Roster, id: string): Service {
  const called = normalHost(id);
  const found =
    services.find((service) => service.id === called) ?? only(services, ({ dns }) => dns.name === called);
  if (found) return found;
  throw unknown(
    "service",
    id,
    services.map((service) => service.id),
  );
}

/** @throws with the near names when there is none */
export function targetCalled({ id: service, targets }: Service, id: string): Target {
  const called = id.toLowerCase();
  const found = targets.find((target) => target.id === called || target.endpoint === called);
  if (found) return found;
  const known = targets.map((target) => target.id);
  throw new Error(`${service} has no target ${id}; ${meant(id, known)}`);
}

/** An endpoint, and the service whose target it is. */
export type Place = { readonly endpoint: string; readonly service?: Service; readonly target?: Target };

/** Every endpoint that is watched. */
export const placesOf = ({ services, endpoints }: Roster): Place[] => [
  ...services.flatMap((service) =>
    service.targets.map((target) => ({ endpoint: target.endpoint, service, target })),
  ),
  ...endpoints.map((endpoint) => ({ endpoint })),
];

/** The endpoint that is called so: in full, or by its target's name where only one has it. @throws as above */
export function placeCalled(roster: Roster, id: string): Place {
  const places = placesOf(roster);
  const called = id.toLowerCase();
  const found = places.find(({ endpoint }) => endpoint === called);
  if (found) return found;
  const named = places.filter(({ target }) => target?.id === called);
  const [first, second] = named;
  if (first && second) {
    throw new Error(`${id} is several: ${named.map(({ endpoint }) => endpoint).join(", ")}; say which`);
  }
  if (first) return first;
  const service = roster.services.find((service) => service.id === id);
  if (service) {
    const targets = service.targets.map(({ endpoint }) => endpoint).join(", ");
    throw new Error(`${id} is a service; say one of its targets: ${targets}`);
  }
  throw unknown(
    "target or endpoint",
    id,
    places.map(({ endpoint }) => endpoint),
  );
}

function only<T>(list: readonly T[], isIt: (one: T) => boolean): T | undefined {
  const [first, ...others] = list.filter(isIt);
  return others.length === 0 ? first : undefined;
}
