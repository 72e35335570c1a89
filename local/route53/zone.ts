import { type Alias, aliasInputProblem, aliasProblem, isSameAlias, normalizeAlias } from "./alias.ts";
import { isWithin, normalizeName, reversedLabels, wildcardLabel } from "./names.ts";
import { canonicalValue, type RecordType, recordTypes, valueProblem } from "./values.ts";
import { identifierOf, type Weighted, weightedProblem } from "./weighted.ts";

/**
 * A hosted zone and what a change batch does to it. Nothing here knows of time, chance or the network, and a zone is
 * never altered: a batch yields another one. Pages named in the rules are of the Route 53 API Reference unless
 * "Developer Guide" is said.
 */

/** What makes a record set one of a failover pair (API_ResourceRecordSet, Failover). */
export type Failover = {
  readonly role: "PRIMARY" | "SECONDARY";
  /** Unlike that of any other set with the name and type; 1 to 128 characters. */
  readonly setIdentifier: string;
  readonly healthCheckId?: string;
};

/** All records of one name and type. In a zone, `name` is spelt as Route 53 spells it. */
export type RecordSet = {
  readonly name: string;
  readonly type: RecordType;
  /** 0 of an alias, which has none of its own. */
  readonly ttlSeconds: number;
  /** None of an alias. */
  readonly values: readonly string[];
  /** One of two sets with this name and type; a simple record set otherwise. */
  readonly failover?: Failover;
  /** One of several sets with this name and type. */
  readonly weighted?: Weighted;
  /** In a zone, `name` is spelt as Route 53 spells it. */
  readonly alias?: Alias;
};

export type Zone = {
  readonly id: string;
  /** Spelt as Route 53 spells it. */
  readonly name: string;
  /** Answered within VPCs only; GetHostedZone names no name servers of it. */
  readonly isPrivate?: true;
  /** Record sets by name. */
  readonly names: ReadonlyMap<string, readonly RecordSet[]>;
};

export type Action = "CREATE" | "DELETE" | "UPSERT";
export type Change = { readonly action: Action; readonly set: RecordSet };

export type BatchResult =
  | { readonly ok: true; readonly zone: Zone }
  | {
      readonly ok: false;
      /** InvalidInput: no sense in the request itself; InvalidChangeBatch: this zone refuses it. */
      readonly code: "InvalidInput" | "InvalidChangeBatch";
      /** One for each change that was refused. */
      readonly messages: readonly string[];
    };

/** Developer Guide, "Quotas": in one request, and an UPSERT's count twice. */
const maxBatchRecords = 1000;
const maxBatchCharacters = 32_000;
/** API_ResourceRecordSet, TTL. */
const maxTtlSeconds = 2_147_483_647;

/**
 * A zone as CreateHostedZone leaves it, with a SOA and an NS set (Developer Guide, "NS and SOA records that Route 53
 * creates"), and `sets` created in it. Throws when the zone's rules refuse one of them: the caller wrote it.
 */
export function openZone(id: string, name: string, sets: readonly RecordSet[] = []): Zone {
  const apex = normalizeName(name);
  if (!apex) throw new Error(`zone ${id}: ${JSON.stringify(name)} is no domain name`);
  const soa = "ns-1.route53.test. hostmaster.route53.test. 1 7200 900 1209600 86400";
  const born: readonly RecordSet[] = [
    { name: apex, type: "NS", ttlSeconds: 172_800, values: ["ns-1.route53.test.", "ns-2.route53.test."] },
    { name: apex, type: "SOA", ttlSeconds: 900, values: [soa] },
  ];
  const empty: Zone = { id, name: apex, names: new Map([[apex, born]]) };
  if (sets.length === 0) return empty;
  const result = applyBatch(
    empty,
    sets.map((set) => ({ action: "CREATE", set })),
  );
  if (!result.ok) throw new Error(`zone ${id}: ${result.messages.join("; ")}`);
  return result.zone;
}

/** The set of that name, in any spelling, and type. */
export function findSet(zone: Zone, name: string, type: RecordType): RecordSet | undefined {
  return setsAt(zone.names, normalizeName(name) ?? "").find((set) => set.type === type);
}

/** All sets of that name, in any spelling, and type, in Route 53's order. */
export const findSets = (zone: Zone, name: string, type: RecordType): readonly RecordSet[] =>
  setsAt(zone.names, normalizeName(name) ?? "")
    .filter((set) => set.type === type)
    .sort((a, b) => (sortKeyOf(a) < sortKeyOf(b) ? -1 : 1));

/** All sets in Route 53's order: by name with the labels reversed, then by type (API_ListResourceRecordSets). */
export function listSets(zone: Zone): readonly RecordSet[] {
  const keyed = [...zone.names.values()].flat().map((set) => ({ set, key: sortKeyOf(set) }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ set }) => set);
}

