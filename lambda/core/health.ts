import { type Brownout, isDegraded, isPartial } from "./brownout.ts";
import type { Policy } from "./config.ts";
import { maxGapMs } from "./due.ts";
import type { Maintenance } from "./hands.ts";
import { type Finding, isRefusal, isVoid } from "./probe.ts";
import type { Reason } from "./reason.ts";
import type { Told } from "./told.ts";
import type { Verdict } from "./verdict.ts";

/** Something that is wrong without being an outage, and that a person should know. */
export type Trouble = "partial" | "refused" | "blind" | "degraded";

/** What is believed of an endpoint over time. All times are home's wall clock, in milliseconds. */
export type Health = {
  readonly state: "up" | "down" | "unknown";
  /** Start of the state: for `down` the first failed probe, for `up` after an outage the first good confirm. */
  readonly sinceMs: number;
  /** One sentence: what the state rests on. */
  readonly why: string;
  /** A failed probe nobody has judged yet. */
  readonly suspectedMs?: number;
  /** While down: when that was found. None of an outage that began during maintenance, which nobody was told of. */
  readonly foundMs?: number;
  /** While down: the first and the last of the good confirms in a row. */
  readonly goodSinceMs?: number;
  readonly goodUntilMs?: number;
  readonly trouble?: Trouble;
  /** When the last trouble was over. */
  readonly clearSinceMs?: number;
  readonly told?: Told;
  /** When it was looked at again, after a time nobody did. */
  readonly watchedSinceMs?: number;
  /** When the outages of the last hour began, the newest last. */
  readonly outagesMs?: readonly number[];
  /** Somebody works on it: what is seen meanwhile is kept, and neither told nor counted. */
  readonly maintenance?: Maintenance;
};

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
  // What does not pass by itself would never be judged, and nobody would be told.
  if (isVoid(finding)) return isLasting(finding) && health.trouble === undefined;
  if (health.trouble === "refused" && isRefusal(finding)) return false;
  // What is degraded is asked every few seconds as it is.
  const isAsked = health.trouble === "degraded";
  if (health.state === "unknown" || (health.trouble !== undefined && !isAsked)) return true;
  if (health.state === "down") return finding.ok || health.goodSinceMs !== undefined;
  // A suspicion nobody judged (its confirm was void, or its sweep died) must not stay open: time would wait for it.
  return !finding.ok || health.suspectedMs !== undefined;
}

const lasting: ReadonlySet<Reason> = new Set(["bad-check", "secret-unreadable", "dns-unreachable"]);

/** Whether a try says nothing about the endpoint for a reason that does not pass by itself. */
export const isLasting = (finding: Finding): boolean => !finding.ok && lasting.has(finding.reason);

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

/**
 * What the scores say is the matter with an endpoint believed up; `why` says it to people.
 *
 * @param before the trouble there was until now: what is degraded is so until it is well again
 */
export function withScores(
  health: Health,
  before: Trouble | undefined,
  scores: Brownout,
  locations: number,
  why: string,
): Health {
  const { trouble: now, ...rest } = health;
  if (health.state !== "up" || now === "blind" || now === "refused") return health;
  const trouble = troubleOf(now, before, scores, locations);
  if (trouble === now) return health;
  return { ...rest, why, ...(trouble && { trouble }) };
}

function troubleOf(
  now: Trouble | undefined,
  before: Trouble | undefined,
  scores: Brownout,
  locations: number,
): Trouble | undefined {
  if (isPartial(scores, locations)) return "partial";
  if (isDegraded(scores, before === "degraded", locations)) return "degraded";
  return now === "degraded" ? undefined : now;
}

/** Notes since when nothing is the matter any more. */
export const cleared = (before: Health, after: Health, atMs: number): Health =>
  before.trouble !== undefined && after.trouble === undefined ? { ...after, clearSinceMs: atMs } : after;

