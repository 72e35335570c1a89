import fc from "fast-check";
import { type Counters, count, settle, zeroCounters } from "../../lambda/core/counters.ts";
import { conclude, type Health, observe } from "../../lambda/core/health.ts";
import type { Verdict } from "../../lambda/core/verdict.ts";
import { policy } from "../sim/config.ts";
import { good, health, nineMs, refused } from "./fixture.ts";

export const maxGapMs = 30_000;

/** What the watcher does: it looks (or is away), a probe is good or fails, and sometimes all locations judge. */
export type Step = {
  readonly afterMs: number;
  readonly isGood: boolean;
  readonly verdict: Verdict | undefined;
};
const anyStep: fc.Arbitrary<Step> = fc.record({
  afterMs: fc.oneof(
    fc.integer({ min: 0, max: maxGapMs }),
    fc.integer({ min: 5_000, max: maxGapMs }),
    fc.integer({ min: -60_000, max: 120_000 }),
  ),
  isGood: fc.boolean(),
  verdict: fc.constantFrom<Verdict | undefined>(
    undefined,
    undefined,
    "up",
    "up",
    "down",
    "partial",
    "refused",
    "unknown",
  ),
});
export const anyLife = fc.array(anyStep, { minLength: 1, maxLength: 40 });

export type Moment = {
  readonly ms: number;
  readonly before: Health;
  readonly after: Health;
  readonly counters: Counters;
};

/** The life of an endpoint, step by step, as a sweep counts it. */
export function live(steps: readonly Step[]): Moment[] {
  let now: Health = health("unknown");
  let counters = zeroCounters(nineMs);
  let ms = nineMs;
  return steps.map(({ afterMs, isGood, verdict }) => {
    ms += afterMs;
    const before = now;
    counters = count(counters, now, ms, maxGapMs);
    now = observe(now, isGood ? good : refused, ms);
    if (verdict !== undefined) {
      const after = conclude(now, verdict, ms, policy, "");
      counters = settle(counters, now, after);
      now = after;
    }
    return { ms, before, after: now, counters };
  });
}
