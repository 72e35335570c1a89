import { describe, expect, test } from "vitest";
import type { EndpointRecord } from "../../lambda/core/endpoint-record.ts";
import { endpoint, locations, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { movesOf } from "../sim/oracle.ts";
import { at, broken, forever, frankfurt, ireland, type Span, simulate, story } from "../sim/shop.ts";
import { openSimulation, runMinutes, type Simulation, told, valuesOf } from "../sim/simulation.ts";
import { failing } from "../sim/watching.ts";
import { filed, freeze, work } from "./operator.ts";

const lastOf = (sim: Simulation, id: string): EndpointRecord | undefined =>
  [...(sim.memory.records.get(id)?.values() ?? [])].at(-1);

describe("while somebody works on the target that a name points to", () => {
  test("the name is moved away, and back when that is over", async () => {
    const sim = simulate(broken(["frankfurt", 150, 350, "refuse"]));
    await runMinutes(sim, at(100));
    await work(sim, "shop/frankfurt", 600);
    await runMinutes(sim, at(120));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    await runMinutes(sim, at(690));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    await runMinutes(sim, at(720));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(told(sim)).toEqual(["maintenance", "moved", "maintenance-over", "failback"]);
    expect(filed(sim)).toEqual(expect.arrayContaining(["down", "up"]));
  });

  test("the time counts as that, neither as up nor as down", async () => {
    const sim = simulate(broken(["frankfurt", 150, 350, "refuse"]));
    await runMinutes(sim, at(100));
    await work(sim, "shop/frankfurt", 600);
    await runMinutes(sim, at(1_000));
    const { counters, health } = lastOf(sim, "shop/frankfurt") ?? {};
    expect(Math.abs((counters?.maintenanceMs ?? 0) - 600_000), story(sim)).toBeLessThan(10_000);
    expect(counters?.upMs).toBe(counters?.seenMs);
    expect(counters?.seenMs).toBeGreaterThan(340_000);
    expect(counters?.failures).toBe(0);
    // Nor is it believed any less afterwards.
    expect(health?.outagesMs).toBeUndefined();
  });

  test("what is down when the time is over is an outage from then on", async () => {
    const sim = simulate(broken(["frankfurt", 150, forever, "refuse"]));
    await runMinutes(sim, at(100));
    await work(sim, "shop/frankfurt", 300);
    await runMinutes(sim, at(600));
    expect(told(sim), story(sim)).toEqual(["maintenance", "moved", "maintenance-over", "standby-not-ready"]);
    const { counters } = lastOf(sim, "shop/frankfurt") ?? {};
    expect(counters?.failures).toBe(1);
    // The last record was saved at 540 s.
    const downMs = (counters?.seenMs ?? 0) - (counters?.upMs ?? 0);
    expect(Math.abs(downMs - 140_000)).toBeLessThan(15_000);
    expect(valuesOf(sim)).toEqual([ireland]);
  });

  test.each([
    ["partial", "black hole", locations.slice(0, 2)],
    ["refused", "forbid", locations],
  ] as const)("what is %s when the time is over is told then", async (trouble, behaviour, from) => {
    // The name stays: there is nowhere to go until the work is over.
    const sim = simulate(
      broken(["frankfurt", 150, forever, behaviour, from], ["ireland", 30, 350, "refuse"]),
    );
    await runMinutes(sim, at(100));
    await work(sim, "shop/frankfurt", 200);
    await runMinutes(sim, at(290));
    expect(told(sim), story(sim)).not.toContain(trouble);
    await runMinutes(sim, at(330));
    expect(told(sim), story(sim)).toEqual(expect.arrayContaining(["maintenance-over", trouble]));
    await runMinutes(sim, at(900));
    expect(told(sim).filter((kind) => kind === trouble)).toEqual([trouble]);
    const { counters } = lastOf(sim, "shop/frankfurt") ?? {};
    expect(counters?.failures).toBe(0);
  });

  test("it can be ended before its time, and the end says by whom", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(100));
    await work(sim, "shop/frankfurt", 600);
    await runMinutes(sim, at(200));
    await work(sim, "shop/frankfurt", 0);
    await runMinutes(sim, at(230));
    expect(told(sim), story(sim)).toEqual(["maintenance", "moved", "maintenance-over", "failback"]);
    expect(
      sim.alerts.find(({ alert }) => alert.attributes.event === "maintenance-over")?.alert.text,
    ).toContain("By:    anna");
  });

  test("it ends also while operators' row cannot be read", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(100));
    await work(sim, "shop/frankfurt", 300);
    await runMinutes(sim, at(120));
    failing(sim, /^read hands$/, 120, forever);
    await runMinutes(sim, at(500));
    expect(told(sim), story(sim)).toEqual(["maintenance", "moved", "maintenance-over", "failback"]);
  });

  test("the name stays when nothing else is proven up, and is told down when it is", async () => {
    const sim = simulate(broken(["ireland", 65, 250, "refuse"], ["frankfurt", 155, forever, "refuse"]));
    await runMinutes(sim, at(100));
    await work(sim, "shop/frankfurt", 600);
    await runMinutes(sim, at(240));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(told(sim)).toEqual(["standby-not-ready", "maintenance", "stays-down"]);
    await runMinutes(sim, at(300));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  });

  test("a frozen name is not moved away", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(70));
    await freeze(sim, "frozen");
    await work(sim, "shop/frankfurt", 600);
    await runMinutes(sim, at(300));
    expect(movesOf(sim), story(sim)).toEqual([]);
  });

  test("in shadow mode nothing is moved, and it is told once what would be", async () => {
    const sim = simulate(broken(), { mode: "shadow" });
    await runMinutes(sim, at(70));
    await work(sim, "shop/frankfurt", 600);
    await runMinutes(sim, at(300));
    expect(movesOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).toEqual(["maintenance", "would-move"]);
  });
});

