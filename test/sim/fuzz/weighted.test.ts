import { expect, test } from "vitest";
import { plans, runPlan } from "./run.ts";
import { sabotages } from "./sabotage.ts";

test.each([1, 2, 6])("random trouble breaks no invariant of weighted names: seed %i", async (seed) => {
  const { violations } = await runPlan(plans.weighted.of(seed));
  expect(violations, `${plans.weighted.replay} ${seed}\n${violations.join("\n")}`).toEqual([]);
});

/** What the oracle says of the product without one of its rules, and a seed that shows it. */
test.each<[string, number, RegExp]>([
  ["UPSERT instead of compare-and-set", 2, /moves, but .* in the history \(6\)/],
  ["no standby gate", 2, /still leads to .*, which is down, and another is up/],
  ["no sight rules", 6, /which was not down \(2\)/],
  ["alert before save", 1, /before it was saved \(6\)/],
])("the oracle bites: %s", async (without, seed, says) => {
  const { violations } = await runPlan(plans.weighted.of(seed), undefined, sabotages[without]);
  expect(violations.filter((violation) => says.test(violation))).not.toEqual([]);
});
