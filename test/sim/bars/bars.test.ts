import { describe, expect, test } from "vitest";
import { bars } from "./all.ts";
import { valuesOf } from "./bar.ts";

describe("a part of what `npm run simulate:bars` measures", () => {
  for (const bar of bars) {
    test(`${bar.name}: ${bar.promise}`, async () => {
      const seeds = Array.from({ length: bar.worldsInTest }, (_, i) => i + 1);
      const samples = [];
      for (const seed of seeds) samples.push(await bar.run(seed));
      const { measured, isMet } = bar.judge(valuesOf(samples));
      expect(isMet, measured).toBe(true);
    });
  }
});

test("the same seed gives the same sample, another seed another", async () => {
  const [bar] = bars;
  const [once, again, other] = [await bar?.run(1), await bar?.run(1), await bar?.run(2)];
  expect(again).toEqual(once);
  expect(other).not.toEqual(once);
});