/** What `listSets` sorts by; without a type, the place just before the name's first set. */
export function sortKey(name: string, type = "", setIdentifier = ""): string {
  return `${reversedLabels(name)} ${type} ${setIdentifier}`;
}

export const sortKeyOf = (set: RecordSet): string => sortKey(set.name, set.type, identifierOf(set));

/** A name's set is told from others by its type and its set identifier (API_ResourceRecordSet, SetIdentifier). */
const isSamePlace = (a: RecordSet, b: RecordSet): boolean =>
  a.type === b.type && identifierOf(a) === identifierOf(b);

/**
 * What the zone becomes when the whole batch is applied, or why it is refused: all changes are made or none
 * (API_ChangeResourceRecordSets, "Change Batches and Transactional Changes"). The changes are taken in order, each
 * one seeing what those before it did; a refused one is passed over so that the messages name them all.
 */
export function applyBatch(zone: Zone, changes: readonly Change[]): BatchResult {
  const senseless = inputProblems(changes);
  if (senseless.length > 0) return { ok: false, code: "InvalidInput", messages: senseless };
  const oversize = sizeProblems(changes);
  if (oversize.length > 0) return { ok: false, code: "InvalidChangeBatch", messages: oversize };
  const names = new Map(zone.names);
  const messages: string[] = [];
  for (const change of changes) {
    const problem = applyChange(zone, names, change);
    if (problem) messages.push(problem);
  }
  if (messages.length > 0) return { ok: false, code: "InvalidChangeBatch", messages };
  return { ok: true, zone: { ...zone, names } };
}

function applyChange(
  { id, name: apex }: Zone,
  names: Map<string, readonly RecordSet[]>,
  change: Change,
): string | undefined {
  const name = normalizeName(change.set.name);
  if (!name) return `The name ${change.set.name} is not a valid domain name`;
  // Not documented in words: the service's own message, as users report it.
  if (!isWithin(name, apex)) return `RRSet with DNS name ${name} is not permitted in zone ${apex}`;
  const set: RecordSet = { ...change.set, name, ...normalizeAlias(change.set) };
  const here = setsAt(names, name);
  const problem =
    change.action === "DELETE"
      ? deleteProblem(apex, here, set)
      : (putProblem(apex, here, change.action, set) ?? aliasProblem({ id, name: apex }, names, set));
  if (problem) return problem;
  const others = here.filter((other) => !isSamePlace(other, set));
  const after = change.action === "DELETE" ? others : [...others, set];
  if (after.length > 0) names.set(name, after);
  else names.delete(name);
  return undefined;
}

/** API_Change, DELETE: all the same values as in the set, or nothing is deleted. */
function deleteProblem(apex: string, here: readonly RecordSet[], set: RecordSet): string | undefined {
  const tried = `Tried to delete resource record set [name='${set.name}', type='${set.type}']`;
  const found = here.find((other) => isSamePlace(other, set));
  if (!found) return `${tried} but it was not found`;
  if (!isSame(found, set)) return `${tried} but the values provided do not match the current values`;
  // Developer Guide, "NS and SOA records that Route 53 creates": they stay as long as the zone does.
  if (set.name === apex && set.type === "SOA") return "A HostedZone must contain exactly one SOA record.";
  if (set.name === apex && set.type === "NS") {
    return "A HostedZone must contain at least one NS record for the zone itself.";
  }
  return undefined;
}

function putProblem(
  apex: string,
  here: readonly RecordSet[],
  action: "CREATE" | "UPSERT",
  set: RecordSet,
): string | undefined {
  // API_Change, CREATE and UPSERT: only the latter takes the place of a set that exists.
  if (action === "CREATE" && here.some((other) => isSamePlace(other, set))) {
    return `Tried to create resource record set [name='${set.name}', type='${set.type}'] but it already exists`;
  }
  return (
    placeProblem(apex, here, set) ??
    failoverProblem(here, set) ??
    weightedProblem(here, set) ??
    valuesProblem(set)
  );
}

/**
 * A name and type has a simple set, or one PRIMARY and one SECONDARY (API_ResourceRecordSet, Failover and
 * SetIdentifier). Developer Guide, "Values specific for failover records": a PRIMARY that is no alias has a health check.
 */
