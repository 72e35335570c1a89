import { describe, expect, test } from "vitest";
import type { Hands } from "../../lambda/core/hands.ts";
import { handsKey } from "../../lambda/core/hands.ts";
import { agreedOf, openObjects } from "../sim/beacons.ts";
import { openConversion, setsNow } from "../sim/conversion.ts";
import { at, broken, frankfurt, ireland, story } from "../sim/shop.ts";
import { type Life, runMinutes, type Trouble, toldAll } from "../sim/simulation.ts";
import { order, saved } from "./operator.ts";

type What = "convert" | "retire";

/** Ordered at 63 s; at 300 s the primary fails, and whatever became of the order the name has to move. */
async function run(what: What, trouble: Life["trouble"] = new Map()) {
  const opened = openConversion(
    what === "convert" ? { objects: new Map() } : { objects: openObjects(), pair: true },
  );
  const { sim } = opened;
  sim.behaviour = broken(["frankfurt", 300, 1e9, "refuse"]);
  sim.troubleOf = (life) => (life === "sweep 2" ? trouble : new Map());
  void sim.clock.sleep(63_000).then(() => order(sim, { what }));
  const count = (seconds: number) =>
    sim.clock.sleep(seconds * 1000).then(() => sim.lives[1]?.effects.length ?? 0);
  const counts = Promise.all([count(63), count(90)]);
  await runMinutes(sim, at(480));
  const [before, after] = await counts;
  return { ...opened, before, after, effects: sim.lives[1]?.effects ?? [] };
}

/** What must hold however the sweep fared. */
function flaws({ sim, objects, answers }: Awaited<ReturnType<typeof run>>, what: What): string[] {
  const state = saved(sim);
  const stands = setsNow(sim);
  const number = (sim.memory.cells.get(handsKey)?.body as Hands | undefined)?.number;
  const kind = what === "convert" ? "converted" : "retired";
  const told = toldAll(sim).filter((each) => each === kind).length;
  const isBy = state.beacons !== undefined;
  const isDone = isBy === (what === "convert");
  const isOut = agreedOf(objects)?.word === "OUT";
  const rules: Record<string, boolean> = {
    "the answer changed once, by the failover, and was never empty":
      `${answers}` === `${[frankfurt, ireland]}`,
    "what is saved is what stands": (stands.length === 2) === isBy,
    "the beacons say what is saved": !isBy || (isOut && agreedOf(objects)?.generation === state.generation),
    "the order was answered": state.lastOrder?.number === number,
    "the answer to the order is true": (state.lastOrder?.is === "done") === isDone,
    "it was told once, if it happened": told === (isDone ? 1 : 0),
    "nothing is under way any more": state.intent === undefined && state.propagation === undefined,
    "nothing is left to tell": state.outbox.length === 0,
    "it was not disarmed": state.disarmed === undefined,
  };
  return Object.entries(rules).flatMap(([rule, isKept]) => (isKept ? [] : [rule]));
}

const troubles: Record<string, Trouble> = {
  "killed before": "kill before",
  "killed after": "kill after",
  "fails before it takes effect": "fail before",
  "fails after it took effect": "fail after",
  "takes effect 30 s later": { lateMs: 30_000 },
  "paused for 60 s before": { pauseMs: 60_000, when: "before" },
  "paused for 60 s after": { pauseMs: 60_000, when: "after" },
};

describe.each<What>(["convert", "retire"])("%s", (what) => {
  test("when nothing goes wrong it is done", async () => {
    const done = await run(what);
    expect(flaws(done, what), story(done.sim)).toEqual([]);
    expect(saved(done.sim).beacons === undefined).toBe(what === "retire");
  });

  test.each(Object.entries(troubles))("a sweep %s, at any of its effects", async (_, trouble) => {
    const { before, after, effects } = await run(what);
    expect(after - before).toBeGreaterThan(30);
    let done = 0;
    for (const [k, effect] of effects.entries()) {
      if (k < before || k >= after) continue;
      const struck = await run(what, new Map([[k, trouble]]));
      expect(flaws(struck, what), `effect ${k} (${effect})\n${story(struck.sim)}`).toEqual([]);
      done += saved(struck.sim).lastOrder?.is === "done" ? 1 : 0;
    }
    expect(done).toBeGreaterThan(0);
  });
});

/** Two Regions' beacons are gone when the primary fails at 35 s; ordered at 123 s, when the move is stuck. */
async function runStuck(trouble: Life["trouble"] = new Map()) {
  const opened = openConversion({ objects: openObjects(), pair: true });
  const { sim } = opened;
  sim.behaviour = broken(["frankfurt", 35, 1e9, "refuse"]);
  sim.fault = (effect, ms) => (ms > at(30) && /^(get|put) (ca|ap)-/.test(effect) ? "fail before" : undefined);
  sim.troubleOf = (life) => (life === "sweep 3" ? trouble : new Map());
  void sim.clock.sleep(123_000).then(() => order(sim, { what: "retire" }));
  await runMinutes(sim, at(420));
  return { ...opened, effects: sim.lives[2]?.effects ?? [] };
}

/** Whatever became of the order, the name moves, once, and every alert is told. */
function flawsOfStuck({ sim, answers }: Awaited<ReturnType<typeof runStuck>>): string[] {
  const state = saved(sim);
  const told = toldAll(sim);
  const count = (kind: string) => told.filter((each) => each === kind).length;
  const rules: Record<string, boolean> = {
    "the answer changed once, by the failover, and was never empty":
      `${answers}` === `${[frankfurt, ireland]}`,
    "it is retired, and its API moved it": state.beacons === undefined && setsNow(sim).length === 1,
    "the move that was stuck is told of, and its end":
      count("move-failing") === 1 && count("move-dropped") === 1,
    "what was done is told once": count("retired") === 1 && count("failover") === 1,
    "the order was answered": state.lastOrder?.is === "done",
    "nothing is under way any more": state.intent === undefined && state.propagation === undefined,
    "nothing is left to tell": state.outbox.length === 0,
    "it was not disarmed": state.disarmed === undefined,
  };
  return Object.entries(rules).flatMap(([rule, isKept]) => (isKept ? [] : [rule]));
}

describe("retire, in the place of a move that does not get through", () => {
  test("when nothing else goes wrong it is done", async () => {
    const done = await runStuck();
    expect(flawsOfStuck(done), story(done.sim)).toEqual([]);
  });

  test.each(Object.entries(troubles))("a sweep %s, at every sixth of its effects", async (_, trouble) => {
    const { effects } = await runStuck();
    expect(effects.length).toBeGreaterThan(100);
    for (let k = 0; k < effects.length; k += 6) {
      const struck = await runStuck(new Map([[k, trouble]]));
      expect(flawsOfStuck(struck), `effect ${k} (${effects[k]})\n${story(struck.sim)}`).toEqual([]);
    }
  });
});
