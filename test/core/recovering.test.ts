import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Counters } from "../../lambda/core/counters.ts";
import type { Verdict } from "../../lambda/core/verdict.ts";
import { nineMs } from "./fixture.ts";
import { live, type Moment, maxGapMs, type Step } from "./life-fixture.ts";

/** A watcher that never sleeps: endpoints come back, and fail again before that is believed. */
const anyStep: fc.Arbitrary<Step> = fc.record({
  afterMs: fc.oneof(fc.integer({ min: 1, max: 10_000 }), fc.integer({ min: 1, max: maxGapMs })),
  isGood: fc.boolean(),
  verdict: fc.constantFrom<Verdict | undefined>(undefined, "up", "up", "down"),
});
const first: Step = { afterMs: 0, isGood: true, verdict: "up" };
const anyWatch = fc.array(anyStep, { minLength: 20, maxLength: 60 }).map((steps) => [first, ...steps]);

type Judged = Moment & { readonly verdict: Verdict };

/** Each moment of a verdict, and the one of the verdict before. */
function pairsOf(steps: readonly Step[]): [Judged, Judged][] {
  const judged = live(steps).flatMap((moment, i): Judged[] => {
    const verdict = steps[i]?.verdict;
    return verdict ? [{ ...moment, verdict }] : [];
  });
  return judged.flatMap((now, i): [Judged, Judged][] => {
    const last = judged[i - 1];
    return last ? [[last, now]] : [];
  });
}

const downMs = ({ seenMs, upMs }: Counters): number => seenMs - upMs;

describe("while an endpoint comes back, and whether or not it fails again before that is believed,", () => {
  test("every millisecond is counted once, or waits", () => {
    fc.assert(
      fc.property(anyWatch, (steps) => {
        for (const { ms, counters } of live(steps))
          expect(counters.seenMs + counters.pendingMs).toBe(ms - nineMs);
      }),
    );
  });

  test("time between good confirms in a row is counted at once, as up", () => {
    let rows = 0;
    fc.assert(
      fc.property(anyWatch, (steps) => {
        const good = pairsOf(steps).filter(([last, now]) => last.verdict === "up" && now.verdict === "up");
        for (const [last, now] of good) expect(downMs(now.counters)).toBe(downMs(last.counters));
        const inARow = good.filter(([last, now]) => now.ms - last.ms <= maxGapMs);
        for (const [, now] of inARow) expect(now.counters.pendingMs).toBe(0);
        rows += inARow.filter(([, now]) => now.after.state === "down").length;
      }),
    );
    expect(rows).toBeGreaterThan(20);
  });

  test("time before a bad confirm, from the last one on, is down", () => {
    fc.assert(
      fc.property(anyWatch, (steps) => {
        for (const [last, now] of pairsOf(steps))
          if (now.verdict === "down" && last.after.state === "down")
            expect(now.counters.upMs).toBe(last.counters.upMs);
      }),
    );
  });

  test("failing again is a failure, when it was good for several confirms in a row", () => {
    let broken = 0;
    fc.assert(
      fc.property(anyWatch, (steps) => {
        const pairs = pairsOf(steps);
        for (const pair of pairs) {
          const [last, now] = pair;
          const failures = now.counters.failures - last.counters.failures;
          expect(failures).toBe(isBegun(pair) || isBroken(pair) ? 1 : 0);
        }
        broken += pairs.filter(isBroken).length;
      }),
    );
    expect(broken).toBeGreaterThan(20);
  });
});

const isBegun = ([last, now]: [Judged, Judged]): boolean =>
  last.after.state === "up" && now.verdict === "down";

const isBroken = ([{ after }, now]: [Judged, Judged]): boolean =>
  (after.goodUntilMs ?? 0) > (after.goodSinceMs ?? 0) && now.verdict === "down";
