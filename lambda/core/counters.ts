import type { Health } from "./health.ts";
import { type Finding, isVoid } from "./probe.ts";

/**
 * Numbers that only grow, so that any window is the difference of two records. Time nobody looked is in none of
 * them: what was not seen is unknown, neither up nor down.
 */
export type Counters = {
  /** Time judged, in milliseconds. */
  readonly seenMs: number;
  /** Part of `seenMs` in which the endpoint was up. */
  readonly upMs: number;
  /** Time in which somebody worked on it: no part of `seenMs`. */
  readonly maintenanceMs?: number;
  /**
   * Outages begun, and recoveries that broke: what was seen good for some time and is down again has failed again, though
   * people were told of one outage.
   */
  readonly failures: number;
  readonly probes: number;
  readonly failedProbes: number;
  /** Everything until here is counted, or was not seen. */
  readonly untilMs: number;
  /** Time seen that waits for a judgement: a suspicion not confirmed yet, or what follows a recovery's last good confirm. */
  readonly pendingMs: number;
};

export const zeroCounters = (atMs: number): Counters => ({
  seenMs: 0,
  upMs: 0,
  failures: 0,
  probes: 0,
  failedProbes: 0,
  untilMs: atMs,
  pendingMs: 0,
});

/**
 * Counts the time until `atMs` as `health` has it. A gap longer than `maxGapMs` was not seen: the watcher was
 * dead, late or asleep. Time never runs backwards here; an older `atMs` changes nothing.
 */
export function count(counters: Counters, health: Health, atMs: number, maxGapMs: number): Counters {
  if (atMs <= counters.untilMs) return counters;
  const gapMs = atMs - counters.untilMs;
  const next = { ...counters, untilMs: atMs };
  if (gapMs > maxGapMs) return next;
  if (health.maintenance) return { ...next, maintenanceMs: (counters.maintenanceMs ?? 0) + gapMs };
  if (isUnseen(health)) return next;
  if (isPending(health)) return { ...next, pendingMs: counters.pendingMs + gapMs };
  return credit(next, health.state === "up" ? "up" : "down", gapMs);
}

/** Counts a probe. One that says nothing is counted, but not as failed. */
export const countProbe = (counters: Counters, finding: Finding): Counters => ({
  ...counters,
  probes: counters.probes + 1,
  failedProbes: counters.failedProbes + (finding.ok || isVoid(finding) ? 0 : 1),
});

/**
 * After a verdict: the pending time takes the state that turned out, or stays unseen when nobody could see. From one good
 * confirm in a row to the next it was up, whether the recovery is believed in the end or breaks: how long it takes to be
 * believed says nothing about what was seen.
 */
export function settle(counters: Counters, before: Health, after: Health): Counters {
  const next = isFailure(before, after) ? { ...counters, failures: counters.failures + 1 } : counters;
  const isInARow = after.goodSinceMs !== undefined && after.goodSinceMs === before.goodSinceMs;
  if (isPending(after) && !isInARow) return next;
  const settled = { ...next, pendingMs: 0 };
  if (isUnseen(after)) return settled;
  return credit(settled, isInARow || after.state === "up" ? "up" : "down", counters.pendingMs);
}

function isFailure(before: Health, after: Health): boolean {
  if (after.state !== "down" || after.maintenance) return false;
  const isBroken = hasBeenUp(before) && after.goodSinceMs === undefined && after.trouble === undefined;
  return before.state !== "down" || isBroken;
}

const hasBeenUp = ({ goodSinceMs = 0, goodUntilMs = 0 }: Health): boolean => goodUntilMs > goodSinceMs;

const isPending = (health: Health): boolean =>
  health.suspectedMs !== undefined || health.goodSinceMs !== undefined;

const isUnseen = (health: Health): boolean =>
  health.trouble === "blind" ||
  health.trouble === "refused" ||
  (health.state === "unknown" && health.suspectedMs === undefined);

const credit = (counters: Counters, state: "up" | "down", ms: number): Counters => ({
  ...counters,
  seenMs: counters.seenMs + ms,
  upMs: counters.upMs + (state === "up" ? ms : 0),
});

export type Availability = {
  readonly seenMs: number;
  /** Up time over seen time, 0 to 1; none when nothing was seen. */
  readonly ratio: number | undefined;
  readonly failures: number;
  /** Mean time to failure: up time per failure; none without a failure. */
  readonly mttfMs: number | undefined;
  /** Mean time to repair: down time per failure. With MTTF it gives the ratio: MTTF / (MTTF + MTTR). */
  readonly mttrMs: number | undefined;
};

/** The availability between two records of the same endpoint; `from` none means since the first record. */
export function availability(from: Counters | undefined, to: Counters): Availability {
  const seenMs = to.seenMs - (from?.seenMs ?? 0);
  const upMs = to.upMs - (from?.upMs ?? 0);
  const failures = to.failures - (from?.failures ?? 0);
  return {
    seenMs,
    ratio: seenMs > 0 ? upMs / seenMs : undefined,
    failures,
    mttfMs: failures > 0 ? upMs / failures : undefined,
    mttrMs: failures > 0 ? (seenMs - upMs) / failures : undefined,
  };
}
