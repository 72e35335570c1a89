import { expect, test } from "vitest";
import { beatsCell, type Signal } from "../../lambda/core/heartbeat.ts";
import { shopConfig } from "../sim/config.ts";
import { at } from "../sim/shop.ts";
import { openSimulation, runMinutes, type Simulation, told } from "../sim/simulation.ts";

const job = { id: "job", intervalMs: 300_000, graceMs: 60_000 };

/** Sweeps, one a minute, that hear a job due every 5 minutes; `call` is what its URL does. */
function open(): { sim: Simulation; call: (signal: Signal) => void } {
  const sim = openSimulation(shopConfig({ services: [], endpoints: [], heartbeats: [job] }), []);
  const call = (signal: Signal) => {
    const found = sim.memory.cells.get(beatsCell(job.id));
    const body = { ...(found?.body as object), [`${signal}Ms`]: sim.clock.now() };
    sim.memory.cells.set(beatsCell(job.id), { version: 1, body });
  };
  return { sim, call };
}

test("a job that calls in time is up, one that stops is told as down once, and up again when it calls", async () => {
  const { sim, call } = open();
  for (const seconds of [60, 360, 660]) {
    await runMinutes(sim, at(seconds));
    call("succeeded");
  }
  await runMinutes(sim, at(660 + 359));
  expect(told(sim)).toEqual([]);
  await runMinutes(sim, at(1_200));
  expect(told(sim)).toEqual(["down"]);
  call("succeeded");
  await runMinutes(sim, at(1_320));
  expect(told(sim)).toEqual(["down", "up"]);
  const alert = sim.alerts.find((one) => one.alert.attributes.event === "down")?.alert;
  expect(JSON.stringify(alert)).toContain("no signal: one is due every 5 min 0 s");
});

test("a job that never called is waited for; one that says that it failed is down at once", async () => {
  const { sim, call } = open();
  await runMinutes(sim, at(1_200));
  expect(told(sim)).toEqual([]);
  call("failed");
  await runMinutes(sim, at(1_290));
  expect(told(sim)).toEqual(["down"]);
});

test("when home was away as a signal was due, people are told that, and not that the job is down", async () => {
  const { sim, call } = open();
  await runMinutes(sim, at(60));
  call("succeeded");
  await runMinutes(sim, at(120));
  await sim.clock.run(at(1_200));
  await runMinutes(sim, at(1_440));
  expect(told(sim)).toEqual(["blind"]);
  await runMinutes(sim, at(1_860));
  expect(told(sim)).toEqual(["blind", "down"]);
});

test("a table that cannot be read changes nothing that is believed", async () => {
  const { sim, call } = open();
  await runMinutes(sim, at(60));
  call("succeeded");
  sim.fault = (effect, atMs) =>
    effect === "read heartbeat" && atMs > at(100) && atMs < at(260) ? "fail before" : undefined;
  await runMinutes(sim, at(290));
  expect(told(sim)).toEqual([]);
  expect(sim.trace.join("\n")).toContain("heartbeat could not be looked up");
});
