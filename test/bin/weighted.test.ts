import { expect, test } from "vitest";
import { drill } from "../../bin/commands/drill.ts";
import { maintenance } from "../../bin/commands/maintenance.ts";
import { order } from "../../bin/commands/order.ts";
import { planOf } from "../../bin/commands/plan.ts";
import { status } from "../../bin/commands/status.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { standing } from "../core/zone-fixture.ts";
import { at, broken } from "../sim/shop.ts";
import { runMinutes, zoneNow } from "../sim/simulation.ts";
import { sharedRecord, sharedShop, simulateShared, weightsOf } from "../sim/weighted.ts";
import { anna, deskAt, done } from "./desk.ts";

const full = sharedRecord([100, 100, 50]);
const simple = (value: string): RecordSet => ({
  name: "shop.example.com",
  type: "A",
  ttlSeconds: 15,
  values: [value],
});

test.each<[string, RecordSet | null, boolean, string]>([
  ["none", null, true, "create a set for each target"],
  ["weighted sets as they should be", full, true, "none while all targets are up"],
  ["other weights", sharedRecord([100, 5, 50]), true, "weights rise in steps"],
  ["a simple one of a target's", simple("198.51.100.20"), true, "in one batch: ireland with its weight"],
  ["a simple one of nobody's", simple("203.0.113.99"), false, "`pointsman adopt` and then `release`"],
])("plan: the record is %s", (_, record, ok, says) => {
  const plan = planOf(sharedShop, standing(record));
  expect(plan.change).toContain(says);
  expect(plan.ok).toBe(ok);
  expect(plan.service).toContain("weighted");
  expect(plan.wanted).toContain("(frankfurt 100), 198.51.100.20 (ireland 100), 203.0.113.30 (oslo 50)");
  expect(planOf({ ...sharedShop, mode: "shadow" }, standing(simple("192.0.2.10"))).change).toContain(
    "none in shadow mode",
  );
});

test("plan: a deploy has another id, and the sets are as they were left", () => {
  const targets = sharedShop.targets.map((one) => ({ ...one, id: `${one.id}-1` }));
  const plan = planOf({ ...sharedShop, targets }, standing(full, 3));
  expect(plan.ok).toBe(true);
  expect(plan.change).toMatch(/^if the record is as Pointsman left it \("owner=.* gen=3"\), it becomes/);
});

test("status says who carries how much, and that is marked", async () => {
  const sim = simulateShared(broken(["oslo", 65, 4_000, "refuse"]));
  await runMinutes(sim, at(180));
  const { desk, said } = deskAt(sim);
  expect(await status(desk, "shop", {})).toBe(0);
  expect(said()).toContain("shop: shop.example.com A, armed, weighted");
  expect(said()).toContain(
    "now     192.0.2.10 (frankfurt 100), 198.51.100.20 (ireland 100), 203.0.113.30 (oslo 0)",
  );
  expect(said()).toMatch(/frankfurt \*.*\n.*ireland \*.*\n.*oslo {2}/);
});

test("maintenance takes a target's weight away, and waits for that", async () => {
  const sim = simulateShared(broken());
  await runMinutes(sim, at(90));
  const { desk, said } = deskAt(sim);
  expect(await done(sim, maintenance(desk, "shop/ireland", 600_000, anna), at(240))).toBe(0);
  expect(said()).toContain("take its weight away, if another target is proven up");
  expect(said()).toContain("198.51.100.20 (ireland 0)");
  expect(weightsOf(zoneNow(sim))).toBe("100 0 50");
  expect(await done(sim, maintenance(desk, "shop/ireland", 0, anna), at(300))).toBe(0);
  expect(said()).toContain("once it is proven up it comes back in steps");
});

test("a failover, a pin and a drill make no sense where all carry, and the right command is named", async () => {
  const sim = simulateShared(broken());
  await runMinutes(sim, at(90));
  const { desk, said } = deskAt(sim);
  expect(await order(desk, "shop", { what: "failover", pin: true }, anna)).toBe(1);
  expect(await order(desk, "shop", { what: "failback" }, anna)).toBe(1);
  expect(await drill(desk, "shop", { stayMs: 1_000, resolve: false }, anna)).toBe(1);
  expect(said().match(/refused: .*pointsman maintenance TARGET/g)).toHaveLength(3);
});
