import type { Alias, RecordType, Service, Target } from "./config.ts";

/** What a name holds while it points to a target, as a person reads it. */
export const sayTarget = (target: Target): string => sayContent(target);

/** The values of a record, or what it is an alias of. */
export const sayContent = ({ values, alias }: Pick<RecordSet, "values" | "alias">): string =>
  alias === undefined ? values.join(", ") : `alias of ${alias.name}`;

/**
 * Whether a name with these values, as a server answered them, points to the target. What an alias is answered with
 * only its own name servers know.
 */
export const holds = (target: Target, values: readonly string[]): boolean =>
  target.alias === undefined && isSameSet(target.values.map(comparable), values.map(comparable));

/** A record set as Route 53 holds it. Names are lower-case, without the trailing dot. */
export type RecordSet = {
  readonly name: string;
  readonly type: RecordType | "TXT";
  /** 0 of an alias, which has none of its own. */
  readonly ttlSeconds: number;
  /** None of an alias. */
  readonly values: readonly string[];
  readonly alias?: Alias;
};

export type Change = { readonly action: "DELETE" | "CREATE"; readonly record: RecordSet };

/** What stands in the zone for one service: the record that is moved, and the generation beside it. */
export type Standing = { readonly record: RecordSet | null; readonly generation: RecordSet | null };

export const recordFor = (service: Service, target: Target): RecordSet => ({
  name: service.dns.name,
  type: service.dns.type,
  ...(target.alias
    ? { ttlSeconds: 0, values: [], alias: target.alias }
    : { ttlSeconds: service.dns.ttlSeconds, values: target.values }),
});

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
 * Who wrote the TXT record, and which generation it says; none when it is not exactly as `generationRecord` writes
 * it: a batch could not delete it then.
 */
export function readGeneration(record: RecordSet): { owner: string; generation: number } | undefined {
  if (record.ttlSeconds !== generationTtlSeconds || record.values.length !== 1) return undefined;
  const [, owner, generation] = /^"owner=(\S+) gen=([1-9]\d{0,14})"$/.exec(record.values.join()) ?? [];
  return owner === undefined ? undefined : { owner, generation: Number(generation) };
}

/**
 * What shows that name servers have a change: the record itself. Of an alias only they know what it is answered with;
 * there it is the generation, which came in the same batch.
 */
export const witness = (
  service: Service,
  written: RecordSet,
  generation: number,
  owner: string,
): RecordSet =>
  written.alias === undefined ? written : (generationRecord(service.dns, owner, generation) ?? written);

/** Equal in everything Route 53 may compare for a DELETE: name, type, TTL and the values or the alias, letter by letter. */
export const sameRecord = (a: RecordSet | null, b: RecordSet | null): boolean =>
  a === null || b === null
    ? a === b
    : a.name === b.name &&
      a.type === b.type &&
      a.ttlSeconds === b.ttlSeconds &&
      isSameSet(a.values, b.values) &&
      a.alias?.evaluateTargetHealth === b.alias?.evaluateTargetHealth &&
      a.alias?.name === b.alias?.name &&
      a.alias?.zoneId === b.alias?.zoneId;

/** The same answer to who asks: the TTL and the spelling of names say nothing. No record is like no record only. */
export const sameValues = (a: RecordSet | null, b: RecordSet | null): boolean =>
  a === null || b === null
    ? a === b
    : isSameSet(a.values.map(comparable), b.values.map(comparable)) && isSameAlias(a.alias, b.alias);

/** Whether Route 53 may look at the target's health changes nothing where there is but one record to answer. */
const isSameAlias = (a: Alias | undefined, b: Alias | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : a.zoneId === b.zoneId && comparable(a.name) === comparable(b.name);

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  const [these, those] = [new Set(a), new Set(b)];
  return these.size === those.size && [...these].every((value) => those.has(value));
}

/** CNAME values are names: case and the trailing dot say nothing. TXT values and addresses are as they are. */
const comparable = (value: string): string =>
  value.startsWith('"') ? value : value.toLowerCase().replace(/\.$/, "");

/** The target the record points to: none for no record, `orphan` for one of ours the config no longer has. */
export function pointsTo(service: Service, record: RecordSet | null): string | undefined {
  if (record === null) return undefined;
  const found = service.targets.find((target) => sameValues(recordFor(service, target), record));
  return found?.id ?? "orphan";
}

/**
 * The changes of one atomic batch that turn `now` into `want`: compare-and-set, since Route 53 refuses the whole
 * batch when a DELETE does not match or a CREATE finds something.
 *
 * @throws RangeError rather than leave the name without a record
 */
export function swap(now: RecordSet | null, want: RecordSet | null): Change[] {
  if (want === null || (want.values.length === 0 && want.alias === undefined)) {
    throw new RangeError(`a change must not leave ${now?.name ?? "a name"} without a record`);
  }
  const create: Change = { action: "CREATE", record: want };
  return now === null ? [create] : [{ action: "DELETE", record: now }, create];
}
