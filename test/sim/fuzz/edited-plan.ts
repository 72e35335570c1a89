import { primaryOf } from "../shops.ts";
import type { Act } from "./acts.ts";
import { openDice } from "./dice.ts";
import { type Plan, planOf } from "./plan.ts";

const primaries: readonly string[] = [primaryOf(0), primaryOf(1)];

/**
 * The same trouble, and whenever a primary fails somebody edits its name by hand: in the seconds in which a sweep decides
 * on it and changes it, where neither a look nor a name server has told of it yet.
 */
export function editedPlanOf(seed: number): Plan {
  const plan = planOf(seed);
  const dice = openDice(seed + 2_000_000);
  const failures = plan.spells.filter(({ host }) => primaries.includes(host));
  const acts = failures.map(({ host, fromMs }): Act => {
    const atMs = fromMs + dice.between(0, 20_000);
    const what = dice.one<Act["what"]>(["foreign", "foreign", "delete", "ttl"]);
    return { atMs, shop: primaries.indexOf(host), what, forMs: dice.long(1_000, 300_000) };
  });
  return { ...plan, acts };
}
