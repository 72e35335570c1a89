import { expect, test } from "vitest";
import { sabotages } from "./fuzz/sabotage.ts";
import { race } from "./races.ts";

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

test("two sweepers that race, whatever way their effects interleave, move a name once", async () => {
  for (const seed of seeds) {
    const { violations, moves } = await race(seed);
    expect({ violations, moves }, `npm run simulate -- --races ${seed}-${seed}`).toEqual({
      violations: [],
      moves: 1,
    });
  }
});

test("the races catch a product without fencing", async () => {
  let caught = 0;
  for (const seed of seeds) {
    caught += (await race(seed, sabotages["no fencing"])).violations.length > 0 ? 1 : 0;
  }
  expect(caught).toBeGreaterThan(0);
});
