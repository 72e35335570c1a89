import { describe, expect, test } from "vitest";
import type { Change } from "../../lambda/core/records.ts";
import type { World } from "../../lambda/steps/world.ts";
import type { Simulation } from "../sim/simulation.ts";
import { checks } from "./checks.ts";
import { type Place, placesIn, play } from "./course.ts";
import type { Cell } from "./moves.ts";
import type { TroubleName } from "./troubles.ts";

/** The product without one of its cares, and the case that has to show it. */
type Variant = {
  readonly break: (world: World) => World;
  readonly trouble: TroubleName;
  readonly effect: string;
  readonly check: string;
  /** The primary of a simple record goes down, unless something else is said. */
  readonly cell?: Cell;
};

const withDns = (world: World, dns: Partial<World["dns"]>): World => ({
  ...world,
  dns: { ...world.dns, ...dns },
});

/** Sends the batch as two requests, one after the other. */
const inTwo = (world: World, halves: (changes: readonly Change[]) => readonly (readonly Change[])[]): World =>
  withDns(world, {
    change: async (zone, changes, ...rest) => {
      const [first = [], second = []] = halves(changes);
      let last = await world.dns.change(zone, first, ...rest);
      if (last.is === "accepted") last = await world.dns.change(zone, second, ...rest);
      return last;
    },
  });

const weighted = ({ action, record }: Change, weight: number): Change => ({
  action,
  record: record.weighted ? { ...record, weighted: { ...record.weighted, weight } } : record,
});

const variants: Readonly<Record<string, Variant>> = {
  "a change whose answer did not come is taken for done": {
    break: (world) =>
      withDns(world, {
        change: (...batch) => world.dns.change(...batch).catch(() => ({ is: "accepted", changeId: "C0" })),
      }),
    trouble: "fails-before",
    effect: "change",
    check: "one truth",
  },
  "the old record is deleted first, and the new one made by a second request": {
    break: (world) =>
      inTwo(world, (changes) =>
        (["DELETE", "CREATE"] as const).map((what) => changes.filter(({ action }) => action === what)),
      ),
    trouble: "killed-after",
    effect: "change",
    check: "never an empty answer",
  },
  "an event that could not be filed is forgotten": {
    break: (world) => ({
      ...world,
      store: { ...world.store, file: (event) => world.store.file(event).catch(() => {}) },
    }),
    trouble: "times-out-before",
    effect: "file",
    check: "every event, once",
  },
  "an alert that could not be sent is forgotten": {
    break: (world) => ({ ...world, publish: (alert) => world.publish(alert).catch(() => {}) }),
    trouble: "throttled",
    effect: "publish",
    check: "every alert, under one id",
  },
  "an alert that is sent again has another id": {
    break: (world) => ({
      ...world,
      publish: async (alert) => {
        try {
          await world.publish(alert);
        } catch {
          await world.publish({ ...alert, id: `${alert.id}/again` });
        }
      },
    }),
    trouble: "fails-after",
    effect: "publish",
    check: "every alert, under one id",
  },
  "a change that fails is put aside for good": {
    break: (world) =>
      withDns(world, {
        change: (...batch) => world.dns.change(...batch).catch(() => new Promise(() => {})),
      }),
    trouble: "fails-before",
    effect: "change",
    check: "moved as it should be",
  },
  "all weights are brought to 0 first, and what is wanted is given by a second request": {
    break: (world) =>
      inTwo(world, (changes) => {
        const sets = changes.filter(({ action, record }) => action === "CREATE" && record.weighted);
        const none = (change: Change) => (sets.includes(change) ? weighted(change, 0) : change);
        const again = sets.map((set): Change => ({ ...weighted(set, 0), action: "DELETE" }));
        return [changes.map(none), [...again, ...sets]];
      }),
    trouble: "killed-after",
    effect: "change",
    check: "never an empty answer",
    cell: { shape: "weighted", way: "api", move: "taken-out" },
  },
  "whatever is brought back gets all of its weight at once": {
    break: (world) =>
      withDns(world, {
        change: (zone, changes, ...rest) =>
          world.dns.change(
            zone,
            changes.map((change) => {
              const isStep = change.action === "CREATE" && change.record.weighted?.weight === 5;
              return isStep ? weighted(change, 100) : change;
            }),
            ...rest,
          ),
      }),
    trouble: "killed-after",
    effect: "change",
    check: "moved as it should be",
    cell: { shape: "weighted", way: "api", move: "step-back" },
  },
  "of weighted sets the answer to a conversion that did not come is taken for done": {
    break: (world) =>
      withDns(world, {
        change: (...batch) => world.dns.change(...batch).catch(() => ({ is: "accepted", changeId: "C0" })),
      }),
    trouble: "fails-before",
    effect: "change",
    check: "one truth",
    cell: { shape: "weighted", way: "api", move: "conversion" },
  },
};

const failover: Cell = { shape: "a", way: "api", move: "failover" };

test("each check is shown to bite", () => {
  const bitten = new Set(Object.values(variants).map(({ check }) => check));
  expect([...bitten].sort()).toEqual(Object.keys(checks).sort());
});

describe.each(Object.entries(variants))("%s", (_, variant) => {
  const { break: change, trouble, effect, check, cell = failover } = variant;
  const sabotage = (sim: Simulation) => {
    const { alter } = sim;
    sim.alter = (world, life) => change(alter(world, life));
  };
  const places = async (): Promise<readonly Place[]> =>
    (await placesIn(cell)).filter(({ name }) => name === effect);

  test("is noticed when it is struck", async () => {
    const broken = new Set<string>();
    for (const place of await places()) {
      const { flaws } = await play(cell, { ...place, trouble }, { sabotage });
      for (const flaw of flaws) broken.add(flaw.check);
    }
    expect([...broken]).toContain(check);
  });

  test("and the same strike does no harm to what is not broken", async () => {
    for (const place of await places()) {
      expect((await play(cell, { ...place, trouble })).flaws).toEqual([]);
    }
  });
});
