import { describe, expect, test } from "vitest";
import { endpoint, locations, policy, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { movesOf, violations } from "../sim/oracle.ts";
import { at, broken, forever, frankfurt, ireland, type Span, simulate, story } from "../sim/shop.ts";
import {
  type Behaviour,
  openSimulation,
  runMinutes,
  type Simulation,
  startSweep,
  told,
  valuesOf,
  zoneNow,
} from "../sim/simulation.ts";

describe("an outage of the primary", () => {
  test("moves the name to the standby, and says so", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    await runMinutes(sim, at(180));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(told(sim)).toEqual(["failover"]);
    expect(violations(sim)).toEqual([]);
  });

  const phases = Array.from({ length: 20 }, (_, k) => 120 + k * 0.5);
  const decisionS = async (fromS: number, behaviour: Behaviour) => {
    const sim = simulate(broken(["frankfurt", fromS, forever, behaviour]));
    await runMinutes(sim, at(240));
    return ((movesOf(sim)[0]?.atMs ?? Number.NaN) - at(fromS)) / 1000;
  };

  test("is found within interval + confirmWithin and half a second when connections are refused", async () => {
    const took = await Promise.all(phases.map((fromS) => decisionS(fromS, "refuse")));
    expect(Math.max(...took)).toBeLessThanOrEqual(15.5);
  });

  test("is found within interval + timeout + confirmWithin and half a second when nothing answers", async () => {
    const took = await Promise.all(phases.map((fromS) => decisionS(fromS, "black hole")));
    expect(Math.max(...took)).toBeLessThanOrEqual(18.5);
  });

  test("is found no later while two of five locations see nothing: nobody waits for what they say of the standby", async () => {
    const blind: Span = ["*", 60, forever, "black hole", locations.slice(0, 2)];
    // Just after a look of each location.
    const took = await Promise.all(
      locations.map(async (_, k) => {
        const sim = simulate(broken(["frankfurt", 120.1 + 10 * k, forever, "black hole"], blind));
        await runMinutes(sim, at(240));
        return ((movesOf(sim)[0]?.atMs ?? Number.NaN) - at(120.1 + 10 * k)) / 1000;
      }),
    );
    expect(Math.max(...took)).toBeLessThanOrEqual(18);
  });

  test.each([1, 2, 3, 4])("of %i s moves nothing, whenever it begins", async (lastsS) => {
    const moves = await Promise.all(
      phases.map(async (fromS) => {
        const sim = simulate(broken(["frankfurt", fromS, fromS + lastsS, "refuse"]));
        await runMinutes(sim, at(180));
        return movesOf(sim).length;
      }),
    );
    expect(moves.every((n) => n === 0)).toBe(true);
  });

  test("ends with the name back at the primary once that was up for failbackAfter", async () => {
    const sim = simulate(broken(["frankfurt", 65, 200, "black hole"]));
    await runMinutes(sim, at(600));
    expect(movesOf(sim).map(({ to }) => to)).toEqual([ireland, frankfurt]);
    const [, back] = movesOf(sim);
    expect((back?.atMs ?? 0) - at(200)).toBeGreaterThan(shop.failbackAfterMs);
    expect(told(sim)).toEqual(["failover", "up", "failback"]);
    expect(violations(sim)).toEqual([]);
  });

  test("leaves the name where it is when failback is manual", async () => {
    const sim = simulate(broken(["frankfurt", 65, 200, "refuse"]), { failback: "manual" });
    await runMinutes(sim, at(900));
    expect(valuesOf(sim)).toEqual([ireland]);
  });

  test("is told and not acted on in shadow mode, once, and the zone stays untouched", async () => {
    const sim = simulate(broken(["frankfurt", 65, 400, "refuse"]), { mode: "shadow" });
    await runMinutes(sim, at(600));
    expect(sim.zones.length).toBe(1);
    expect(told(sim)).toEqual(["would-move", "up"]);
  });
});

