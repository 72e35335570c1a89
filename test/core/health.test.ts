import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  cleared,
  conclude,
  type Health,
  neverSeen,
  observe,
  wantsConfirm,
  watchedAgain,
  wellSinceMs,
} from "../../lambda/core/health.ts";
import type { Finding } from "../../lambda/core/probe.ts";
import type { Verdict } from "../../lambda/core/verdict.ts";
import { policy } from "../sim/config.ts";
import { failed, forbidden, good, health, late, nineMs, noTime, refused } from "./fixture.ts";

const at = (seconds: number): number => nineMs + seconds * 1000;

test("an endpoint nobody has looked at yet is unknown, neither up nor down", () =>
  expect(neverSeen(nineMs)).toEqual({ state: "unknown", sinceMs: nineMs, why: "not judged yet" }));

describe("one location's probe is put to all locations", () => {
  const up = health("up");
  const down = health("down");
  const recovering = health("down", { goodSinceMs: nineMs });
  const neverJudged = health("unknown");
  test.each<[string, Health, Finding, boolean]>([
    ["up and good: the quiet case", up, good, false],
    ["up and failed", up, refused, true],
    ["up and refused by a firewall", up, forbidden, true],
    ["up for some, down for others, and good here", health("up", { trouble: "partial" }), good, true],
    ["could not be judged, and good here", health("up", { trouble: "blind" }), good, true],
    ["known to refuse us, and refuses", health("up", { trouble: "refused" }), forbidden, false],
    ["known to refuse us, and failed", health("up", { trouble: "refused" }), refused, true],
    ["known to refuse us, and answers", health("up", { trouble: "refused" }), good, true],
    ["down and failed: only the rotation goes on", down, refused, false],
    ["down and refused by a firewall", down, forbidden, false],
    ["down and a sign of life", down, good, true],
    ["coming back, and good again", recovering, good, true],
    ["coming back, and failed", recovering, refused, true],
    [
      "down, but the last confirm could not see, and failed",
      health("down", { trouble: "blind" }),
      refused,
      true,
    ],
    [
      "down, refused at the last confirm, and refuses",
      health("down", { trouble: "refused" }),
      forbidden,
      false,
    ],
    ["down, refused at the last confirm, and failed", health("down", { trouble: "refused" }), refused, true],
    ["never judged, and good", neverJudged, good, true],
    ["never judged, and failed", neverJudged, refused, true],
    [
      "never judged, refuses us, and does so again",
      health("unknown", { trouble: "refused" }),
      forbidden,
      false,
    ],
    ["never judged, refuses us, and answers", health("unknown", { trouble: "refused" }), good, true],
    ["up, and our process was late", up, late, false],
    ["never judged, and there was no time", neverJudged, noTime, false],
    ["up, and the check makes no sense", up, failed("bad-check"), true],
    ["up, and the location has no DNS to ask", up, failed("dns-unreachable"), true],
    ["up, and its secret cannot be read", up, failed("secret-unreadable"), true],
    [
      "known not to be judged, and the check makes no sense",
      health("up", { trouble: "blind" }),
      failed("bad-check"),
      false,
    ],
    ["could not be judged, and our process was late", health("up", { trouble: "blind" }), late, false],
  ])("%s: %s", (_, before, finding, wants) => expect(wantsConfirm(before, finding)).toBe(wants));
});

describe("one location's probe raises a suspicion", () => {
  test.each<[string, Health, Finding, number | undefined]>([
    ["a failure of what is up", health("up"), refused, at(10)],
    ["a failure of what was never judged", health("unknown"), refused, at(10)],
    ["a second failure: the first one counts", health("up", { suspectedMs: at(0) }), refused, at(0)],
    [
      "a success takes no suspicion away: one location is not all",
      health("up", { suspectedMs: at(0) }),
      good,
      at(0),
    ],
    ["a success", health("up"), good, undefined],
    ["a firewall's refusal", health("up"), forbidden, undefined],
    ["a probe that came too late", health("up"), late, undefined],
    ["a failure of what is down already", health("down"), refused, undefined],
  ])("%s", (_, before, finding, suspectedMs) => {
    const after = observe(before, finding, at(10));
    const { suspectedMs: _s, ...rest } = before;
    expect(after).toEqual(suspectedMs === undefined ? rest : { ...rest, suspectedMs });
  });
});

