import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { endpoint, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { movesOf, violations } from "../sim/oracle.ts";
import { at, broken, forever, frankfurt, ireland, simulate, story } from "../sim/shop.ts";
import { changeZone, runMinutes, type Simulation, told, valuesOf, zoneNow } from "../sim/simulation.ts";

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

  test("Route 53 refuses what it should take: people are told what it says", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    const says = "RRSet of type A with DNS name shop.example.com. is not permitted";
    sim.apply = () => ({ ok: false, code: "InvalidChangeBatch", messages: [says] });
    await runMinutes(sim, at(150));
    expect(told(sim), story(sim)).toContain("move-failing");
    const text = sim.alerts.find(({ alert }) => alert.attributes.event === "move-failing")?.alert.text;
    expect(text).toContain(`although the zone is as it was left: ${says}`);
    expect(valuesOf(sim)).toEqual([frankfurt]);
  });

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

describe("a deploy in the middle of a failover changes nothing by itself", () => {
  const [first, second] = shop.targets;
  const edited = { id: "ireland", endpoint: "shop/ireland", values: ["198.51.100.99"] };
  const third = { id: "ohio", endpoint: "shop/ohio", values: ["198.51.100.30"] };
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

describe("a change that does not get through", () => {
  const unreachable = (sim: Simulation, fromS: number, toS: number) => {
    sim.fault = (effect, atMs) =>
      /^(change|read zone)$/.test(effect) && atMs >= at(fromS) && atMs < at(toS) ? "fail before" : undefined;
  };
  const [first] = shop.targets;
  const edited = { id: "ireland", endpoint: "shop/ireland", values: ["198.51.100.99"] };

  test("is not sent to an address that a deploy took away meanwhile", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    unreachable(sim, 60, 230);
    await runMinutes(sim, at(120));
    const targets = [first, edited].filter((target) => target !== undefined);
    sim.config = shopConfig({ services: [{ ...shop, targets }] });
    await runMinutes(sim, at(420));
    expect(
      sim.zones.flatMap(({ zone }) => zone.names.get("shop.example.com.")?.[0]?.values ?? []),
    ).not.toContain(ireland);
    expect(valuesOf(sim), story(sim)).toEqual(["198.51.100.99"]);
  });

  test("and is met by somebody else's record, is fenced when that is put back", async () => {
    const sim = simulate(broken(["frankfurt", 65, 130, "refuse"]));
    const foreign = { ...shopRecord, values: ["203.0.113.99"] };
    unreachable(sim, 60, 100);
    await runMinutes(sim, at(90));
    changeZone(sim, [
      { action: "DELETE", set: shopRecord },
      { action: "CREATE", set: foreign },
    ]);
    await runMinutes(sim, at(200));
    expect(told(sim)).toContain("foreign");
    changeZone(sim, [
      { action: "DELETE", set: foreign },
      { action: "CREATE", set: shopRecord },
    ]);
    await runMinutes(sim, at(420));
    expect(told(sim), story(sim)).toContain("move-dropped");
    expect(valuesOf(sim)).toEqual([frankfurt]);
    expect(zoneNow(sim).names.has("_pointsman-a.shop.example.com.")).toBe(true);
  });
});

test("an outage of a name we keep our hands off is told all the same", async () => {
  const sim = simulate(broken(["frankfurt", 400, forever, "refuse"]));
  await runMinutes(sim, at(70));
  changeZone(sim, [
    {
      action: "CREATE",
      set: {
        ...shopRecord,
        name: "_pointsman-a.shop.example.com",
        type: "TXT",
        values: ['"owner=other gen=7"'],
      },
    },
  ]);
  await runMinutes(sim, at(480));
  expect(told(sim), story(sim)).toEqual(["foreign", "down"]);
  expect(valuesOf(sim)).toEqual([frankfurt]);
});

test("failing back by hand is taken in, and the next outage of the primary moves the name again", async () => {
  const sim = simulate(broken(["frankfurt", 65, 130, "refuse"], ["frankfurt", 500, forever, "refuse"]), {
    failback: "manual",
  });
  await runMinutes(sim, at(300));
  expect(valuesOf(sim)).toEqual([ireland]);
  changeZone(sim, [
    { action: "DELETE", set: { ...shopRecord, values: [ireland] } },
    { action: "CREATE", set: shopRecord },
  ]);
  await runMinutes(sim, at(480));
  expect(told(sim), story(sim)).toEqual(["failover", "up", "repointed"]);
  await runMinutes(sim, at(600));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
});

test("whoever moves a name by hand in the moment we do is told once, and the name is watched on", async () => {
  const sim = simulate(broken(["frankfurt", 65, 300, "refuse"], ["ireland", 600, forever, "refuse"]), {
    failback: "manual",
  });
  // The hand is quicker than our batch, which is on its way.
  sim.takesMs = (effect) => (effect === "change" ? 2_000 : 10);
  sim.observe = (step) => {
    if (step.is !== "sent" || sim.zones.length > 1) return;
    changeZone(sim, [
      { action: "DELETE", set: shopRecord },
      { action: "CREATE", set: { ...shopRecord, values: [ireland] } },
    ]);
  };
  await runMinutes(sim, at(590));
  expect(told(sim), story(sim)).toEqual(["foreign", "armed-again", "move-dropped", "up"]);
  await runMinutes(sim, at(660));
  expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
});

test("a name that somebody points back to a primary that is down is left alone, and people are told", async () => {
  const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
  await runMinutes(sim, at(150));
  changeZone(sim, [
    { action: "DELETE", set: { ...shopRecord, values: [ireland] } },
    { action: "CREATE", set: shopRecord },
  ]);
  const zones = sim.zones.length;
  await runMinutes(sim, at(600));
  expect(sim.zones.length).toBe(zones);
  expect(told(sim)).toEqual(["failover", "foreign"]);
});

test("a record that somebody deletes is not created again", async () => {
  const sim = simulate(broken());
  await runMinutes(sim, at(70));
  changeZone(sim, [{ action: "DELETE", set: shopRecord }]);
  await runMinutes(sim, at(600));
  expect(valuesOf(sim)).toEqual([]);
  expect(told(sim)).toEqual(["foreign"]);
});
