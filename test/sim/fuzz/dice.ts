import { seeded } from "../seeded.ts";

/** Everything that is drawn for one run, in one order. */
export type Dice = {
  chance(share: number): boolean;
  between(low: number, high: number): number;
  /** A whole number between two, every order of magnitude as likely as the other. */
  long(low: number, high: number): number;
  one<T>(list: readonly [T, ...T[]]): T;
  some<T>(list: readonly T[], count: number): T[];
  /** Something at random times of a span, one each `everyMs` on average. */
  over<T>(span: { fromMs: number; toMs: number }, everyMs: number, make: (atMs: number) => T): T[];
};

export function openDice(seed: number): Dice {
  const random = seeded(seed);
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low));
  return {
    chance: (share) => random() < share,
    between,
    long: (low, high) => Math.round(low * (high / low) ** random()),
    one: (list) => list[between(0, list.length)] ?? list[0],
    some: (list, count) => {
      const left = [...list];
      return Array.from({ length: count }, () => left.splice(between(0, left.length), 1)).flat();
    },
    over: (span, everyMs, make) => {
      const made = [];
      const next = () => Math.ceil(-Math.log(1 - random()) * everyMs);
      for (let atMs = span.fromMs + next(); atMs < span.toMs; atMs += next()) made.push(make(atMs));
      return made;
    },
  };
}
