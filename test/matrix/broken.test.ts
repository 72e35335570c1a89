import { describe, expect, test } from "vitest";
import type { World } from "../../lambda/steps/world.ts";
import type { Simulation } from "../sim/simulation.ts";
import { checks } from "./checks.ts";
import { type Place, placesIn, play } from "./course.ts";
import type { TroubleName } from "./troubles.ts";

/** The product without one of its cares, and the case that has to show it. */
type Variant = {
  readonly break: (world: World) => World;
  readonly trouble: TroubleName;
  readonly effect: string;
  readonly check: string;
};

const withDns = (world: World, dns: Partial<World["dns"]>): World => ({
  ...world,
  dns: { ...world.dns, ...dns },
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
      withDns(world, {
        change: async (zone, changes, ...rest) => {
          const halves = (["DELETE", "CREATE"] as const).map((what) =>
            changes.filter(({ action }) => action === what),
          );
          let last = await world.dns.change(zone, halves[0] ?? [], ...rest);
          if (last.is === "accepted") last = await world.dns.change(zone, halves[1] ?? [], ...rest);
          return last;
        },
      }),
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
};

const cell = { shape: "a", way: "api", move: "failover" } as const;

test("each check is shown to bite", () => {
  const bitten = new Set(Object.values(variants).map(({ check }) => check));
  expect([...bitten].sort()).toEqual(Object.keys(checks).sort());
});

describe.each(Object.entries(variants))("%s", (_, { break: change, trouble, effect, check }) => {
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
