import { locations } from "../config.ts";
import type { Spell } from "../nature.ts";
import { primaryOf, standbyOf } from "../shops.ts";
import type { Dice } from "./dice.ts";
import type { Span } from "./plan.ts";

const minuteMs = 60_000;

const spell = (dice: Dice, host: string, fromMs: number, mostMs: number): Span & { host: string } => ({
  host,
  fromMs,
  toMs: fromMs + dice.long(2_000, mostMs),
});

/** A host that is down for all, in a brown-out, slow, or out of reach for some. */
export function ill(dice: Dice, host: string, fromMs: number): Spell {
  const at = spell(dice, host, fromMs, 20 * minuteMs);
  if (dice.chance(0.15)) return { ...at, behaviour: "black hole", from: dice.some(locations, 2) };
  if (dice.chance(0.1)) return { ...at, behaviour: { share: dice.one([0.2, 0.5]), as: "error" } };
  if (dice.chance(0.1)) return { ...at, behaviour: { slowMs: dice.one([1_000, 2_900, 4_000]) } };
  return { ...at, behaviour: dice.one(["refuse", "black hole", "error", "forbid"]) };
}

/** Locations that see nothing: seldom so many that too few are left. */
const blind = (dice: Dice, fromMs: number): Spell => ({
  ...spell(dice, "*", fromMs, 30 * minuteMs),
  behaviour: "black hole",
  from: dice.some(locations, dice.one([1, 1, 2, 3, 5])),
});

/** What goes wrong with endpoints and locations. Primaries fail more often, and sometimes all fail together. */
export const anySpells = (dice: Dice, span: Span): Spell[] => [
  ...dice.over(span, 20 * minuteMs, (fromMs) => ill(dice, primaryOf(0), fromMs)),
  ...dice.over(span, 20 * minuteMs, (fromMs) => ill(dice, primaryOf(1), fromMs)),
  ...dice.over(span, 50 * minuteMs, (fromMs) => ill(dice, standbyOf(0), fromMs)),
  ...dice.over(span, 50 * minuteMs, (fromMs) => ill(dice, standbyOf(1), fromMs)),
  ...dice.over(span, 60 * minuteMs, (fromMs) => blind(dice, fromMs)),
];
