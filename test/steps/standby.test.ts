import { describe, expect, test } from "vitest";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { violations } from "../sim/oracle.ts";
import { at, broken, forever, type Span, simulate, story } from "../sim/shop.ts";
import { runMinutes, type Simulation, told } from "../sim/simulation.ts";

const run = async (untilS: number, ...spans: Span[]): Promise<Simulation> => {
  const sim = simulate(broken(...spans), { failback: "manual" });
  await runMinutes(sim, at(untilS));
  return sim;
};

const stateOf = (sim: Simulation): ServiceState | undefined =>
  sim.memory.cells.get("service#Z1/shop.example.com/A")?.body as ServiceState | undefined;

const atOf = (sim: Simulation, kind: string): number =>
  ((sim.alerts.find(({ alert }) => alert.attributes.event === kind)?.atMs ?? Number.NaN) - at(0)) / 1000;

describe("a standby that would not take over", () => {
  test("is told within an interval of being found down, and `up` says that it is over", async () => {
    const sim = await run(480, ["ireland", 65, 300, "refuse"]);
    expect(told(sim), story(sim)).toEqual(["standby-not-ready", "up"]);
    expect(atOf(sim, "standby-not-ready")).toBeLessThanOrEqual(65 + 10 + 5 + 10 + 1);
    expect(violations(sim)).toEqual([]);
  });

  test("because a firewall refuses us is told when that has lasted for a minute, and when it is over", async () => {
    const sim = await run(480, ["ireland", 65, 300, "forbid"]);
    expect(told(sim), story(sim)).toEqual(["standby-not-ready", "standby-ready"]);
    expect(atOf(sim, "standby-not-ready")).toBeGreaterThan(65 + 60);
    expect(stateOf(sim)?.readiness).toEqual({ frankfurt: { is: "active" }, ireland: { is: "ready" } });
  });

  test("is told also when it was so from the start", async () => {
    const sim = await run(180, ["ireland", 0, forever, "refuse"]);
    expect(told(sim), story(sim)).toEqual(["standby-not-ready"]);
    expect(stateOf(sim)?.readiness?.["ireland"]).toMatchObject({ is: "not-ready", lack: "down" });
  });

  test("is told once, under one id, whichever write of its service is the last thing that a sweep did", async () => {
    for (const nth of [0, 1, 2, 3]) {
      for (const how of ["kill before", "kill after", "fail before", "fail after"] as const) {
        const sim = simulate(broken(["ireland", 65, forever, "refuse"]), { failback: "manual" });
        let puts = 0;
        sim.fault = (effect) => (effect === "put service" && puts++ === nth ? how : undefined);
        await runMinutes(sim, at(480));
        expect(told(sim), `${nth} ${how}\n${story(sim)}`).toEqual(["standby-not-ready"]);
        expect(violations(sim), story(sim)).toEqual([]);
      }
    }
  });
});

describe("an outage of the primary", () => {
  test("with the standby down at the same time is told once, as that", async () => {
    const sim = await run(480, ["frankfurt", 65, 300, "refuse"], ["ireland", 65, 300, "refuse"]);
    expect(
      told(sim).filter((kind) => kind !== "up"),
      story(sim),
    ).toEqual(["stays-down"]);
  });

  test("that ends before the standby's tells of the standby then", async () => {
    const sim = await run(480, ["frankfurt", 65, 200, "refuse"], ["ireland", 65, forever, "refuse"]);
    expect(told(sim), story(sim)).toEqual(["stays-down", "up", "standby-not-ready"]);
  });

  test("is not told a second time because the primary is a standby now", async () => {
    const sim = await run(480, ["frankfurt", 65, forever, "refuse"]);
    expect(told(sim), story(sim)).toEqual(["failover"]);
    expect(stateOf(sim)?.readiness).toMatchObject({
      frankfurt: { is: "not-ready" },
      ireland: { is: "active" },
    });
  });
});
