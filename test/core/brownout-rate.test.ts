import { describe, expect, test } from "vitest";
import { isBad, onlyOf } from "../../lambda/core/brownout.ts";
import { degraded, nothing, round, rounds, says, times } from "./brownout-fixture.ts";
import { nineMs } from "./fixture.ts";

describe("the rate, location by location", () => {
  const ratesAfter = (kind: "confirm" | "round", state: "up" | "down", letters: string) =>
    round(rounds("xxxxx", "xxxxx"), letters, state, nineMs + 10_000, kind).rates;
  const before = rounds("xxxxx", "xxxxx").rates;

  test("grows with failures of the rounds, and for what all see in one instant with little more than three", () => {
    expect(rounds("xxxxx").rates).toEqual({});
    expect(before).toEqual({ a: 0.4, b: 0.4, c: 0.4, d: 0.4, e: 0.4 });
    expect(ratesAfter("round", "up", "xx...")).toEqual({ a: 1.09, b: 1.09, c: 0.11, d: 0.11, e: 0.11 });
  });

  test("is not that of a confirm, for which something had to fail; what is down is asked in its turn", () => {
    expect(ratesAfter("confirm", "up", "xxxx.")).toEqual(before);
    expect(ratesAfter("confirm", "down", "xxxx.")).not.toEqual(before);
  });

  test("of some bad paths does not make up for the others, which are bad now and then", () => {
    const flaky = ["xxx..", "x.x..", "xx...", ".xxx.", "xxx..", "x.xx.", "xxx.."];
    expect(says(rounds(...flaky, ...flaky, ...flaky))).toMatchObject({ degraded: true, bad: false });
  });

  test("need not be as high for what is down already", () => {
    const half = (length: number) =>
      rounds(...Array.from({ length }, (_, i) => (i % 2 === 0 ? "x.x.x" : ".x.x.")));
    const isBadAfter = (length: number) => [false, true].map((was) => isBad(half(length), was, 5));
    expect([6, 12].map(isBadAfter)).toEqual([
      [false, true],
      [true, true],
    ]);
  });

  test("is forgotten once it need not be watched, and that of a location that sees nothing", () => {
    expect(rounds("xxxxx", "xxxxx", ...times(60, ".....")).rates).toEqual({});
    expect(Object.keys(ratesAfter("round", "up", "xxb..") ?? {})).toEqual(["a", "b", "d", "e"]);
  });
});

describe("two blind locations of five", () => {
  test("are neither spotless nor failing: the thresholds are those of the three that see", () => {
    const each = Array.from({ length: 5 }, () => ["x.xbb", ".xxbb", "xx.bb"]).flat();
    expect(says(rounds(...each))).toEqual({ ...degraded, bad: true });
    expect(says(rounds(...times(20, "xx.bb")))).toMatchObject({ partial: false, bad: false });
  });

  test("count again when they see, or when they are not asked any more", () => {
    expect(rounds("x..bb", "x....").blind).toEqual([]);
    expect(onlyOf(rounds("x..bb"), ["a", "b", "c", "e"]).blind).toEqual(["e"]);
  });

  test("and a third: nothing can be told", () => expect(says(rounds(...times(9, "xxbbb")))).toEqual(nothing));
});
