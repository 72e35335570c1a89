import type { RecordType } from "./config.ts";
import type { RecordSet } from "./records.ts";

/**
 * The name of the TXT record that fences a service's record: `_pointsman-a.shop.example.com`. It stands below
 * the moved name, so it is in the same zone whatever that zone is called, and a person who finds it sees what
 * it belongs to. A wildcard's stands beside it.
 */
export function generationName(name: string, type: RecordType): string {
  const label = `_pointsman-${type.toLowerCase()}`;
  return name.startsWith("*.") ? `${label}-wildcard.${name.slice(2)}` : `${label}.${name}`;
}

/** Resolvers seldom ask for it; its TTL only has to be the same in every change. */
const generationTtlSeconds = 60;

/** The TXT record of a generation; generation 0 has none. */
export function generationRecord(
  dns: { name: string; type: RecordType },
  owner: string,
  generation: number,
): RecordSet | null {
  if (generation === 0) return null;
  return {
    name: generationName(dns.name, dns.type),
    type: "TXT",
    ttlSeconds: generationTtlSeconds,
    values: [`"owner=${owner} gen=${generation}"`],
  };
}

/**
 * Whether a text that was answered may be anybody's generation. Where there is none a wildcard may speak: `*.example.com`,
 * a CNAME to the apex, answers the apex's texts.
 */
export const isGenerationText = (value: string): boolean => value.startsWith('"owner=');

/**
 * Who wrote the TXT record, and which generation it says; none when it is not exactly as `generationRecord` writes
 * it: a batch could not delete it then.
 */
export function readGeneration(record: RecordSet): { owner: string; generation: number } | undefined {
  const isPlain = record.weighted === undefined && record.beside === undefined;
  if (!isPlain || record.ttlSeconds !== generationTtlSeconds || record.values.length !== 1) return undefined;
  const [, owner, generation] = /^"owner=(\S+) gen=([1-9]\d{0,14})"$/.exec(record.values.join()) ?? [];
  return owner === undefined ? undefined : { owner, generation: Number(generation) };
}
