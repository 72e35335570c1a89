import type { Config, Service } from "../../lambda/core/config.ts";
import {
  generationName,
  type RecordSet,
  readGeneration,
  sayContent,
  sayTarget,
} from "../../lambda/core/records.ts";
import { findSet, type Zone } from "../../local/route53/zone.ts";
import { hostOf } from "./answers.ts";

/** What stands in a zone for a name: the values of its record, and its generation (0: none, NaN: nobody can read it). */
export type Stands = { readonly value: string; readonly generation: number };

/** Nothing to a name without a record. */
const contentOf = (set: Pick<RecordSet, "values" | "alias"> | undefined): string =>
  set === undefined ? "" : sayContent(set);

export function standsIn(zone: Zone, { name, type }: Service["dns"]): Stands {
  const value = contentOf(findSet(zone, name, type));
  const txt = findSet(zone, generationName(name, type), "TXT");
  if (txt === undefined) return { value, generation: 0 };
  return { value, generation: readGeneration({ ...txt, type: "TXT" })?.generation ?? Number.NaN };
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
    const targets = config.services.find(({ dns }) => dns.name === name)?.targets ?? [];
    const target = targets.find((target) => sayTarget(target) === value);
    if (target) return hostOfEndpoint([config], target.endpoint);
  }
  return undefined;
}

/** Whether any of the configs has this value as the name's primary. */
export const isPrimary = (configs: readonly Config[], name: string, value: string): boolean =>
  configs.some(({ services }) =>
    services.some(
      ({ dns, targets }) => dns.name === name && targets[0] !== undefined && sayTarget(targets[0]) === value,
    ),
  );
