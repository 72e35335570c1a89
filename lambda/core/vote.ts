import type { Policy } from "./config.ts";
import { type Finding, isRefusal, isVoid } from "./probe.ts";

/** One location's judgement of one endpoint now. */
export type Vote = "up" | "down" | "refused" | "unknown";

/** What each location that has answered says of each thing it was asked: location -> question -> vote. */
export type Ballots = Readonly<Record<string, Readonly<Record<string, Vote>>>>;

/**
 * A location votes down only when all its tries failed and there were two at least (one, where the user set
 * the threshold to one): a single lost packet is no outage. One success is enough for up, since a dead server
 * answers nobody. Tries that say nothing (we were late, no time was left, the check makes no sense
 * there) count as not made.
 */
export function vote(tries: readonly Finding[], failureThreshold: number): Vote {
  const said = tries.filter((finding) => !isVoid(finding));
  if (said.some((finding) => finding.ok)) return "up";
  if (said.some(isRefusal)) return "refused";
  return said.length >= Math.min(2, failureThreshold) ? "down" : "unknown";
}

/**
 * When the tries of a confirm start. The last one begins when `confirmWithin` is over: it tells an outage from a
 * restart that is over in time. The others begin early enough to have their whole time-out: they tell a server
 * that never answers, and it takes two of them, so a threshold of two asks as often as one of three.
 */
export function triesAtMs({ failureThreshold, confirmWithinMs, timeoutMs }: Policy): number[] {
  if (failureThreshold === 1) return [0];
  const early = Math.max(2, failureThreshold - 1);
  const lastEarlyMs = Math.max(0, confirmWithinMs - timeoutMs);
  const starts = Array.from({ length: early }, (_, k) => Math.round((k * lastEarlyMs) / (early - 1)));
  return [...starts, confirmWithinMs];
}

/**
 * How long after the last try began a location still waits for its failure, in milliseconds. A server that
 * refuses does so within a round trip; one that has said nothing by then has failed the earlier tries.
 */
export const graceMs = 400;
