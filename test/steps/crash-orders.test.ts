import { describe, expect, test } from "vitest";
import { play, sayFlaws } from "../matrix/course.ts";
import { strikeAt } from "../matrix/strike.ts";
import { troubleNames } from "../matrix/troubles.ts";

const shop = { shape: "a", way: "api" } as const;

/** Somebody else's hand is at the name, or an operator's, and by how many effects of the second sweep that is done. */
const strikes = [
  ["order", 45],
  ["adopt", 30],
  ["work", 50],
  ["retake", 50],
] as const;

describe.each(strikes)("%s", (move, needed) => {
  test("comes about when nothing goes wrong", async () => {
    const { flaws } = await play({ ...shop, move });
    expect(flaws, sayFlaws(flaws)).toEqual([]);
  });

  test.each(troubleNames)(
    "a sweep %s, at any of its effects, neither loses nor doubles it",
    async (trouble) => {
      // Every second one; the rest of the sweep is a watch like any other. `npm run matrix` takes every one.
      await strikeAt(
        { ...shop, move },
        trouble,
        ({ sweep, effect }) => sweep === 2 && effect % (effect < needed ? 2 : 9) === 0,
      );
    },
  );
});
