import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { beaconShop, beacons, moveByBeacons, openObjects, say } from "../sim/beacons.ts";
import { shop, shopConfig, shopRecord } from "../sim/config.ts";
import { at, broken, forever, frankfurt, ireland, simulate, story } from "../sim/shop.ts";
import {
  changeZone,
  openSimulation,
  runMinutes,
  type Simulation,
  told,
  toldAll,
  valuesOf,
} from "../sim/simulation.ts";
import { saved } from "./operator.ts";

const foreign = { ...shopRecord, values: ["203.0.113.99"] };

const replace = (sim: Simulation, from: RecordSet = shopRecord, to: RecordSet = foreign) =>
  changeZone(sim, [
    { action: "DELETE", set: from },
    { action: "CREATE", set: to },
  ]);

/** How often Route 53's API was read for the name. */
const reads = (sim: Simulation) =>
  sim.lives.flatMap(({ effects }) => effects).filter((effect) => effect === "read zone").length;

const asksNameServers = (sim: Simulation) =>
  sim.lives.flatMap(({ effects }) => effects).some((effect) => effect.startsWith("answers"));

const suspicions = (sim: Simulation) => sim.trace.filter((line) => line.includes("answers something else"));

/** Somebody else changes the record after a quarter of an hour; after how many seconds that was noticed. */
async function noticedAfterS(sim: Simulation): Promise<number> {
  await runMinutes(sim, at(900));
  expect(told(sim), story(sim)).toEqual([]);
  replace(sim);
  await runMinutes(sim, at(1_200));
  expect(told(sim), story(sim)).toEqual(["foreign"]);
  return ((saved(sim).disarmed?.sinceMs ?? 0) - at(900)) / 1000;
}

describe("somebody else's change is noticed", () => {
  test("by asking the name servers, long before the API would have been read", async () => {
    const sim = simulate(broken());
    expect(await noticedAfterS(sim)).toBeLessThan(35);
    // At first sight, twice in the quarter of an hour, on suspicion, and every minute from then on.
    expect(reads(sim), story(sim)).toBeLessThan(10);
  });

  test("by the API, in a private zone", async () => {
    const sim = simulate(broken());
    sim.nameServers = [];
    expect(await noticedAfterS(sim)).toBeLessThan(75);
    expect(asksNameServers(sim)).toBe(false);
  });

  test("by the API, where the name servers are not known", async () => {
    const sim = simulate(broken());
    sim.fault = (effect) => (effect === "name servers" ? "fail before" : undefined);
    expect(await noticedAfterS(sim)).toBeLessThan(75);
  });

  test("by the API, where no name server answers", async () => {
    const sim = simulate(broken());
    sim.fault = (effect) => (effect.startsWith("answers") ? "fail before" : undefined);
    expect(await noticedAfterS(sim)).toBeLessThan(75);
    expect(suspicions(sim)).toEqual([]);
  });

  test("by the other name server, where one does not answer", async () => {
    const sim = simulate(broken());
    sim.fault = (effect) => (effect === "answers ns-1.route53.test" ? "fail before" : undefined);
    expect(await noticedAfterS(sim)).toBeLessThan(35);
  });

  test("by the API, where the record is an alias", async () => {
    const alias = { name: "d1.cloudfront.net.", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false };
    const [first, second] = shop.targets;
    if (!first || !second) throw new Error("the shop has two targets");
    const record = { ...shopRecord, ttlSeconds: 0, values: [], alias };
    const service: Service = { ...shop, targets: [{ ...first, values: [], alias }, second] };
    const sim = openSimulation(shopConfig({ services: [service] }), [record]);
    await runMinutes(sim, at(300));
    replace(sim, record);
    await runMinutes(sim, at(390));
    expect(saved(sim).disarmed, story(sim)).toBeDefined();
    expect(asksNameServers(sim)).toBe(false);
  });

  test("by the API alone, where only the TTL is another: it is taken in", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(60));
    replace(sim, shopRecord, { ...shopRecord, ttlSeconds: 300 });
    await runMinutes(sim, at(900));
    expect(suspicions(sim)).toEqual([]);
    expect(saved(sim).written?.ttlSeconds).toBe(300);
  });
});

describe("a name server's answer alone", () => {
  const liar = (values: readonly string[]) => {
    const sim = simulate(broken(["frankfurt", 7_500, forever, "refuse"]));
    sim.alter = (world) => ({ ...world, answers: async () => values });
    return sim;
  };

  test.each([
    [
      "another address",
      ["203.0.113.99"],
      "answers 203.0.113.99; the record was left at 192.0.2.10 (TTL 15 s)",
    ],
    ["another target of ours", [ireland], `answers ${ireland}; the record was left at`],
    ["that there is none", [], "answers that there is no record; the record was left at"],
  ])(
    "disarms and moves nothing, is told once, and looked into ever less often: %s",
    async (_, values, why) => {
      const sim = liar(values);
      await runMinutes(sim, at(7_200));
      expect(toldAll(sim), story(sim)).toEqual(["answers-differ"]);
      expect(sim.alerts[0]?.alert.text).toContain(why);
      expect(valuesOf(sim)).toEqual([frankfurt]);
      expect(suspicions(sim).length).toBeGreaterThan(5);
      // Two hours: 5 looks until it is every ten minutes, then 11, and those that are due anyway.
      expect(reads(sim)).toBeLessThan(35);
      await runMinutes(sim, at(7_620));
      expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    },
  );
});

describe("while a change of ours is on its way to the name servers", () => {
  test("what they still answer is no suspicion", async () => {
    const sim = simulate(broken(["frankfurt", 65, 300, "refuse"]));
    sim.syncMs = 55_000;
    await runMinutes(sim, at(900));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "answered", "up", "failback", "answered"]);
    expect(suspicions(sim)).toEqual([]);
  });

  test("neither is it by beacons, whose health checks take their time", async () => {
    const sim = openSimulation(shopConfig({ services: [beaconShop] }), [shopRecord]);
    sim.behaviour = broken(["frankfurt", 65, 300, "refuse"]);
    const { turns } = moveByBeacons(sim);
    const { alter } = sim;
    const late = () => turns.findLast(({ atMs }) => sim.clock.now() - atMs >= 25_000)?.out;
    sim.alter = (world, life) => ({
      ...alter(world, life),
      answers: async () => [late() ? beacons.out : beacons.in],
    });
    await runMinutes(sim, at(900));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "answered", "up", "failback", "answered"]);
    expect(suspicions(sim)).toEqual([]);
  });
});

test("failover records that do not answer what the beacons say are told, and nothing is moved for it", async () => {
  const sim = openSimulation(shopConfig({ services: [beaconShop] }), [shopRecord]);
  const { turns } = moveByBeacons(sim);
  const { alter } = sim;
  sim.alter = (world, life) => ({ ...alter(world, life), answers: async () => ["203.0.113.99"] });
  await runMinutes(sim, at(600));
  expect(toldAll(sim), story(sim)).toEqual(["answers-differ"]);
  expect(turns).toEqual([]);
});

test("beacons that somebody else has turned are noticed by what the name servers answer then", async () => {
  const sim = openSimulation(shopConfig({ services: [beaconShop] }), [shopRecord]);
  const { objects } = moveByBeacons(sim, openObjects());
  // Right after a look at the beacons: the next one is due at 110 s.
  await runMinutes(sim, at(62));
  for (const region of beacons.regions) objects.set(region, say("OUT", 7, "another"));
  await runMinutes(sim, at(85));
  expect(saved(sim).disarmed?.why, story(sim)).toContain("another moves this name");
  expect(suspicions(sim)).toHaveLength(1);
});
