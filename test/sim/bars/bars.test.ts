import { describe, expect, test } from "vitest";
import { bars } from "./all.ts";
import { valuesOf } from "./bar.ts";

/** Waiting for the policy that will meet them. Whoever meets one sees this test fail, and takes it out of the list. */
const unmet: readonly string[] = [
  "black hole: outage to decision",
  "brown-out 50 %, 1 h",
  "brown-out 20 %, 1 h",
  "home and one more blind for 30 min",
  "crash loop, 120 s up, 60 s down, 1 h",
  "probes per endpoint-hour, nominal noise",
];

describe("a part of what `npm run simulate:bars` measures", () => {
  for (const bar of bars) {
    const run = unmet.includes(bar.name) ? test.fails : test;
    run(`${bar.name}: ${bar.promise}`, async () => {
      const seeds = Array.from({ length: bar.worldsInTest }, (_, i) => i + 1);
      const samples = [];
      for (const seed of seeds) samples.push(await bar.run(seed));
      const { measured, isMet } = bar.judge(valuesOf(samples));
      expect(isMet, measured).toBe(true);
    });
  }

  test("has no name in its list that is no bar's", () => {
    expect(unmet.filter((name) => !bars.some((bar) => bar.name === name))).toEqual([]);
  });
});

test("the same seed gives the same sample, another seed another", async () => {
  const [bar] = bars;
  const [once, again, other] = [await bar?.run(1), await bar?.run(1), await bar?.run(2)];
  expect(again).toEqual(once);
  expect(other).not.toEqual(once);
});
