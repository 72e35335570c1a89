import type { Config } from "../../../lambda/core/config.ts";
import { partsOf, recordFor } from "../../../lambda/core/records.ts";
import { fullSpread } from "../../../lambda/core/shares.ts";
import { endpoint, policy } from "../config.ts";
import { spreading } from "../shares.ts";
import { startMs } from "../simulation.ts";
import { openDice } from "./dice.ts";
import { type Plan, planOf } from "./plan.ts";
import { anySharedAct, apart } from "./shared-acts.ts";
import { ill } from "./spells.ts";

const minuteMs = 60_000;

/** The same trouble as for other names, with a third place for the second shop, and hands that know of weights. */
export function sharedPlanOf(seed: number): Plan {
  const plan = planOf(seed);
  const dice = openDice(seed + 1_000_000);
  const [first, second] = plan.config.services;
  if (!first || !second) throw new Error("a plan has two shops");
  const third = { id: "t", endpoint: `${second.id}/t`, values: ["203.0.113.2"] };
  const config: Config = {
    ...plan.config,
    endpoints: [...plan.config.endpoints, { ...endpoint(third.endpoint, "t1"), policy }],
    services: [first, { ...second, targets: [...second.targets, third] }],
  };
  const shared = spreading(config, { stepsPercent: [5, 25, 100], stepForMs: dice.one([20_000, 90_000]) });
  const records = shared.services.flatMap((service) => partsOf(recordFor(service, fullSpread(service))));
  const span = { fromMs: startMs + 2 * minuteMs, toMs: plan.calmMs };
  const ills = dice.over(span, 50 * minuteMs, (fromMs) => ill(dice, "t1", fromMs));
  return {
    ...plan,
    config: shared,
    records,
    spells: [...plan.spells, ...ills],
    acts: [],
    sharedActs: dice.chance(0.6)
      ? apart(dice.over(span, 60 * minuteMs, (atMs) => anySharedAct(dice, atMs)))
      : [],
  };
}
