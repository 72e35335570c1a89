import { expect, test } from "vitest";
import { generationRecord } from "../../lambda/core/generation.ts";
import type { Change } from "../../lambda/core/records.ts";
import { swap } from "../../lambda/core/swap.ts";
import { withBeacons } from "../../lambda/steps/beacons.ts";
import type { Dns } from "../../lambda/steps/world.ts";
import { agreedOf, beaconShop, beacons, isOut, openObjects, owner, storeOf } from "../sim/beacons.ts";
import type { Effect } from "../sim/ports.ts";
import { seeded } from "../sim/seeded.ts";

const records = { in: [beacons.in], out: [beacons.out] };
const record = (word: "in" | "out") => ({ ...beacons.record, values: records[word] });

/** The batch of a move to `to`, or of giving it up: from generation 4, at which the primary is in. */
const batch = (to: "in" | "out", generation: number): Change[] => [
  ...swap(record("in"), record(to)),
  ...swap(generationRecord(beacons.record, owner, 4), generationRecord(beacons.record, owner, generation)),
];

/** Two writers' calls, let through one at a time in an order of chance; one in eight fails, before or after it took effect. */
function openChance(seed: number) {
  const random = seeded(seed);
  const waiting: (() => void)[] = [];
  const effect: Effect = async (name, work) => {
    await new Promise<void>((go) => waiting.push(go));
    const luck = random();
    if (luck < 1 / 16) throw new Error(`${name} failed before`);
    const result = await work();
    if (luck < 1 / 8) throw new Error(`${name} failed after`);
    return result;
  };
  const letThrough = async () => {
    for (let idle = 0; idle < 20; idle++) {
      while (waiting.length > 0) {
        idle = 0;
        waiting.splice(Math.floor(random() * waiting.length), 1)[0]?.();
        for (let turn = 0; turn < 12; turn++) await Promise.resolve();
      }
      await Promise.resolve();
    }
  };
  return { effect, letThrough };
}

const never = async (): Promise<never> => {
  throw new Error("not asked");
};
const noRoute53: Dns = {
  change: never,
  read: never,
  nameServers: never,
  sets: never,
  healthCheck: never,
  status: never,
};

async function race(seed: number, second: Change[]) {
  const objects = openObjects("IN gen=4 owner=test\n");
  const { effect, letThrough } = openChance(seed);
  const dns = withBeacons(noRoute53, {
    log: () => {},
    store: storeOf(objects, effect),
    serversOf: async () => [],
  });
  const run = async (changes: Change[]) => {
    try {
      return (await dns.change(beaconShop.dns, changes, "", () => true)).is;
    } catch {
      return "not known";
    }
  };
  const outcomes = Promise.all([run(batch("out", 5)), run(second)]);
  await letThrough();
  const [move, other] = await outcomes;
  return { objects, move, other };
}

const seeds = 10_000;

test(`${seeds} interleavings of two sweepers with the same move: one switch, and nobody is told otherwise`, async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= seeds; seed++) {
    const { objects, move, other } = await race(seed, batch("out", 5));
    seen.add(`${move}, ${other}`);
    const message = `seed ${seed}: ${move}, ${other}; ${[...objects.values()]}`;
    if ([move, other].includes("accepted")) {
      expect(agreedOf(objects), message).toMatchObject({ word: "OUT", generation: 5 });
      expect(isOut(objects), message).toBe(true);
    }
  }
  expect([...seen]).toEqual(expect.arrayContaining(["accepted, refused", "accepted, accepted"]));
});

test(`${seeds} interleavings of a late move with its being given up: given up is given up`, async () => {
  const seen = new Set<string>();
  for (let seed = 1; seed <= seeds; seed++) {
    const { objects, move, other } = await race(seed, batch("in", 6));
    seen.add(`${move}, ${other}`);
    const message = `seed ${seed}: ${move}, ${other}; ${[...objects.values()]}`;
    if (other === "accepted") {
      expect(agreedOf(objects), message).toMatchObject({ word: "IN", generation: 6 });
      expect(isOut(objects), message).toBe(false);
    } else if (move === "accepted" && other === "refused") {
      expect(agreedOf(objects), message).toMatchObject({ word: "OUT", generation: 5 });
    }
  }
  expect([...seen]).toEqual(expect.arrayContaining(["accepted, refused", "refused, accepted"]));
});
