import { describe, expect, test } from "vitest";
import { agreedOf, beacons, isOut, openObjects, say } from "../sim/beacons.ts";
import { openConversion, simple } from "../sim/conversion.ts";
import { at, broken, frankfurt, ireland, story } from "../sim/shop.ts";
import { runMinutes, type Simulation, told } from "../sim/simulation.ts";
import { answer, order, saved } from "./operator.ts";

test("retire is not begun while Route 53 takes no change: the beacons go on to move the name", async () => {
  const { sim, answers } = openConversion({ objects: new Map() });
  sim.behaviour = broken(["frankfurt", 300, 1e9, "refuse"]);
  await runMinutes(sim, at(3));
  await order(sim, { what: "convert" });
  await runMinutes(sim, at(120));
  expect(answer(sim), story(sim)).toBe("done");
  sim.fault = (effect) => (effect === "change" ? "fail before" : undefined);
  await order(sim, { what: "retire" });
  await runMinutes(sim, at(420));
  expect(answer(sim), story(sim)).toContain("change: simulated failure");
  expect(told(sim)).toEqual(["to-convert", "converted", "failover"]);
  expect(answers).toEqual([frankfurt, ireland]);
});

test("two beacons that are lost while the name is at its standby answer the primary, and people are told", async () => {
  const { sim, objects, answers } = openConversion({ objects: openObjects(), pair: true });
  sim.behaviour = broken(["frankfurt", 35, 1e9, "refuse"]);
  await runMinutes(sim, at(120));
  for (const region of beacons.regions.slice(1)) objects.delete(region);
  await runMinutes(sim, at(360));
  expect(told(sim), story(sim)).toEqual(["failover", "answers-differ"]);
  expect(sim.alerts.at(-1)?.alert.text).toContain("ns-1.route53.test answers 192.0.2.10");
  expect(answers).toEqual([frankfurt, ireland, frankfurt]);
});

describe("retire", () => {
  const open = () => openConversion({ objects: openObjects(), pair: true });

  test("ends a move that two Regions' beacons do not take: Route 53's API makes it then", async () => {
    const { sim, objects, answers } = open();
    const dead = beacons.regions.slice(1);
    sim.behaviour = broken(["frankfurt", 35, 1e9, "refuse"]);
    sim.fault = (effect, atMs) =>
      atMs > at(30) && dead.some((region) => effect.endsWith(region)) ? "fail before" : undefined;
    await runMinutes(sim, at(123));
    expect(told(sim), story(sim)).toEqual(["move-failing"]);
    expect(objects.get("eu-south-1")).toBe(say("OUT", 1));
    await order(sim, { what: "retire" });
    await runMinutes(sim, at(240));
    expect(answer(sim), story(sim)).toBe("done");
    expect(told(sim).filter((kind) => kind !== "to-convert")).toEqual([
      "move-failing",
      "move-dropped",
      "retired",
      "failover",
    ]);
    expect(answers).toEqual([frankfurt, ireland]);
    expect(simple(sim)).toBe(ireland);
  });

  test("does not end a move that the beacons did take, though nobody was told so", async () => {
    const { sim, objects, answers } = open();
    sim.behaviour = broken(["frankfurt", 35, 1e9, "refuse"]);
    let isWritten = false;
    sim.fault = (effect) => {
      const isPut = /^put (eu|ca|ap)-/.test(effect);
      isWritten ||= isPut;
      if (isPut) return "fail after";
      return isWritten && /^get (ca|ap)-/.test(effect) ? "fail before" : undefined;
    };
    await runMinutes(sim, at(123));
    expect(isOut(objects)).toBe(true);
    await order(sim, { what: "retire" });
    await runMinutes(sim, at(240));
    expect(answer(sim), story(sim)).toContain("answers 198.51.100.20, and it was left at 192.0.2.10");
    expect(answers).toEqual([frankfurt, ireland]);
  });

  const [deployedOut, deployedIn] = ["203.0.113.9", "203.0.113.10"];

  /** A deploy that gives both targets other values, which the standing records do not hold. */
  const deployOthers = (sim: Simulation): void => {
    const [service] = sim.config.services;
    const { beacons } = service?.dns ?? {};
    if (service === undefined || beacons === undefined) throw new Error("the shop");
    const values = [deployedIn, deployedOut];
    const targets = service.targets.map((target, i) => ({ ...target, values: [values[i] ?? ""] }));
    const dns = { ...service.dns, beacons: { ...beacons, in: deployedIn, out: deployedOut } };
    sim.config = { ...sim.config, services: [{ ...service, targets, dns }] };
  };

  test("is what is left where a deploy gave the targets values that the records do not hold", async () => {
    const { sim, objects } = open();
    sim.behaviour = broken(["frankfurt", 35, 150, "refuse"]);
    await runMinutes(sim, at(118));
    deployOthers(sim);
    // The primary is up again at its new address, and failback: auto would take the name there.
    await runMinutes(sim, at(360));
    expect(saved(sim).intent, story(sim)).toBeUndefined();
    expect(told(sim)).not.toContain("move-failing");
    await order(sim, { what: "failover", to: "frankfurt" });
    await runMinutes(sim, at(380));
    expect(answer(sim)).toContain("frankfurt is 203.0.113.10: pointsman retire shop");
    expect(agreedOf(objects)).toMatchObject({ word: "OUT", generation: 1 });
    await order(sim, { what: "retire" });
    await runMinutes(sim, at(460));
    expect(answer(sim), story(sim)).toBe("done");
    expect(told(sim), story(sim)).toEqual([
      ...["failover", "orphan", "to-convert", "up", "retired", "failback", "to-convert"],
    ]);
    expect(simple(sim)).toBe(deployedIn);
  });
});

test("while the batch that retires a name is not taken, two beacons written by hand move it", async () => {
  const { sim, objects, answers } = openConversion({ objects: openObjects(), pair: true });
  sim.behaviour = broken(["frankfurt", 200, 1e9, "refuse"]);
  await runMinutes(sim, at(120));
  sim.fault = (effect, ms) => (effect === "change" && ms < at(400) ? "fail before" : undefined);
  await order(sim, { what: "retire" });
  await runMinutes(sim, at(250));
  expect(saved(sim).intent?.kind, story(sim)).toBe("retired");
  for (const region of beacons.regions.slice(1)) objects.set(region, say("OUT", 1));
  await runMinutes(sim, at(390));
  expect(answers).toEqual([frankfurt, ireland]);
  await runMinutes(sim, at(540));
  expect(simple(sim), story(sim)).toBe(ireland);
  expect(told(sim).filter((kind) => kind !== "to-convert")).toEqual(["move-failing", "retired", "failover"]);
});
