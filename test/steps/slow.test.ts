import { describe, expect, test } from "vitest";
import type { Event } from "../../lambda/core/event.ts";
import { moveBatch } from "../../lambda/core/move.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { endpoint, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { at, broken, forever, ireland, simulate } from "../sim/shop.ts";
import {
  changeZone,
  openSimulation,
  runMinutes,
  type Simulation,
  told,
  valuesOf,
} from "../sim/simulation.ts";
import { failing, longestGapS } from "../sim/watching.ts";

describe("a suspicion nobody judged", () => {
  const lastOf = (sim: Simulation, id: string) => [...(sim.memory.records.get(id)?.values() ?? [])].at(-1);
  test("after a confirm that home slept through is asked about again", async () => {
    const sim = openSimulation(shopConfig({ endpoints: [endpoint("docs")], services: [] }), []);
    sim.behaviour = broken(["docs", 65, 75, "refuse"], ["docs", 3600, forever, "refuse"]);
    // Asleep in the middle of the confirm that starts at 70 s.
    void sim.clock.sleep(72_000).then(() => {
      for (const l of sim.lives) l.frozenUntilMs = at(112);
    });
    await runMinutes(sim, at(3500));
    const before = lastOf(sim, "docs");
    expect(sim.trace.join("\n")).toContain("confirm void");
    expect(before?.health.suspectedMs).toBeUndefined();
    expect(before?.counters.pendingMs).toBe(0);
    await runMinutes(sim, at(3700));
    expect(sim.alerts.at(-1)?.alert.text).toContain("since 2026-11-21 10:00:0");
  });
});

describe("start and end of a sweep", () => {
  test("one read that fails at the start leaves no hole", async () => {
    const sim = simulate(broken());
    failing(sim, /^newest$/, 60, 62);
    await runMinutes(sim, at(300));
    expect(longestGapS(sim, 10, 290)).toBeLessThanOrEqual(12);
  });
  test("a last save that fails leaves no hole", async () => {
    const sim = simulate(broken());
    failing(sim, /^put records$/, 60, 66);
    await runMinutes(sim, at(300));
    expect(longestGapS(sim, 10, 290)).toBeLessThanOrEqual(12);
  });
});

describe("SNS or Route 53 hang", () => {
  test("SNS that does not answer (2 x 3 s) with 20 endpoints down does not stop the watch", async () => {
    const ids = Array.from({ length: 20 }, (_, i) => `e${i}`);
    const sim = openSimulation(shopConfig({ endpoints: ids.map((id) => endpoint(id)), services: [] }), []);
    sim.behaviour = broken(...ids.map((id) => [id, 65, forever, "refuse"] as const));
    sim.takesMs = (effect, ms) => (effect === "publish" && ms >= at(60) && ms < at(600) ? 6_000 : 10);
    failing(sim, /^publish$/, 60, 600);
    await runMinutes(sim, at(700));
    expect(longestGapS(sim, 60, 600)).toBeLessThanOrEqual(12);
  });
  test("Route 53 that does not answer (3 s) does not stop the watch of everything", async () => {
    const sim = openSimulation(shopConfig({ endpoints: [...shopConfig().endpoints, endpoint("docs")] }), [
      shopRecord,
    ]);
    sim.behaviour = broken(["frankfurt", 65, forever, "refuse"]);
    sim.takesMs = (effect, ms) => (/^(change|read zone|status)$/.test(effect) && ms >= at(60) ? 3_000 : 10);
    failing(sim, /^(change|read zone|status)$/, 60, 900);
    await runMinutes(sim, at(900));
    expect(longestGapS(sim, 60, 890)).toBeLessThanOrEqual(12);
  });
  test("nobody gets the same alert every ten seconds while the history cannot be written", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]), { failback: "manual" });
    failing(sim, /^file$/, 60, 660);
    await runMinutes(sim, at(900));
    const times = (id: string) => sim.alerts.filter(({ alert }) => alert.id === id).length;
    expect(Math.max(...sim.alerts.map(({ alert }) => times(alert.id)))).toBeLessThanOrEqual(11);
  });
});

