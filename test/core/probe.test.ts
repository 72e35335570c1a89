import { describe, expect, test } from "vitest";
import { isRefusal, isVoid, patienceMs, reasons } from "../../lambda/core/probe.ts";
import { failed, good } from "./fixture.ts";

describe("what a failed try says", () => {
  const kinds: Record<string, string> = {
    "prober-late": "nothing",
    "no-time": "nothing",
    "bad-check": "nothing",
    "refused-to-us": "a firewall dislikes us",
  };
  test.each(reasons)("%s", (reason) => {
    const says = kinds[reason] ?? "a failure";
    expect(isVoid(failed(reason))).toBe(says === "nothing");
    expect(isRefusal(failed(reason))).toBe(says === "a firewall dislikes us");
  });

  test("a success is neither void nor refused", () => {
    expect([isVoid(good), isRefusal(good)]).toEqual([false, false]);
  });
});

test("home waits for a location longer than the location works, and less long than a confirm may take", () => {
  expect(patienceMs({ endMs: 5_400 })).toBeGreaterThan(5_400);
  expect(patienceMs({ endMs: 5_400 })).toBeLessThanOrEqual(7_000);
});
