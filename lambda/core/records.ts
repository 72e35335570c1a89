import type { Alias, Place, RecordType, Service, Target } from "./config.ts";

/** What a name holds while it points to a target, as a person reads it. */
export const sayTarget = ({ values, alias }: Pick<Target, "values" | "alias">): string =>
  alias === undefined ? values.join(", ") : `alias of ${alias.name}`;

/** The values of a record, or what it is an alias of; where others are moved with it, of each. */
export const sayContent = (record: RecordSet): string =>
  record.beside === undefined
    ? sayTarget(record)
    : partsOf(record)
        .map((part) => `${part.name} ${part.type} ${isThere(part) ? sayTarget(part) : "absent"}`)
        .join("; ");

/**
 * Whether a name with these values, as a server answered them, points to the target. What an alias is answered with
 * only its own name servers know.
 */
export const holds = (target: Target, values: readonly string[]): boolean =>
  target.alias === undefined && isSameSet(target.values.map(comparable), values.map(comparable));

/** One of two records of a name and type: the PRIMARY is answered while its health check is healthy. */
export type Failover = {
  readonly role: "PRIMARY" | "SECONDARY";
  readonly setIdentifier: string;
  readonly healthCheckId?: string;
};

/** A record set as Route 53 holds it. Names are lower-case, without the trailing dot. */
export type RecordSet = {
  readonly name: string;
  readonly type: RecordType | "TXT";
  /** 0 of an alias, which has none of its own. */
  readonly ttlSeconds: number;
  /** None of an alias. */
  readonly values: readonly string[];
  readonly alias?: Alias;
  /** What makes it one of a failover pair; a simple record otherwise. */
  readonly failover?: Failover;
  /** What is moved with it, in the same batch. One of them that is not there has neither values nor an alias. */
  readonly beside?: readonly RecordSet[];
};

/** A record that is moved, and those that are moved with it. */
export const placesOf = ({ name, type, beside = [] }: Service["dns"]): Place[] => [{ name, type }, ...beside];

/** The record sets of the zone that a record and those beside it are. */
export const partsOf = ({ beside = [], ...first }: RecordSet): RecordSet[] => [first, ...beside];

const isThere = ({ values, alias }: RecordSet): boolean => values.length > 0 || alias !== undefined;

/** What was found at each of these places as one record; none where nothing was found at any of them. */
export function together(
  places: readonly Pick<RecordSet, "name" | "type">[],
  found: readonly (RecordSet | null)[],
): RecordSet | null {
  const parts = places.map(({ name, type }, i) => found[i] ?? { name, type, ttlSeconds: 0, values: [] });
  const [first, ...beside] = parts;
  if (first === undefined || !parts.some(isThere)) return null;
  return beside.length === 0 ? first : { ...first, beside };
}

export type Change = { readonly action: "DELETE" | "CREATE"; readonly record: RecordSet };

/** What stands in the zone for one service: the record that is moved, and the generation beside it. */
export type Standing = {
  readonly record: RecordSet | null;
  readonly generation: RecordSet | null;
  /** Where the name is moved by beacons: what is the matter with one of them, which the others outvote. */
  readonly unsound?: Unsound;
};

/** Something that holds nothing up and has to be looked at; `silent` may be over by itself. */
export type Unsound = { readonly why: string; readonly silent: boolean };

/** Addresses go into the records of their family. */
const valuesOf = ({ values }: Target, type: RecordType): readonly string[] =>
  type === "CNAME" ? values : values.filter((value) => value.includes(":") === (type === "AAAA"));

const partFor = ({ dns }: Service, target: Target, { name, type }: Place): RecordSet => ({
  name,
  type,
  ...(target.alias
    ? { ttlSeconds: 0, values: [], alias: target.alias }
    : { ttlSeconds: dns.ttlSeconds, values: valuesOf(target, type) }),
});

