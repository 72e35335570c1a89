import { expect, test } from "vitest";
import type { Probe } from "../../../lambda/core/probe.ts";
import type { Reason } from "../../../lambda/core/reason.ts";
import type { LocationCall } from "../../../local/lambda-api.ts";
import { seenIn } from "../../../local/watch/seen.ts";

const good: Probe = { id: "docs", startedAfterMs: 0, ok: true, latencyMs: 12 };
const bad = (reason: Reason): Probe => ({
  id: "docs",
  startedAfterMs: 0,
  ok: false,
  latencyMs: 3,
  reason,
  detail: "",
});

const call = (answer: LocationCall["answer"]): LocationCall => ({
  location: "eu-west-1",
  request: {
    location: "eu-west-1",
    questions: [{ id: "docs", check: { type: "tcp", host: "h", port: 1 }, timeoutMs: 1, triesAtMs: [0] }],
    endMs: 1,
  },
  startedMs: 1_000,
  endedMs: 2_000,
  answer,
});

test.each<[string, LocationCall["answer"], object]>([
  ["a success", { location: "", probes: [good] }, { is: "good", said: 12 }],
  ["a failure", { location: "", probes: [bad("reset")] }, { is: "bad", said: "reset" }],
  ["a success after failures", { location: "", probes: [bad("reset"), good] }, { is: "good", said: 12 }],
  [
    "failures, and a try that had no time",
    { location: "", probes: [bad("too-slow"), bad("no-time")] },
    { is: "bad", said: "too-slow" },
  ],
  [
    "tries that say nothing",
    { location: "", probes: [bad("prober-late")] },
    { is: "nothing", said: "prober-late" },
  ],
  ["a refusal", { location: "", probes: [bad("refused-to-us")] }, { is: "refused", said: "refused-to-us" }],
  [
    "no word on the endpoint",
    { location: "", probes: [{ ...good, id: "other" }] },
    { is: "nothing", said: "no answer" },
  ],
  ["a location that could not be asked", "throttled", { is: "nothing", said: "throttled" }],
])("%s", (_, answer, seen) => {
  expect([...seenIn(call(answer))]).toEqual([["docs", { atMs: 2_000, ...seen }]]);
});
