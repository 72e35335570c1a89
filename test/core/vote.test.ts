import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Policy } from "../../lambda/core/config.ts";
import type { Finding } from "../../lambda/core/probe.ts";
import { isVoidReason, reasons } from "../../lambda/core/reason.ts";
import { confirmTries, graceMs, vote } from "../../lambda/core/vote.ts";
import { policy } from "../sim/config.ts";
import { failed, forbidden, good, late, noTime, refused } from "./fixture.ts";

const badCheck = failed("bad-check");
const noDns = failed("dns-unreachable");

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
    ["the location has no DNS to ask", [noDns, noDns, noDns], "unknown"],
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

const voids = reasons.filter(isVoidReason);
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

describe("the tries of a confirm", () => {
  test.each<[string, Partial<Policy>, number, readonly number[], number]>([
    ["the failed probe was refused at once: a last look at its end", {}, 0, [0, 1_900, 5_000], 5_400],
    [
      "it was silent for its time-out: the last look comes so much sooner",
      {},
      3_000,
      [0, 1_000, 2_000],
      4_900,
    ],
    ["it failed after a second", {}, 1_000, [0, 1_900, 4_000], 4_900],
    ["it was silent, and the request took its time", {}, 6_000, [0, 1_000, 2_000], 4_900],
    ["it failed too long ago to be why all are asked now", {}, 6_001, [0, 1_900, 5_000], 5_400],
    [
      "a threshold of two asks as often: it takes two to tell a silent server",
      { failureThreshold: 2 },
      3_000,
      [0, 1_000, 2_000],
      4_900,
    ],
    [
      "four, to the millisecond",
      { failureThreshold: 4, confirmWithinMs: 4_001, timeoutMs: 2_000 },
      0,
      [0, 951, 1_901, 4_001],
      4_401,
    ],
    [
      "confirmWithin too short for two time-outs",
      { confirmWithinMs: 1_000, timeoutMs: 3_000 },
      0,
      [0, 0, 1_000],
      3_400,
    ],
    ["a threshold of one: at once", { failureThreshold: 1 }, 0, [0], 3_400],
  ])("%s", (_, over, failingForMs, triesAtMs, endMs) => {
    expect(confirmTries({ ...policy, ...over }, failingForMs)).toEqual({ triesAtMs, endMs });
  });

  const anyTiming = fc.record({
    failureThreshold: fc.integer({ min: 2, max: 10 }),
    timeoutMs: fc.integer({ min: 100, max: 30_000 }),
    more: fc.integer({ min: 500, max: 30_000 }),
    failingForMs: fc.integer({ min: 0, max: 60_000 }),
  });

  test("the last begins confirmWithin after the failed probe began, and two at least have their whole time-out", () => {
    fc.assert(
      fc.property(anyTiming, ({ failureThreshold, timeoutMs, more, failingForMs }) => {
        const confirmWithinMs = timeoutMs + more;
        const timing = { ...policy, failureThreshold, timeoutMs, confirmWithinMs };
        const { triesAtMs, endMs } = confirmTries(timing, failingForMs);
        expect(triesAtMs.length).toBe(Math.max(3, failureThreshold));
        expect(triesAtMs[0]).toBe(0);
        const isWhy = failingForMs <= timeoutMs + 3_000;
        expect(triesAtMs.at(-1)).toBe(confirmWithinMs - (isWhy ? Math.min(failingForMs, timeoutMs) : 0));
        expect(triesAtMs).toEqual([...triesAtMs].sort((a, b) => a - b));
        expect(triesAtMs.filter((ms) => ms + timeoutMs <= endMs).length).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  test("who is asked only beside a suspect is asked no longer than that, and half a second less than confirmWithin at most", () => {
    expect(confirmTries(policy, 0, 4_900)).toEqual({ triesAtMs: [0, 1_900, 4_500], endMs: 4_900 });
    fc.assert(
      fc.property(anyTiming, ({ failureThreshold, timeoutMs, more, failingForMs }) => {
        const confirmWithinMs = timeoutMs + more;
        const timing = { ...policy, failureThreshold, timeoutMs, confirmWithinMs };
        const suspect = confirmTries(timing, failingForMs);
        const beside = confirmTries(timing, 0, suspect.endMs);
        expect(beside.endMs).toBeLessThanOrEqual(suspect.endMs);
        expect(beside.triesAtMs.at(-1)).toBeGreaterThanOrEqual(confirmWithinMs - 500);
        expect(beside.triesAtMs.filter((ms) => ms + timeoutMs <= beside.endMs).length).toBeGreaterThanOrEqual(
          2,
        );
      }),
    );
  });

  test("the verdict on silence comes within timeout and confirmWithin, that on a refusal soon after confirmWithin", () => {
    fc.assert(
      fc.property(anyTiming, ({ failureThreshold, timeoutMs, more }) => {
        const confirmWithinMs = timeoutMs + more;
        const timing = { ...policy, failureThreshold, timeoutMs, confirmWithinMs };
        expect(confirmTries(timing, timeoutMs).endMs).toBeLessThanOrEqual(
          Math.max(confirmWithinMs, more + graceMs),
        );
        expect(confirmTries(timing, 0).endMs).toBe(confirmWithinMs + graceMs);
      }),
    );
  });
});