export const recordFor = (service: Service, target: Target): RecordSet => {
  const { name, type, beside } = service.dns;
  return {
    ...partFor(service, target, { name, type }),
    ...(beside && { beside: beside.map((place) => partFor(service, target, place)) }),
  };
};

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
 * What shows that name servers have a change: the records themselves. Of an alias only they know what it is answered
 * with, and a conversion changes no answer; there it is the generation, which came in the same batch.
 */
export function witnesses(
  service: Service,
  written: RecordSet,
  generation: number,
  owner: string,
  isConversion = false,
): RecordSet[] {
  const parts = partsOf(written).filter(isThere);
  const plain = parts.filter(({ alias }) => alias === undefined);
  const txt = generationRecord(service.dns, owner, generation);
  const showsItself = plain.length === parts.length && !isConversion;
  return showsItself || txt === null ? plain : [...plain, txt];
}

/** Equal in everything Route 53 may compare for a DELETE: name, type, TTL and the values or the alias, letter by letter. */
export const sameRecord = (a: RecordSet | null, b: RecordSet | null): boolean =>
  isSameEach(
    a,
    b,
    (one, other) =>
      isSamePlace(one, other) &&
      one.ttlSeconds === other.ttlSeconds &&
      isSameSet(one.values, other.values) &&
      one.alias?.evaluateTargetHealth === other.alias?.evaluateTargetHealth &&
      one.alias?.name === other.alias?.name &&
      one.alias?.zoneId === other.alias?.zoneId,
  );

/** The same answer to who asks: the TTL and the spelling of names say nothing. No record is like no record only. */
export const sameValues = (a: RecordSet | null, b: RecordSet | null): boolean =>
  isSameEach(
    a,
    b,
    (one, other) =>
      isSameSet(one.values.map(comparable), other.values.map(comparable)) &&
      isSameAlias(one.alias, other.alias),
  );

function isSameEach(
  a: RecordSet | null,
  b: RecordSet | null,
  isSame: (one: RecordSet, other: RecordSet) => boolean,
): boolean {
  if (a === null || b === null) return a === b;
  const [these, those] = [partsOf(a), partsOf(b)];
  return (
    these.length === those.length &&
    these.every((one, i) => {
      const other = those[i];
      return other !== undefined && isSame(one, other);
    })
  );
}

const isSamePlace = (a: RecordSet, b: RecordSet): boolean => a.name === b.name && a.type === b.type;

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
  const known = lastAsked.get(record);
  if (known?.service === service) return known.is;
  const is = service.targets.find((target) => sameValues(recordFor(service, target), record))?.id ?? "orphan";
  lastAsked.set(record, { service, is });
  return is;
}

/** Every tick asks of every service where it points to, and it is seldom somewhere new. */
const lastAsked = new WeakMap<RecordSet, { readonly service: Service; readonly is: string }>();

/**
 * The changes of one atomic batch that turn `now` into `want`: compare-and-set of each of their records, since Route 53
 * refuses the whole batch when a DELETE does not match or a CREATE finds something. What stands beside `now` and is not
 * wanted any more is left as it is.
 *
 * @throws RangeError rather than leave a name without a record
 */
export function swap(now: RecordSet | null, want: RecordSet | null): Change[] {
  const before = now === null ? [] : partsOf(now).filter(isThere);
  const after = want === null ? [] : partsOf(want);
  const old = (part: RecordSet) => before.find((one) => isSamePlace(one, part));
  const emptied = after.find((part) => !isThere(part) && old(part) !== undefined);
  if (emptied !== undefined || !after.some(isThere)) {
    const name = (emptied ?? now)?.name ?? "a name";
    throw new RangeError(`a change must not leave ${name} without a record`);
  }
  return after.filter(isThere).flatMap((record): Change[] => {
    const found = old(record);
    const create: Change = { action: "CREATE", record };
    return found === undefined ? [create] : [{ action: "DELETE", record: found }, create];
  });
}