describe("nothing moves", () => {
  test.each<[string, Span[], string[]]>([
    [
      "when two of five locations cannot reach the primary",
      [["frankfurt", 65, 300, "black hole", locations.slice(0, 2)]],
      ["partial"],
    ],
    ["when home is blind", [["*", 65, 300, "black hole", locations.slice(0, 1)]], []],
    [
      "when three of five locations are blind",
      [["*", 65, 300, "black hole", locations.slice(0, 3)]],
      ["blind", "blind"],
    ],
    ["when all locations are blind", [["*", 65, 300, "black hole"]], ["blind", "blind"]],
    ["when the primary refuses our probes by a firewall", [["frankfurt", 65, 300, "forbid"]], ["refused"]],
    ["when the standby is down", [["ireland", 65, 300, "refuse"]], ["standby-not-ready", "up"]],
  ])("%s", async (_, spans, events) => {
    const sim = simulate(broken(...spans));
    await runMinutes(sim, at(480));
    expect(sim.zones.length, story(sim)).toBe(1);
    expect(told(sim)).toEqual(events);
  });

  test("when every target is down, until one is up again", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"], ["ireland", 65, 200, "refuse"]));
    await runMinutes(sim, at(190));
    expect(valuesOf(sim)).toEqual([frankfurt]);
    expect(told(sim)).toContain("stays-down");
    await runMinutes(sim, at(240));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(violations(sim)).toEqual([]);
  });

  test("when the standby is up for some locations only, until it is for all", async () => {
    const some = locations.slice(0, 3);
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"], ["ireland", 65, 200, "refuse", some]));
    await runMinutes(sim, at(190));
    expect(valuesOf(sim)).toEqual([frankfurt]);
    expect(told(sim)).toContain("stays-down");
    await runMinutes(sim, at(240));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  });

  test("with one location, unless the config accepts that", async () => {
    const [home = ""] = locations;
    const one = shopConfig({ locations: [home] });
    const alerting = openSimulation(one, [shopRecord]);
    const moving = openSimulation({ ...one, acceptSingleLocation: true }, [shopRecord]);
    for (const sim of [alerting, moving]) {
      sim.behaviour = broken(["frankfurt", 65, forever, "refuse"]);
      await runMinutes(sim, at(180));
    }
    expect([valuesOf(alerting), told(alerting)]).toEqual([[frankfurt], ["stays-down"]]);
    expect([valuesOf(moving), told(moving)]).toEqual([[ireland], ["failover"]]);
  });

  test("away from a healthy standby more often than maxMovesPerHour", async () => {
    const loop: Span[] = Array.from({ length: 5 }, (_, k) => [
      "frankfurt",
      60 + k * 400,
      160 + k * 400,
      "refuse",
    ]);
    const sim = simulate(broken(...loop), { maxMovesPerHour: 1, failbackAfterMs: 60_000 });
    await runMinutes(sim, at(2000));
    expect(movesOf(sim).map(({ to }) => to)).toEqual([ireland, frankfurt, ireland]);
    expect(told(sim)).toContain("limit");
  });
});

