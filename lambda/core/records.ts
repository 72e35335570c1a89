import ipaddr from "ipaddr.js";
import type { Alias, Place, RecordType, Service, Target } from "./config.ts";

/** What a name holds while it points to a target, as a person reads it. */
export const sayTarget = ({ values, alias }: Pick<Target, "values" | "alias">): string =>
  alias === undefined ? values.join(", ") : `alias of ${alias.name}`;

/** The values of a record, or what it is an alias of; where others are moved with it, of each. */
export function sayContent(record: RecordSet): string {
  const parts = partsOf(record);
  if (parts.every((part) => isAtPlace(part, record))) return parts.map(sayPart).join(", ");
  return parts
    .map((part) => `${part.name} ${part.type} ${isThere(part) ? sayPart(part) : "absent"}`)
    .join("; ");
}

const sayPart = ({ weighted, ...part }: RecordSet): string =>
  `${sayTarget(part)}${weighted ? ` (${weighted.setIdentifier} ${weighted.weight})` : ""}`;

/**
 * Whether a name that a server answered these values of a type for points to the target. What an alias is answered with
 * only its own name servers know.
 */
export const holds = (target: Target, type: RecordType, values: readonly string[]): boolean =>
  target.alias === undefined && isSameSet(valuesOf(target, type).map(comparable), values.map(comparable));

/** One of two records of a name and type: the PRIMARY is answered while its health check is healthy. */
export type Failover = {
  readonly role: "PRIMARY" | "SECONDARY";
  readonly setIdentifier: string;
  readonly healthCheckId?: string;
};
/** Route 53's words: the identifier is unlike that of any other set with the name and type, the weight 0 to 255. */
type Weighted = { readonly setIdentifier: string; readonly weight: number };

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
  /** What makes it one of several that share a name and type by weight. */
  readonly weighted?: Weighted;
  /** What is moved with it, in the same batch. One of them that is not there has neither values nor an alias. */
  readonly beside?: readonly RecordSet[];
};

/** Where a record set stands, the generation among them. */
type At = Pick<RecordSet, "name" | "type">;

/** A record that is moved, and those that are moved with it. */
export const placesOf = ({ name, type, beside = [] }: Service["dns"]): Place[] => [{ name, type }, ...beside];

/** The record sets of the zone that a record and those beside it are. */
export const partsOf = ({ beside = [], ...first }: RecordSet): RecordSet[] => [first, ...beside];

export const isThere = ({ values, alias }: RecordSet): boolean => values.length > 0 || alias !== undefined;

/** What was found at each of these places as one record; none where nothing was found at any of them. */
export function together(places: readonly At[], found: readonly (readonly RecordSet[])[]): RecordSet | null {
  const parts = places.flatMap(({ name, type }, i): RecordSet[] => {
    const here = found[i] ?? [];
    return here.length > 0 ? here.toSorted(byIdentifier) : [{ name, type, ttlSeconds: 0, values: [] }];
  });
  const [first, ...beside] = parts;
  if (first === undefined || !parts.some(isThere)) return null;
  return beside.length === 0 ? first : { ...first, beside };
}

const byIdentifier = (a: RecordSet, b: RecordSet): number =>
  `${a.weighted?.setIdentifier}` < `${b.weighted?.setIdentifier}` ? -1 : 1;

export type Change = { readonly action: "DELETE" | "CREATE"; readonly record: RecordSet };

/** What stands in the zone for one service: the record that is moved, and the generation beside it. */
export type Standing = {
  readonly record: RecordSet | null;
  readonly generation: RecordSet | null;
  /** Where the name is moved by beacons: what is the matter with one of them, which the others outvote. */
  readonly unsound?: Unsound;
};

/** What is read for record sets that share their name by another policy than weights, or have a health check. */
const strangeValues: readonly string[] = ["a routing policy or a health check"];

/** It is nobody's target, and not ours to delete, as one batch could not put it back: it disarms, and people are told. */
export const strangeAt = ({ name, type }: At, ttlSeconds: number): RecordSet => ({
  name,
  type,
  ttlSeconds,
  values: strangeValues,
});

