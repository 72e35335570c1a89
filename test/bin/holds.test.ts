import { describe, expect, test } from "vitest";
import { freeze } from "../../bin/commands/freeze.ts";
import { maintenance } from "../../bin/commands/maintenance.ts";
import type { Service } from "../../lambda/core/config.ts";
import { at, broken, forever, frankfurt, ireland, type Span, simulate, story } from "../sim/shop.ts";
import { runMinutes, type Simulation, told, valuesOf } from "../sim/simulation.ts";
import { filed, saved } from "../steps/operator.ts";
import { anna, deskAt, done } from "./desk.ts";

async function watched(spans: readonly Span[] = [], service: Partial<Service> = {}): Promise<Simulation> {
  const sim = simulate(broken(...spans), service);
  await runMinutes(sim, at(100));
  return sim;
}

async function frozen(sim: Simulation, id: string | undefined, is: "frozen" | "free", untilS: number) {
  const { desk, said } = deskAt(sim);
  const code = await done(sim, freeze(desk, id, is, anna), at(untilS));
  return { code, said: said() };
}

async function worked(sim: Simulation, id: string, forMs: number, untilS: number) {
  const { desk, said } = deskAt(sim);
  const code = await done(sim, maintenance(desk, id, forMs, anna), at(untilS));
  return { code, said: said() };
}

describe("freeze", () => {
  test.each([
    ["one service", "shop", "freeze shop.example.com: nothing moves it"],
    ["all of them", undefined, "freeze every name (1): nothing moves it"],
  ])("of %s holds through an outage, until unfreeze", async (_, id, says) => {
    const sim = await watched([["frankfurt", 150, forever, "refuse"]]);
    const held = await frozen(sim, id, "frozen", 130);
    expect(held.said).toContain(says);
    expect(held.said).toMatch(/shop: frozen by anna: she tries it, taken in after \d\.\d s/);
    expect(held.code).toBe(0);
    await runMinutes(sim, at(300));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    const free = await frozen(sim, id, "free", 330);
    expect(free.said).toMatch(/frozen by anna: she tries it\nshop: not frozen, taken in after \d\.\d s/);
    expect(free.code).toBe(0);
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(told(sim)).toEqual(["frozen", "stays-down", "unfrozen", "failover"]);
  });

  test("of all outlives the end of one's own, and that is said", async () => {
    const sim = await watched();
    await frozen(sim, undefined, "frozen", 130);
    const { code, said } = await frozen(sim, "shop", "free", 160);
    expect(said).toContain("it stays frozen");
    expect(code).toBe(1);
    expect(saved(sim).frozen).toBeDefined();
  });

  test("says what was under way", async () => {
    const sim = await watched([["frankfurt", 100, forever, "refuse"]]);
    sim.syncMs = 60_000;
    await runMinutes(sim, at(125));
    expect(valuesOf(sim)).toEqual([ireland]);
    const { said } = await frozen(sim, "shop", "frozen", 150);
    expect(said).toContain("a change to ireland was sent before, and is on its way");
  });

  test("that no sweep has taken in is written, and the exit code is 1", async () => {
    const sim = await watched();
    await sim.clock.run(at(700));
    const { desk, said } = deskAt(sim);
    const running = freeze(desk, "shop", "frozen", anna);
    await sim.clock.run(at(800));
    expect(await running).toBe(1);
    expect(said()).toContain("written, and no sweep has taken it in yet");
    await runMinutes(sim, at(900));
    expect(saved(sim).frozen).toMatchObject({ who: "anna" });
  });
});

describe("maintenance", () => {
  test("of the target that has the name drains it, and the name comes back when it is over", async () => {
    const sim = await watched([["frankfurt", 200, 300, "refuse"]], { failbackAfterMs: 60_000 });
    const begun = await worked(sim, "frankfurt", 7_200_000, 180);
    expect(begun.said).toContain(
      "let shop/frankfurt be worked on for 2.0 h: no alerts, not counted, and move",
    );
    expect(begun.said).toContain("away from it, to ireland if that is proven up");
    expect(begun.said).toMatch(/is being worked on until 2026-11-21 11:01:40 UTC, taken in after/);
    expect(begun.said).toMatch(/shop\.example\.com now: ireland/);
    expect(begun.code).toBe(0);
    await runMinutes(sim, at(420));
    const over = await worked(sim, "shop/frankfurt", 0, 440);
    expect(over.said).toContain("shop/frankfurt is not being worked on any more");
    expect(over.said).not.toContain("failback");
    expect(over.code).toBe(0);
    await runMinutes(sim, at(600));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(told(sim)).not.toContain("down");
    expect(filed(sim)).toEqual(expect.arrayContaining(["maintenance", "maintenance-over", "moved"]));
  });

  test.each<[string, string, Partial<Service>, readonly Span[], string, number]>([
    ["a standby: nothing is moved", "shop/ireland", {}, [], "is not moved to it", 0],
    ["in shadow mode", "frankfurt", { mode: "shadow" }, [], "points to it and stays there", 0],
    [
      "of the last one that is up: the name stays",
      "frankfurt",
      {},
      [["ireland", 30, forever, "refuse"]],
      "no other target is ready: it stays",
      1,
    ],
  ])("of %s", async (_, id, service, spans, says, exitCode) => {
    const sim = await watched(spans, service);
    const { code, said } = await worked(sim, id, 600_000, 240);
    expect(said).toContain(says);
    expect(code).toBe(exitCode);
    expect(valuesOf(sim)).toEqual([frankfurt]);
  });

  test("of what nobody knows: the near names are said", async () => {
    const sim = await watched();
    const { desk } = deskAt(sim);
    await expect(maintenance(desk, "shop/franfurt", 60_000, anna)).rejects.toThrow(
      'no target or endpoint shop/franfurt is deployed; did you mean "shop/frankfurt"?',
    );
    await expect(maintenance(desk, "shop", 60_000, anna)).rejects.toThrow(
      "shop is a service; say one of its targets: shop/frankfurt, shop/ireland",
    );
  });

  test("that is over says how the name comes back, where it does not by itself", async () => {
    const sim = await watched([], { failback: "manual" });
    const begun = await worked(sim, "frankfurt", 600_000, 180);
    expect(begun.code).toBe(0);
    const over = await worked(sim, "frankfurt", 0, 240);
    expect(over.said).toContain("`pointsman failback shop` takes shop.example.com back to it");
    expect(over.said).toContain("anna works on it: she tries it\n");
  });

  test("that no sweep takes in is said", async () => {
    const sim = await watched();
    await sim.clock.run(at(700));
    const { desk, said } = deskAt(sim);
    const running = maintenance(desk, "ireland", 600_000, anna);
    await sim.clock.run(at(800));
    expect(await running).toBe(1);
    expect(said()).toContain("no sweep has taken it in yet");
  });
});