describe("deliveries", () => {
  const longestGapS = (sim: Simulation, from: number, to: number) => {
    const times = sim.asked.map(({ atMs }) => atMs).filter((ms) => ms >= at(from) && ms <= at(to));
    return Math.max(...times.slice(1).map((ms, i) => ms - (times[i] ?? ms))) / 1000;
  };

  test("late by up to a minute and twice leave no hole, and nobody is asked twice in an interval", async () => {
    const sim = simulate(broken());
    const lateS = [0, 59, 3, 41, 0.5, 58, 20, 0];
    for (const [minute, late] of lateS.entries()) {
      await sim.clock.run(Math.max(sim.clock.now(), at(minute * 60 + late)));
      startSweep(sim, at(minute * 60));
      if (minute % 2 === 0) startSweep(sim, at(minute * 60));
    }
    await sim.clock.run(at(480));
    expect(longestGapS(sim, 10, 470)).toBeLessThanOrEqual(12);
    expect(sim.asked.length).toBeLessThanOrEqual(48 + 2 + locations.length);
    expect(sim.lives.filter(({ report }) => report && "left" in report).length).toBeGreaterThanOrEqual(4);
  });

  test("one that is lost is bridged by the sweep before it", async () => {
    const sim = simulate(broken());
    startSweep(sim, at(0));
    await sim.clock.run(at(120));
    startSweep(sim, at(120));
    await sim.clock.run(at(180));
    expect(longestGapS(sim, 10, 180)).toBeLessThanOrEqual(12);
  });

  test("that stop leave the watch to end by itself, and what was not seen is not counted", async () => {
    const sim = simulate(broken());
    startSweep(sim, at(0));
    await sim.clock.run(at(600));
    expect(sim.lives[0]?.report).toMatchObject({ ended: "time" });
    await runMinutes(sim, at(700));
    const last = [...(sim.memory.records.get("shop/ireland")?.values() ?? [])].at(-1);
    expect(last?.counters.seenMs).toBeLessThan(400_000);
    expect(last?.counters.upMs).toBe(last?.counters.seenMs);
  });

  test("of two sweeps for the same minute let one move the name", async () => {
    const sim = simulate(broken(["frankfurt", 35, forever, "refuse"]));
    for (let minute = 0; minute < 4; minute++) {
      startSweep(sim, at(minute * 60));
      startSweep(sim, at(minute * 60));
      await sim.clock.run(at(minute * 60 + 60));
    }
    expect(movesOf(sim).length).toBe(1);
    expect(violations(sim)).toEqual([]);
  });
});

test("a name without a record gets the first target that is proven up", async () => {
  const sim = openSimulation(shopConfig(), []);
  sim.behaviour = broken(["frankfurt", 0, forever, "refuse"]);
  await runMinutes(sim, at(120));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  expect(told(sim)).toContain("created");
});

test("an endpoint that stands alone is told down and up, with the time it was down", async () => {
  const sim = openSimulation(shopConfig({ endpoints: [endpoint("docs")], services: [] }), [shopRecord]);
  sim.behaviour = broken(["docs", 65, 200, "refuse"]);
  await runMinutes(sim, at(360));
  expect(told(sim)).toEqual(["down", "up"]);
  const record = [...(sim.memory.records.get("docs")?.values() ?? [])].at(-1);
  const downMs = (record?.counters.seenMs ?? 0) - (record?.counters.upMs ?? 0);
  expect(Math.abs(downMs - 135_000)).toBeLessThanOrEqual(policy.intervalMs + 1_000);
  expect(record?.counters.failures).toBe(1);
});

test("the zone of a quiet service is left alone: no generation before the first move", async () => {
  const sim = simulate(broken());
  await runMinutes(sim, at(600));
  expect(zoneNow(sim).names.has("_pointsman-a.shop.example.com.")).toBe(false);
  expect(sim.zones.length).toBe(1);
});

test("a standby's failure is put to all locations without asking for the primary; the primary's asks for both", async () => {
  const asked = { frankfurt: 0, ireland: 0 };
  const behaviour = broken(["ireland", 65, 75, "refuse"], ["frankfurt", 125, 135, "refuse"]);
  const sim = simulate((host, location, atMs) => {
    if (host === "frankfurt" || host === "ireland") asked[host] += 1;
    return behaviour(host, location, atMs);
  });
  await runMinutes(sim, at(60));
  const before = { ...asked };
  await runMinutes(sim, at(85));
  expect(asked.frankfurt - before.frankfurt).toBe(3);
  expect(asked.ireland - before.ireland).toBeGreaterThan(3 + locations.length);
  const between = { ...asked };
  await runMinutes(sim, at(145));
  expect(asked.ireland - between.ireland).toBeGreaterThanOrEqual(6 + locations.length);
});
