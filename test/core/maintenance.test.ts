import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { availability, type Counters, count, settle, zeroCounters } from "../../lambda/core/counters.ts";
import type { Maintenance } from "../../lambda/core/hands.ts";
import { conclude, type Health, observe, recoverAfterMs } from "../../lambda/core/health.ts";
import { healthEvents } from "../../lambda/core/report.ts";
import { rosterOf } from "../../lambda/core/roster.ts";
import type { Verdict } from "../../lambda/core/verdict.ts";
import { endpoint, policy, shop, shopConfig } from "../sim/config.ts";
import { good, health, nineMs, refused } from "./fixture.ts";

const maxGapMs = 30_000;
const at = (seconds: number): number => nineMs + seconds * 1000;
const work: Maintenance = { who: "anna", why: "new disks", atMs: at(0), untilMs: at(600) };
const zero = zeroCounters(nineMs);

describe("ten seconds pass while somebody works on an endpoint that", () => {
  test.each<[string, Health]>([
    ["is up", health("up", { maintenance: work })],
    ["is down", health("down", { maintenance: work })],
    ["is suspected", health("up", { maintenance: work, suspectedMs: at(0) })],
    ["comes back", health("down", { maintenance: work, goodSinceMs: at(0) })],
    ["was never judged", health("unknown", { maintenance: work })],
    ["cannot be judged", health("up", { maintenance: work, trouble: "blind" })],
  ])("%s: neither up nor down", (_, now) =>
    expect(count(zero, now, at(10), maxGapMs)).toEqual({ ...zero, maintenanceMs: 10_000, untilMs: at(10) }),
  );
});

test("a time nobody looked is not even that", () => {
  const now = health("up", { maintenance: work });
  expect(count(zero, now, at(31), maxGapMs)).toEqual({ ...zero, untilMs: at(31) });
});

test("what waited for a judgement from before is judged; what is stopped on purpose is no failure", () => {
  const waiting: Counters = { ...zero, pendingMs: 4_000 };
  const before = health("up", { maintenance: work, suspectedMs: at(0) });
  const down = health("down", { maintenance: work });
  expect(settle(waiting, before, down)).toEqual({ ...zero, seenMs: 4_000 });
});

describe("whatever is found in between", () => {
  test("nobody forgets that somebody works on it", () => {
    const verdicts: Verdict[] = ["up", "down", "partial", "refused", "unknown"];
    const anyStep = fc.tuple(fc.constantFrom(...verdicts), fc.boolean());
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), (steps) => {
        let now = health("up", { maintenance: work });
        let counters = zero;
        for (const [i, [verdict, isGood]] of steps.entries()) {
          counters = count(counters, now, at(10 * i), maxGapMs);
          now = observe(now, isGood ? good : refused, at(10 * i));
          const after = conclude(now, verdict, at(10 * i), policy, "as it was found");
          counters = settle(counters, now, after);
          expect(healthEvents("docs", "alone", now, after, at(10 * i)).some(({ alert }) => alert)).toBe(
            false,
          );
          now = after;
        }
        expect(now.maintenance).toBe(work);
        expect(counters.seenMs + counters.failures).toBe(0);
        expect(counters.maintenanceMs ?? 0).toBe(10_000 * Math.max(0, steps.length - 1));
        expect(recoverAfterMs(now, policy, at(300))).toBe(policy.recoverAfterMs);
      }),
    );
  });

  test("availability is of the other time alone", () => {
    const to: Counters = { ...zero, seenMs: 100, upMs: 90, maintenanceMs: 9_000 };
    expect(availability(undefined, to)).toMatchObject({ seenMs: 100, ratio: 0.9 });
  });
});

test("a roster says what is deployed: services, and what stands alone", () => {
  const config = shopConfig({ endpoints: [...shopConfig().endpoints, endpoint("docs")] });
  expect(rosterOf(config)).toEqual({ locations: config.locations, services: [shop], endpoints: ["docs"] });
});
