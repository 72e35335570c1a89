import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { locations, shop } from "../sim/config.ts";
import { movesOf } from "../sim/oracle.ts";
import { at, broken, forever, type Span, simulate, story } from "../sim/shop.ts";
import { runMinutes, type Simulation, told } from "../sim/simulation.ts";
import { simulateShared } from "../sim/weighted.ts";
import { freeze } from "./operator.ts";

/** Frankfurt is down for 40 s, up for 20 s, and so on for 70 minutes; beside it these are broken. */
function looping(...spans: Span[]): Simulation["behaviour"] {
  const others = broken(...spans);
  return (host, location, atMs) => {
    const isLooping = host === "frankfurt" && atMs >= at(65) && atMs < at(4_265);
    return isLooping && (atMs - at(65)) % 60_000 < 40_000 ? "refuse" : others(host, location, atMs);
  };
}

const irelandDown: Span = ["ireland", 30, forever, "refuse"];

describe("a target that crashes again and again", () => {
  test.each<[string, Partial<Service>, Span[], string[]]>([
    ["in shadow mode", { mode: "shadow" }, [], ["would-move", "up"]],
    [
      "with every other target down",
      {},
      [irelandDown],
      ["standby-not-ready", "stays-down", "stays-down", "up"],
    ],
    ["which is the only one", { targets: shop.targets.slice(0, 1) }, [], ["stays-down", "stays-down", "up"]],
    [
      "with a standby that is up for some",
      {},
      [["ireland", 30, forever, "black hole", locations.slice(0, 2)]],
      ["stays-down", "stays-down", "up", "standby-not-ready"],
    ],
  ])("%s is told once, and by the hour", async (_, service, spans, events) => {
    const sim = simulate(looping(...spans), service);
    await runMinutes(sim, at(6_000));
    expect(told(sim), story(sim)).toEqual(events);
    expect(movesOf(sim)).toEqual([]);
  });

  test("while its name is frozen is told once, and by the hour", async () => {
    const sim = simulate(looping());
    await freeze(sim, "frozen");
    await runMinutes(sim, at(6_000));
    expect(told(sim), story(sim)).toEqual(["frozen", "stays-down", "stays-down", "up"]);
  });

  test.each<[string, Partial<Service>, Span[], string[]]>([
    ["in shadow mode", { mode: "shadow" }, [], ["would-move", "up"]],
    [
      "with every other target down",
      {},
      [irelandDown, ["oslo", 30, forever, "refuse"]],
      ["taken-out", "stays-down", "stays-down", "up"],
    ],
  ])("of a weighted name, %s, is told once, and by the hour", async (_, service, spans, events) => {
    const sim = simulateShared(looping(...spans), service);
    await runMinutes(sim, at(6_000));
    expect(told(sim), story(sim)).toEqual(events);
  });

  test("is told anew when it fails again after it was up", async () => {
    const sim = simulate(broken(["frankfurt", 65, 200, "refuse"], ["frankfurt", 400, 500, "refuse"]), {
      mode: "shadow",
    });
    await runMinutes(sim, at(700));
    expect(told(sim), story(sim)).toEqual(["would-move", "up", "would-move", "up"]);
  });
});