describe("SNS that refuses for hours while others change a record again and again", () => {
  test("does not fill the row of the name: the newest alerts wait, the oldest are filed, and the name moves", async () => {
    const [swaps, downS] = [90, 11_160];
    const sim = simulate(broken(["frankfurt", downS, forever, "refuse"]), { failback: "manual" });
    failing(sim, /^publish$/, 0, downS + 300);
    const foreign = { ...shopRecord, values: ["203.0.113.99"] };
    for (let i = 0; i < swaps; i += 1) {
      const [from, to] = i % 2 === 0 ? [shopRecord, foreign] : [foreign, shopRecord];
      await runMinutes(sim, at(60 + i * 120));
      changeZone(sim, [
        { action: "DELETE", set: from },
        { action: "CREATE", set: to },
      ]);
    }
    await runMinutes(sim, at(downS));
    const row = sim.memory.cells.get("service#Z1/shop.example.com/A")?.body as ServiceState;
    const filed = () => [...sim.memory.history.values()];
    expect(row.outbox).toHaveLength(50);
    expect(filed().map(({ alert }) => alert)).toEqual(Array(swaps - 50).fill(false));
    expect(sim.alerts).toEqual([]);
    await runMinutes(sim, at(downS + 600));
    expect(valuesOf(sim)).toEqual([ireland]);
    expect(told(sim).at(-1)).toBe("failover");
    expect(sim.alerts.map(({ alert }) => alert.id).sort()).toEqual(
      filed()
        .filter(({ alert }) => alert)
        .map(({ id }) => id)
        .sort(),
    );
    expect(told(sim).length).toBeLessThanOrEqual(50);
    const isAlert = ({ kind, alert }: Event) => alert || kind === "foreign" || kind === "armed-again";
    expect(filed().filter(isAlert)).toHaveLength(swaps + 2);
  });
});

describe("Route 53", () => {
  test("people are told that a change does not reach the name servers when GetChange fails", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]), { failback: "manual" });
    sim.syncMs = forever * 1000;
    failing(sim, /^status$/, 0, forever);
    await runMinutes(sim, at(900));
    expect(told(sim)).toContain("not-answered");
  });
  test("a zone that cannot be read is told", async () => {
    const sim = simulate(broken(["frankfurt", 300, forever, "refuse"]), { failback: "manual" });
    failing(sim, /^read zone$/, 0, forever);
    await runMinutes(sim, at(900));
    expect(told(sim).filter((kind) => kind !== "standby-not-ready")).not.toEqual([]);
  });
  test("a read that a change overtakes does not lie", async () => {
    const sim = simulate(broken(["frankfurt", 35, forever, "refuse"]), { failback: "manual" });
    sim.torn = true;
    const open = () =>
      (sim.memory.cells.get("service#Z1/shop.example.com/A")?.body as ServiceState | undefined)?.intent;
    // Nothing gets through until our own delayed batch commits, between the two reads of one look.
    sim.fault = (effect) =>
      effect === "change" && sim.zones.length === 1 && sim.clock.now() < at(120) ? "fail before" : undefined;
    sim.takesMs = (effect) => {
      const intent = open();
      if (effect === "read generation" && intent && sim.zones.length === 1) {
        changeZone(
          sim,
          moveBatch(shop, intent, "test").map(({ action, record }) => ({ action, set: record })),
        );
      }
      return 10;
    };
    await runMinutes(sim, at(300));
    expect(valuesOf(sim)).toEqual([ireland]);
    expect(told(sim).filter((kind) => kind !== "move-failing")).toEqual(["failover"]);
  });
  test("a change is tried again although the zone cannot be read", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]), { failback: "manual" });
    sim.fault = (effect, ms) =>
      (effect === "change" && ms >= at(60) && ms < at(100)) || (effect === "read zone" && ms >= at(60))
        ? "fail before"
        : undefined;
    await runMinutes(sim, at(600));
    expect(valuesOf(sim)).toEqual([ireland]);
  });
});

test("a name that a person pointed to a third target in this moment is not taken away from there", async () => {
  const third = { id: "ohio", endpoint: "shop/ohio", values: ["198.51.100.30"] };
  const bad: string[] = [];
  for (let lookMs = 4900; lookMs <= 5300; lookMs += 5) {
    const sim = openSimulation(
      shopConfig({
        endpoints: [...shopConfig().endpoints, endpoint("shop/ohio", "ohio")],
        services: [{ ...shop, failback: "manual", targets: [...shop.targets, third] }],
      }),
      [shopRecord],
    );
    sim.behaviour = broken(["frankfurt", 295, forever, "refuse"]);
    sim.takesMs = (effect, ms) => (effect === "read zone" && ms > at(60) ? lookMs : 10);
    void sim.clock.sleep(296_000).then(() =>
      changeZone(sim, [
        { action: "DELETE", set: shopRecord },
        { action: "CREATE", set: { ...shopRecord, values: third.values } },
      ]),
    );
    await runMinutes(sim, at(400));
    if (valuesOf(sim)[0] !== third.values[0]) bad.push(`${lookMs}: ${valuesOf(sim)} ${told(sim)}`);
  }
  expect(bad).toEqual([]);
}, 60_000);
