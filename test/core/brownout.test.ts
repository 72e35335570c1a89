import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Brownout,
  ballotsByScore,
  ballotsWithout,
  forgotten,
  isDegraded,
  isWatched,
  noBrownout,
  onlyOf,
  scoreProbe,
} from "../../lambda/core/brownout.ts";
import { withScores } from "../../lambda/core/health.ts";
import { policy } from "../sim/config.ts";
import { degraded, nothing, places, round, rounds, says, times, watched } from "./brownout-fixture.ts";
import { ballots, health, nineMs } from "./fixture.ts";

const probe = (before: Brownout, location: string, ok: boolean, atMs = nineMs): Brownout =>
  scoreProbe(before, { location, ok }, { atMs, policy, locations: 5 });

/** One location after the other fails, two steps on. */
const oneFails = (i: number): string => places.map((_, k) => (k === (2 * i) % 5 ? "x" : ".")).join("");

describe("what the scores say", () => {
  test.each<[string, Brownout, object]>([
    ["of an ordinary day", rounds(...times(20, ".....")), nothing],
    ["of one lost probe", probe(noBrownout, "a", false), nothing],
    ["of a blip seen from everywhere", rounds("xxxxx"), nothing],
    ["of two blips within seconds: look closely", rounds("xxxxx", "xxxxx"), watched],
    ["of two blips with a quiet minute between", rounds("xxxxx", ...times(12, "....."), "xxxxx"), nothing],
    ["of one bad path", rounds(...times(20, "x....")), nothing],
    ["of two bad paths, the others spotless", rounds(...times(20, "xx...")), { ...watched, partial: true }],
    ["of a blind location that comes and goes", rounds("x....", "b....", "x....", "b...."), nothing],
    ["of three failures in five, again and again", rounds(...times(4, "x.x.x")), degraded],
    [
      "of a brown-out: everybody fails half of the time",
      rounds(...Array.from({ length: 10 }, (_, i) => (i % 2 === 0 ? "x.x.x" : ".x.x."))),
      { ...degraded, bad: true },
    ],
    [
      "of two paths that are stuck, and chance that keeps the others from being spotless",
      rounds(...times(4, "xx..."), ...times(3, "xxx.."), ...times(3, "xx.x."), "xx..x"),
      degraded,
    ],
    [
      "of three bad paths, and some bad luck of a fourth",
      rounds("xxxxx", ...times(3, "xxx.."), ...times(3, "xxxx.")),
      degraded,
    ],
    ["of one in five failing", rounds(...Array.from({ length: 20 }, (_, i) => oneFails(i))), degraded],
  ])("%s", (_, state, expected) => expect(says(state)).toEqual(expected));

  test("with three locations the thresholds are in proportion; with fewer there are none", () => {
    const each = Array.from({ length: 5 }, () => ["x.x", ".xx", "xx."]).flat();
    expect(says(rounds(...each), 3)).toEqual({ ...degraded, bad: true });
    expect(says(rounds(...times(20, "xx")), 2)).toEqual(nothing);
  });

  test("what is degraded stays so until it need not be watched", () => {
    let now = rounds(...times(4, "xxx.."));
    const was: boolean[] = [];
    for (let i = 0; i < 60; i++) {
      was.push(isDegraded(now, true, 5));
      expect(isDegraded(now, true, 5)).toBe(isWatched(now, 5));
      now = round(now, ".....");
    }
    expect([was[0], was.at(-1)]).toEqual([true, false]);
  });
});

describe("the scores", () => {
  test("of a location that could see nothing are forgotten: it may have been blind before", () =>
    expect(round(rounds("x....", "x...."), "b....").scores).toEqual({}));

  test("of a location that was not asked stay as they are", () => {
    const before = rounds("x....");
    expect(round(before, "-....").scores["a"]).toBe(before.scores["a"]);
  });

  test("weigh failures less where they are usual: a tenth failing every day", () => {
    const usual = { ...noBrownout, usual: 0.07 };
    expect(probe(usual, "a", false).scores["a"]).toBeLessThan(probe(noBrownout, "a", false).scores["a"] ?? 0);
  });

  test("learn what is usual from the rotation, over a day, and not while something is the matter", () => {
    let now = noBrownout;
    for (let i = 0; i < 8_640; i++) now = probe(now, places[i % 5] ?? "", i % 20 !== 0);
    expect(now.usual).toBeGreaterThan(0.028);
    expect(now.usual).toBeLessThan(0.035);
    const suspicious = rounds("xxxxx", "xxxxx");
    expect(probe(suspicious, "a", false).usual).toBe(suspicious.usual);
  });

  test("begin anew after an outage, and lose locations that are gone; what is usual stays", () => {
    const before = { ...rounds("xx..."), usual: 0.01 };
    expect(forgotten(before)).toEqual({ usual: 0.01, scores: {} });
    expect(Object.keys(onlyOf(before, ["b", "c"]).scores)).toEqual(["b"]);
    expect(onlyOf(before, places)).toEqual(before);
    expect(onlyOf(noBrownout, places).scores).toEqual({});
  });

  test("count no more after a time nobody looked", () => {
    const before = rounds("x....", "x....");
    const lookedMs = nineMs + 5_000;
    const { scores } = before;
    expect(probe(before, "b", true, lookedMs + 30_000).scores).toEqual(scores);
    expect(probe(before, "b", true, lookedMs + 30_001).scores).toEqual({});
    expect(round(before, "-----", "up", lookedMs + 30_001).scores).toEqual({});
    const probed = probe(before, "b", true, lookedMs + 10_000);
    expect(probe(probed, "b", true, lookedMs + 40_000).scores).toEqual(scores);
  });

  test("are not raised by what is down and answers nobody: that is no brown-out", () => {
    const down = round(noBrownout, "xxxxx", "down");
    expect(down.scores).toEqual({});
    expect(round(down, "xxxx.", "down").scores).not.toEqual({});
  });

  test("fall from whatever height with the first good probe: the height tells of failures in a row", () => {
    const high = rounds(...times(10, "x...."));
    expect([high.scores["a"], round(high, ".....").scores["a"]]).toEqual([12, 3.8]);
  });

  test("grow less high while it is down, so that it is believed in good time", () => {
    const inTime = (state: "up" | "down") =>
      times(20, "xxxx.").reduce((now, one) => round(now, one, state), noBrownout).scores["a"];
    expect([inTime("up"), inTime("down")]).toEqual([12, 4]);
  });

  test("say since when it is watched", () => {
    const since = rounds("xxxxx", "xxxxx", "x.x.x").sinceMs;
    expect(since).toBe(nineMs + 5_000);
    expect(rounds("xxxxx", "xxxxx", ...times(60, ".....")).sinceMs).toBeUndefined();
  });

  test("whatever was seen, stay between 0 and 12, and a good round never adds", () => {
    const anyRound = fc.array(fc.constantFrom("x", ".", "b", "-"), { minLength: 5, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(anyRound, { maxLength: 30 }), (seen) => {
        let now = noBrownout;
        for (const letters of seen) {
          now = round(now, letters.join(""));
          const after = round(now, ".....");
          for (const place of places) {
            const score = now.scores[place] ?? 0;
            expect(score).toBeGreaterThanOrEqual(0);
            expect(score).toBeLessThanOrEqual(12);
            expect(after.scores[place] ?? 0).toBeLessThanOrEqual(score);
          }
        }
      }),
    );
  });
});

