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

/** When the tries of one question start, and until when the last answer counts; milliseconds after the request arrived. */
export type Tries = { readonly triesAtMs: readonly number[]; readonly endMs: number };

/**
 * The tries of a confirm. The last one begins `confirmWithin` after the failed probe began: it tells an outage from a
 * restart that is over in time. Of the others two or more have their whole time-out: they tell a server that never
 * answers, and it takes two of them, so a threshold of two asks as often as one of three.
 *
 * @param failingForMs how long ago the failed probe began; 0 where none did. A refusal takes no time, silence takes
 *   the time-out: so both are decided `confirmWithin` after they were known, or sooner. One that began so long ago that it
 *   cannot be why this is asked (nobody judged it: home was paused, or busy with another) says nothing of now
 * @param overByMs by when those are over whose probe did fail, where this is asked only beside them. A location that is
 *   blind answers when its last question is over: what nobody asked for must not be what the others wait for
 */
export function confirmTries(
  policy: Policy,
  failingForMs: number,
  overByMs = Number.POSITIVE_INFINITY,
): Tries {
  const { failureThreshold, confirmWithinMs, timeoutMs } = policy;
  if (failureThreshold === 1) return { triesAtMs: [0], endMs: timeoutMs + graceMs };
  const early = Math.max(2, failureThreshold - 1);
  const knownMs = failingForMs > timeoutMs + askedMs ? 0 : Math.min(failingForMs, timeoutMs);
  const lastMs = Math.max(0, Math.min(confirmWithinMs - knownMs, overByMs - graceMs));
  const lastWholeMs = Math.max(0, confirmWithinMs - wayMs - timeoutMs);
  const stepMs = Math.min(lastWholeMs / (early - 1), lastMs / early);
  const starts = Array.from({ length: early }, (_, k) => Math.round(k * stepMs));
  return {
    triesAtMs: [...starts, lastMs],
    endMs: Math.max(lastMs + graceMs, confirmWithinMs - wayMs, timeoutMs + graceMs),
  };
}

/**
 * How long after the last try began a location still waits for its failure, in milliseconds: a server that refuses does so
 * within a round trip, one that has said nothing by then has failed the earlier tries. So much later than it was to may a
 * first try begin, behind others on a slow processor, and still have its whole time-out.
 */
export const graceMs = 400;

/** What a request takes beside the time-out at most, in milliseconds: starts that are spread, and a function's start. */
const askedMs = 3_000;

/** What of `confirmWithin` is left for the way to a location and back, in milliseconds. */
export const wayMs = 100;
