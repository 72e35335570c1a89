import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  availability,
  type Counters,
  count,
  countProbe,
  settle,
  zeroCounters,
} from "../../lambda/core/counters.ts";
import type { Health } from "../../lambda/core/health.ts";
import { good, health, nineMs, noTime, refused } from "./fixture.ts";
import { anyLife, live, maxGapMs } from "./life-fixture.ts";

const at = (seconds: number): number => nineMs + seconds * 1000;
const zero = zeroCounters(nineMs);
const up = health("up");
const down = health("down");
const suspected = health("up", { suspectedMs: at(0) });
const recovering = health("down", { goodSinceMs: at(0) });
const goodForSome = health("down", { goodSinceMs: at(0), goodUntilMs: at(20) });

describe("ten seconds pass while the endpoint", () => {
  test.each<[string, Health, Partial<Counters>]>([
    ["is up: seen, and up", up, { seenMs: 10_000, upMs: 10_000 }],
    ["is down: seen, and not up", down, { seenMs: 10_000 }],
    [
      "is up for some, down for others: up",
      health("up", { trouble: "partial" }),
      { seenMs: 10_000, upMs: 10_000 },
    ],
    ["is suspected: seen, and not judged yet", suspected, { pendingMs: 10_000 }],
    ["is suspected and was never judged", health("unknown", { suspectedMs: at(0) }), { pendingMs: 10_000 }],
    ["comes back: seen, and not judged yet", recovering, { pendingMs: 10_000 }],
    ["was never judged: not seen", health("unknown"), {}],
    ["cannot be judged: not seen", health("up", { trouble: "blind" }), {}],
    ["is down and cannot be judged: not seen", health("down", { trouble: "blind" }), {}],
    ["refuses our probes: not seen", health("up", { trouble: "refused" }), {}],
  ])("%s", (_, now, counted) =>
    expect(count(zero, now, at(10), maxGapMs)).toEqual({ ...zero, untilMs: at(10), ...counted }),
  );
});

test.each([
  ["a good probe", good, 0],
  ["a failed one", refused, 1],
  ["one that says nothing is no failure", noTime, 0],
])("%s is counted", (_, finding, failedProbes) =>
  expect(countProbe(zero, finding)).toEqual({ ...zero, probes: 1, failedProbes }),
);

describe("time is counted once and only where somebody looked", () => {
  test.each([
    ["a gap as long as allowed is seen", at(30), 30_000, at(30)],
    ["a gap longer than that is not: the watcher was dead, late or asleep", at(30) + 1, 0, at(30) + 1],
    ["no time has passed", at(0), 0, at(0)],
    ["a clock that runs backwards changes nothing", at(-5), 0, at(0)],
  ])("%s", (_, toMs, seenMs, untilMs) =>
    expect(count(zero, up, toMs, maxGapMs)).toMatchObject({ seenMs, upMs: seenMs, untilMs }),
  );
});

describe("ten seconds wait for a judgement, and it turns out that the endpoint", () => {
  const waiting: Counters = { ...zero, seenMs: 60_000, upMs: 60_000, pendingMs: 10_000 };
  test.each<[string, Health, Health, Partial<Counters>]>([
    ["was up", suspected, up, { seenMs: 70_000, upMs: 70_000, pendingMs: 0 }],
    [
      "was up for some",
      suspected,
      health("up", { trouble: "partial" }),
      { seenMs: 70_000, upMs: 70_000, pendingMs: 0 },
    ],
    ["was down: an outage", suspected, down, { seenMs: 70_000, failures: 1, pendingMs: 0 }],
    [
      "was down when first judged: an outage",
      health("unknown", { suspectedMs: at(0) }),
      down,
      { seenMs: 70_000, failures: 1, pendingMs: 0 },
    ],
    ["could not be judged: not seen", suspected, health("up", { trouble: "blind" }), { pendingMs: 0 }],
    ["refused our probes: not seen", suspected, health("up", { trouble: "refused" }), { pendingMs: 0 }],
    [
      "was never judged at all: not seen",
      health("unknown", { suspectedMs: at(0) }),
      health("unknown"),
      { pendingMs: 0 },
    ],
    ["has recovered", recovering, up, { seenMs: 70_000, upMs: 70_000, pendingMs: 0 }],
    [
      "is still coming back: it was up from one good confirm to the next",
      recovering,
      recovering,
      { seenMs: 70_000, upMs: 70_000, pendingMs: 0 },
    ],
    [
      "comes back anew, after a time nobody looked: waits on",
      recovering,
      health("down", { goodSinceMs: at(50) }),
      {},
    ],
    ["failed after one good confirm: the same outage", recovering, down, { seenMs: 70_000, pendingMs: 0 }],
    [
      "failed after several in a row: another outage",
      goodForSome,
      down,
      { seenMs: 70_000, failures: 1, pendingMs: 0 },
    ],
    [
      "came back and is up for some only: down, and no outage of its own",
      goodForSome,
      health("down", { trouble: "partial" }),
      { seenMs: 70_000, pendingMs: 0 },
    ],
    [
      "came back and cannot be judged: not seen",
      goodForSome,
      health("down", { trouble: "blind" }),
      { pendingMs: 0 },
    ],
  ])("%s", (_, before, after, changed) =>
    expect(settle(waiting, before, after)).toEqual({ ...waiting, ...changed }),
  );
});

