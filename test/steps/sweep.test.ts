import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { endpoint, locations, policy, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { movesOf, violations } from "../sim/oracle.ts";
import {
  type Behaviour,
  changeZone,
  openSimulation,
  runMinutes,
  type Simulation,
  startMs,
  startSweep,
  told,
  valuesOf,
  zoneNow,
} from "../sim/simulation.ts";

const at = (seconds: number): number => startMs + seconds * 1000;

const frankfurt = "192.0.2.10";
const ireland = "198.51.100.20";

type Span = readonly [
  host: string,
  fromS: number,
  toS: number,
  behaviour: Behaviour,
  from?: readonly string[],
];

/** Endpoints are well except where a span says otherwise. */
const broken =
  (...spans: Span[]): Simulation["behaviour"] =>
  (host, location, atMs) =>
    spans.find(
      ([of, fromS, toS, , from]) =>
        (of === "*" || of === host) &&
        atMs >= at(fromS) &&
        atMs < at(toS) &&
        (from === undefined || from.includes(location)),
    )?.[3] ?? "ok";

function simulate(behaviour: Simulation["behaviour"], service: Partial<Service> = {}): Simulation {
  const sim = openSimulation(shopConfig({ services: [{ ...shop, ...service }] }), [shopRecord]);
  sim.behaviour = behaviour;
  return sim;
}

const story = (sim: Simulation): string => sim.trace.join("\n");

const forever = 1e9;

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
    ["when the standby is down", [["ireland", 65, 300, "refuse"]], ["standby-down", "up"]],
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
    expect(last?.counters.seenMs).toBeLessThan(250_000);
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

describe("while a service of AWS fails", () => {
  const failing = (
    sim: Simulation,
    effects: string,
    fromS: number,
    toS: number,
    how: "fail before" | "fail after",
  ) => {
    sim.fault = (effect, atMs) =>
      new RegExp(effects).test(effect) && atMs >= at(fromS) && atMs < at(toS) ? how : undefined;
  };

  test.each(["fail before", "fail after"] as const)(
    "Route 53 (%s): people are told, and the name moves when it is back",
    async (how) => {
      const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]), { failback: "manual" });
      failing(sim, "^(change|read zone|status)$", 60, 290, how);
      await runMinutes(sim, at(285));
      expect(told(sim), story(sim)).toContain("move-failing");
      await runMinutes(sim, at(420));
      expect(valuesOf(sim), story(sim)).toEqual([ireland]);
      expect(violations(sim)).toEqual([]);
    },
  );

  test("Route 53, and the primary is well before it is back: the move is given up and can never take effect", async () => {
    const sim = simulate(broken(["frankfurt", 65, 140, "refuse"]));
    failing(sim, "^(change|read zone|status)$", 60, 330, "fail before");
    await runMinutes(sim, at(700));
    expect(movesOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).toContain("move-dropped");
    expect(violations(sim)).toEqual([]);
  });

  test.each(["fail before", "fail after"] as const)(
    "DynamoDB (%s): no move without its intent saved; afterwards all is told",
    async (how) => {
      const sim = simulate(broken(["frankfurt", 95, forever, "refuse"]), { failback: "manual" });
      failing(sim, "^(put|read|newest|file)", 90, 290, how);
      await runMinutes(sim, at(285));
      if (how === "fail before") expect(valuesOf(sim)).toEqual([frankfurt]);
      await runMinutes(sim, at(480));
      expect(valuesOf(sim), story(sim)).toEqual([ireland]);
      expect(violations(sim)).toEqual([]);
    },
  );

  test.each(["fail before", "fail after"] as const)(
    "SNS (%s): the move is not held up, and the alert comes later under the same id",
    async (how) => {
      const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]), { failback: "manual" });
      failing(sim, "^publish$", 60, 290, how);
      await runMinutes(sim, at(90));
      expect(valuesOf(sim)).toEqual([ireland]);
      await runMinutes(sim, at(420));
      expect(told(sim)).toEqual(["failover"]);
      expect(violations(sim)).toEqual([]);
    },
  );

  test("the locations cannot be asked: nothing is believed, nothing moves", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    failing(sim, "^ask", 60, 290, "fail before");
    await runMinutes(sim, at(285));
    expect(valuesOf(sim)).toEqual([frankfurt]);
    await runMinutes(sim, at(360));
    expect(valuesOf(sim)).toEqual([ireland]);
  });
});

