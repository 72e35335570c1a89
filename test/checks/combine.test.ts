import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { conclude } from "../../lambda/checks/combine.ts";
import { runCheck } from "../../lambda/checks/registry.ts";
import type { CombinedCheck, SingleCheck } from "../../lambda/core/config.ts";
import type { Finding } from "../../lambda/core/probe.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { httpCheck, listen, never, page, says, withServer } from "./servers.ts";

const patientMs = 20_000;

const combined = (type: "all" | "any", ...checks: SingleCheck[]): CombinedCheck => ({ type, checks });

describe("what the findings come to", () => {
  const finding = (said: Reason | "ok"): Finding =>
    said === "ok"
      ? { ok: true, latencyMs: 1 }
      : { ok: false, latencyMs: 1, reason: said, detail: `It said ${said}.` };
  const of = (type: "all" | "any", said: readonly (Reason | "ok")[]): string => {
    const tcp: SingleCheck = { type: "tcp", host: "192.0.2.1", port: 1 };
    const result = conclude(combined(type, ...said.map(() => tcp)), said.map(finding), 7);
    expect(result.latencyMs).toBe(7);
    return result.ok ? "ok" : result.reason;
  };

  it.each<[(Reason | "ok")[], Reason | "ok", Reason | "ok"]>([
    [["ok", "ok"], "ok", "ok"],
    [["ok", "reset"], "reset", "ok"],
    [["reset", "ok"], "reset", "ok"],
    [["reset", "tls-expired"], "reset", "reset"],
    // A failure is one whatever the others say; a void one might have been good, and so might a firewall's.
    [["no-time", "reset"], "reset", "no-time"],
    [["refused-to-us", "reset"], "reset", "refused-to-us"],
    [["prober-late", "refused-to-us"], "refused-to-us", "prober-late"],
    [["ok", "no-time"], "no-time", "ok"],
    [["ok", "refused-to-us"], "refused-to-us", "ok"],
    [["no-time", "no-time"], "no-time", "no-time"],
    [[], "bad-check", "bad-check"],
  ])("%j: all %s, any %s", (said, all, any) => {
    expect([of("all", said), of("any", said)]).toEqual([all, any]);
  });

  it("names what failed", () => {
    const checks: SingleCheck[] = [httpCheck(80), { type: "tcp", host: "192.0.2.1", port: 1 }];
    const findings = [finding("status-unexpected"), finding("reset")];
    expect(conclude({ type: "all", checks }, [finding("ok"), finding("reset")], 1)).toMatchObject({
      detail: "Not all of 2 checks are good: 2 (tcp): It said reset.",
    });
    expect(conclude({ type: "any", checks }, findings, 1)).toMatchObject({
      detail: "None of 2 checks is good: 1 (http): It said status-unexpected. 2 (tcp): It said reset.",
    });
  });
});

type Serve = (socket: Socket) => void;

/** Two servers at once, of which the second is found at the second port. */
const withTwo = <T>(
  first: Serve,
  second: Serve,
  use: (ports: readonly [number, number]) => Promise<T>,
): Promise<T> => withServer(first, (a) => withServer(second, (b) => use([a, b])));

const good = says(page(200));
const bad = says(page(500));
const silent: Serve = () => {};

describe("real servers", () => {
  const probe = (type: "all" | "any", first: Serve, second: Serve, timeoutMs = patientMs) =>
    withTwo(first, second, ([a, b]) =>
      runCheck(combined(type, httpCheck(a), httpCheck(b)), timeoutMs, never()),
    );

  it.each([
    ["all", "both good", good, good, "ok"],
    ["all", "one bad", good, bad, "status-unexpected"],
    ["any", "one bad", bad, good, "ok"],
    ["any", "both bad", bad, bad, "status-unexpected"],
    // The time-out is 20 s: what is decided does not wait for it, and leaves no connection open.
    ["all", "one bad, one silent", silent, bad, "status-unexpected"],
    ["any", "one good, one silent", silent, good, "ok"],
  ] as const)("%s: %s", async (type, _name, first, second, found) => {
    const finding = await probe(type, first, second);
    expect(finding.ok ? "ok" : finding.reason).toBe(found);
  });

  it.each(["all", "any"] as const)("%s: one deadline for the whole", async (type) => {
    expect(await probe(type, silent, silent, 150)).toMatchObject({
      reason: "first-byte-timeout",
      detail: expect.stringContaining("within 150 ms"),
    });
  });

  it("is asked all at once", async () => {
    let open = 0;
    const together = (socket: Socket) => {
      open += 1;
      if (open === 2) answer();
      waiting.push(socket);
    };
    const waiting: Socket[] = [];
    const answer = () => setImmediate(() => waiting.map((socket) => socket.end(page(200))));
    expect((await probe("all", together, together)).ok).toBe(true);
  });

  it("that is called off says nothing and closes every connection", async () => {
    const over = new AbortController();
    const target = await listen((socket) => socket.once("data", () => over.abort()));
    const check = combined("all", httpCheck(target.port), httpCheck(target.port));
    expect(await runCheck(check, patientMs, over.signal)).toMatchObject({ reason: "no-time" });
    await target.closed();
    expect(await runCheck(check, patientMs, AbortSignal.abort())).toMatchObject({ reason: "no-time" });
  });
});