/** Notes when an outage was found. */
export const found = (before: Health, after: Health, atMs: number): Health =>
  before.state !== "down" && after.state === "down" && !after.maintenance
    ? { ...after, foundMs: atMs }
    : after;

/** What is down when maintenance is over is an outage from then on, and what comes back does so from then on. */
export const foundAtEnd = (health: Health, atMs: number): Health =>
  health.state === "down"
    ? {
        ...health,
        sinceMs: atMs,
        foundMs: atMs,
        ...(health.goodSinceMs !== undefined && { goodSinceMs: atMs }),
      }
    : health;

/**
 * Since when it has been seen as it is, without any trouble: what a name that goes back waits for. A time nobody looked is
 * none in which it was well.
 */
export const wellSinceMs = ({ sinceMs, clearSinceMs = sinceMs, watchedSinceMs = sinceMs }: Health): number =>
  Math.max(sinceMs, clearSinceMs, watchedSinceMs);

/** Notes that a time nobody looked, longer than `gapMs`, is over; `seenMs` is when somebody last did. */
export const watchedAgain = (health: Health, seenMs: number, atMs: number, gapMs: number): Health =>
  atMs - seenMs > gapMs ? { ...health, watchedSinceMs: atMs } : health;

/** The same state with open questions closed; `why` follows what was seen last. */
function settled(health: Health, state: Health["state"], atMs: number, why: string): Health {
  const { foundMs, outagesMs, clearSinceMs, told, watchedSinceMs, maintenance } = health;
  return {
    state,
    sinceMs: state === health.state ? health.sinceMs : atMs,
    why,
    ...(state === "down" && foundMs !== undefined && { foundMs }),
    ...(outagesMs && { outagesMs }),
    ...(clearSinceMs !== undefined && { clearSinceMs }),
    ...(told && { told }),
    ...(watchedSinceMs !== undefined && { watchedSinceMs }),
    ...(maintenance && { maintenance }),
  };
}

const believedUp = (health: Health, atMs: number, why: string): Health => settled(health, "up", atMs, why);

function believedDown(health: Health, atMs: number, why: string): Health {
  if (health.state === "down") return settled(health, "down", atMs, why);
  const sinceMs = health.suspectedMs ?? atMs;
  const down = { ...settled(health, "down", atMs, why), sinceMs };
  // What is stopped on purpose has not crashed.
  if (health.maintenance) return down;
  return { ...down, outagesMs: [...recentOutages(health, atMs), sinceMs].slice(-outagesKept) };
}

const hourMs = 3_600_000;

/** More would not lengthen the wait any further. */
const outagesKept = 6;

const recentOutages = ({ outagesMs = [] }: Health, atMs: number): number[] =>
  outagesMs.filter((ms) => ms > atMs - hourMs);

/**
 * Good confirms in a row over `recoverAfter` end an outage; it ended with the first of them. A time nobody looked
 * breaks the row.
 */
function recovering(health: Health, atMs: number, policy: Policy, why: string): Health {
  const inARow = atMs - (health.goodUntilMs ?? 0) <= maxGapMs(policy);
  const goodSinceMs = (inARow ? health.goodSinceMs : undefined) ?? atMs;
  if (atMs - goodSinceMs >= recoverAfterMs(health, policy, atMs)) {
    return settled(health, "up", goodSinceMs, why);
  }
  return { ...settled(health, "down", atMs, why), goodSinceMs, goodUntilMs: atMs };
}

const longestWaitMs = 1_800_000;

/**
 * How long it must be seen good: `recoverAfter`, twice as long for each earlier outage that began within the hour, up
 * to 30 minutes. What crashes again and again is believed less each time.
 */
export function recoverAfterMs(health: Health, policy: Policy, atMs: number): number {
  const earlier = Math.max(0, recentOutages(health, atMs).length - 1);
  return Math.max(policy.recoverAfterMs, Math.min(longestWaitMs, policy.recoverAfterMs * 2 ** earlier));
}
