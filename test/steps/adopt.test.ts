import { describe, expect, test } from "vitest";
import { shopRecord } from "../sim/config.ts";
import { at, broken, forever, frankfurt, ireland, simulate, story } from "../sim/shop.ts";
import { changeZone, runMinutes, type Simulation, told, valuesOf, zoneNow } from "../sim/simulation.ts";
import { answer, order, saved } from "./operator.ts";

describe("an order to adopt", () => {
  const foreign = { ...shopRecord, values: ["203.0.113.99"] };
  const swap = (from: typeof shopRecord, to: typeof shopRecord) => [
    { action: "DELETE" as const, set: from },
    { action: "CREATE" as const, set: to },
  ];
  const generation = (sim: Simulation) =>
    zoneNow(sim).names.get("_pointsman-a.shop.example.com.")?.[0]?.values.join() ?? "none";

  test("takes over a name whose state is lost, above every generation there was", async () => {
    const sim = simulate(broken(["frankfurt", 65, 200, "refuse"], ["ireland", 700, forever, "refuse"]), {
      failback: "manual",
    });
    await runMinutes(sim, at(120));
    expect(generation(sim)).toBe('"owner=test gen=1"');
    sim.memory.cells.clear();
    await runMinutes(sim, at(300));
    expect(saved(sim).disarmed).toBeDefined();
    await order(sim, { what: "adopt" });
    await runMinutes(sim, at(330));
    expect(answer(sim), story(sim)).toBe("done");
    expect(Number(/gen=(\d+)/.exec(generation(sim))?.[1])).toBeGreaterThan(1_700_000_000);
    expect(valuesOf(sim)).toEqual([ireland]);
    await runMinutes(sim, at(760));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(told(sim)).toEqual(["failover", "foreign", "up", "adopted", "failback"]);
  });

  test("takes over somebody else's record, and the name is moved away from it by an order", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(70));
    changeZone(sim, swap(shopRecord, foreign));
    await runMinutes(sim, at(200));
    expect(saved(sim).disarmed).toBeDefined();
    await order(sim, { what: "adopt" });
    await runMinutes(sim, at(500));
    expect(answer(sim), story(sim)).toBe("done");
    expect(valuesOf(sim)).toEqual(["203.0.113.99"]);
    await order(sim, { what: "failover", to: "ireland" });
    await runMinutes(sim, at(530));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  });

  test("takes over what another installation moved", async () => {
    const sim = simulate(broken(["frankfurt", 400, forever, "refuse"]));
    const set = { ...shopRecord, name: "_pointsman-a.shop.example.com", type: "TXT" as const };
    changeZone(sim, [{ action: "CREATE", set: { ...set, ttlSeconds: 60, values: ['"owner=other gen=7"'] } }]);
    await runMinutes(sim, at(100));
    expect(saved(sim).disarmed?.why).toContain("other moves this name");
    await order(sim, { what: "adopt" });
    await runMinutes(sim, at(500));
    expect(generation(sim)).toMatch(/owner=test/);
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  });

  test("takes over that there is no record", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(70));
    changeZone(sim, [{ action: "DELETE", set: shopRecord }]);
    await runMinutes(sim, at(200));
    await order(sim, { what: "adopt" });
    await runMinutes(sim, at(260));
    expect(told(sim), story(sim)).toEqual(["foreign", "adopted", "created"]);
    expect(valuesOf(sim)).toEqual([frankfurt]);
  });

  const pair = (["PRIMARY", "SECONDARY"] as const).map((role) => ({
    ...foreign,
    failover: { role, setIdentifier: role, ...(role === "PRIMARY" && { healthCheckId: "h1" }) },
  }));
  const strangeTxt = {
    ...foreign,
    name: "_pointsman-a.shop.example.com",
    type: "TXT" as const,
    values: ['"owner=x gen=1"'],
  };

  test.each([
    ["failover records", "shop.example.com A", pair, [shopRecord]],
    ["a TXT", "_pointsman-a.shop.example.com TXT", pair.map((one) => ({ ...one, ...strangeTxt })), []],
  ])(
    "is refused where %s stand that one batch could not put back, and nothing is sent",
    async (_, where, sets, gone) => {
      const sim = simulate(broken());
      changeZone(sim, [
        ...gone.map((set) => ({ action: "DELETE" as const, set })),
        ...sets.map((set) => ({ action: "CREATE" as const, set })),
      ]);
      await runMinutes(sim, at(200));
      expect(saved(sim).disarmed).toBeDefined();
      await order(sim, { what: "adopt" });
      await runMinutes(sim, at(400));
      expect(answer(sim), story(sim)).toContain(`${where} has a routing policy or a health check`);
      expect(saved(sim)).toMatchObject({ disarmed: {} });
      expect(sim.lives.flatMap(({ effects }) => effects)).not.toContain("change");
      expect(told(sim)).toEqual(["foreign"]);
    },
  );

  test("is refused when the record changes once more in that moment", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(70));
    changeZone(sim, swap(shopRecord, foreign));
    await runMinutes(sim, at(200));
    await order(sim, { what: "adopt" });
    let isChanged = false;
    sim.fault = (effect) => {
      if (effect === "change" && !isChanged) {
        isChanged = true;
        changeZone(sim, swap(foreign, { ...foreign, values: ["203.0.113.77"] }));
      }
      return undefined;
    };
    await runMinutes(sim, at(230));
    expect(isChanged).toBe(true);
    expect(answer(sim), story(sim)).toContain("the record is 203.0.113.77");
    expect(saved(sim).disarmed).toBeDefined();
    expect(saved(sim).intent).toBeUndefined();
    expect(valuesOf(sim)).toEqual(["203.0.113.77"]);
  });

  test("that was answered as expired is not carried out any more, however long Route 53 took", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(70));
    changeZone(sim, swap(shopRecord, foreign));
    await runMinutes(sim, at(130));
    await order(sim, { what: "adopt" });
    sim.fault = (effect, atMs) => (effect === "read zone" && atMs < at(244) ? "fail before" : undefined);
    sim.takesMs = (effect, atMs) => (effect === "read zone" && atMs >= at(244) ? 20_000 : 10);
    await runMinutes(sim, at(400));
    expect(answer(sim), story(sim)).toMatch(
      /^it was not carried out in time: anna gave it at 2026-11-21 09:02:10 UTC, .* good for 2 min 0 s$/,
    );
    expect(generation(sim)).toBe("none");
    expect(saved(sim).disarmed).toBeDefined();
  });

  test("keeps a change that was under way before, where it does not come about", async () => {
    const sim = simulate(broken(["frankfurt", 65, 130, "refuse"]));
    sim.fault = (effect, atMs) =>
      /^(change|read zone)$/.test(effect) && atMs >= at(60) && atMs < at(100) ? "fail before" : undefined;
    await runMinutes(sim, at(90));
    changeZone(sim, swap(shopRecord, foreign));
    await runMinutes(sim, at(200));
    expect(saved(sim)).toMatchObject({ disarmed: {}, intent: { kind: "failover" } });
    await order(sim, { what: "adopt" });
    let isChanged = false;
    sim.fault = (effect) => {
      if (effect === "change" && !isChanged) {
        isChanged = true;
        changeZone(sim, swap(foreign, shopRecord));
      }
      return undefined;
    };
    await runMinutes(sim, at(400));
    expect(told(sim), story(sim)).toContain("move-dropped");
    expect(saved(sim).intent).toBeUndefined();
    expect(valuesOf(sim)).toEqual([frankfurt]);
  });
});
