import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Finding, reasons } from "../../lambda/core/probe.ts";
import { graceMs, triesAtMs, vote } from "../../lambda/core/vote.ts";
import { policy } from "../sim/config.ts";
import { failed, forbidden, good, late, noTime, refused } from "./fixture.ts";

const badCheck = failed("bad-check");

describe("one location's vote, at most 3 tries", () => {
  test.each<[string, readonly Finding[], string]>([
    ["the first try succeeded", [good], "up"],
    ["the last try succeeded: a lost packet is no outage", [refused, refused, good], "up"],
    ["all three tries failed", [refused, refused, refused], "down"],
    ["two failed, for the third no time was left", [refused, refused, noTime], "down"],
    [
      "one failed, the others had no time: one lost packet proves nothing",
      [refused, noTime, noTime],
      "unknown",
    ],
    ["one failed while our process was late in the others", [late, refused, late], "unknown"],
    ["the location was late in all of them", [late, late, late], "unknown"],
    ["the location does not understand the check", [badCheck, badCheck, badCheck], "unknown"],
    ["the location could not be asked", [], "unknown"],
    ["a firewall refused one try, the others failed", [refused, forbidden, refused], "refused"],
    ["a firewall refused all", [forbidden, forbidden, forbidden], "refused"],
    ["a firewall refused one try, another succeeded", [forbidden, good], "up"],
  ])("%s", (_, tries, is) => expect(vote(tries, 3)).toBe(is));

  test.each<[string, readonly Finding[], number, string]>([
    ["one try is enough where the user wants one", [refused], 1, "down"],
    ["with a threshold of two, one is not enough", [refused], 2, "unknown"],
    ["a threshold of one does not make a void try count", [noTime], 1, "unknown"],
    [
      "with a threshold of ten, two failures are enough when that is all there was time for",
      [refused, refused],
      10,
      "down",
    ],
  ])("%s", (_, tries, threshold, is) => expect(vote(tries, threshold)).toBe(is));
});

const voids = ["prober-late", "no-time", "bad-check"] as const;
const anyVoid = fc.constantFrom(...voids).map(failed);
const anyFailure = fc
  .constantFrom(...reasons.filter((reason) => ![...voids, "refused-to-us"].includes(reason)))
  .map(failed);
const anyTry = fc.oneof(fc.constant(good), fc.constant(forbidden), anyVoid, anyFailure);
const anyTries = fc.array(anyTry, { maxLength: 5 });
const anyThreshold = fc.integer({ min: 1, max: 10 });

describe("whatever the tries", () => {
  test("one success is up", () => {
    fc.assert(
      fc.property(anyTries, anyTries, anyThreshold, (before, after, threshold) => {
        expect(vote([...before, good, ...after], threshold)).toBe("up");
      }),
    );
  });

  test("two failures or more and no sign of life are down", () => {
    const failures = fc.array(anyFailure, { minLength: 2, maxLength: 5 });
    fc.assert(
      fc.property(failures, anyThreshold, (tries, threshold) => {
        expect(vote(tries, threshold)).toBe("down");
      }),
    );
  });

  test("tries that say nothing change nothing, wherever they stand: they never make a down of an unknown", () => {
    const mixed = fc.array(fc.tuple(anyTry, fc.array(anyVoid, { maxLength: 2 })), { maxLength: 5 });
    fc.assert(
      fc.property(mixed, anyThreshold, (tries, threshold) => {
        const alone = tries.map(([one]) => one);
        expect(vote(tries.flat(2), threshold)).toBe(vote(alone, threshold));
      }),
    );
  });
});

describe("when the tries of a confirm start", () => {
  test.each([
    [
      "the default: two with their whole time-out, a last look at the end",
      3,
      5_000,
      3_000,
      [0, 2_000, 5_000],
    ],
    [
      "a threshold of two asks as often: it takes two to tell a silent server",
      2,
      5_000,
      3_000,
      [0, 2_000, 5_000],
    ],
    ["four, to the millisecond", 4, 4_001, 2_000, [0, 1_001, 2_001, 4_001]],
    ["confirmWithin too short for two time-outs", 3, 1_000, 3_000, [0, 0, 1_000]],
    ["a threshold of one: at once", 1, 5_000, 3_000, [0]],
  ])("%s", (_, failureThreshold, confirmWithinMs, timeoutMs, at) => {
    expect(triesAtMs({ ...policy, failureThreshold, confirmWithinMs, timeoutMs })).toEqual(at);
  });

  test("the first at once, the last at the end of confirmWithin, two or more with their whole time-out", () => {
    const anyTiming = fc.record({
      failureThreshold: fc.integer({ min: 2, max: 10 }),
      timeoutMs: fc.integer({ min: 100, max: 30_000 }),
      more: fc.integer({ min: 0, max: 30_000 }),
    });
    fc.assert(
      fc.property(anyTiming, ({ failureThreshold, timeoutMs, more }) => {
        const confirmWithinMs = timeoutMs + more;
        const at = triesAtMs({ ...policy, failureThreshold, timeoutMs, confirmWithinMs });
        expect(at.length).toBe(Math.max(3, failureThreshold));
        expect([at[0], at.at(-1)]).toEqual([0, confirmWithinMs]);
        expect(at).toEqual([...at].sort((a, b) => a - b));
        const whole = at.filter((ms) => ms + timeoutMs <= confirmWithinMs);
        expect(whole.length).toBeGreaterThanOrEqual(Math.max(2, failureThreshold - 1));
        expect(whole.at(-1)).toBe(more);
      }),
    );
  });

  test("the last failure is known well before the next interval", () => {
    expect(policy.confirmWithinMs + graceMs).toBeLessThan(policy.intervalMs);
  });
});
