import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { planOf } from "./plan.ts";
import { runPlan, runSeed } from "./run.ts";
import { sabotages } from "./sabotage.ts";

const replay = (seed: number, violations: readonly string[]) =>
  `npm run simulate -- --replay ${seed}\n${violations.join("\n")}`;

const seeds = [11, 7, 9, 3, 28, 29];

describe("random trouble", () => {
  test.each(seeds.slice(0, 4))("breaks no invariant: seed %i", async (seed) => {
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

/** What the oracle says of the product without one of its rules, with the first of the seeds that shows it. */
async function firstCaught(name: string, caught: RegExp): Promise<string | undefined> {
  for (const seed of seeds) {
    const { violations } = await runPlan(planOf(seed), undefined, sabotages[name]);
    const found = violations.find((violation) => caught.test(violation));
    if (found) return found;
  }
  return undefined;
}

describe("the oracle bites: without one of its rules the product is caught with one of these seeds", () => {
  const expected: Record<string, RegExp> = {
    "UPSERT instead of compare-and-set": /by a batch sent before the last change \(4\)/,
    "no generation TXT": /by a batch sent before the last change \(4\)/,
    "no fencing": /wrote service.* over epoch|wrote the lease for epoch .* over|took the lease/,
    "no standby gate": /moved .*, which was not up \(1\)/,
    "no sight rules": /moved .* away from .*, which was not down \(2\)/,
    "alert before save": /told .* before it was saved \(6\)/,
  };
  test.each(Object.keys(sabotages))("%s", async (name) => {
    expect(await firstCaught(name, expected[name] ?? /never/)).toBeDefined();
  });
});
