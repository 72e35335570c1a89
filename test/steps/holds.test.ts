import { describe, expect, test } from "vitest";
import { handsKey } from "../../lambda/core/hands.ts";
import { shop, shopConfig, shopRecord } from "../sim/config.ts";
import { movesOf, violations } from "../sim/oracle.ts";
import { seeded } from "../sim/seeded.ts";
import { at, broken, forever, frankfurt, ireland, simulate, story } from "../sim/shop.ts";
import { changeZone, openSimulation, runMinutes, told, valuesOf } from "../sim/simulation.ts";
import { failing } from "../sim/watching.ts";
import { freeze, order, saved } from "./operator.ts";

describe("a frozen name", () => {
  test.each(["shop", "all"] as const)(
    "(%s) stays, and people are told that it is down and why",
    async (of) => {
      const sim = simulate(broken(["frankfurt", 125, forever, "refuse"]));
      await runMinutes(sim, at(100));
      await freeze(sim, "frozen", of);
      await runMinutes(sim, at(3_000));
      expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
      expect(told(sim)).toEqual(["frozen", "stays-down"]);
      expect(sim.alerts.at(-1)?.alert.text).toMatch(/frozen by anna: as the test says; down at \d of 5/);
      await runMinutes(sim, at(4_000));
      expect(told(sim)).toEqual(["frozen", "stays-down", "stays-down"]);
      await freeze(sim, "free", of);
      await runMinutes(sim, at(4_030));
      expect(valuesOf(sim), story(sim)).toEqual([ireland]);
      expect(told(sim).slice(3)).toEqual(["unfrozen", "failover"]);
      expect(violations(sim)).toEqual([]);
    },
  );

  test("does not fail back either", async () => {
    const sim = simulate(broken(["frankfurt", 65, 200, "refuse"]));
    await runMinutes(sim, at(150));
    await freeze(sim, "frozen");
    await runMinutes(sim, at(900));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(told(sim)).toEqual(["failover", "frozen", "up"]);
  });

  test("stays while operators' row cannot be read, also for the next sweeps", async () => {
    const sim = simulate(broken(["frankfurt", 155, forever, "refuse"]));
    await runMinutes(sim, at(100));
    await freeze(sim, "frozen");
    await runMinutes(sim, at(110));
    failing(sim, /^read hands$/, 110, forever);
    await runMinutes(sim, at(600));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
  });

  test("stays when it was frozen a moment before the decision", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    let isFrozen = false;
    // The failure is confirmed at 75 s; operators' row was last read at 70 s.
    void sim.clock.sleep(74_900).then(async () => {
      await freeze(sim, "frozen");
      isFrozen = true;
    });
    await runMinutes(sim, at(200));
    expect(isFrozen).toBe(true);
    expect(movesOf(sim), story(sim)).toEqual([]);
  });

  test("stays when the freeze could be read and not saved: a hold is not forgotten", async () => {
    const sim = simulate(broken(["frankfurt", 125, forever, "refuse"]));
    await runMinutes(sim, at(100));
    await freeze(sim, "frozen");
    let puts = 0;
    // Every other write of the service's row fails: what takes the freeze in, and not what would move the name.
    sim.fault = (effect) => (effect === "put service" && puts++ % 2 === 0 ? "fail before" : undefined);
    await runMinutes(sim, at(400));
    expect(puts).toBeGreaterThan(1);
    expect(movesOf(sim), story(sim)).toEqual([]);
  });

  test("stays when it is frozen between two tries at its change", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    sim.fault = (effect) =>
      effect === "change" && saved(sim).frozen === undefined ? "fail before" : undefined;
    void sim.clock.sleep(76_000).then(() => freeze(sim, "frozen"));
    await runMinutes(sim, at(200));
    expect(movesOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).toContain("move-dropped");
  });

  test("stays when the freeze is taken in while a decision waits for a slow write", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    await runMinutes(sim, at(50));
    await freeze(sim, "frozen");
    await runMinutes(sim, at(68));
    await freeze(sim, "free");
    // What takes the end of the freeze in lasts from 70 s to 82 s; decided is at 75 s, heeded again at 80 s.
    sim.takesMs = (effect, atMs) =>
      effect === "put service" && atMs >= at(69) && atMs < at(72) ? 12_000 : 10;
    void sim.clock.sleep(7_500).then(() => freeze(sim, "frozen"));
    await runMinutes(sim, at(200));
    expect(told(sim), story(sim)).toEqual(["frozen", "unfrozen", "frozen", "stays-down"]);
    expect(movesOf(sim)).toEqual([]);
  });

  test("is not moved by a request that began after the freeze was saved, whatever is slow (400 seeds)", async () => {
    let moved = 0;
    for (let seed = 1; seed <= 400; seed++) {
      const random = seeded(seed);
      const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
      const begunFrozen: number[] = [];
      sim.takesMs = (effect) => {
        if (effect === "change" && saved(sim).frozen) begunFrozen.push(sim.zones.length);
        return /hands|service|change/.test(effect) ? Math.round(random() ** 4 * 3_000) : 10;
      };
      void sim.clock.sleep(70_000 + random() * 8_000).then(() => freeze(sim, "frozen"));
      await runMinutes(sim, at(180));
      const [move] = movesOf(sim);
      if (move) moved += 1;
      const at_ = sim.zones.findIndex(({ atMs }) => atMs === move?.atMs);
      expect(begunFrozen, `seed ${seed}\n${story(sim)}`).not.toContain(at_);
    }
    expect(moved).toBeGreaterThan(50);
    expect(moved).toBeLessThan(350);
  });

  test("is remembered every day", async () => {
    const sim = openSimulation(shopConfig({ services: [{ ...shop }] }), [shopRecord]);
    await runMinutes(sim, at(60));
    await freeze(sim, "frozen");
    await runMinutes(sim, at(120));
    await sim.clock.run(at(90_000));
    await runMinutes(sim, at(90_100));
    expect(told(sim), story(sim)).toEqual(["frozen", "frozen"]);
  });
});

