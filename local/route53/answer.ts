import { isWithin, nameFromWire, nameToWire, normalizeName, parentName, wildcardLabel } from "./names.ts";
import { type RecordType, soaFields } from "./values.ts";
import { chosen } from "./weighted.ts";
import type { RecordSet, Zone } from "./zone.ts";

/**
 * What an authoritative server answers from its zones (RFC 1034 4.3.2, wildcards RFC 4592, negative answers
 * RFC 2308). Names here are spelt as dns-packet spells them: raw characters, no final dot.
 */

export type Question = { readonly name: string; readonly type: string };

export type DnsRecord = {
  readonly name: string;
  readonly type: RecordType;
  readonly ttlSeconds: number;
  /** As it stands in the record set. */
  readonly value: string;
};

export type Answer = {
  readonly rcode: "NOERROR" | "NXDOMAIN" | "REFUSED";
  /** False outside our zones. */
  readonly authoritative: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
};

/** A chain of CNAMEs is followed so far; then the client goes on by itself. */
const maxCnames = 8;

const refused: Answer = { rcode: "REFUSED", authoritative: false, answers: [], authorities: [] };

/** What is answered from: these zones, and chance between weighted sets. */
type From = { readonly zones: readonly Zone[]; readonly random: () => number };

/** The answer of servers that hold exactly these zones. */
export function answer(
  question: Question,
  zones: readonly Zone[],
  random: () => number = Math.random,
): Answer {
  const name = nameFromWire(question.name);
  const zone = name === undefined ? undefined : zoneOf(name, zones);
  // Zone transfers are refused: Route 53 offers none.
  if (name === undefined || !zone || /^[AI]XFR$/.test(question.type)) return refused;
  return follow(zone, name, question.name, question.type, [], { zones, random });
}

/** Answers for `name`, written as `owner`, after the CNAMEs that led there. */
function follow(
  zone: Zone,
  name: string,
  owner: string,
  type: string,
  before: readonly DnsRecord[],
  from: From,
): Answer {
  const sets = setsFor(zone, name);
  if (!sets) return negative("NXDOMAIN", zone, before);
  const set = behind(pick(sets, type, from), zone, from);
  if (!set) return negative("NOERROR", zone, before);
  const answers = [...before, ...recordsOf(set, owner)];
  const target = set.type === type || type === "ANY" ? undefined : targetWithin(zone, set);
  const targetOwner = nameToWire(target ?? "");
  const isLoop = answers.some((record) => record.name === targetOwner);
  if (target === undefined || isLoop || answers.length >= maxCnames) {
    return { rcode: "NOERROR", authoritative: true, answers, authorities: [] };
  }
  return follow(zone, target, targetOwner, type, answers, from);
}

/** As many aliases of aliases as are followed. */
const maxAliases = 8;

/**
 * The set that speaks for an alias: that of the name it leads to, with its TTL (Developer Guide, "Choosing between
 * alias and non-alias records"). Of an AWS service's zone only what these zones hold is known: nothing, mostly.
 */
function behind(set: RecordSet | undefined, own: Zone, from: From): RecordSet | undefined {
  let found = set;
  for (let step = 0; found?.alias && step < maxAliases; step++) {
    const { name, zoneId } = found.alias;
    const zone = zoneId === own.id ? own : from.zones.find(({ id }) => id === zoneId);
    found =
      zone && isWithin(name, zone.name) ? ofType(setsFor(zone, name) ?? [], found.type, from) : undefined;
  }
  return found?.alias ? undefined : found;
}

/** Where a CNAME points, if that is in the zone. */
function targetWithin(zone: Zone, cname: RecordSet): string | undefined {
  const target = normalizeName(cname.values[0] ?? "");
  return target !== undefined && isWithin(target, zone.name) ? target : undefined;
}

/** The most specific zone the name belongs to. */
function zoneOf(name: string, zones: readonly Zone[]): Zone | undefined {
  const holding = zones.filter((zone) => isWithin(name, zone.name));
  return holding.sort((a, b) => b.name.length - a.name.length)[0];
}

/** The sets that speak for a name; none at all for an empty non-terminal; undefined when there is no such name. */
function setsFor(zone: Zone, name: string): readonly RecordSet[] | undefined {
  if (exists(zone, name)) return zone.names.get(name) ?? [];
  let encloser = parentName(name);
  while (!exists(zone, encloser)) encloser = parentName(encloser);
  return zone.names.get(`${wildcardLabel}.${encloser}`);
}

/** A name exists when it or a name below it holds records (RFC 8020). The zone's own always does. */
function exists(zone: Zone, name: string): boolean {
  if (zone.names.has(name)) return true;
  for (const other of zone.names.keys()) if (other.endsWith(`.${name}`)) return true;
  return false;
}

/** ANY gets one set, not all of them (RFC 8482). */
function pick(sets: readonly RecordSet[], type: string, from: From): RecordSet | undefined {
  if (type === "ANY") return ofType(sets, sets[0]?.type, from);
  return ofType(sets, type, from) ?? ofType(sets, "CNAME", from);
}

/** The set of that type; of several that share the name by weight, one of them. */
const ofType = (
  sets: readonly RecordSet[],
  type: string | undefined,
  { random }: From,
): RecordSet | undefined =>
  chosen(
    sets.filter((set) => set.type === type),
    random,
  );

function negative(rcode: "NOERROR" | "NXDOMAIN", zone: Zone, answers: readonly DnsRecord[]): Answer {
  return { rcode, authoritative: true, answers, authorities: negativeSoa(zone) };
}

/** The SOA of a negative answer lives as long as the answer may be kept (RFC 2308, 3). */
function negativeSoa(zone: Zone): readonly DnsRecord[] {
  const soa = zone.names.get(zone.name)?.find((set) => set.type === "SOA");
  if (!soa) return [];
  const minimum = soaFields(soa.values[0] ?? "")?.minimum ?? soa.ttlSeconds;
  const records = recordsOf(soa, nameToWire(zone.name));
  return records.map((record) => ({ ...record, ttlSeconds: Math.min(soa.ttlSeconds, minimum) }));
}

function recordsOf(set: RecordSet, owner: string): readonly DnsRecord[] {
  return set.values.map((value) => ({ name: owner, type: set.type, ttlSeconds: set.ttlSeconds, value }));
}
