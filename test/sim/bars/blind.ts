import { locations } from "../config.ts";
import type { Spell } from "../nature.ts";
import { primaryOf } from "../shops.ts";
import type { Behaviour } from "../simulation.ts";
import { type Bar, largest, percent, type Sample, seconds, sum, type Values } from "./bar.ts";
import { alertsOf, changesOf, decidedMs, draws, minuteMs, runWorld, warmMs } from "./worlds.ts";

const shops = 10;
const spanMs = 30 * minuteMs;
const span = { fromMs: warmMs, toMs: warmMs + spanMs };

/** Half of the shops' primaries really fail while locations see nothing; the others are well all the time. */
async function whileBlind(seed: number, blindFrom: (seed: number) => string[]): Promise<Sample> {
  const { between, some } = draws(seed);
  const blind: Spell = { host: "*", ...span, behaviour: "black hole", from: blindFrom(seed) };
  const failing = Array.from({ length: shops / 2 }, (_, i): Spell => {
    const fromMs = span.fromMs + (2 + 5 * i) * minuteMs + between(0, 2 * minuteMs);
    const [behaviour = "refuse"] = some<Behaviour>(["refuse", "black hole", "error"], 1);
    return { host: primaryOf(i), fromMs, toMs: fromMs + 2 * minuteMs, behaviour };
  });
  const untilMs = span.toMs + 3 * minuteMs;
  const service = { failback: "manual" } as const;
  const sim = await runWorld({ seed, shops, spells: [blind, ...failing], untilMs, over: { service } });
  const quiet = Array.from({ length: shops / 2 }, (_, i) => i + shops / 2);
  return {
    simulatedMs: untilMs - warmMs,
    values: {
      found: failing.map(({ fromMs }, i) => (decidedMs(sim, i, fromMs) ?? Number.POSITIVE_INFINITY) - fromMs),
      failovers: Array.from({ length: shops }, (_, i) => changesOf(sim, i).length),
      false: quiet.map((i) => changesOf(sim, i).length),
      told: Array.from({ length: shops }, (_, i) => (alertsOf(sim, i).some(isBlind) ? 1 : 0)),
    },
  };
}

const isBlind = ({ kind }: { kind: string }): boolean => kind === "blind";

const home = locations.slice(0, 1);
const homeAndOne = (seed: number) => [...home, ...draws(seed).some(locations.slice(1), 1)];
const anyThree = (seed: number) => draws(seed).some(locations, 3);

const blindBar = (name: string, blindFrom: (seed: number) => string[]): Bar => ({
  name,
  promise: "0 false in 1,000; a real outage meanwhile found in <= 18 s",
  worlds: 200,
  worldsInTest: 2,
  run: (seed) => whileBlind(seed, blindFrom),
  judge: (values) => {
    const [wrong, found] = [values("false"), values("found")];
    return {
      measured: `${sum(wrong)} false in ${wrong.length}; ${found.length} real ones found in <= ${seconds(largest(found))}`,
      isMet: sum(wrong) === 0 && largest(found) <= 18_000,
    };
  },
});

const tooFew: Bar = {
  name: "fewer than 3 of 5 sighted, real outages",
  promise: "unknown (alert), 0 switches",
  worlds: 20,
  worldsInTest: 1,
  run: (seed) => whileBlind(seed, anyThree),
  judge: (values) => judgeHeld(values, "told blind"),
};

/** Nothing may move, and people are told. */
function judgeHeld(values: Values, words: string): { measured: string; isMet: boolean } {
  const [switches, told] = [sum(values("failovers")), values("told")];
  const share = sum(told) / told.length;
  return {
    measured: `${switches} switches of ${told.length}, ${percent(share)} ${words}`,
    isMet: switches === 0 && share === 1,
  };
}

/** Two of five locations cannot reach a shop's primary, everything else they can. */
async function unreachableForSome(seed: number): Promise<Sample> {
  const { some, between } = draws(seed);
  const spells = Array.from({ length: shops }, (_, i): Spell => {
    const fromMs = span.fromMs + between(0, minuteMs);
    const from = some(locations, 2);
    return { host: primaryOf(i), fromMs, toMs: span.toMs, behaviour: "black hole", from };
  });
  const untilMs = span.toMs + 3 * minuteMs;
  const sim = await runWorld({ seed, shops, spells, untilMs });
  return {
    simulatedMs: untilMs - warmMs,
    values: {
      failovers: spells.map((_, i) => changesOf(sim, i).length),
      told: spells.map((_, i) => (alertsOf(sim, i).some(({ kind }) => kind === "partial") ? 1 : 0)),
    },
  };
}

const partial: Bar = {
  name: "40 % of locations cannot reach the primary",
  promise: "alert, 0 switches",
  worlds: 20,
  worldsInTest: 1,
  run: unreachableForSome,
  judge: (values) => judgeHeld(values, "told partial"),
};

export const blindBars: readonly Bar[] = [
  blindBar("home blind for 30 min", () => home),
  blindBar("home and one more blind for 30 min", homeAndOne),
  tooFew,
  partial,
];
