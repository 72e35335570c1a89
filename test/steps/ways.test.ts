import { expect, test } from "vitest";
import type { HealthCheck } from "../../lambda/core/pair.ts";
import { beacons, openObjects, say } from "../sim/beacons.ts";
import { shopRecord } from "../sim/config.ts";
import { checkOf, openConversion, setsNow } from "../sim/conversion.ts";
import { at, broken, frankfurt, ireland, story } from "../sim/shop.ts";
import { changeZone, runMinutes, type Simulation, told, zoneNow } from "../sim/simulation.ts";
import { saved } from "./operator.ts";

const paired = { objects: openObjects(), pair: true };

const why = (sim: Simulation): string => sim.alerts.at(-1)?.alert.text ?? "";

/** Somebody gives one of the failover records another value. */
function change(sim: Simulation, role: "PRIMARY" | "SECONDARY", value: string): void {
  const leg = setsNow(sim).find(({ failover }) => failover?.role === role);
  if (leg === undefined) throw new Error(`no ${role}`);
  changeZone(sim, [
    { action: "DELETE", set: leg },
    { action: "CREATE", set: { ...leg, values: [value] } },
  ]);
}

test("a failover record that somebody changed is told once, and that it is put back", async () => {
  const { sim } = openConversion(paired);
  await runMinutes(sim, at(60));
  change(sim, "SECONDARY", "203.0.113.9");
  await runMinutes(sim, at(720));
  expect(told(sim), story(sim)).toEqual(["unsound"]);
  expect(why(sim)).toContain("SECONDARY 203.0.113.9");
  change(sim, "SECONDARY", ireland);
  await runMinutes(sim, at(1_080));
  expect(told(sim)).toEqual(["unsound", "sound"]);
});

test.each<[string, HealthCheck | undefined, string]>([
  ["deleted", undefined, "does not exist"],
  ["disabled", { ...checkOf(0), isDisabled: true }, "disabled"],
  ["pointed elsewhere", checkOf(0, "other"), "no health check looks for the beacon"],
])("a health check that somebody %s is told", async (_, check, said) => {
  let found: HealthCheck | undefined = checkOf(0);
  const { sim } = openConversion({ ...paired, check: () => found });
  await runMinutes(sim, at(360));
  expect(told(sim)).toEqual([]);
  found = check;
  await runMinutes(sim, at(720));
  expect(told(sim), story(sim)).toEqual(["unsound"]);
  expect(why(sim)).toContain(said);
});

test("while Route 53's API cannot be asked nothing is told, and the beacons go on to move the name", async () => {
  const { sim, answers } = openConversion(paired);
  await runMinutes(sim, at(60));
  sim.fault = (effect) => (/^(sets|health check|read zone)/.test(effect) ? "fail before" : undefined);
  sim.behaviour = broken(["frankfurt", 400, 1e9, "refuse"]);
  change(sim, "PRIMARY", "203.0.113.9");
  change(sim, "PRIMARY", frankfurt);
  await runMinutes(sim, at(720));
  expect(told(sim), story(sim)).toEqual(["failover"]);
  expect(answers.at(-1)).toBe(ireland);
});

test("a deploy of via: beacons during a failover moves and disarms nothing; nor does one of via: api", async () => {
  const { sim, answers } = openConversion({ objects: new Map() });
  const [service] = sim.config.services;
  if (service === undefined) throw new Error("the shop");
  const byBeacons = sim.config;
  const { beacons: _, ...dns } = service.dns;
  const byApi = { ...sim.config, services: [{ ...service, dns }] };
  sim.config = byApi;
  sim.behaviour = broken(["frankfurt", 35, 330, "refuse"]);
  await runMinutes(sim, at(118));
  sim.config = byBeacons;
  await runMinutes(sim, at(300));
  expect(saved(sim)).toMatchObject({ written: { values: [ireland] }, generation: 1 });
  expect(told(sim), story(sim)).toEqual(["failover", "to-convert"]);
  await runMinutes(sim, at(600));
  // It is moved by the API as before.
  expect(answers).toEqual([frankfurt, ireland, frankfurt]);
  sim.config = byApi;
  await runMinutes(sim, at(720));
  expect(told(sim)).toEqual(["failover", "to-convert", "up", "failback", "sound"]);
  expect(saved(sim).disarmed).toBeUndefined();
});

test("converted by hand, with the generation that stood: hands off, and armed again by the next look", async () => {
  const { sim, objects } = openConversion({ objects: new Map() });
  await runMinutes(sim, at(60));
  for (const region of beacons.regions) objects.set(region, say("IN", 0));
  const { sim: other } = openConversion(paired);
  const pair = setsNow(other).map((set) => ({ action: "CREATE" as const, set }));
  changeZone(sim, [{ action: "DELETE", set: shopRecord }, ...pair]);
  await runMinutes(sim, at(300));
  expect(saved(sim).disarmed, story(sim)).toBeUndefined();
  expect(saved(sim).beacons).toEqual({ ...beacons, check: "check-1" });
  expect(told(sim)).toEqual(["to-convert", "foreign", "armed-again", "sound"]);
  expect(zoneNow(sim).names.size).toBe(2);
});
