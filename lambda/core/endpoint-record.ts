import type { Brownout } from "./brownout.ts";
import type { Counters } from "./counters.ts";
import type { Event } from "./event.ts";
import type { Health } from "./health.ts";
import type { Unheard } from "./heartbeat.ts";
import type { Finding } from "./probe.ts";
import { isVoidReason, type Reason } from "./reason.ts";

/** A probe as it is kept: `[offset in ms from the record's start, location's index, latency in ms, reason]`. */
export type KeptProbe = readonly [offsetMs: number, location: number, latencyMs: number, reason?: Reason];

/**
 * One endpoint's minute: what was probed, what is believed, and the counters. Under 1 KB, one write unit, while
 * probes succeed; under 3 KB in a minute of failures, each of which says why.
 */
export type EndpointRecord = {
  readonly endpoint: string;
  /** The sweep that wrote it, and the how-manieth of its records: together the sort key. */
  readonly epoch: number;
  readonly sequence: number;
  readonly fromMs: number;
  readonly savedMs: number;
  readonly probes: readonly KeptProbe[];
  readonly health: Health;
  readonly counters: Counters;
  readonly brownout: Brownout;
  /** Of a heartbeat: when no signal could get through, last. */
  readonly unheard?: Unheard;
  /** Events still to be told and filed. */
  readonly outbox: readonly Event[];
};

/** An endpoint and what is known of it while a sweep runs. */
export type Watched = Omit<EndpointRecord, "epoch" | "sequence" | "savedMs">;

/** No more probes than these, the newest, are kept of a minute: some 15 bytes each, and twice that for a failed one. */
const keptProbes = 20;

/** Adds a probe to the minute; in a busy minute the oldest give way, the counters know them all. */
export function keep(
  record: Watched,
  location: number,
  finding: Finding,
  atMs: number,
): readonly KeptProbe[] {
  const offsetMs = atMs - record.fromMs;
  const probe: KeptProbe = finding.ok
    ? [offsetMs, location, finding.latencyMs]
    : [offsetMs, location, finding.latencyMs, finding.reason];
  return [...record.probes, probe].slice(-keptProbes);
}

/** What the kept probes say, to people: `7 of its last 20 probes failed`. */
export function sayFailures(probes: readonly KeptProbe[]): string {
  const said = probes.filter(([, , , reason]) => reason === undefined || !isVoidReason(reason));
  const failed = said.filter(([, , , reason]) => reason !== undefined).length;
  return `${failed} of its last ${said.length} probes failed`;
}

/** The sort key: later epochs sort later whatever the clocks said, so a stale sweep is never the newest. */
export const sortKey = (epoch: number, sequence: number): string =>
  `${String(epoch).padStart(12, "0")}.${String(sequence).padStart(6, "0")}`;

const dayS = 86_400;

/** When the record may be forgotten, in Unix seconds: each hour's first after 100 days, the others after 8. */
export function expiresS(previousMs: number, savedMs: number): number {
  const hour = (ms: number) => Math.floor(ms / 3_600_000);
  const days = hour(previousMs) === hour(savedMs) ? 8 : 100;
  return Math.floor(savedMs / 1000) + days * dayS;
}

/** A new sweep's epoch: above every earlier one, and the time of day where clocks allow. */
export const nextEpoch = (last: number, nowMs: number): number =>
  Math.max(last + 1, Math.floor(nowMs / 1000));
