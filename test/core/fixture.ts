import type { Health } from "../../lambda/core/health.ts";
import type { Finding } from "../../lambda/core/probe.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import type { Ballots, Vote } from "../../lambda/core/vote.ts";

/** A time of day that makes sense in alerts: 2026-11-21 09:00 UTC. */
export const nineMs = Date.UTC(2026, 10, 21, 9);

export const good: Finding = { ok: true, latencyMs: 20 };
export const failed = (reason: Reason): Finding => ({ ok: false, latencyMs: 20, reason, detail: reason });
export const refused = failed("connect-refused");
export const forbidden = failed("refused-to-us");
export const late = failed("prober-late");
export const noTime = failed("no-time");

/** What is believed, with only what matters said. */
export const health = (state: Health["state"], over: Partial<Health> = {}): Health => ({
  state,
  sinceMs: nineMs,
  why: "as the test says",
  ...over,
});

/**
 * Ballots written as a person would count them: each string is one location, each letter what it says of the things
 * asked, in order: `u`p, `d`own, `r`efused or `-` (unknown).
 */
export const ballots = (asked: readonly string[], ...locations: readonly string[]): Ballots =>
  Object.fromEntries(
    locations.map((letters, i) => [
      `location-${i}`,
      Object.fromEntries(asked.map((id, k) => [id, voteOf[letters[k] ?? "-"] ?? "unknown"])),
    ]),
  );

const voteOf: Record<string, Vote> = { u: "up", d: "down", r: "refused", "-": "unknown" };

export const all = ["up", "down", "refused", "unknown"] as const satisfies readonly Vote[];

/** Every way to choose `size` of `items`, order aside and with repetition. */
export function multisets<T>(items: readonly T[], size: number): T[][] {
  if (size === 0) return [[]];
  return items.flatMap((item, i) => multisets(items.slice(i), size - 1).map((rest) => [item, ...rest]));
}
