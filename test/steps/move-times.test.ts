import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import type { EventKind } from "../../lambda/core/event.ts";
import { at, broken, forever, type Span, simulate, story } from "../sim/shop.ts";
import { runMinutes, type Simulation } from "../sim/simulation.ts";
import { simulateShared } from "../sim/weighted.ts";
import { freeze } from "./operator.ts";

const out: Span = ["frankfurt", 65, forever, "refuse"];

/** How many seconds after the first failed probe the outage was detected, and the change accepted. */
function took(sim: Simulation, kind: EventKind): { detectedS: number; acceptedS: number } {
  const {
    failedMs = 0,
    detectedMs = 0,
    acceptedMs = 0,
  } = [...sim.memory.history.values()].findLast((event) => event.kind === kind)?.times ?? {};
  return { detectedS: (detectedMs - failedMs) / 1000, acceptedS: (acceptedMs - failedMs) / 1000 };
}

describe("a move says when the outage was found", () => {
  test("while Route 53 refuses the change for minutes", async () => {
    const sim = simulate(broken(out));
    sim.fault = (effect, atMs) => (effect === "change" && atMs < at(250) ? "fail before" : undefined);
    await runMinutes(sim, at(400));
    const { detectedS, acceptedS } = took(sim, "failover");
    expect(detectedS, story(sim)).toBeLessThan(10);
    expect(acceptedS).toBeGreaterThan(175);
  });

  test.each<[string, EventKind, (behaviour: Simulation["behaviour"]) => Simulation, Span[]]>([
    ["", "failover", simulate, [["ireland", 60, 900, "refuse"]]],
    [
      " of its load",
      "taken-out",
      simulateShared,
      [
        ["ireland", 30, 900, "refuse"],
        ["oslo", 30, 900, "refuse"],
      ],
    ],
  ])("while there is nowhere to go%s", async (_, kind, of, others) => {
    const sim = of(broken(out, ...others));
    await runMinutes(sim, at(1_000));
    const { detectedS, acceptedS } = took(sim, kind);
    expect(detectedS, story(sim)).toBeLessThan(15);
    expect(acceptedS).toBeGreaterThan(800);
  });

  test("while the name was frozen, also in shadow mode", async () => {
    for (const mode of ["armed", "shadow"] satisfies Service["mode"][]) {
      const sim = simulate(broken(out), { mode });
      await freeze(sim, "frozen");
      await runMinutes(sim, at(300));
      await freeze(sim, "free");
      await runMinutes(sim, at(400));
      expect(took(sim, mode === "armed" ? "failover" : "would-move").detectedS, story(sim)).toBeLessThan(10);
      expect(took(sim, mode === "armed" ? "failover" : "would-move").detectedS).toBeGreaterThan(0);
    }
  });
});
