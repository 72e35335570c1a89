import fc from "fast-check";
import { expect, test } from "vitest";
import { type Spread, spreadOf, weightsIn } from "../../lambda/core/records.ts";
import { provesUp, sightOf } from "../../lambda/core/verdict.ts";
import { sharedConfig, sharedRecord, sharedShop } from "../sim/weighted.ts";
import { ballots } from "./fixture.ts";
import { ids } from "./situation.ts";
import { decided, healthOf } from "./weights-fixture.ts";

const letters = fc.stringMatching(/^[udcbwrnt]{3}$/);
const votesOfFive = fc.array(fc.stringMatching(/^[udr-]{3}$/), { minLength: 5, maxLength: 5 });
const weightsOfThree = fc.array(fc.constantFrom(0, 5, 25, 50, 100), { minLength: 3, maxLength: 3 });
const sight = sightOf(sharedConfig());

/** What the design forbids of one target's new weight, each checked by hand; `i` is its place among the targets. */
function rules(i: number, was: number, is: number, states: string, votes: readonly string[]) {
  const health = healthOf[states[i] ?? ""];
  const isFree = health?.maintenance === undefined;
  const isProven = isFree && provesUp(ballots(ids, ...votes), ids[i] ?? "", 5, sight);
  const downAt = votes.filter((vote) => vote[i] === "d" && vote.includes("u")).length;
  const isLowered = is < was && (is === 0 || was <= (sharedShop.targets[i]?.weight ?? 0));
  return {
    isServed: is > 0 && isProven,
    "rises only by proof": is <= was || isProven,
    "falls only if it is down, where something else was seen up, or worked on":
      !isLowered || !isFree || (health?.state === "down" && downAt >= 3),
  };
}

test("no weight falls but of what is down or worked on, none rises but of what is proven up, and never are all 0", () => {
  let moved = 0;
  const check = (weights: readonly number[], to: Spread, states: string, votes: readonly string[]) => {
    moved += 1;
    const now = spreadOf(weightsIn(sharedShop, sharedRecord(weights))).weights;
    const kept = sharedShop.targets.map(({ id }, i) =>
      rules(i, now.get(id) ?? 0, to.weights.get(id) ?? 0, states, votes),
    );
    expect(kept.some(({ isServed }) => isServed)).toBe(true);
    for (const { isServed: _, ...each } of kept) expect(Object.values(each)).toEqual([true, true]);
  };
  fc.assert(
    fc.property(weightsOfThree, letters, votesOfFive, (weights, states, votes) => {
      const decision = decided([weights.join(" "), states, ballots(ids, ...votes)]);
      if (decision.do === "move") check(weights, decision.to, states, votes);
    }),
    { numRuns: 3_000 },
  );
  expect(moved).toBeGreaterThan(100);
});
