import type { Config } from "../../../lambda/core/config.ts";
import type { RecordSet } from "../../../lambda/core/records.ts";
import type { Deliveries } from "../deliveries.ts";
import type { Spell } from "../nature.ts";
import { manyShops } from "../shops.ts";
import { startMs } from "../simulation.ts";
import { type Act, anyAct } from "./acts.ts";
import { type Dice, openDice } from "./dice.ts";
import type { SharedAct } from "./shared-acts.ts";
import { anySpells } from "./spells.ts";
import { anyImpairments, type Impairment } from "./troubles.ts";

/** Everything that will happen in one run: it follows from the seed alone. */
export type Plan = {
  readonly seed: number;
  readonly config: Config;
  readonly records: readonly RecordSet[];
  readonly spells: readonly Spell[];
  readonly impairments: readonly Impairment[];
  readonly deliveries: Deliveries;
  /** Home is dead: its sweeps end, and no others start. */
  readonly deadHome: readonly Span[];
  /** How likely trouble strikes a sweep at one of its effects. */
  readonly troubleShare: number;
  /** What people do to the zone and the config. */
  readonly acts: readonly Act[];
  /** The same for weighted names. */
  readonly sharedActs?: readonly SharedAct[];
  /** Nothing new goes wrong after this. */
  readonly calmMs: number;
};

export type Span = { readonly fromMs: number; readonly toMs: number };

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Hours of trouble in one run. */
const hours = 6;

export function planOf(seed: number): Plan {
  const dice = openDice(seed);
  const policy = { recoverAfterMs: dice.one([20_000, 60_000]) };
  const service = {
    failbackAfterMs: dice.one([0, 60_000, 300_000]),
    maxMovesPerHour: dice.one([1, 2, 4]),
    onForeign: seed % 2 === 0 ? ("retake" as const) : ("hold" as const),
  };
  const { config, records } = manyShops(2, { policy, service });
  const withManual = config.services.map((each, i) =>
    i === 0 ? each : { ...each, failback: "manual" as const },
  );
  const span = { fromMs: startMs + 2 * minuteMs, toMs: startMs + hours * hourMs };
  return {
    seed,
    config: { ...config, services: withManual },
    records,
    spells: anySpells(dice, span),
    impairments: dice.over(span, 40 * minuteMs, (fromMs) => anyImpairments(dice, fromMs)),
    deliveries: { jitterMs: dice.one([1_000, 60_000]), lostRatio: 0.03, twiceRatio: 0.05 },
    deadHome: dice.over(span, 3 * hourMs, (fromMs) => deadFrom(dice, fromMs)),
    troubleShare: dice.one([0, 0.1, 0.3]),
    acts: dice.chance(0.5) ? dice.over(span, 90 * minuteMs, (atMs) => anyAct(dice, atMs)) : [],
    calmMs: span.toMs,
  };
}

const deadFrom = (dice: Dice, fromMs: number): Span => ({
  fromMs,
  toMs: fromMs + dice.long(20_000, 20 * minuteMs),
});