/** Why what stands in the zone cannot be taken over as it is; none when it can. */
export function unadoptable({ record, generation }: Standing): string | undefined {
  const all = [record, generation].flatMap((one) => (one === null ? [] : partsOf(one)));
  const strange = all.find(({ values }) => values[0] === strangeValues[0]);
  return (
    strange &&
    `${strange.name} ${strange.type} has ${strange.values}: put a simple record, or weighted ones without a health check, in its place`
  );
}

/** Something that holds nothing up and has to be looked at; `silent` may be over by itself. */
export type Unsound = { readonly why: string; readonly silent: boolean };

/** Addresses go into the records of their family. */
const valuesOf = ({ values }: Target, type: RecordSet["type"]): readonly string[] =>
  type === "CNAME" ? values : values.filter((value) => value.includes(":") === (type === "AAAA"));

const partFor = ({ dns }: Service, target: Target, { name, type }: At): RecordSet => ({
  name,
  type,
  ...(target.alias
    ? { ttlSeconds: 0, values: [], alias: target.alias }
    : { ttlSeconds: dns.ttlSeconds, values: valuesOf(target, type) }),
});

/** How the load of a weighted name is spread over its targets: weights by target; `id` says it to people. */
export type Spread = { readonly id: string; readonly weights: ReadonlyMap<string, number> };

/** What a target carries of a weighted name. */
type Carried = { readonly target: Target; readonly weight: number };

/** Spread like this, and said like that: `frankfurt 100, ireland 5`. */
export const spreadOf = (carried: readonly Carried[]): Spread => ({
  id: carried.map(({ target, weight }) => `${target.id} ${weight}`).join(", "),
  weights: new Map(carried.map(({ target, weight }) => [target.id, weight])),
});

/** Where a name goes: to one target, or spread over all of them. */
export type Destination = Target | Spread;

/** What stands in the zone while the name points to a target, or is spread over all of them. */
export function recordFor(service: Service, to: Destination): RecordSet {
  if ("weights" in to) return spreadRecord(service, to);
  const { name, type, beside } = service.dns;
  return {
    ...partFor(service, to, { name, type }),
    ...(beside && { beside: beside.map((place) => partFor(service, to, place)) }),
  };
}

/** @throws RangeError rather than leave a name without a record */
function spreadRecord(service: Service, { weights }: Spread): RecordSet {
  const found = placesOf(service.dns).map((place) =>
    service.targets.map((target): RecordSet => {
      const weighted = { setIdentifier: target.id, weight: weights.get(target.id) ?? 0 };
      return { ...partFor(service, target, place), weighted };
    }),
  );
  const record = together(placesOf(service.dns), found);
  if (record === null) throw new RangeError(`${service.id} has no targets`);
  return record;
}

/** Equal in everything Route 53 may compare for a DELETE: name, type, TTL and the values or the alias, letter by letter. */
export const sameRecord = (a: RecordSet | null, b: RecordSet | null): boolean =>
  isSameEach(
    a,
    b,
    (one, other) =>
      isSameSlot(one, other) &&
      one.weighted?.weight === other.weighted?.weight &&
      one.ttlSeconds === other.ttlSeconds &&
      isSameSet(one.values, other.values) &&
      one.alias?.evaluateTargetHealth === other.alias?.evaluateTargetHealth &&
      one.alias?.name === other.alias?.name &&
      one.alias?.zoneId === other.alias?.zoneId,
  );

/** The same answers to who asks: the TTL and the spelling of names say nothing. No record is like no record only. */
export const sameValues = (a: RecordSet | null, b: RecordSet | null): boolean =>
  isSameEach(
    a,
    b,
    (one, other) => one.weighted?.weight === other.weighted?.weight && isSameShare(one, other),
  );

/** The same but for its weight. */
const isSameShare = (one: RecordSet, other: RecordSet): boolean =>
  one.weighted?.setIdentifier === other.weighted?.setIdentifier &&
  isSameSet(one.values.map(comparable), other.values.map(comparable)) &&
  isSameAlias(one.alias, other.alias);

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

