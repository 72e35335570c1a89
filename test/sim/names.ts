import type { Config, Service, Target } from "../../lambda/core/config.ts";
import { generationName, readGeneration } from "../../lambda/core/generation.ts";
import {
  placesOf,
  type RecordSet,
  recordFor,
  sayContent,
  strangeAt,
  together,
} from "../../lambda/core/records.ts";
import { findSet, findSets, type Zone } from "../../local/route53/zone.ts";
import { hostOf } from "./answers.ts";

/** What stands in a zone for a name: the values of its record, and its generation (0: none, NaN: nobody can read it). */
export type Stands = { readonly value: string; readonly generation: number };

export function standsIn(zone: Zone, dns: Service["dns"]): Stands {
  const { name, type } = dns;
  const places = placesOf(dns);
  const found = together(
    places,
    places.map((place) => readIn(zone, place)),
  );
  const value = found === null ? "" : sayContent(found);
  const txt = findSet(zone, generationName(name, type), "TXT");
  if (txt === undefined) return { value, generation: 0 };
  return { value, generation: readGeneration({ ...txt, type: "TXT" })?.generation ?? Number.NaN };
}

/** Everything that stands at a place, named as the product names it. */
export const setsIn = (zone: Zone, { name, type }: Pick<RecordSet, "name" | "type">): RecordSet[] =>
  findSets(zone, name, type).map((set) => ({ ...set, name, type }));

/** What the product reads there: a failover pair is nobody's target. */
export function readIn(zone: Zone, place: Pick<RecordSet, "name" | "type">): RecordSet[] {
  const sets = setsIn(zone, place);
  const [pair] = sets.filter(({ failover }) => failover !== undefined);
  return pair ? [strangeAt(place, pair.ttlSeconds)] : sets;
}

/** The services of all configs, the newest of each name. */
export function servicesOf(configs: readonly Config[]): Service[] {
  const all = configs.flatMap(({ services }) => services);
  return [...new Map(all.map((service) => [service.dns.name, service] as const)).values()];
}

/** The simulated host behind an endpoint, in any of the configs; none for one that was never configured. */
export function hostOfEndpoint(configs: readonly Config[], id: string): string | undefined {
  const found = configs.flatMap(({ endpoints }) => endpoints).findLast((endpoint) => endpoint.id === id);
  return found && hostOf(found.check);
}

/** The simulated host that a name leads to, in any of the configs; none for a value that is no target's. */
export function hostOfValue(configs: readonly Config[], name: string, value: string): string | undefined {
  for (const config of configs) {
    const service = config.services.find(({ dns }) => dns.name === name);
    const target = service?.targets.find((target) => contentOf(service, target) === value);
    if (target) return hostOfEndpoint([config], target.endpoint);
  }
  return undefined;
}

/** What a zone holds for a service while its name points to the target. */
export const contentOf = (service: Service, target: Target): string => sayContent(recordFor(service, target));

/** Whether any of the configs has this value as the name's primary. */
export const isPrimary = (configs: readonly Config[], name: string, value: string): boolean =>
  configs.some(({ services }) =>
    services.some((service) => {
      const [primary] = service.targets;
      return service.dns.name === name && primary !== undefined && contentOf(service, primary) === value;
    }),
  );