/** What a confirm that began at second 100 makes of what was believed; `why` is always its own. */
const judged = (before: Health, verdict: Verdict) => {
  const { why, ...after } = conclude(before, verdict, at(100), policy, "seen now");
  expect(why).toBe("seen now");
  return after;
};

describe("a confirm at second 100 changes what is believed", () => {
  const suspected = health("up", { suspectedMs: at(95) });
  const coming = health("down", { goodSinceMs: at(50), goodUntilMs: at(90) });
  const wellAgain = health("down", { goodSinceMs: at(40), goodUntilMs: at(90) });
  const unseen = health("down", { goodSinceMs: at(10), goodUntilMs: at(60) });
  const sinceStart = { sinceMs: nineMs };
  test.each<[string, Health, Verdict, Omit<Health, "why">]>([
    ["suspected, and up for all", suspected, "up", { state: "up", ...sinceStart }],
    [
      "suspected, and down: since the first failed probe",
      suspected,
      "down",
      { state: "down", sinceMs: at(95), outagesMs: [at(95)] },
    ],
    ["suspected, and partial", suspected, "partial", { state: "up", ...sinceStart, trouble: "partial" }],
    ["suspected, and refused", suspected, "refused", { state: "up", ...sinceStart, trouble: "refused" }],
    ["suspected, and nobody can see", suspected, "unknown", { state: "up", ...sinceStart, trouble: "blind" }],
    ["up in trouble, and up", health("up", { trouble: "blind" }), "up", { state: "up", ...sinceStart }],
    [
      "up without suspicion, and down: since the confirm",
      health("up"),
      "down",
      { state: "down", sinceMs: at(100), outagesMs: [at(100)] },
    ],
    ["never judged, and up", health("unknown"), "up", { state: "up", sinceMs: at(100) }],
    [
      "never judged, and down",
      health("unknown", { suspectedMs: at(99) }),
      "down",
      { state: "down", sinceMs: at(99), outagesMs: [at(99)] },
    ],
    [
      "never judged, and partial",
      health("unknown"),
      "partial",
      { state: "up", sinceMs: at(100), trouble: "partial" },
    ],
    [
      "never judged, and refused",
      health("unknown"),
      "refused",
      { state: "unknown", ...sinceStart, trouble: "refused" },
    ],
    [
      "never judged, and blind",
      health("unknown"),
      "unknown",
      { state: "unknown", ...sinceStart, trouble: "blind" },
    ],
    ["down, and down", health("down"), "down", { state: "down", ...sinceStart }],
    [
      "down, and good for the first time",
      health("down"),
      "up",
      { state: "down", ...sinceStart, goodSinceMs: at(100), goodUntilMs: at(100) },
    ],
    [
      "good for 90 s, but nobody looked for 40 s of them: from the start",
      unseen,
      "up",
      { state: "down", ...sinceStart, goodSinceMs: at(100), goodUntilMs: at(100) },
    ],
    [
      "good for 50 s only",
      coming,
      "up",
      { state: "down", ...sinceStart, goodSinceMs: at(50), goodUntilMs: at(100) },
    ],
    ["good for 60 s: up since the first good confirm", wellAgain, "up", { state: "up", sinceMs: at(40) }],
    ["coming back, and down", wellAgain, "down", { state: "down", ...sinceStart }],
    ["coming back, and partial", wellAgain, "partial", { state: "down", ...sinceStart, trouble: "partial" }],
    ["coming back, and refused", wellAgain, "refused", { state: "down", ...sinceStart, trouble: "refused" }],
    [
      "coming back, and nobody can see",
      wellAgain,
      "unknown",
      { state: "down", ...sinceStart, trouble: "blind" },
    ],
  ])("%s", (_, before, verdict, after) => expect(judged(before, verdict)).toEqual(after));

  test("without a recovery time the first good confirm is enough", () => {
    const after = conclude(health("down"), "up", at(100), { ...policy, recoverAfterMs: 0 }, "seen now");
    expect(after).toEqual({ state: "up", sinceMs: at(100), why: "seen now" });
  });
});