describe("availability", () => {
  const later = { ...zero, seenMs: 1_000_000, upMs: 990_000, failures: 2 };
  test("since the first record", () =>
    expect(availability(undefined, later)).toEqual({
      seenMs: 1_000_000,
      ratio: 0.99,
      failures: 2,
      mttfMs: 495_000,
      mttrMs: 5_000,
    }));
  test("between two records", () =>
    expect(availability({ ...zero, seenMs: 500_000, upMs: 495_000, failures: 1 }, later)).toEqual({
      seenMs: 500_000,
      ratio: 0.99,
      failures: 1,
      mttfMs: 495_000,
      mttrMs: 5_000,
    }));
  test("nothing seen, nothing known", () =>
    expect(availability(later, later)).toEqual({
      seenMs: 0,
      ratio: undefined,
      failures: 0,
      mttfMs: undefined,
      mttrMs: undefined,
    }));
});

describe("whatever happens, and whenever somebody looks", () => {
  test("what is seen and what is up never shrink, up is part of seen, and seen of the time that passed", () => {
    fc.assert(
      fc.property(anyLife, (steps) => {
        let last = zero;
        for (const { counters } of live(steps)) {
          expect(counters.seenMs).toBeGreaterThanOrEqual(last.seenMs);
          expect(counters.upMs).toBeGreaterThanOrEqual(last.upMs);
          expect(counters.upMs).toBeLessThanOrEqual(counters.seenMs);
          expect(counters.seenMs - counters.upMs).toBeGreaterThanOrEqual(last.seenMs - last.upMs);
          expect(counters.seenMs + counters.pendingMs).toBeLessThanOrEqual(counters.untilMs - nineMs);
          last = counters;
        }
      }),
      { numRuns: 500 },
    );
  });

  test("time nobody looked is in none of the counters", () => {
    fc.assert(
      fc.property(anyLife, (steps) => {
        let [until, looked] = [nineMs, 0];
        for (const { ms, counters } of live(steps)) {
          const gapMs = Math.max(0, ms - until);
          until += gapMs;
          looked += gapMs > maxGapMs ? 0 : gapMs;
          expect(counters.seenMs + counters.pendingMs).toBeLessThanOrEqual(looked);
          expect(counters.untilMs).toBe(until);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("failures are counted as often as the endpoint goes down, and as a recovery of several good confirms breaks", () => {
    fc.assert(
      fc.property(anyLife, (steps) => {
        const failures = live(steps).filter(
          ({ before: { state, goodSinceMs = 0, goodUntilMs = 0 }, after }, i) =>
            state === "down"
              ? goodUntilMs > goodSinceMs && steps[i]?.verdict === "down"
              : after.state === "down",
        );
        expect(live(steps).at(-1)?.counters.failures).toBe(failures.length);
      }),
    );
  });

  test("the availability of two windows adds up to that of both together", () => {
    fc.assert(
      fc.property(anyLife, fc.nat(39), fc.nat(39), (steps, i, j) => {
        const records = [zero, ...live(steps).map(({ counters }) => counters)];
        const [k, l] = [i % records.length, j % records.length];
        const [b, c] = [records[Math.min(k, l)] ?? zero, records[Math.max(k, l)] ?? zero];
        const windows = [availability(undefined, b), availability(b, c)];
        const whole = availability(undefined, c);
        const upMs = (one: { seenMs: number; ratio: number | undefined }) => one.seenMs * (one.ratio ?? 0);
        expect(windows.reduce((sum, one) => sum + one.seenMs, 0)).toBe(whole.seenMs);
        expect(windows.reduce((sum, one) => sum + one.failures, 0)).toBe(whole.failures);
        expect(windows.reduce((sum, one) => sum + upMs(one), 0)).toBeCloseTo(upMs(whole), 3);
      }),
    );
  });
});

test("a watcher that never sleeps sees everything once all is judged", () => {
  const anyQuiet = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: maxGapMs }), isGood: fc.boolean() }),
    {
      minLength: 1,
      maxLength: 40,
    },
  );
  fc.assert(
    fc.property(anyQuiet, (steps) => {
      const moments = live([
        { afterMs: 0, isGood: true, verdict: "up" },
        ...steps.map((step) => ({ ...step, verdict: undefined })),
        { afterMs: 1_000, isGood: true, verdict: "up" },
      ]);
      const { ms, counters } = moments.at(-1) ?? { ms: 0, counters: zero };
      expect(counters).toMatchObject({ seenMs: ms - nineMs, upMs: ms - nineMs, pendingMs: 0 });
    }),
  );
});
