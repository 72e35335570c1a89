import { describe, expect, test } from "vitest";
import { isRefusal, isVoid, patienceMs } from "../../lambda/core/probe.ts";
import { faultOf, reasons, sayReason } from "../../lambda/core/reason.ts";
import { failed, good } from "./fixture.ts";

describe("what a failed try says", () => {
  const kinds: Record<string, string> = {
    "prober-late": "nothing",
    "prober-unable": "nothing",
    "dns-unreachable": "nothing",
    "no-time": "nothing",
    "bad-check": "nothing",
    "secret-unreadable": "nothing",
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

describe("a reason", () => {
  test.each(reasons)("%s is a word of the history, and has a sentence", (reason) => {
    expect(reason).toMatch(/^[a-z]+(-[a-z]+){0,3}$/);
    expect(sayReason(reason)).toMatch(/^[A-Z].{10,120}\.$/);
  });

  test.each([
    ["connect-refused", "endpoint"],
    ["connect-timeout", "path"],
    ["prober-late", "ours"],
  ] as const)("%s: the %s's fault", (reason, fault) => expect(faultOf(reason)).toBe(fault));
});

test("home waits for a location longer than the location works, and less long than a confirm may take", () => {
  expect(patienceMs({ endMs: 5_400 })).toBeGreaterThan(5_400);
  expect(patienceMs({ endMs: 5_400 })).toBeLessThanOrEqual(7_000);
});
