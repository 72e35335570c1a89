import { expect, test } from "vitest";
import { availability } from "../../lambda/core/counters.ts";
import { endpoint, shopConfig } from "../sim/config.ts";
import { at, story } from "../sim/shop.ts";
import { openSimulation, runMinutes, told } from "../sim/simulation.ts";

const hours = 3;

test("what fails for a minute of every five is down for that minute, although nobody believes any more that it is back", async () => {
  const sim = openSimulation(shopConfig({ endpoints: [endpoint("solo")], services: [] }), []);
  sim.behaviour = (host, _, atMs) => {
    const seconds = (atMs - at(120)) / 1000;
    return host === "solo" && seconds > 0 && seconds < hours * 3_600 && seconds % 300 < 60 ? "refuse" : "ok";
  };
  await runMinutes(sim, at(120 + hours * 3_600));
  const counters = [...(sim.memory.records.get("solo")?.values() ?? [])].at(-1)?.counters;
  if (counters === undefined) throw new Error(story(sim));
  const { seenMs, failures, mttfMs, mttrMs = 0 } = availability(undefined, counters);
  expect(failures).toBe(hours * 12);
  expect(told(sim).filter((kind) => kind === "down").length).toBeLessThan(failures / 2);
  // It is found within an interval, and the end of it, too.
  expect(Math.abs(mttrMs - 60_000)).toBeLessThanOrEqual(10_000);
  expect((mttfMs ?? 0) + mttrMs).toBeCloseTo(seenMs / failures, 3);
});
