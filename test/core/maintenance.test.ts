import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { availability, type Counters, count, settle, zeroCounters } from "../../lambda/core/counters.ts";
import type { Maintenance } from "../../lambda/core/hands.ts";
import { conclude, found, type Health, observe, recoverAfterMs } from "../../lambda/core/health.ts";
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
  const coming = { ...down, goodSinceMs: at(0), goodUntilMs: at(9) };
  expect(settle(waiting, coming, down)).toEqual({ ...zero, seenMs: 4_000 });
});

describe("an outage that began", () => {
  const up = health("up", { maintenance: work, sinceMs: at(190) });
  const told = (before: Health) =>
    healthEvents("docs", "alone", before, up, at(250)).map(({ kind, alert }) => `${kind}${alert ? "!" : ""}`);

  test("before the work is over: told", () =>
    expect(told(health("down", { maintenance: work, foundMs: at(-60) }))).toEqual(["up!"]));

  test("during the work is over: filed, as it was itself", () =>
    expect(told(health("down", { maintenance: work }))).toEqual(["up"]));
});

describe("when an outage was found", () => {
  const down = health("down");
  const began = found(health("up"), down, at(9));

  test("is noted once, when it is believed down", () => {
    expect(began).toEqual({ ...down, foundMs: at(9) });
    expect(found(health("unknown"), down, at(9))).toEqual(began);
    expect(found(began, began, at(19))).toBe(began);
    expect(found(down, health("up"), at(19)).foundMs).toBeUndefined();
  });

  test("is not noted of what is stopped on purpose", () => {
    const stopped = health("down", { maintenance: work });
    expect(found(health("up", { maintenance: work }), stopped, at(9))).toBe(stopped);
  });

  test("is known as long as it lasts", () => {
    const back = conclude(began, "up", at(20), { ...policy, recoverAfterMs: 20_000 }, "");
    expect(back).toMatchObject({ state: "down", foundMs: at(9) });
    expect(conclude(back, "unknown", at(30), policy, "")).toMatchObject({ state: "down", foundMs: at(9) });
    const well = conclude(back, "up", at(40), { ...policy, recoverAfterMs: 20_000 }, "");
    expect(well.state).toBe("up");
    expect(well).not.toHaveProperty("foundMs");
  });
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