describe("a record changed by somebody else", () => {
  const foreign = { ...shopRecord, values: ["203.0.113.99"] };
  const swap = (from: typeof shopRecord, to: typeof shopRecord) => [
    { action: "DELETE" as const, set: from },
    { action: "CREATE" as const, set: to },
  ];

  test("disarms the service before the day, and putting it back arms it again", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(70));
    changeZone(sim, swap(shopRecord, foreign));
    await runMinutes(sim, at(480));
    expect(told(sim)).toEqual(["foreign"]);
    expect(valuesOf(sim)).toEqual(["203.0.113.99"]);
    changeZone(sim, swap(foreign, shopRecord));
    await runMinutes(sim, at(600));
    expect(told(sim)).toEqual(["foreign", "armed-again"]);
  });

  test("in the moment of the outage is not overwritten", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    await runMinutes(sim, at(62));
    changeZone(sim, swap(shopRecord, foreign));
    await runMinutes(sim, at(180));
    expect(valuesOf(sim)).toEqual(["203.0.113.99"]);
    expect(told(sim)).toContain("foreign");
  });

  test("in its TTL alone is adopted, and the name moves", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    await runMinutes(sim, at(62));
    changeZone(sim, swap(shopRecord, { ...shopRecord, ttlSeconds: 300 }));
    await runMinutes(sim, at(180));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(violations(sim)).toEqual([]);
  });

  test("and our memory lost: hands off, and people are told", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    await runMinutes(sim, at(120));
    expect(valuesOf(sim)).toEqual([ireland]);
    sim.memory.cells.clear();
    sim.memory.records.clear();
    const before = sim.zones.length;
    await runMinutes(sim, at(400));
    expect(told(sim)).toContain("foreign");
    expect(sim.zones.length).toBe(before);
  });
});

test("a name without a record gets the first target that is proven up", async () => {
  const sim = openSimulation(shopConfig(), []);
  sim.behaviour = broken(["frankfurt", 0, forever, "refuse"]);
  await runMinutes(sim, at(120));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  expect(told(sim)).toContain("created");
});

describe("a deploy in the middle of a failover changes nothing by itself", () => {
  const [first, second] = shop.targets;
  const edited = { id: "ireland", endpoint: "shop/ireland", value: "198.51.100.99" };
  const third = { id: "ohio", endpoint: "shop/ohio", value: "198.51.100.30" };
  const deploys: [string, Partial<Service>][] = [
    ["the standby's value edited", { targets: [first, edited].filter((target) => target !== undefined) }],
    ["the standby replaced", { targets: [first, third].filter((target) => target !== undefined) }],
    ["the targets re-ordered", { targets: [second, first].filter((target) => target !== undefined) }],
    ["the TTL changed", { dns: { ...shop.dns, ttlSeconds: 60 } }],
    ["the service renamed", { id: "store" }],
  ];

  test.each(deploys)("%s", async (_, change) => {
    const sim = simulate(broken(["frankfurt", 65, 300, "refuse"]));
    await runMinutes(sim, at(120));
    const after = sim.zones.length;
    const service = { ...shop, ...change };
    sim.config = shopConfig({
      endpoints: [...shopConfig().endpoints, endpoint("shop/ohio", "ohio")].filter(({ id }) =>
        service.targets.some((target) => target.endpoint === id),
      ),
      services: [service],
    });
    await runMinutes(sim, at(290));
    expect(sim.zones.length, story(sim)).toBe(after);
    expect(told(sim)).not.toContain("foreign");
    await runMinutes(sim, at(700));
    expect(valuesOf(sim), story(sim)).toEqual([change.targets?.[0]?.id === "ireland" ? ireland : frankfurt]);
  });
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