describe("a standby that somebody works on", () => {
  test("is nowhere to go, though it is up", async () => {
    const sim = simulate(broken(["frankfurt", 125, forever, "refuse"]));
    await runMinutes(sim, at(100));
    await work(sim, "shop/ireland", 200);
    await runMinutes(sim, at(290));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(told(sim)).toEqual(["maintenance", "stays-down"]);
    await runMinutes(sim, at(330));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  });
});

test("a standby that somebody works on does not end a confirm before the next one is proven", async () => {
  const places = ["l1", "l2", "l3", "l4", "l5", "l6", "l7"];
  const oslo = { id: "oslo", endpoint: "shop/oslo", values: ["203.0.113.30"] };
  const config = shopConfig({
    locations: places,
    endpoints: [...shopConfig().endpoints, endpoint("shop/oslo", "oslo")],
    services: [{ ...shop, targets: [...shop.targets, oslo] }],
  });
  const sim = openSimulation(config, [shopRecord]);
  // After six answers each target is judged, and Oslo is not proven yet: one location could not say that Frankfurt is
  // down, and another not that Oslo is up.
  sim.behaviour = broken(
    ["frankfurt", 125, forever, "forbid", ["l1"]],
    ["frankfurt", 125, forever, "refuse"],
    ["oslo", 0, forever, "forbid", ["l6"]],
  );
  sim.takesMs = (effect) => (effect === "ask l7" ? 900 : 10);
  await runMinutes(sim, at(100));
  await work(sim, "shop/ireland", 600);
  await runMinutes(sim, at(160));
  expect(valuesOf(sim), story(sim)).toEqual(oslo.values);
});

test("an endpoint that stands alone is worked on without an alert", async () => {
  const sim = openSimulation(shopConfig({ endpoints: [endpoint("docs")], services: [] }), []);
  sim.behaviour = broken(["docs", 125, 300, "refuse"]);
  await runMinutes(sim, at(100));
  await work(sim, "docs", 400);
  await runMinutes(sim, at(600));
  expect(told(sim), story(sim)).toEqual(["maintenance", "maintenance-over"]);
  expect(filed(sim)).toEqual(expect.arrayContaining(["down", "up"]));
});

describe("an endpoint that stands alone", () => {
  const alone = (...spans: Span[]): Simulation => {
    const sim = openSimulation(shopConfig({ endpoints: [endpoint("docs")], services: [] }), []);
    sim.behaviour = broken(...spans);
    return sim;
  };
  const textsOf = (sim: Simulation, event: string) =>
    sim.alerts.filter(({ alert }) => alert.attributes.event === event).map(({ alert }) => alert.text);

  test("is told up when it is repaired during the work, and not what happens to it after", async () => {
    const sim = alone(["docs", 65, 300, "refuse"], ["docs", 450, 550, "refuse"]);
    await runMinutes(sim, at(180));
    await work(sim, "docs", 720);
    await runMinutes(sim, at(1_200));
    expect(told(sim), story(sim)).toEqual(["down", "maintenance", "up", "maintenance-over"]);
    expect(textsOf(sim, "up")[0]).toContain("it was down for 3 min");
    expect(filed(sim).filter((kind) => kind === "up")).toHaveLength(2);
  });

  test("that was stopped during the work and stays down was down for as long as people were told", async () => {
    const sim = alone(["docs", 200, 1_000, "refuse"]);
    await runMinutes(sim, at(100));
    await work(sim, "docs", 500);
    await runMinutes(sim, at(1_500));
    expect(told(sim), story(sim)).toEqual(["maintenance", "maintenance-over", "down", "up"]);
    expect(textsOf(sim, "up")[0]).toMatch(/it was down for 6 min [34]\d s/);
    const { counters } = lastOf(sim, "docs") ?? {};
    expect(counters?.failures).toBe(1);
    const downMs = (counters?.seenMs ?? 0) - (counters?.upMs ?? 0);
    expect(Math.abs(downMs - 400_000)).toBeLessThan(15_000);
  });

  test("that comes back as the work ends is told up again", async () => {
    const sim = alone(["docs", 200, 580, "refuse"]);
    await runMinutes(sim, at(100));
    await work(sim, "docs", 500);
    await runMinutes(sim, at(900));
    expect(told(sim), story(sim)).toEqual(["maintenance", "maintenance-over", "down", "up"]);
    expect(textsOf(sim, "up")[0]).not.toContain("it was down");
  });
});
