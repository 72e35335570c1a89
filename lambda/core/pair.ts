import { outSign, quorum } from "./beacons.ts";
import type { Beacons } from "./config.ts";
import { type Change, type RecordSet, sayTarget } from "./records.ts";

/**
 * A name goes from a simple record to the failover records of beacons, and back, in one batch that changes no answer. The
 * TXT of the generation fences both ways: it stays where it was when the name was converted, while the generation goes
 * on in the beacons, and goes on itself when the name is converted back.
 */
export type Conversion = {
  readonly to: "beacons" | "api";
  readonly beacons: Beacons;
  /** What stands, exactly. */
  readonly now: readonly RecordSet[];
  readonly want: readonly RecordSet[];
};

/** @throws RangeError rather than leave the name without a record */
export function conversionChanges({ now, want }: Conversion): Change[] {
  if (want.length === 0) throw new RangeError("a conversion must not leave a name without a record");
  return [
    ...now.map((record): Change => ({ action: "DELETE", record })),
    ...want.map((record): Change => ({ action: "CREATE", record })),
  ];
}

/** The standing failover records of a name. */
export const pairOf = (beacons: Beacons, healthCheckId: string): RecordSet[] => [
  {
    ...beacons.record,
    values: [beacons.in],
    failover: { role: "PRIMARY", setIdentifier: "primary", healthCheckId },
  },
  { ...beacons.record, values: [beacons.out], failover: { role: "SECONDARY", setIdentifier: "standby" } },
];

/** Whether these are two failover records at all. */
export const isPair = (sets: readonly RecordSet[]): boolean =>
  sets.length === 2 && sets.every(({ failover }) => failover !== undefined);

/** What a set of a pair holds; how it is called says nothing. */
const sayLeg = ({ ttlSeconds, values, failover, alias }: RecordSet): string =>
  `${failover?.role ?? "simple"} ${sayTarget({ values, ...(alias && { alias }) })} (TTL ${ttlSeconds} s${
    failover?.healthCheckId === undefined ? "" : `, health check ${failover.healthCheckId}`
  })`;

export const saySets = (sets: readonly RecordSet[]): string =>
  sets.length === 0 ? "absent" : sets.map(sayLeg).sort().join("; ");

/** Why these are not the records that the beacons were left with; none when they are. */
export function pairFlaw(beacons: Beacons, sets: readonly RecordSet[]): string | undefined {
  const primary = sets.find(({ failover }) => failover?.role === "PRIMARY");
  const check = beacons.check ?? primary?.failover?.healthCheckId ?? "none";
  const [found, left] = [saySets(sets), saySets(pairOf(beacons, check))];
  return found === left ? undefined : `the records are ${found}; they were left at ${left}`;
}

/** A health check as Route 53 has it. */
export type HealthCheck = {
  readonly type: string;
  readonly isDisabled: boolean;
  readonly isInverted: boolean;
  /** Of one that looks at an endpoint. */
  readonly host?: string;
  readonly path?: string;
  readonly searchString?: string;
  readonly failureThreshold?: number;
  /** When each checker last asked, Unix milliseconds. */
  readonly seenMs: readonly number[];
  /** Of a CALCULATED one; none of a child that is gone. */
  readonly children: readonly (HealthCheck | undefined)[];
  readonly healthThreshold?: number;
};

/** Why a health check does not say what two of three beacons do; none when it does. */
export function checkFlaw({ regions, key }: Beacons, check: HealthCheck | undefined): string | undefined {
  if (check === undefined) return "the health check of the PRIMARY does not exist";
  if (
    check.type !== "CALCULATED" ||
    check.isDisabled ||
    check.isInverted ||
    check.healthThreshold !== quorum
  ) {
    return `the health check of the PRIMARY is ${sayCheck(check)}, and not ${quorum} of three`;
  }
  const missing = regions.find((region) => !check.children.some((child) => isAbout(child, region, key)));
  if (missing !== undefined) return `no health check looks for the beacon in ${missing}`;
  const count = check.children.length;
  return count === regions.length ? undefined : `the health check of the PRIMARY has ${count} children`;
}

const sayCheck = ({ type, isDisabled, isInverted, healthThreshold }: HealthCheck): string =>
  [type, isDisabled ? "disabled" : "", isInverted ? "inverted" : "", healthThreshold ?? ""]
    .filter(Boolean)
    .join(" ");

const isAbout = (child: HealthCheck | undefined, region: string, key: string): boolean =>
  child !== undefined &&
  child.type === "HTTPS_STR_MATCH" &&
  child.isInverted &&
  !child.isDisabled &&
  child.failureThreshold === 1 &&
  child.path === `/${key}` &&
  child.searchString === outSign &&
  child.host?.includes(`-${region}.s3.${region}.`) === true;
