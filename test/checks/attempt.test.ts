import { describe, expect, it } from "vitest";
import { enter, startAttempt, timesOf } from "../../lambda/checks/attempt.ts";
import { runCheck } from "../../lambda/checks/registry.ts";
import { httpCheck, never, page, says, saysAndCloses, withServer } from "./servers.ts";

describe("where the time of an attempt went", () => {
  it("has the phases that were come to, in their order", () => {
    const attempt = startAttempt("The check");
    expect(Object.keys(timesOf(attempt).phases)).toEqual(["dns"]);
    for (const phase of ["connect", "tls", "first-byte", "head", "body"] as const) enter(attempt, phase);
    expect(Object.keys(timesOf(attempt).phases)).toEqual(["dns", "connect", "tls", "firstByte", "body"]);
  });

  it("is added up for a phase that is come to again, as after a redirect", () => {
    const attempt = startAttempt("The check");
    attempt.spentMs.connect = 1_000_000;
    enter(attempt, "connect");
    attempt.enteredMs -= 2_000_000;
    enter(attempt, "dns");
    expect(timesOf(attempt).phases.connect).toBeGreaterThanOrEqual(3_000_000);
  });

  it.each([
    ["an answer", saysAndCloses(page(200, "ok")), ["dns", "connect", "firstByte", "body"]],
    ["an answer that never begins", () => {}, ["dns", "connect", "firstByte"]],
    ["one that does not end", says("HTTP/1.1 200 OK\r\n"), ["dns", "connect", "firstByte", "body"]],
  ] as const)("of %s adds up to what it took", async (_name, serve, phases) => {
    const finding = await withServer(serve, (port) => runCheck(httpCheck(port), 150, never()));
    const spent = Object.values(finding.phases ?? {}).reduce((sum, ms) => sum + ms, 0);
    expect(Object.keys(finding.phases ?? {})).toEqual(phases);
    expect(Math.abs(spent - finding.latencyMs)).toBeLessThanOrEqual(phases.length);
  });
});
