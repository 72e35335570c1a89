import { expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { generationRecord } from "../../lambda/core/generation.ts";
import { type Change, recordFor } from "../../lambda/core/records.ts";
import { applyBatch } from "../../local/route53/zone.ts";
import { openChanges } from "./changes.ts";
import { shop, shopConfig } from "./config.ts";
import { frankfurt } from "./shop.ts";
import { openSimulation, zoneNow } from "./simulation.ts";

/** What the oracle says when a sweep moves the name from its standby, which is up, to its primary, which is up too. */
function goingBack(failback: Service["failback"]): string[] {
  const [primary, standby] = shop.targets;
  if (!primary || !standby) throw new Error("a shop has two targets");
  const config = shopConfig({ services: [{ ...shop, failback }] });
  const sim = openSimulation(config, [recordFor(shop, standby)]);
  const before = zoneNow(sim);
  const txt = generationRecord(shop.dns, "test", 1);
  const batch: Change[] = [
    { action: "DELETE", record: recordFor(shop, standby) },
    { action: "CREATE", record: recordFor(shop, primary) },
    ...(txt ? [{ action: "CREATE" as const, record: txt }] : []),
  ];
  const after = applyBatch(
    before,
    batch.map(({ action, record }) => ({ action, set: record })),
  );
  if (!after.ok) throw new Error(after.messages.join());
  const atMs = sim.clock.now();
  return openChanges(sim)({ atMs, sentMs: atMs, by: "sweep 1", config, zone: after.zone }, before);
}

test("a sweep that goes back by itself is noticed where that is left to people, and only there", () => {
  expect(goingBack("auto")).toEqual([]);
  expect(goingBack("manual")).toEqual([
    `0 s: sweep 1 moved shop.example.com back to ${frankfurt}, which is left to people`,
  ]);
});
