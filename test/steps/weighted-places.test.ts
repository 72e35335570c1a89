import { describe, expect, test } from "vitest";
import { partsOf } from "../../lambda/core/records.ts";
import { findSets } from "../../local/route53/zone.ts";
import { at, broken, forever, type Span, story } from "../sim/shop.ts";
import { openSimulation, runMinutes, type Simulation, told, zoneNow } from "../sim/simulation.ts";
import {
  sharedConfig,
  sharedRecord,
  sharedShop,
  simulateShared,
  spreadsOf,
  weightsOf,
} from "../sim/weighted.ts";
import { order, saved } from "./operator.ts";

const run = async (spans: readonly Span[], untilS: number): Promise<Simulation> => {
  const sim = simulateShared(broken(...spans));
  await runMinutes(sim, at(untilS));
  return sim;
};

const now = (sim: Simulation): string => weightsOf(zoneNow(sim));

describe("where other records stand", () => {
  const open = async (records: Parameters<typeof openSimulation>[1], over = {}): Promise<Simulation> => {
    const sim = openSimulation(sharedConfig(over), records);
    await runMinutes(sim, at(90));
    return sim;
  };
  const simple = (value: string) => ({ ...sharedRecord([1]), values: [value] });
  const plain = (value: string) => {
    const { weighted: _, beside: __, ...record } = simple(value);
    return record;
  };

  test("none: they are made, with what is proven up", async () => {
    const sim = await open([]);
    expect(spreadsOf(sim), story(sim)).toEqual(["100 100 50"]);
    expect(told(sim)).toEqual(["created"]);
  });

  test("one simple record of a target's: it becomes weighted in one batch, the others come in steps", async () => {
    const sim = await open([plain("192.0.2.10")]);
    expect(spreadsOf(sim)[0], story(sim)).toBe("100 5 3");
    await runMinutes(sim, at(300));
    expect(now(sim), story(sim)).toBe("100 100 50");
  });

  test("a simple record that is no target's: hands off; adopted and released it becomes weighted", async () => {
    const sim = await open([plain("203.0.113.99")]);
    expect(told(sim), story(sim)).toEqual(["foreign"]);
    await order(sim, { what: "adopt" });
    await runMinutes(sim, at(150));
    expect(spreadsOf(sim), story(sim)).toEqual([]);
    await order(sim, { what: "release" });
    await runMinutes(sim, at(300));
    expect(now(sim), story(sim)).toBe("100 100 50");
  });

  test("weighted sets as they should be are taken in, and nothing is written", async () => {
    const sim = await run([], 90);
    expect(sim.zones, story(sim)).toHaveLength(1);
    expect(saved(sim).written).toEqual(sharedRecord([100, 100, 50]));
  });

  test("all weights are 0: everybody is answered, and who is up gets its weight", async () => {
    const sim = await open(partsOf(sharedRecord([0, 0, 0])));
    expect(spreadsOf(sim), story(sim)).toEqual(["100 100 50"]);
  });

  test("a deploy that takes a target away takes its record set away, in the same batch as it gives its load on", async () => {
    const sim = await run([], 90);
    sim.config = sharedConfig({ targets: sharedShop.targets.slice(0, 2) });
    await runMinutes(sim, at(200));
    expect(spreadsOf(sim), story(sim)).toEqual(["100 100"]);
  });

  test("a deploy that calls a target by another id leaves every server what it carries", async () => {
    const sim = await run([["frankfurt", 65, forever, "refuse"]], 150);
    const renamed = (id: string) => (id === "shop/ireland" ? "shop/dublin" : id);
    const config = sharedConfig();
    const targets = sharedShop.targets.map((one) =>
      one.id === "ireland" ? { ...one, id: "dublin", endpoint: "shop/dublin" } : one,
    );
    sim.config = {
      ...config,
      endpoints: config.endpoints.map((one) => ({ ...one, id: renamed(one.id) })),
      services: [{ ...sharedShop, targets }],
    };
    await runMinutes(sim, at(300));
    expect(spreadsOf(sim), story(sim)).toEqual(["0 100 50", "100 0 50"]);
    const sets = findSets(zoneNow(sim), "shop.example.com", "A");
    expect(sets.map(({ weighted }) => `${weighted?.setIdentifier} ${weighted?.weight}`)).toEqual([
      "dublin 100",
      "frankfurt 0",
      "oslo 50",
    ]);
  });

  test("a deploy of another TTL does not keep a target that is down from being taken out", async () => {
    const sim = await run([["frankfurt", 125, forever, "refuse"]], 90);
    sim.config = sharedConfig({ dns: { ...sharedShop.dns, ttlSeconds: 60 } });
    await runMinutes(sim, at(200));
    expect(spreadsOf(sim), story(sim)).toEqual(["0 100 50"]);
    expect(findSets(zoneNow(sim), "shop.example.com", "A").map(({ ttlSeconds }) => ttlSeconds)).toEqual([
      60, 60, 60,
    ]);
  });

  test("a deploy back to one target at a time makes a simple record of them, on an operator's order", async () => {
    const sim = await run([["frankfurt", 65, 75, "refuse"]], 400);
    const { weighted: _, ...failover } = sharedShop;
    sim.config = { ...sim.config, services: [failover] };
    await runMinutes(sim, at(480));
    expect(now(sim), story(sim)).toBe("100 100 50");
    await order(sim, { what: "failback" });
    await runMinutes(sim, at(560));
    expect(now(sim), story(sim)).toBe("simple");
    expect(findSets(zoneNow(sim), "shop.example.com", "A")[0]?.values).toEqual(["192.0.2.10"]);
    // The old sets answer that now and then as well: the generation is what proves it.
    const proof = [...sim.memory.history.values()].findLast(({ kind }) => kind === "answered");
    expect(proof?.why).toContain("TXT");
  });
});
