import { describe, expect, test } from "vitest";
import { median, quantile, rateBound } from "./statistics.ts";

describe("a quantile", () => {
  test.each<[number[], number, number]>([
    [[5], 0.5, 5],
    [[1, 2, 3, 4], 0.5, 2],
    [[4, 1, 3, 2, 5], 0.5, 3],
    [[1, 2, 3, 4, 5, 6, 7, 8, 9, 10], 0.95, 10],
    [Array.from({ length: 100 }, (_, i) => 100 - i), 0.99, 99],
    [[3, 1, 2], 1, 3],
    [[3, 1, 2], 0, 1],
  ])("of %j at %d is %d", (values, share, expected) => {
    expect(quantile(values, share)).toBe(expected);
  });

  test("of nothing is not a number", () => {
    expect(median([])).toBeNaN();
  });
});

/** Chi-square tables: half the 95 % quantile at 2 (k + 1) degrees of freedom. */
describe("the 95 % bound of a rate", () => {
  test.each([
    [0, 1, 2.996],
    [1, 1, 4.744],
    [2, 1, 6.296],
    [10, 1, 16.962],
    [100, 1, 118.08],
    [0, 100, 0.02996],
  ])("after %d events in %d is %d", (count, span, expected) => {
    expect(rateBound(count, span)).toBeCloseTo(expected, 2);
  });
});
