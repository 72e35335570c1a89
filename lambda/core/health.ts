import type { Policy } from "./config.ts";
import { type Finding, isRefusal, isVoid } from "./probe.ts";
import type { Verdict } from "./verdict.ts";

/** Something that is wrong without being an outage, and that a person should know. */
export type Trouble = "partial" | "refused" | "blind";

/** What is believed of an endpoint over time. All times are home's wall clock, in milliseconds. */
export type Health = {
  readonly state: "up" | "down" | "unknown";
  /** Start of the state: for `down` the first failed probe, for `up` after an outage the first good confirm. */
  readonly sinceMs: number;
  /** One sentence: what the state rests on. */
  readonly why: string;
  /** A failed probe nobody has judged yet. */
  readonly suspectedMs?: number;
  /** While down: the first and the last of the good confirms in a row. */
  readonly goodSinceMs?: number;
  readonly goodUntilMs?: number;
  readonly trouble?: Trouble;
};

/**
 * Between two looks, in milliseconds: a longer time was not seen. Two intervals, and what a probe and a confirm take.
 */
export const maxGapMs = (policy: Policy): number =>
  2 * policy.intervalMs + policy.timeoutMs + policy.confirmWithinMs + 2_000;

export const neverSeen = (atMs: number): Health => ({
  state: "unknown",
  sinceMs: atMs,
  why: "not judged yet",
});

/**
 * Whether one location's probe is a reason to ask all of them. Up and good is the quiet case and costs nothing
 * more. While down only a sign of life asks for more; what could not be judged is asked until it can be, but a
 * firewall known to refuse us is not pestered.
 */
export function wantsConfirm(health: Health, finding: Finding): boolean {
  // A check that makes no sense would never be judged, and nobody would be told.
  if (isVoid(finding)) return isBadCheck(finding) && health.trouble === undefined;
  if (health.trouble === "refused" && isRefusal(finding)) return false;
  if (health.state === "unknown" || health.trouble !== undefined) return true;
  if (health.state === "down") return finding.ok || health.goodSinceMs !== undefined;
  // A suspicion nobody judged (its confirm was void, or its sweep died) must not stay open: time would wait for it.
  return !finding.ok || health.suspectedMs !== undefined;
}

const isBadCheck = (finding: Finding): boolean => !finding.ok && finding.reason === "bad-check";

/** Takes in a probe that started at `atMs`: a failure of what is believed up raises a suspicion. */
export function observe(health: Health, finding: Finding, atMs: number): Health {
  const suspicious = health.state !== "down" && !finding.ok && !isVoid(finding) && !isRefusal(finding);
  if (!suspicious || health.suspectedMs !== undefined) return health;
  return { ...health, suspectedMs: atMs };
}

/** Takes in what all locations together said in a confirm that began at `atMs`. */
export function conclude(
  health: Health,
  verdict: Verdict,
  atMs: number,
  policy: Policy,
  why: string,
): Health {
  switch (verdict) {
    case "up":
      return health.state === "down" ? recovering(health, atMs, policy, why) : believedUp(health, atMs, why);
    case "down":
      return believedDown(health, atMs, why);
    case "partial":
      return {
        ...settled(health, health.state === "unknown" ? "up" : health.state, atMs, why),
        trouble: "partial",
      };
    case "refused":
      return { ...settled(health, health.state, atMs, why), trouble: "refused" };
    case "unknown":
      return { ...settled(health, health.state, atMs, why), trouble: "blind" };
  }
}

/** The same state with open questions closed; `why` follows what was seen last. */
function settled(health: Health, state: Health["state"], atMs: number, why: string): Health {
  return { state, sinceMs: state === health.state ? health.sinceMs : atMs, why };
}

const believedUp = (health: Health, atMs: number, why: string): Health => settled(health, "up", atMs, why);

function believedDown(health: Health, atMs: number, why: string): Health {
  if (health.state === "down") return { state: "down", sinceMs: health.sinceMs, why };
  return { state: "down", sinceMs: health.suspectedMs ?? atMs, why };
}

/**
 * Good confirms in a row over `recoverAfter` end an outage; it ended with the first of them. A time nobody looked
 * breaks the row.
 */
function recovering(health: Health, atMs: number, policy: Policy, why: string): Health {
  const inARow = atMs - (health.goodUntilMs ?? 0) <= maxGapMs(policy);
  const goodSinceMs = (inARow ? health.goodSinceMs : undefined) ?? atMs;
  if (atMs - goodSinceMs >= policy.recoverAfterMs) return { state: "up", sinceMs: goodSinceMs, why };
  return { state: "down", sinceMs: health.sinceMs, why, goodSinceMs, goodUntilMs: atMs };
}
