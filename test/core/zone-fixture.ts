import type { Service } from "../../lambda/core/config.ts";
import { generationName } from "../../lambda/core/generation.ts";
import { type Change, placesOf, type RecordSet, type Standing, together } from "../../lambda/core/records.ts";
import { applyBatch, findSets, openZone, type Zone } from "../../local/route53/zone.ts";
import { shop } from "../sim/config.ts";

/** Two installations of the product in one account. */
export const owner = "stack-1";
export const otherOwner = "stack-2";

export const [frankfurt, ireland, oslo] = [
  { id: "frankfurt", endpoint: "shop/frankfurt", values: ["192.0.2.10"] },
  { id: "ireland", endpoint: "shop/ireland", values: ["198.51.100.20"] },
  { id: "oslo", endpoint: "shop/oslo", values: ["203.0.113.30"] },
];

/** A shop with a primary and two standbys. */
export const shop3: Service = { ...shop, targets: [frankfurt, ireland, oslo] };

/** The shop's record. */
export const pointing = (values: string | readonly string[], ttlSeconds = 15): RecordSet => ({
  name: "shop.example.com",
  type: "A",
  ttlSeconds,
  values: [values].flat(),
});

/** The TXT record beside it. */
export const txt = (generation: number, by = owner, ttlSeconds = 60): RecordSet => ({
  name: "_pointsman-a.shop.example.com",
  type: "TXT",
  ttlSeconds,
  values: [`"owner=${by} gen=${generation}"`],
});

/** What stands in the zone: a record, and at which generation of ours; 0 is none. */
export const standing = (record: RecordSet | null, generation = 0): Standing => ({
  record,
  generation: generation === 0 ? null : txt(generation),
});

/** Route 53's rules, as `local/route53` has them. Undefined when the zone refuses the batch. */
export function apply(zone: Zone, changes: readonly Change[]): Zone | undefined {
  const result = applyBatch(
    zone,
    changes.map(({ action, record }) => ({ action, set: record })),
  );
  return result.ok ? result.zone : undefined;
}

export const zoneWith = (...sets: readonly RecordSet[]): Zone => openZone("Z1", "example.com", sets);

/** What the product reads of a zone for a service. */
export function read(zone: Zone, service: Service): Standing {
  const find = (of: string, which: RecordSet["type"]): RecordSet[] =>
    findSets(zone, of, which).map((set) => ({ ...set, name: of, type: which }));
  const places = placesOf(service.dns);
  const found = places.map(({ name, type }) => find(name, type));
  const { name, type } = service.dns;
  const [generation = null] = find(generationName(name, type), "TXT");
  return { record: together(places, found), generation };
}