function failoverProblem(here: readonly RecordSet[], { name, type, ...set }: RecordSet): string | undefined {
  const which = `[name='${name}', type='${type}']`;
  const { failover } = set;
  const others = here.filter((other) => other.type === type);
  if (failover === undefined) {
    return others.some((other) => other.failover)
      ? `RRSet ${which} without a set identifier conflicts with one that has one`
      : undefined;
  }
  if (others.some((other) => !other.failover)) return `RRSet ${which} conflicts with a simple record set`;
  if (failover.role === "PRIMARY" && failover.healthCheckId === undefined)
    return `Invalid request: missing health check of the PRIMARY ${which}`;
  const isTaken = others.some(
    (other) =>
      other.failover?.role === failover.role && other.failover.setIdentifier !== failover.setIdentifier,
  );
  return isTaken ? `RRSet ${which} has a ${failover.role} already` : undefined;
}

/** Which types may stand where. */
function placeProblem(apex: string, here: readonly RecordSet[], set: RecordSet): string | undefined {
  const rrset = `RRSet of type ${set.type} with DNS name ${set.name} is not permitted`;
  // Developer Guide, "Supported DNS record types", CNAME: not at the zone apex, nor beside any other record.
  if (set.type === "CNAME" && set.name === apex) return `${rrset} at apex in zone ${apex}`;
  if (set.type === "CNAME" && here.some((other) => other.type !== "CNAME")) {
    return `${rrset} as it conflicts with other records with the same DNS name in zone ${apex}`;
  }
  if (set.type !== "CNAME" && here.some((other) => other.type === "CNAME")) {
    return `${rrset} because a conflicting RRSet of type CNAME with the same DNS name already exists in zone ${apex}`;
  }
  if (set.type === "SOA" && set.name !== apex) return `${rrset}: a SOA record stands at the zone apex only`;
  // API_ResourceRecordSet, Name: no wildcard for NS.
  if (set.type === "NS" && set.name.startsWith(`${wildcardLabel}.`)) return `${rrset}: no wildcard for NS`;
  return undefined;
}

function valuesProblem({ name, type, values }: RecordSet): string | undefined {
  // API_ResourceRecord, Value: more than one for all types except CNAME and SOA.
  if (values.length > 1 && (type === "CNAME" || type === "SOA")) {
    return `RRSet of type ${type} with DNS name ${name} is not permitted to have multiple values`;
  }
  for (const value of values) {
    const problem = valueProblem(type, value);
    if (problem) return `Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`;
  }
  // Two equal records are one record (RFC 2181, 5); the service refuses the set.
  const distinct = new Set(values.map((value) => canonicalValue(type, value)));
  if (distinct.size < values.length) return `Duplicate Resource Record in [name='${name}', type='${type}']`;
  return undefined;
}

/** API_Change and API_ResourceRecordSet: what their fields may hold, whatever the zone. */
function inputProblems(changes: readonly Change[]): readonly string[] {
  if (changes.length === 0) return ["Invalid request: a change batch holds at least one change"];
  return changes.flatMap(({ set }) => {
    const change = `in the change of [name='${set.name}', type='${set.type}']`;
    if (!recordTypes.includes(set.type)) return [`Invalid request: unknown or unsupported type ${change}`];
    if (set.alias) return aliasInputProblem(set).map((problem) => `Invalid request: ${problem} ${change}`);
    if (set.values.length === 0) return [`Invalid request: expected TTL and ResourceRecords ${change}`];
    const inRange =
      Number.isInteger(set.ttlSeconds) && set.ttlSeconds >= 0 && set.ttlSeconds <= maxTtlSeconds;
    return inRange ? [] : [`Invalid request: TTL must be 0 to ${maxTtlSeconds} seconds ${change}`];
  });
}

function sizeProblems(changes: readonly Change[]): readonly string[] {
  let records = 0;
  let characters = 0;
  for (const { action, set } of changes) {
    const times = action === "UPSERT" ? 2 : 1;
    records += times * set.values.length;
    characters += times * set.values.reduce((sum, value) => sum + value.length, 0);
  }
  const messages: string[] = [];
  if (records > maxBatchRecords) messages.push(`Number of records limit of ${maxBatchRecords} exceeded.`);
  if (characters > maxBatchCharacters)
    messages.push(`RDATA character limit of ${maxBatchCharacters} exceeded.`);
  return messages;
}

/** Same TTL and same values in any order. The text counts: `a.example.com` is not `a.example.com.` here. */
function isSame(a: RecordSet, b: RecordSet): boolean {
  if (!isSameAlias(a.alias, b.alias)) return false;
  if (a.ttlSeconds !== b.ttlSeconds || a.values.length !== b.values.length) return false;
  if (a.failover?.role !== b.failover?.role || a.failover?.healthCheckId !== b.failover?.healthCheckId)
    return false;
  if (a.weighted?.weight !== b.weighted?.weight) return false;
  const bValues = [...b.values].sort();
  return [...a.values].sort().every((value, i) => value === bValues[i]);
}

function setsAt(names: ReadonlyMap<string, readonly RecordSet[]>, name: string): readonly RecordSet[] {
  return names.get(name) ?? [];
}
