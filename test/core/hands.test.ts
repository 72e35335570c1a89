import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Freeze,
  freezeOf,
  type Hands,
  isOrder,
  type Maintenance,
  maintenanceOf,
  noHands,
  orderGoodForMs,
  orderOf,
  sayNote,
  withFreeze,
  withMaintenance,
  withOrder,
  withoutOrder,
} from "../../lambda/core/hands.ts";
import { nineMs } from "./fixture.ts";

const at = (seconds: number): number => nineMs + seconds * 1000;
const note = (seconds: number, who = "anna") => ({ who, why: "she works on it", atMs: at(seconds) });
const frozen = (seconds: number, who?: string): Freeze => ({ ...note(seconds, who), is: "frozen" });
const free = (seconds: number, who?: string): Freeze => ({ ...note(seconds, who), is: "free" });

describe("what counts for the shop when somebody", () => {
  test.each<
    [string, readonly (readonly [of: "shop" | "docs" | undefined, word: Freeze])[], Freeze | undefined]
  >([
    ["has said nothing", [], undefined],
    ["froze it", [["shop", frozen(1)]], frozen(1)],
    ["froze another", [["docs", frozen(1)]], undefined],
    ["froze all", [[undefined, frozen(1)]], frozen(1)],
    [
      "froze it and unfroze it",
      [
        ["shop", frozen(1)],
        ["shop", free(2)],
      ],
      free(2),
    ],
    [
      "froze all and unfroze all",
      [
        [undefined, frozen(1)],
        [undefined, free(2)],
      ],
      free(2),
    ],
    [
      "froze it, and all, and unfroze all",
      [
        ["shop", frozen(1)],
        [undefined, frozen(2)],
        [undefined, free(3)],
      ],
      frozen(1),
    ],
    [
      "froze it, and all, and unfroze it",
      [
        ["shop", frozen(1)],
        [undefined, frozen(2)],
        ["shop", free(3)],
      ],
      frozen(2),
    ],
    [
      "froze it and all, and unfroze both: the last word",
      [
        ["shop", free(3, "bob")],
        [undefined, free(2)],
      ],
      free(3, "bob"),
    ],
  ])("%s", (_, words, counts) => {
    const hands = words.reduce((row, [of, word]) => withFreeze(row, of, word), noHands);
    expect(freezeOf(hands, "shop")).toEqual(counts);
  });
});

describe("work on an endpoint", () => {
  const work = (fromS: number, untilS: number): Maintenance => ({ ...note(fromS), untilMs: at(untilS) });
  const hands = withMaintenance(noHands, "shop/frankfurt", work(0, 60));

  test.each([
    ["goes on until its time is over", "shop/frankfurt", 59, true],
    ["and no longer", "shop/frankfurt", 60, false],
    ["is of nobody else", "shop/ireland", 1, false],
  ])("%s", (_, endpoint, seconds, goesOn) =>
    expect(maintenanceOf(hands, endpoint, at(seconds)) !== undefined).toBe(goesOn),
  );

  test("is remembered for a day after its end, so that its end can be told of", () => {
    const dayS = 86_400;
    const other = (fromS: number) => withMaintenance(hands, "docs", work(fromS, fromS + 9)).maintenance;
    expect(Object.keys(other(dayS + 59))).toEqual(["shop/frankfurt", "docs"]);
    expect(Object.keys(other(dayS + 61))).toEqual(["docs"]);
  });
});

describe("an order", () => {
  const wish = { ...note(0), what: "failover" as const };
  const hands = withOrder(withFreeze(noHands, "shop", frozen(-9)), "shop", wish);
  const given = hands.services["shop"]?.order;

  test("has a number, and is good for two minutes", () => {
    expect(given).toEqual({ ...wish, number: nineMs / 1000, expiresMs: nineMs + orderGoodForMs });
    expect(hands.services["shop"]?.freeze).toEqual(frozen(-9));
  });

  test("is open until it, or a later one, was answered", () => {
    const answered = (number: number) => orderOf(hands, "shop", { number, is: "done", why: "", atMs: 0 });
    expect(orderOf(hands, "shop", undefined)).toBe(given);
    expect(answered(hands.number - 1)).toBe(given);
    expect(answered(hands.number)).toBeUndefined();
    expect(answered(hands.number + 1)).toBeUndefined();
    expect(orderOf(hands, "docs", undefined)).toBeUndefined();
  });

  test("is taken back by whoever knows its number", () => {
    expect(withoutOrder(hands, "shop", hands.number).services["shop"]).toEqual({ freeze: frozen(-9) });
    expect(withoutOrder(hands, "shop", hands.number).number).toBe(hands.number);
    expect(withoutOrder(hands, "shop", hands.number - 1)).toBe(hands);
    expect(withoutOrder(hands, "docs", hands.number)).toBe(hands);
  });

  test("is told from work on a target", () => {
    expect(isOrder(given)).toBe(true);
    expect(isOrder({ ...note(0), untilMs: at(9) })).toBe(false);
    expect(isOrder(undefined)).toBe(false);
  });
});

test("numbers only grow, whatever the clocks of those who order say, also after the row was lost", () => {
  const gap = fc.integer({ min: -100_000, max: 100_000 });
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom("shop", "docs"), gap), { minLength: 1 }),
      gap,
      (orders, lostS) => {
        let hands: Hands = noHands;
        for (const [key, seconds] of orders) {
          const before = hands.number;
          hands = withOrder(hands, key, { ...note(seconds), what: "release" });
          expect(hands.number).toBeGreaterThan(before);
          expect(hands.services[key]?.order?.number).toBe(hands.number);
        }
        const [last] = orders.map(([, seconds]) => seconds).sort((a, b) => b - a);
        const afterMs = at((last ?? 0) + orders.length + Math.abs(lostS) + 1);
        const anew = withOrder(noHands, "shop", { ...note(0), atMs: afterMs, what: "release" });
        expect(anew.number).toBeGreaterThan(hands.number);
      },
    ),
  );
});

test("whoever wants something is named, with the reason", () => {
  expect(sayNote(note(0))).toBe("by anna: she works on it");
});