const anyVerdict = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Verdict>("up") },
  { weight: 1, arbitrary: fc.constantFrom<Verdict>("down", "partial", "refused", "unknown") },
);

type Seen = { readonly ms: number; readonly verdict: Verdict };

/** What must be believed of an outage since nine o'clock after these confirms, until it is over. */
function expected(seen: readonly Seen[]): Pick<Health, "state" | "sinceMs"> {
  const isBreak = ({ verdict }: Seen, i: number) =>
    verdict !== "up" || (seen[i + 1]?.ms ?? 0) - (seen[i]?.ms ?? 0) > 30_000;
  const run = seen.slice(seen.findLastIndex(isBreak) + 1);
  const [first, last] = [run[0], run.at(-1)];
  const isOver = first !== undefined && last !== undefined && last.ms - first.ms >= policy.recoverAfterMs;
  return isOver ? { state: "up", sinceMs: first.ms } : { state: "down", sinceMs: nineMs };
}

test("an outage ends only after good confirms in a row, without another verdict between, over recoverAfter", () => {
  // Now and then one that is too long for what lies on both sides of it to be in a row.
  const anyPauseS = fc.oneof(
    { weight: 9, arbitrary: fc.integer({ min: 1, max: 25 }) },
    { weight: 1, arbitrary: fc.integer({ min: 28, max: 40 }) },
  );
  const anyConfirm = fc.record({ afterS: anyPauseS, verdict: anyVerdict });
  const ends = { up: 0, down: 0, unknown: 0 };
  fc.assert(
    fc.property(fc.array(anyConfirm, { minLength: 1, maxLength: 15 }), (confirms) => {
      let now: Health = health("down");
      const seen: Seen[] = [];
      for (const { afterS, verdict } of confirms) {
        if (now.state === "up") break;
        const ms = (seen.at(-1)?.ms ?? nineMs) + afterS * 1000;
        seen.push({ ms, verdict });
        now = conclude(now, verdict, ms, policy, "");
        expect({ state: now.state, sinceMs: now.sinceMs }).toEqual(expected(seen));
      }
      ends[now.state] += 1;
    }),
    { numRuns: 500 },
  );
  expect(Math.min(ends.up, ends.down)).toBeGreaterThan(20);
});

test("an outage began with the first failed probe after the last confirm", () => {
  const anyProbes = fc.array(fc.constantFrom(good, refused, forbidden, late, noTime, failed("reset")));
  fc.assert(
    fc.property(anyProbes, (probes) => {
      const before = probes.reduce<Health>((now, probe, i) => observe(now, probe, at(i)), health("up"));
      const first = probes.findIndex(isFailure);
      const down = conclude(before, "down", at(1000), policy, "");
      const sinceMs = first < 0 ? at(1000) : at(first);
      expect(down).toEqual({ state: "down", sinceMs, why: "", outagesMs: [sinceMs] });
    }),
  );
});

const isFailure = (finding: Finding): boolean =>
  !finding.ok && (finding.reason === "connect-refused" || finding.reason === "reset");

test("a trouble's end is remembered through what follows, and a new one has its own", () => {
  const partial = health("up", { trouble: "partial" });
  const clear = cleared(partial, conclude(partial, "up", at(9), policy, "up"), at(9));
  expect(clear.clearSinceMs).toBe(at(9));
  expect(cleared(clear, conclude(clear, "up", at(20), policy, "up"), at(20)).clearSinceMs).toBe(at(9));
  const again = conclude(clear, "partial", at(30), policy, "partial");
  expect(cleared(again, conclude(again, "up", at(40), policy, "up"), at(40)).clearSinceMs).toBe(at(40));
  expect([health("up"), clear].map(wellSinceMs)).toEqual([health("up").sinceMs, at(9)]);
});

test("a time nobody looked is noted when somebody looks again, and kept while the state lasts", () => {
  const health: Health = { state: "up", sinceMs: 0, why: "" };
  expect(watchedAgain(health, 1_000, 31_000, 30_000)).toBe(health);
  const again = watchedAgain(health, 1_000, 31_001, 30_000);
  expect(again).toEqual({ ...health, watchedSinceMs: 31_001 });
  expect(conclude(again, "up", 40_000, policy, "").watchedSinceMs).toBe(31_001);
});