describe("votes by score", () => {
  const said = ballots(["primary", "standby"], "uu", "uu", "-u", "ru", "uu", "du");
  const at = (i: number) => `location-${i}`;
  const state = { ...noBrownout, scores: { [at(0)]: 3, [at(1)]: 2.99, [at(2)]: 8, [at(4)]: 8 } };
  const looks = [0, 1, 2, 5].map((i) => ({ location: at(i), ok: true }));

  test("are those of the locations that looked: a high score is down, and what was down stays so", () => {
    const votes = ballotsByScore(said, "primary", state, looks);
    expect(Object.values(votes).map((one) => one["primary"])).toEqual([
      "down",
      "up",
      "down",
      "refused",
      "up",
      "down",
    ]);
    expect(Object.values(votes).every((one) => one["standby"] === "up")).toBe(true);
  });

  test("no score votes down that is older than 20 s: what is down is asked seldom, and may have been well since", () => {
    const failedMs = nineMs + 25_000;
    const votesAfter = (ms: number, before = rounds(...times(6, "xxxxx"))) => {
      const looks = places.map((location) => ({ location, ok: true }));
      const said = Object.fromEntries(places.map((location) => [location, { primary: "up" } as const]));
      return ballotsByScore(said, "primary", round(before, ".....", "down", failedMs + ms), looks)["a"];
    };
    expect(votesAfter(20_000)).toEqual({ primary: "down" });
    expect(votesAfter(20_001)).toEqual({ primary: "up" });
    // Scores that say nothing of when count from now on.
    const { failedMs: _, ...timeless } = rounds(...times(6, "xxxxx"));
    expect(votesAfter(20_001, timeless)).toEqual({ primary: "down" });
    expect(
      ballotsByScore({ a: { primary: "up" } }, "primary", { ...timeless, untilMs: failedMs }, [
        { location: "a", ok: true },
      ]),
    ).toEqual({ a: { primary: "up" } });
  });
});

test("nobody votes on what may be just as bad", () => {
  const said = ballots(["primary", "standby"], "uu", "du");
  expect(Object.values(ballotsWithout(said, "standby"))).toEqual([
    { primary: "up", standby: "unknown" },
    { primary: "down", standby: "unknown" },
  ]);
});

describe("what is believed of an endpoint by its scores", () => {
  const bad = rounds(...times(5, "x.x.x"), ...times(5, ".x.x."));
  const paths = rounds(...times(20, "xx..."));
  test.each([
    ["up, and degraded", health("up"), undefined, bad, "degraded"],
    ["up, and well", health("up"), undefined, noBrownout, undefined],
    ["degraded, and well again", health("up", { trouble: "degraded" }), "degraded", noBrownout, undefined],
    ["up, with two bad paths", health("up"), undefined, paths, "partial"],
    ["down: that is known", health("down"), undefined, bad, undefined],
    ["blind: nobody can say", health("up", { trouble: "blind" }), undefined, bad, "blind"],
    ["refused: nobody can say", health("up", { trouble: "refused" }), undefined, bad, "refused"],
    [
      "partial by votes, and the scores say nothing",
      health("up", { trouble: "partial" }),
      undefined,
      noBrownout,
      "partial",
    ],
  ] as const)("%s", (_, before, was, scores, trouble) =>
    expect(withScores(before, was, scores, 5, "as the scores say").trouble).toBe(trouble),
  );

  test("says why, and is the same object where nothing changed", () => {
    expect(withScores(health("up"), undefined, bad, 5, "9 of 20").why).toBe("9 of 20");
    const well = health("up");
    expect(withScores(well, undefined, noBrownout, 5, "")).toBe(well);
  });
});
