import type { Policy } from "./config.ts";
import { type Finding, isRefusal, isVoid } from "./probe.ts";

/** One location's judgement of one endpoint now. */
export type Vote = "up" | "down" | "refused" | "unknown";

/** What each location that has answered says of each thing it was asked: location -> question -> vote. */
export type Ballots = Readonly<Record<string, Readonly<Record<string, Vote>>>>;

/**
 * A location votes down only when all its tries failed and there were two at least (one, where the user set
 * the threshold to one): a single lost packet is no outage. One success is enough for up, since a dead server
 * answers nobody. Tries that say nothing (we were late, no time was left) count as not made.
 */
export function vote(tries: readonly Finding[], failureThreshold: number): Vote {
  const said = tries.filter((finding) => !isVoid(finding));
  if (said.some((finding) => finding.ok)) return "up";
  if (said.some(isRefusal)) return "refused";
  return said.length >= Math.min(2, failureThreshold) ? "down" : "unknown";
}

/**
 * When the tries of a confirm start: the first at once, the last when `confirmWithin` is over, the others evenly
 * between. The last one is what tells an outage from a restart that is over in time.
 */
export function triesAtMs(policy: Policy): number[] {
  const gaps = policy.failureThreshold - 1;
  if (gaps === 0) return [0];
  return Array.from({ length: gaps + 1 }, (_, k) => Math.round((k * policy.confirmWithinMs) / gaps));
}

/**
 * How long after the last try began a location still waits for its failure, in milliseconds. A server that
 * refuses does so within a round trip; one that has said nothing by then has failed the earlier tries.
 */
export const graceMs = 400;