test("operators' row that was never readable stops no failover", async () => {
  const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
  failing(sim, /^read hands$/, 0, forever);
  await runMinutes(sim, at(120));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  expect(violations(sim)).toEqual([]);
});

test("nor does one that makes no sense", async () => {
  const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
  await sim.memory.store.cell(handsKey).put({ number: "many" }, 0);
  await runMinutes(sim, at(120));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
});

test("what is deployed is written once, and anew after a deploy", async () => {
  const sim = simulate(broken());
  await runMinutes(sim, at(300));
  expect(sim.memory.cells.get("roster#0")).toMatchObject({
    version: 1,
    body: { services: [shop], endpoints: [] },
  });
  sim.config = shopConfig({ services: [{ ...shop, failback: "manual" }] });
  await runMinutes(sim, at(400));
  expect(sim.memory.cells.get("roster#0")).toMatchObject({ version: 2 });
});

test("a pin is remembered every day", async () => {
  const sim = simulate(broken());
  await runMinutes(sim, at(100));
  await order(sim, { what: "failover", pin: true });
  await runMinutes(sim, at(130));
  await sim.clock.run(at(90_000));
  await runMinutes(sim, at(90_100));
  expect(told(sim), story(sim)).toEqual(["moved", "pinned", "pinned"]);
  expect(saved(sim).placed?.pinned).toBe(true);
});

test("one who repoints a name by hand ends what an operator's order held", async () => {
  const sim = simulate(broken());
  await runMinutes(sim, at(100));
  await order(sim, { what: "failover" });
  await runMinutes(sim, at(130));
  expect(saved(sim).placed).toMatchObject({ target: "ireland", pinned: false });
  changeZone(sim, [
    { action: "DELETE", set: { ...shopRecord, values: [ireland] } },
    { action: "CREATE", set: shopRecord },
  ]);
  await runMinutes(sim, at(260));
  expect(told(sim), story(sim)).toEqual(["moved", "repointed"]);
  expect(saved(sim).placed).toBeUndefined();
});
