import { defaults } from "./defaults.ts";
import type { Draft } from "./draft.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import type { Path, Problem } from "./finding.ts";
import type { FilePolicy } from "./schema.ts";

type Policy = Draft<FilePolicy>;
type DurationKey = "interval" | "timeout" | "confirmWithin" | "recoverAfter";

/** A duration that counts, of the endpoint's or service's own, the file's defaults and ours; undefined when it is wrong. */
export const effectiveMs = (key: DurationKey, own: Policy, common: Policy = {}): number | undefined => {
  const layer = [own, common, defaults].find((one) => Object.hasOwn(one, key));
  const written = layer?.[key];
  return written === undefined ? undefined : parseDuration(written);
};

/** How far apart two tries of a confirm must be at least, each with its whole time-out within `confirmWithin`. */
const apartMs = 500;

/**
 * A probe must be over before the next one, and so must a confirm, which starts when a probe has failed: else an
 * endpoint would be asked while it is still being judged. And it takes two whole tries, one after the other's
 * start, to tell a server that never answers. Pointed at is the key of `own` that breaks it.
 */
export const timingProblems = (own: Policy, path: Path, common?: Policy): Problem[] => {
  const key = (["timeout", "confirmWithin", "interval"] as const).find((one) => Object.hasOwn(own, one));
  const interval = effectiveMs("interval", own, common);
  const timeout = effectiveMs("timeout", own, common);
  const confirm = effectiveMs("confirmWithin", own, common);
  if (key === undefined || interval === undefined || timeout === undefined || confirm === undefined)
    return [];
  const least = formatDuration(timeout + confirm);
  const hint = `raise interval to ${least}, or lower timeout or confirmWithin`;
  const at = { path: [...path, key], hint };
  if (timeout > interval) {
    const message = `timeout ${formatDuration(timeout)} is longer than interval ${formatDuration(interval)}`;
    return [{ ...at, message }];
  }
  if (timeout + confirm <= interval) return roomProblems(at.path, own, timeout, confirm);
  const sum = `confirmWithin ${formatDuration(confirm)} + timeout ${formatDuration(timeout)} = ${least}`;
  return [{ ...at, message: `${sum} is longer than interval ${formatDuration(interval)}` }];
};

const roomProblems = (path: Path, own: Policy, timeout: number, confirm: number): Problem[] => {
  if (own.failureThreshold === 1 || confirm >= timeout + apartMs) return [];
  const least = formatDuration(timeout + apartMs);
  const message = `confirmWithin ${formatDuration(confirm)} has no room for two tries of timeout ${formatDuration(timeout)}`;
  return [{ path, message, hint: `raise confirmWithin to ${least}, or lower timeout` }];
};

/** How often a staggered endpoint may be asked at most: each time is an invocation. */
const leastTurnMs = 1_000;

/** A staggered endpoint is asked as many times in an interval as there are locations. */
export const staggeredProblems = (
  own: Policy,
  path: Path,
  locations: number,
  common: Policy = {},
): Problem[] => {
  const key = (["interval", "staggered"] as const).find((one) => Object.hasOwn(own, one));
  const staggered = own.staggered ?? common.staggered ?? defaults.staggered;
  const interval = effectiveMs("interval", own, common);
  if (key === undefined || !staggered || interval === undefined || interval >= locations * leastTurnMs)
    return [];
  const message = `staggered over ${locations} locations, interval ${formatDuration(interval)} asks every ${Math.round(interval / locations)}ms`;
  const hint = `raise interval to ${formatDuration(locations * leastTurnMs)}, so that it asks every second at most`;
  return [{ path: [...path, key], message, hint }];
};

/** An answer that may take longer than the time-out would never be late. */
export const withinProblems = (
  check: { readonly within?: string | undefined },
  path: Path,
  timeout: number | undefined,
): Problem[] => {
  const within = check.within === undefined ? undefined : parseDuration(check.within);
  if (within === undefined || timeout === undefined || within <= timeout) return [];
  const message = `within ${formatDuration(within)} is longer than timeout ${formatDuration(timeout)}`;
  return [
    { path: [...path, "within"], message, hint: `at most ${formatDuration(timeout)}, or raise timeout` },
  ];
};
