import type { Beacons, Service } from "./config.ts";
import { generationRecord, readGeneration } from "./generation.ts";
import { type Change, type RecordSet, type Standing, sameValues, type Unsound } from "./records.ts";

/**
 * Three objects that say whether the primary is in. Route 53's checkers read them; two of three decide what the name's
 * failover records answer, so that no API of Route 53 is needed to move it. They are also the fence: each says whose
 * word it is and its generation, and is replaced only as it was read.
 */

/** What one beacon says. */
export type Saying = {
  readonly word: "IN" | "OUT";
  readonly owner: string;
  readonly generation: number;
};

/** One beacon as it was read just now: `etag` is what a write has to name. */
export type Seen =
  | {
      readonly is: "read";
      readonly body: string;
      readonly etag: string;
      /** When it was written, as S3 says, in Unix milliseconds. */
      readonly writtenMs?: number;
    }
  | { readonly is: "absent" }
  | { readonly is: "silent"; readonly why: string };

/** So many beacons that say the same are believed, and decide. */
export const quorum = 2;

/** What the checkers look for: a beacon that is lost, refused or holds something else does not say it. */
export const outSign = "OUT gen=";

export const sayingText = ({ word, owner, generation }: Saying): string =>
  `${word} gen=${generation} owner=${owner}\n`;

/** None when it is not exactly as `sayingText` writes it. */
export function readSaying(body: string): Saying | undefined {
  const [, word, generation, owner] = /^(IN|OUT) gen=(0|[1-9]\d{0,14}) owner=(\S+)\n$/.exec(body) ?? [];
  if (owner === undefined) return undefined;
  return { word: word === "OUT" ? "OUT" : "IN", owner, generation: Number(generation) };
}

const sayingOf = (seen: Seen): Saying | undefined => (seen.is === "read" ? readSaying(seen.body) : undefined);

/** What enough beacons say; none while nobody can know. */
export function agreed(seen: readonly Seen[]): Saying | undefined {
  const sayings = seen.flatMap((each) => sayingOf(each) ?? []);
  return sayings.find(
    (saying) => sayings.filter((other) => sayingText(other) === sayingText(saying)).length >= quorum,
  );
}

/** What stands for the name while the beacons say this, in the words of a record and its generation. */
export function standingBy({ record, in: primary, out }: Beacons, saying: Saying): Standing {
  return {
    record: { ...record, values: [saying.word === "IN" ? primary : out] },
    generation: generationRecord(record, saying.owner, saying.generation),
  };
}

/** What beacons say while the name answers this record, however that spells it; none where they cannot say it. */
export function wordOf(
  { in: primary, out }: Pick<Beacons, "in" | "out">,
  record: RecordSet | null,
): Saying["word"] | undefined {
  if (record === null) return undefined;
  const isAt = (value: string) => sameValues({ ...record, values: [value] }, record);
  return isAt(primary) ? "IN" : isAt(out) ? "OUT" : undefined;
}

/** Somebody else's word, which an operator has ordered to be taken over. */
export type Theirs = Pick<Saying, "owner" | "generation">;

/** A change of the record in the words of beacons: from which generation, and what they are to say. */
export type Turn = { readonly from: number; readonly want: Saying; readonly theirs?: Theirs };

/** @throws RangeError when a batch is no move between the two targets by one generation's owner */
export function turnOf(beacons: Beacons, changes: readonly Change[]): Turn {
  const of = (action: Change["action"], isTxt: boolean): RecordSet | undefined =>
    changes.find((change) => change.action === action && (change.record.type === "TXT") === isTxt)?.record;
  const record = of("CREATE", false);
  const word = wordOf(beacons, record ?? null);
  const txt = of("CREATE", true);
  const next = txt && readGeneration(txt);
  if (next === undefined || word === undefined) {
    const value = record?.values.join(", ") ?? "nothing";
    throw new RangeError(`beacons answer ${beacons.in} or ${beacons.out}, and not ${value}`);
  }
  const before = of("DELETE", true);
  const last = before && readGeneration(before);
  const from = before === undefined ? 0 : (last?.generation ?? Number.NaN);
  return { from, want: { word, ...next }, ...(last && last.owner !== next.owner && { theirs: last }) };
}

/**
 * What to do about one beacon: it says what is wanted already, it is behind and may be written as it was read, it says
 * something that nobody may write over, or nothing is known of it.
 */
export type Step = "said" | "write" | "strange" | "not known";

export function stepFor(seen: Seen, want: Saying, theirs?: Theirs): Step {
  if (seen.is === "silent") return "not known";
  if (seen.is === "absent") return "write";
  const saying = readSaying(seen.body);
  if (saying === undefined) return "strange";
  if (saying.owner !== want.owner) return isTheirs(saying, theirs) ? "write" : "strange";
  if (sayingText(saying) === sayingText(want)) return "said";
  return saying.generation < want.generation ? "write" : "strange";
}

const isTheirs = ({ owner, generation }: Saying, theirs: Theirs | undefined): boolean =>
  owner === theirs?.owner && generation === theirs.generation;

/**
 * Whether the change may be tried: the beacons are where it begins, or on the way to where it ends. Where enough of
 * them say anything else it was overtaken, and what became of it has to be read.
 */
export function isOpen(seen: readonly Seen[], { from, want, theirs }: Turn): boolean {
  const saying = agreed(seen);
  if (saying === undefined || isTheirs(saying, theirs)) return true;
  const isOurs = saying.owner === want.owner;
  return isOurs && (saying.generation === from || sayingText(saying) === sayingText(want));
}

/** What a beacon that fell behind, or is gone, is to say again. What says something strange is left to people. */
export const needsRepair = (seen: Seen, saying: Saying): boolean => stepFor(seen, saying) === "write";

/** What is the matter with single beacons while the others agree; none when all three say the same. */
export function unsoundAmong(
  regions: readonly string[],
  seen: readonly Seen[],
  saying: Saying,
): Unsound | undefined {
  const flaws = regions.flatMap((region, i) => {
    const each = seen[i];
    const why = each && flawOf(each, saying);
    return why === undefined ? [] : [{ why: `${region}: ${why}`, silent: each?.is === "silent" }];
  });
  if (flaws.length === 0) return undefined;
  return { why: flaws.map(({ why }) => why).join("; "), silent: flaws.every(({ silent }) => silent) };
}

function flawOf(seen: Seen, saying: Saying): string | undefined {
  if (seen.is === "silent") return `it cannot be read: ${seen.why}`;
  if (seen.is === "absent") return "it was gone, and is written again";
  const said = seen.body.trim().slice(0, 80);
  const step = stepFor(seen, saying);
  if (step === "said") return undefined;
  return step === "write"
    ? `it said ${said}, and is brought up to the others`
    : `it says ${said}, which nobody here wrote; the others say ${sayingText(saying).trim()}`;
}

/** The services with the ids of their PRIMARY's health checks, by service, as they were deployed. */
export const withChecks = (
  services: readonly Service[],
  checks: Readonly<Record<string, string>>,
): Service[] =>
  services.map((service) => {
    const { beacons } = service.dns;
    const check = checks[service.id];
    if (beacons === undefined || check === undefined) return service;
    return { ...service, dns: { ...service.dns, beacons: { ...beacons, check } } };
  });

/** A Region's bucket. Bucket names are the whole world's: the prefix is an installation's alone. */
export const beaconBucket = (prefix: string, region: string): string => `${prefix}-${region}`;

/** The key of a name's beacon, in every bucket. */
export const beaconKey = ({ name, type }: Beacons["record"]): string => `${name}/${type}`;
