import { chanceAt, hash, hashAt, hashText } from "../hash.ts";
import type { Life, Simulation, Trouble } from "../simulation.ts";
import { type Dice, openDice } from "./dice.ts";
import type { Plan, Span } from "./plan.ts";

/** A service of AWS that does not do its work well for a while. */
export type Impairment = Span & {
  /** The start of the names of the effects it is about. */
  readonly effects: string;
  /** The share of the calls that fail, before or after they took effect. */
  readonly fails: number;
  readonly how: "fail before" | "fail after" | "either" | { readonly lateMs: number };
  /** How long each call takes. */
  readonly takesMs: number;
};

const minuteMs = 60_000;

export const anyImpairments = (dice: Dice, fromMs: number): Impairment => ({
  fromMs,
  toMs: fromMs + dice.long(1_000, 10 * minuteMs),
  effects: dice.one([
    "change",
    "change",
    "read zone",
    "status",
    "publish",
    "file",
    "put",
    "put service",
    "put lease",
    "put records",
    "read",
    "newest",
    "ask",
    "ask eu-central-1",
    "ask us-east-2",
    "",
  ]),
  fails: dice.one([0.2, 0.5, 1]),
  how: dice.one<Impairment["how"]>([
    "fail before",
    "fail after",
    "either",
    { lateMs: dice.long(1_000, 15 * minuteMs) },
  ]),
  takesMs: dice.one([10, 500, 3_000]),
});

const coin = (key: number, effect: string, atMs: number): number => chanceAt(hashText(key, effect), atMs);

/** Changes are few and matter most: this share of them always meets trouble, until all is calm. */
const changesInTrouble = 0.2;

/** Makes calls fail and take longer as planned; otherwise each takes some milliseconds, never quite the same. */
export function impair(sim: Simulation, { seed, impairments, calmMs }: Plan): void {
  const [failKey = 0, howKey = 0, slowKey = 0, changeKey = 0] = [1, 2, 3, 5].map((n) => hash(seed, n));
  const at = (effect: string, atMs: number) =>
    impairments.find(
      ({ effects, fromMs, toMs }) => atMs >= fromMs && atMs < toMs && effect.startsWith(effects),
    );
  sim.fault = (effect, atMs) => {
    if (effect === "change" && atMs < calmMs && coin(changeKey, effect, atMs) < changesInTrouble) {
      return anyTrouble(openDice(hashAt(changeKey, atMs)));
    }
    const active = at(effect, atMs);
    if (active === undefined || coin(failKey, effect, atMs) >= active.fails) return undefined;
    if (active.how !== "either") return active.how;
    return coin(howKey, effect, atMs) < 0.5 ? "fail before" : "fail after";
  };
  sim.takesMs = (effect, atMs) => {
    const part = coin(slowKey, effect, atMs);
    return Math.round(5 + 20 * part + part * (at(effect, atMs)?.takesMs ?? 0));
  };
}

/** No more effects than these strike at one sweep; a quiet one has about a hundred. */
const strikesWithin = 150;

/** The trouble that is meant for one sweep: most have none. */
export function troubleOf(
  { seed, troubleShare, calmMs }: Plan,
  life: string,
  nowMs: number,
): Life["trouble"] {
  const dice = openDice(hashText(hash(seed, 4), life));
  if (nowMs >= calmMs || !dice.chance(troubleShare)) return new Map();
  return new Map(dice.one([[1], [2]]).map(() => [dice.between(0, strikesWithin), anyTrouble(dice)] as const));
}

const anyTrouble = (dice: Dice): Trouble =>
  dice.one<Trouble>([
    "kill before",
    "kill after",
    "fail before",
    "fail after",
    { pauseMs: dice.long(500, 250_000), when: "before" },
    { pauseMs: dice.long(500, 250_000), when: "after" },
    { pauseMs: dice.long(20_000, 100_000), when: "before" },
    { lateMs: dice.long(1_000, 15 * minuteMs) },
  ]);
