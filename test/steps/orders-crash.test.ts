import { describe, expect, test } from "vitest";
import { type Hands, handsKey } from "../../lambda/core/hands.ts";
import { readGeneration } from "../../lambda/core/records.ts";
import { findSet } from "../../local/route53/zone.ts";
import { shopRecord } from "../sim/config.ts";
import { movesOf } from "../sim/oracle.ts";
import { at, broken, frankfurt, ireland, simulate, story } from "../sim/shop.ts";
import {
  changeZone,
  type Life,
  runMinutes,
  type Simulation,
  type Trouble,
  zoneNow,
} from "../sim/simulation.ts";
import { order, saved, work } from "./operator.ts";

/** What an operator wants at 63 s, and what the world may look like afterwards. */
type Wish = {
  readonly name: string;
  readonly before?: (sim: Simulation) => void;
  readonly give: (sim: Simulation) => Promise<unknown>;
  /** The values a name may have been given, in order: all of it or nothing. */
  readonly moves: readonly string[];
  readonly isOrder: boolean;
};

const foreign = { ...shopRecord, values: ["203.0.113.99"] };

const wishes: readonly Wish[] = [
  {
    name: "an order to fail over and stay there",
    give: (sim) => order(sim, { what: "failover", pin: true }),
    moves: [ireland],
    isOrder: true,
  },
  {
    name: "an order to adopt",
    before: (sim) =>
      changeZone(sim, [
        { action: "DELETE", set: shopRecord },
        { action: "CREATE", set: foreign },
      ]),
    give: (sim) => order(sim, { what: "adopt" }),
    moves: [],
    isOrder: true,
  },
  {
    name: "work on the primary for two minutes",
    give: (sim) => work(sim, "shop/frankfurt", 120),
    moves: [ireland, frankfurt],
    isOrder: false,
  },
];

const endS = 420;

/** Sweep 2's effects when nothing goes wrong, and how many of them it takes until the wish has come about. */
type Course = { readonly effects: readonly string[]; readonly needed: number };

const courses = new Map<Wish, Course>();

async function courseOf(wish: Wish): Promise<Course> {
  const found = courses.get(wish);
  if (found) return found;
  const sim = simulate(broken());
  let needed = 0;
  void sim.clock.sleep(85_000).then(() => {
    needed = sim.lives[1]?.effects.length ?? 0;
  });
  await run(wish, new Map(), sim);
  const course = { effects: sim.lives[1]?.effects ?? [], needed };
  courses.set(wish, course);
  return course;
}

async function run(
  wish: Wish,
  trouble: Life["trouble"] = new Map(),
  sim: Simulation = simulate(broken()),
): Promise<Simulation> {
  sim.troubleOf = (life) => (life === "sweep 2" ? trouble : new Map());
  wish.before?.(sim);
  void sim.clock.sleep(63_000).then(() => wish.give(sim));
  await runMinutes(sim, at(endS));
  return sim;
}

/** What must hold however the sweep fared: the order was carried out once or not at all, and whoever waits is told which. */
function flaws(sim: Simulation, wish: Wish): string[] {
  const moves = movesOf(sim).filter(({ by }) => by !== "user");
  const state = saved(sim);
  const number = (sim.memory.cells.get(handsKey)?.body as Hands | undefined)?.number;
  const events = [...sim.memory.history.values()].filter(({ kind }) =>
    /^(moved|adopted|failback)$/.test(kind),
  );
  const told = new Set(sim.alerts.map(({ alert }) => alert.id));
  const txt = findSet(zoneNow(sim), "_pointsman-a.shop.example.com", "TXT");
  const generation = txt ? readGeneration({ ...txt, type: "TXT" })?.generation : 0;
  const isDone = state.lastOrder?.is === "done";
  const isAdopted = generation !== undefined && generation > 1_000_000;
  const rules: Record<string, boolean> = {
    "moved as wished, or not at all": moves.every(({ to }, i) => to === wish.moves[i]),
    "the order was answered": !wish.isOrder || state.lastOrder?.number === number,
    "done means done, and nothing else does":
      !wish.isOrder || isDone === (wish.moves.length > 0 ? moves.length > 0 : isAdopted),
    "a pin holds where it was carried out, and only there":
      !wish.name.includes("stay") || (state.placed?.pinned === true) === isDone,
    "each change is in the history, once": events.length === moves.length + (isAdopted ? 1 : 0),
    "and was told": events.every(({ id }) => told.has(id)),
    "nothing is half done": !state.intent && !state.propagation && state.outbox.length === 0,
    "what is saved is what stands in the zone":
      state.disarmed !== undefined ||
      (state.generation === generation &&
        state.written?.values.join() === findSet(zoneNow(sim), "shop.example.com", "A")?.values.join()),
    "never empty": sim.zones.every(({ zone }) => findSet(zone, "shop.example.com", "A") !== undefined),
  };
  return Object.entries(rules).flatMap(([rule, isKept]) => (isKept ? [] : [rule]));
}

const troubles: Record<string, Trouble> = {
  "killed before": "kill before",
  "killed after": "kill after",
  "fails before it takes effect": "fail before",
  "fails after it took effect": "fail after",
  "paused for 60 s before": { pauseMs: 60_000, when: "before" },
  "paused for 60 s after": { pauseMs: 60_000, when: "after" },
};

describe.each(wishes.map((wish) => [wish.name, wish] as const))("%s", (_, wish) => {
  test("comes about when nothing goes wrong", async () => {
    const sim = await run(wish);
    expect(flaws(sim, wish), story(sim)).toEqual([]);
    expect(movesOf(sim).filter(({ by }) => by !== "user").length).toBe(wish.moves.length);
    if (wish.isOrder) expect(saved(sim).lastOrder?.is).toBe("done");
  });

  test.each(Object.entries(troubles))(
    "a sweep %s, at any of its effects, neither loses nor doubles it",
    async (_, trouble) => {
      const { effects, needed } = await courseOf(wish);
      expect(effects.length).toBeGreaterThan(20);
      expect(needed).toBeGreaterThan(10);
      for (const [k, effect] of effects.entries()) {
        // The rest of its life is a watch like any other: a part of it is enough.
        if (k >= needed && k % 5 > 0) continue;
        const sim = await run(wish, new Map([[k, trouble]]));
        const told = `effect ${k} (${effect})\n${story(sim)}`;
        expect(flaws(sim, wish), told).toEqual([]);
        // A sweep that dies is replaced while the order is still good.
        if (wish.isOrder) expect(saved(sim).lastOrder?.is, told).toBe("done");
      }
    },
  );
});
