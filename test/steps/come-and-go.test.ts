import { expect, test } from "vitest";
import { locations } from "../sim/config.ts";
import { seeded } from "../sim/seeded.ts";
import { at, simulate, story } from "../sim/shop.ts";
import { type Behaviour, runMinutes, type Simulation, told } from "../sim/simulation.ts";

/** From second 65 on, `what` for the first `bad` locations, in the first `onS` of every `everyS` seconds. */
const onAndOff =
  (what: Behaviour, bad: number, onS: number, everyS: number, hosts: RegExp): Simulation["behaviour"] =>
  (host, location, atMs) => {
    const seconds = (atMs - at(65)) / 1000;
    const isOn = seconds > 0 && seconds % everyS < onS;
    return isOn && hosts.test(host) && locations.indexOf(location) < bad ? what : "ok";
  };

function lossy(share: number, bad: number): Simulation["behaviour"] {
  const chance = seeded(1);
  return (host, location, atMs) =>
    host === "frankfurt" && atMs > at(65) && locations.indexOf(location) < bad && chance() < share
      ? "black hole"
      : "ok";
}

const hourS = 3_600;

test.each<[string, Simulation["behaviour"], string, number]>([
  ["a rate limit, for 15 s of every 40 s", onAndOff("forbid", 5, 15, 40, /frankfurt/), "refused", 1],
  ["two paths of five that lose 60 %", lossy(0.6, 2), "partial", 1],
  ["three locations blind for 15 s of every 40 s", onAndOff("black hole", 3, 15, 40, /./), "blind", 2],
])("%s: told once an hour, each time filed", async (_, behaviour, kind, endpoints) => {
  const sim = simulate(behaviour);
  const filed: string[] = [];
  sim.observe = (step) => {
    if (step.is === "filed") filed.push(step.event.kind);
  };
  const times = () => told(sim).filter((each) => each === kind).length;
  await runMinutes(sim, at(hourS));
  expect(times(), story(sim)).toBe(endpoints);
  expect(filed.filter((each) => each === kind).length).toBeGreaterThan(20);
  await runMinutes(sim, at(hourS + 600));
  expect(times()).toBe(2 * endpoints);
});

test("a trouble that was gone for ten minutes is news", async () => {
  const sim = simulate(onAndOff("forbid", 5, 60, 800, /frankfurt/));
  await runMinutes(sim, at(1_000));
  expect(told(sim), story(sim)).toEqual(["refused", "refused"]);
});
