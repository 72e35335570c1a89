import { expect, test } from "vitest";
import { serviceKey } from "../../lambda/core/service-state.ts";
import { openWatch, update } from "../../lambda/steps/watch.ts";
import { openWork } from "../../lambda/steps/work.ts";
import type { World } from "../../lambda/steps/world.ts";
import { beaconShop, beacons } from "../sim/beacons.ts";
import { shop, shopConfig, shopRecord } from "../sim/config.ts";
import { openMemory } from "../sim/memory.ts";

const state = { written: shopRecord, generation: 4, movesFromUpMs: [], outbox: [], epoch: 0 };

/** The switch of a service whose row says that it stands by these beacons. */
async function open(service: typeof shop, by = beacons) {
  const { store } = openMemory();
  await store.cell(serviceKey(service)).put({ ...state, beacons: structuredClone(by) }, 0);
  const held = { lease: { epoch: 1, beat: 0, scheduledMs: 0, wantedMs: 0 }, version: 1, clean: true };
  const world = { store, now: () => 0 } as unknown as World;
  const config = shopConfig({ services: [service] });
  const work = openWork(world, new AbortController().signal, new AbortController(), 60_000);
  const sweep = await openWatch(config, world, "test", held, work);
  const each = sweep.switches.get(service.id);
  if (each === undefined) throw new Error("the shop is watched");
  return { sweep, each };
}

test("a name that stands as the config says is the config's service, though its row is another object", async () => {
  const { each } = await open(beaconShop);
  expect(each.service).toBe(each.configured);
});

test("one that stands otherwise is the same service at every look, until it stands another way", async () => {
  const { sweep, each } = await open(shop);
  const first = each.service;
  expect(first.dns.beacons).toEqual(beacons);
  await update(sweep, each, (now) => ({ ...now, pointsSinceMs: 1 }));
  expect(each.service).toBe(first);
  await update(sweep, each, ({ beacons: _, ...now }) => now);
  expect(each.service).toBe(each.configured);
});
