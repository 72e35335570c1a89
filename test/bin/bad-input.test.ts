import { describe, expect, test } from "vitest";
import { freeze } from "../../bin/commands/freeze.ts";
import { history } from "../../bin/commands/history.ts";
import { maintenance } from "../../bin/commands/maintenance.ts";
import { order } from "../../bin/commands/order.ts";
import { status } from "../../bin/commands/status.ts";
import { type Hands, handsKey } from "../../lambda/core/hands.ts";
import { endpoint, shopConfig, shopRecord } from "../sim/config.ts";
import { at, ireland } from "../sim/shop.ts";
import { openSimulation, runMinutes, type Simulation, valuesOf } from "../sim/simulation.ts";
import { saved, work } from "../steps/operator.ts";
import { anna, deskAt, done } from "./desk.ts";

/** A shop, and something that stands alone. */
async function watched(): Promise<Simulation> {
  const config = shopConfig();
  const docs = endpoint("docs");
  const sim = openSimulation({ ...config, endpoints: [docs, ...config.endpoints] }, [shopRecord]);
  await runMinutes(sim, at(100));
  return sim;
}

const hands = (sim: Simulation) => sim.memory.cells.get(handsKey)?.body as Hands | undefined;

describe("maintenance", () => {
  test("for longer than a calendar knows is refused, and nothing is written", async () => {
    const sim = await watched();
    const { desk } = deskAt(sim);
    await expect(maintenance(desk, "docs", 999_999_999 * 86_400_000, anna)).rejects.toThrow("30d");
    expect(hands(sim)).toBeUndefined();
  });

  test("for less than it takes to hear of it is refused, and nothing is written", async () => {
    const sim = await watched();
    const { desk } = deskAt(sim);
    await expect(maintenance(desk, "docs", 59_999, anna)).rejects.toThrow("for 1 min 0 s at least");
    expect(hands(sim)).toBeUndefined();
  });

  test("that cannot be read of one endpoint keeps none from another", async () => {
    const sim = await watched();
    await work(sim, "shop/ireland", 1e15);
    const { desk } = deskAt(sim);
    expect(await done(sim, maintenance(desk, "docs", 600_000, anna), at(240))).toBe(0);
  });
});

test("who is overtaken by another's order is not told that order's end as its own", async () => {
  const sim = await watched();
  const first = deskAt(sim);
  const second = deskAt(sim);
  const failover = order(first.desk, "shop", { what: "failover", to: "ireland", pin: true }, anna);
  await Promise.resolve();
  const release = done(sim, order(second.desk, "shop", { what: "release" }, anna), at(300));
  expect(await release).toBe(0);
  expect(await failover).toBe(1);
  expect(first.said()).toContain("a later order took its place");
  expect(first.said()).not.toContain("nobody held it");
  expect(valuesOf(sim)).not.toEqual([ireland]);
});

test("a name is found in any case, and with its trailing dot; so are targets and endpoints", async () => {
  const sim = await watched();
  const { desk, said } = deskAt(sim);
  expect(await done(sim, status(desk, "Shop.Example.COM.", {}), at(110))).toBe(0);
  expect(await done(sim, history(desk, "SHOP", { limit: 5 }), at(120))).toBe(0);
  expect(await done(sim, history(desk, "Shop/Ireland", { limit: 5 }), at(130))).toBe(0);
  expect(await done(sim, order(desk, "Shop", { what: "failover", to: "Ireland" }, anna), at(240))).toBe(0);
  expect(said()).toContain("move it to ireland (198.51.100.20)");
});

test("two who freeze a name in the same moment are both told that it is frozen", async () => {
  const sim = await watched();
  const [first, second] = [deskAt(sim), deskAt(sim)];
  const one = freeze(first.desk, "shop", "frozen", anna);
  const other = done(sim, freeze(second.desk, "shop", "frozen", { ...anna, who: "bob" }), at(130));
  expect(await other).toBe(0);
  expect(await one).toBe(0);
  expect(first.said()).toMatch(/shop: frozen by (anna|bob): she tries it, taken in after/);
});

test("a reason is one line that fits into every row and message", async () => {
  const sim = await watched();
  const { desk } = deskAt(sim);
  const smiles = "\u{1F642}".repeat(400);
  const say = { ...anna, who: "anna\u001b[2J\nroot", reason: `first\nsecond ${"x".repeat(300_000)}` };
  expect(await done(sim, freeze(desk, "shop", "frozen", say), at(240))).toBe(0);
  const { who, why = "" } = saved(sim).frozen ?? {};
  expect(who).toBe("anna [2J root");
  expect(why).toMatch(/^first second x{100,500}…$/);
  const whole = await done(sim, freeze(desk, "shop", "free", { ...anna, reason: `x${smiles}` }), at(360));
  expect(whole).toBe(0);
  expect(sim.alerts.at(-1)?.alert.json).not.toMatch(/\\ud8/i);
});
