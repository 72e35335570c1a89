import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { planOf } from "./plan.ts";
import { runPlan, runSeed } from "./run.ts";
import { sabotages } from "./sabotage.ts";

const replay = (seed: number, violations: readonly string[]) =>
  `npm run simulate -- --replay ${seed}\n${violations.join("\n")}`;

/** What the oracle says of the product without one of its rules, and a seed that shows it. */
const bites: readonly (readonly [without: string, seed: number, says: RegExp])[] = [
  ["UPSERT instead of compare-and-set", 99, /by a batch sent before the last change \(4\)/],
  ["no generation TXT", 99, /by a batch sent before the last change \(4\)/],
  ["no fencing", 1, /wrote service.* over epoch|wrote the lease for epoch .* over|took the lease/],
  ["no standby gate", 7, /moved .*, which was not up \(1\)/],
  ["no sight rules", 6, /moved .* away from .*, which was not down \(2\)/],
  ["alert before save", 1, /told .* before it was saved \(6\)/],
];

describe("random trouble", () => {
  test.each([...new Set(bites.map(([, seed]) => seed))])("breaks no invariant: seed %i", async (seed) => {
    const { violations } = await runSeed(seed);
    expect(violations, replay(seed, violations)).toEqual([]);
  });

  test("is the same for the same seed, byte for byte", async () => {
    const digest = async (seed: number) => {
      const hash = createHash("sha256");
      let lines = 0;
      await runSeed(seed, (line) => {
        hash.update(JSON.stringify(line));
        lines += 1;
      });
      return { lines, digest: hash.digest("hex") };
    };
    const [once, again] = [await digest(9), await digest(9)];
    expect(once.lines).toBeGreaterThan(500);
    expect(again).toEqual(once);
  });
});

describe("the oracle bites: with the same seed the product without one of its rules is caught", () => {
  test("without each of those that can be taken away", () =>
    expect(bites.map(([without]) => without).sort()).toEqual(Object.keys(sabotages).sort()));

  test.each(bites)("%s", async (without, seed, says) => {
    const { violations } = await runPlan(planOf(seed), undefined, sabotages[without]);
    expect(violations.filter((violation) => says.test(violation))).not.toEqual([]);
  });
});