export const isAtPlace = (a: RecordSet, b: At): boolean => a.name === b.name && a.type === b.type;

/** What Route 53 tells a record set by. */
export const isSameSlot = (a: RecordSet, b: RecordSet): boolean =>
  isAtPlace(a, b) && a.weighted?.setIdentifier === b.weighted?.setIdentifier;

/** Whether Route 53 may look at the target's health changes nothing where there is but one record to answer. */
const isSameAlias = (a: Alias | undefined, b: Alias | undefined): boolean =>
  a === undefined || b === undefined
    ? a === b
    : a.zoneId === b.zoneId && comparable(a.name) === comparable(b.name);

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  const [these, those] = [new Set(a), new Set(b)];
  return these.size === those.size && [...these].every((value) => those.has(value));
}

/**
 * CNAME values are names: case and the trailing dot say nothing. An IPv6 address has many spellings. TXT values and IPv4
 * addresses are as they are.
 */
function comparable(value: string): string {
  if (value.startsWith('"')) return value;
  return ipaddr.IPv6.isValid(value)
    ? ipaddr.IPv6.parse(value).toString()
    : value.toLowerCase().replace(/\.$/, "");
}

/** Every tick asks of every service where it points to, and it is seldom somewhere new. */
const lastAsked = new WeakMap<RecordSet, { readonly service: Service; readonly is: string }>();

/**
 * The target the record points to, or how a weighted one is spread: none for no record, `orphan` for one of ours the
 * config no longer has.
 */
export function pointsTo(service: Service, record: RecordSet | null): string | undefined {
  if (record === null) return undefined;
  const known = lastAsked.get(record);
  if (known?.service === service) return known.is;
  const is = whereTo(service, record);
  lastAsked.set(record, { service, is });
  return is;
}

function whereTo(service: Service, record: RecordSet): string {
  const found = service.targets.find((target) => sameValues(recordFor(service, target), record));
  if (found) return found.id;
  const isOurs = (part: RecordSet) => service.targets.some((target) => isShareOf(service, target, part));
  if (service.weighted === undefined || !partsOf(record).every(isOurs)) return "orphan";
  return spreadOf(weightsIn(service, record)).id;
}

const isShareOf = (service: Service, target: Target, part: RecordSet): boolean =>
  part.weighted?.setIdentifier === target.id && isServer(service, target, part);

/** What a target carries of a weighted name while all is well. */
export const fullWeight = ({ weight = 100 }: Target): number => weight;

/**
 * What each target carries by the record: all, where it stands alone; nothing, where its values are others. A deploy that
 * calls it by another id leaves it what it carried.
 */
export function weightsIn(service: Service, record: RecordSet | null): Carried[] {
  const sets = (record === null ? [] : partsOf(record)).flatMap((part) =>
    part.weighted ? [{ ...part, weighted: part.weighted }] : [],
  );
  const strays = sets.filter((set) => !service.targets.some((target) => isShareOf(service, target, set)));
  return service.targets.map((target) => {
    if (sameValues(recordFor(service, target), record)) return { target, weight: fullWeight(target) };
    const own = sets.filter((set) => isShareOf(service, target, set));
    const shares = own.length > 0 ? own : strays.filter((set) => isServer(service, target, set));
    return { target, weight: Math.max(0, ...shares.map(({ weighted }) => weighted.weight)) };
  });
}

/** The same server, by whatever identifier. */
const isServer = (service: Service, target: Target, part: RecordSet): boolean =>
  isSameShare({ ...partFor(service, target, part), ...(part.weighted && { weighted: part.weighted }) }, part);

/**
 * The targets that the record is answered with: of weighted ones those with a weight, or all while none has any. None,
 * where only something is answered that the config does not have.
 */
export function carriers(service: Service, record: RecordSet | null): readonly Target[] {
  const at = pointsTo(service, record);
  if (record === null || service.weighted === undefined) return service.targets.filter(({ id }) => id === at);
  const some = weightsIn(service, record).flatMap(({ target, weight }) => (weight > 0 ? [target] : []));
  return some.length > 0 || at === "orphan" ? some : service.targets;
}
