import { describe, expect, test } from "vitest";
import type { Event } from "../../lambda/core/event.ts";
import { findSets } from "../../local/route53/zone.ts";
import { seeded } from "../sim/seeded.ts";
import { at, broken, forever, type Span, story } from "../sim/shop.ts";
import { changeZone, runMinutes, type Simulation, told, zoneNow } from "../sim/simulation.ts";
import { sharedConfig, sharedShop, simulateShared, spreadsOf, weightsOf } from "../sim/weighted.ts";
import { answer, freeze, order, work } from "./operator.ts";

const run = async (spans: readonly Span[], untilS: number, over = {}): Promise<Simulation> => {
  const sim = simulateShared(broken(...spans), over);
  await runMinutes(sim, at(untilS));
  return sim;
};

const now = (sim: Simulation): string => weightsOf(zoneNow(sim));

/** Somebody gives a target's record set another weight. */
function reweigh(sim: Simulation, id: string, weight: number): void {
  const set = findSets(zoneNow(sim), "shop.example.com", "A").find(
    ({ weighted }) => weighted?.setIdentifier === id,
  );
  if (set?.weighted === undefined) throw new Error(`${id} has no set`);
  changeZone(sim, [
    { action: "DELETE", set },
    { action: "CREATE", set: { ...set, weighted: { ...set.weighted, weight } } },
  ]);
}

describe("a target that is down", () => {
  test("loses its weight, and gets it back in steps once it has been up for long enough", async () => {
    const sim = await run([["frankfurt", 65, 200, "refuse"]], 600);
    expect(spreadsOf(sim), story(sim)).toEqual(["0 100 50", "5 100 50", "25 100 50", "100 100 50"]);
    const stepsMs = sim.zones.slice(-3).map(({ atMs }) => atMs);
    expect((stepsMs[1] ?? 0) - (stepsMs[0] ?? 0), story(sim)).toBeGreaterThanOrEqual(30_000);
    expect((stepsMs[2] ?? 0) - (stepsMs[1] ?? 0)).toBeGreaterThanOrEqual(30_000);
    expect((stepsMs[0] ?? 0) - at(200)).toBeGreaterThanOrEqual(20_000);
    expect(told(sim)).toEqual(["taken-out", "up", "reweighted", "reweighted", "reweighted"]);
  });

  test("that fails again on its way loses it again, and begins anew", async () => {
    const sim = await run(
      [
        ["frankfurt", 65, 130, "refuse"],
        ["frankfurt", 205, 260, "black hole"],
      ],
      900,
    );
    expect(spreadsOf(sim), story(sim)).toEqual([
      "0 100 50",
      "5 100 50",
      "25 100 50",
      "0 100 50",
      "5 100 50",
      "25 100 50",
      "100 100 50",
    ]);
  });

  test("gains nothing in a time nobody looked: its step is held anew", async () => {
    const sim = await run([["frankfurt", 65, 200, "refuse"]], 241, {
      weighted: { stepsPercent: [5, 100], stepForMs: 60_000 },
    });
    expect(now(sim), story(sim)).toBe("5 100 50");
    for (const life of sim.lives) life.dead = true;
    await sim.clock.run(at(900));
    await runMinutes(sim, at(955));
    expect(now(sim), story(sim)).toBe("5 100 50");
    await runMinutes(sim, at(1_100));
    expect(now(sim), story(sim)).toBe("100 100 50");
  });

  test("again and again is brought back only so often within the hour, and always taken out", async () => {
    const spans = [0, 1, 2, 3].map((i): Span => ["frankfurt", 100 + 600 * i, 200 + 600 * i, "refuse"]);
    const sim = await run(spans, 2_500);
    const begun = spreadsOf(sim).filter((weights) => weights === "5 100 50");
    expect(begun, story(sim)).toHaveLength(2);
    expect(told(sim)).toContain("limit");
    expect(now(sim)).toBe("0 100 50");
    await runMinutes(sim, at(2_500 + 2_700));
    expect(now(sim), story(sim)).toBe("100 100 50");
  });

  test("keeps its weight while nobody else is proven up", async () => {
    const sim = await run([["*", 65, forever, "refuse"]], 300);
    expect(spreadsOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).not.toContain("taken-out");
    const two = await run(
      [
        ["frankfurt", 65, 400, "refuse"],
        ["ireland", 65, 400, "refuse"],
        ["oslo", 65, 400, "refuse"],
      ],
      360,
    );
    expect(spreadsOf(two), story(two)).toEqual([]);
    expect(told(two)).toContain("stays-down");
  });

  test("and the last one that is up carries its full weight at once, whatever its step", async () => {
    const sim = await run(
      [
        ["frankfurt", 65, 150, "refuse"],
        ["ireland", 205, forever, "refuse"],
        ["oslo", 205, forever, "refuse"],
      ],
      260,
    );
    expect(spreadsOf(sim).at(-1), story(sim)).toBe("100 0 0");
  });

  test("for some locations alone keeps it", async () => {
    const sim = await run([["frankfurt", 65, forever, "refuse", ["eu-west-1", "us-east-2"]]], 300);
    expect(spreadsOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).toEqual(["partial"]);
  });

  test("half of the time, too, is taken out, and whenever it seems well tried with its first step alone", async () => {
    const half = seeded(1);
    const sim = simulateShared((host, _location, atMs) =>
      host === "frankfurt" && atMs >= at(60) && half() < 0.5 ? "refuse" : "ok",
    );
    await runMinutes(sim, at(900));
    expect(spreadsOf(sim)[0], story(sim)).toBe("0 100 50");
    expect(["0 100 50", "5 100 50"]).toEqual(expect.arrayContaining(spreadsOf(sim)));
    expect(told(sim)).toContain("taken-out");
  });

  test("in shadow mode people are told, and nothing is changed", async () => {
    const sim = await run([["frankfurt", 65, forever, "refuse"]], 300, { mode: "shadow" });
    expect(spreadsOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).toEqual(["would-move"]);
    const [first] = sim.alerts.map(({ alert }) => JSON.parse(alert.json) as Event);
    expect(first?.to).toBe("frankfurt 0, ireland 100, oslo 50");
  });
});

describe("what an operator wants", () => {
  test("a target that is worked on carries nothing, and comes back in steps", async () => {
    const sim = simulateShared(broken(["ireland", 150, 300, "refuse"]));
    await runMinutes(sim, at(100));
    await work(sim, "shop/ireland", 300);
    await runMinutes(sim, at(390));
    expect(spreadsOf(sim), story(sim)).toEqual(["100 0 50"]);
    await runMinutes(sim, at(700));
    expect(spreadsOf(sim), story(sim)).toEqual(["100 0 50", "100 5 50", "100 25 50", "100 100 50"]);
    expect(told(sim)[1]).toBe("moved");
  });

  test("a freeze holds every weight, and says so while somebody is down", async () => {
    const sim = simulateShared(broken(["ireland", 90, forever, "refuse"]));
    await runMinutes(sim, at(60));
    await freeze(sim, "frozen");
    await runMinutes(sim, at(200));
    expect(spreadsOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).toEqual(["frozen", "stays-down"]);
    await freeze(sim, "free");
    await runMinutes(sim, at(300));
    expect(spreadsOf(sim), story(sim)).toEqual(["100 0 50"]);
  });

  test.each(["failover", "failback"] as const)(
    "%s is refused, and told what to use instead",
    async (what) => {
      const sim = await run([], 60);
      await order(sim, { what });
      await runMinutes(sim, at(120));
      expect(answer(sim)).toContain("pointsman maintenance");
      expect(spreadsOf(sim)).toEqual([]);
    },
  );
});

describe("the zone is not as it was left", () => {
  test("another weight by somebody else's hand: hands off, until it is adopted; then the steps go on", async () => {
    const sim = await run([["frankfurt", 65, 130, "refuse"]], 400);
    expect(now(sim), story(sim)).toBe("100 100 50");
    reweigh(sim, "ireland", 7);
    await runMinutes(sim, at(520));
    expect(told(sim).at(-1), story(sim)).toBe("foreign");
    expect(now(sim)).toBe("100 7 50");
    await order(sim, { what: "adopt" });
    await runMinutes(sim, at(800));
    expect(answer(sim)).toBe("done");
    expect(now(sim), story(sim)).toBe("100 100 50");
  });

  test("an orphan is told once, whatever is decided beside it meanwhile", async () => {
    const sim = await run([["frankfurt", 65, 130, "refuse"]], 400);
    await freeze(sim, "frozen");
    const targets = sharedShop.targets.map((one) =>
      one.id === "oslo" ? { ...one, values: ["203.0.113.31"] } : one,
    );
    sim.config = sharedConfig({ targets });
    sim.behaviour = broken(
      ["ireland", 500, 502, "refuse"],
      ["ireland", 700, 702, "refuse"],
      ["ireland", 900, 902, "refuse"],
    );
    await runMinutes(sim, at(1_100));
    expect(
      told(sim).filter((kind) => kind === "orphan"),
      story(sim),
    ).toHaveLength(1);
  });

  test("a step that is adopted is held as long as any other", async () => {
    const sim = await run([["frankfurt", 65, 130, "refuse"]], 400);
    reweigh(sim, "ireland", 30);
    await runMinutes(sim, at(480));
    await order(sim, { what: "adopt" });
    await runMinutes(sim, at(600));
    const [adopted, next] = sim.zones.slice(-2).map(({ atMs }) => atMs);
    expect(now(sim), story(sim)).toBe("100 100 50");
    expect((next ?? 0) - (adopted ?? 0), story(sim)).toBeGreaterThanOrEqual(30_000);
  });

  test("a change made between our look and our batch is refused by Route 53 as a whole", async () => {
    const spans: Span[] = [
      ["frankfurt", 65, 130, "refuse"],
      ["frankfurt", 405, forever, "refuse"],
    ];
    const sim = await run(spans, 400);
    let isDone = false;
    sim.observe = (step) => {
      if (isDone || step.is !== "sent") return;
      isDone = true;
      reweigh(sim, "oslo", 0);
      reweigh(sim, "ireland", 0);
    };
    await runMinutes(sim, at(600));
    // Taking frankfurt out as well would have left nobody.
    expect(now(sim), story(sim)).toBe("100 0 0");
    expect(told(sim)).toContain("foreign");
  });

  test("retaken, where the config says so: what is down is taken out again on fresh proof", async () => {
    const sim = simulateShared(broken(["frankfurt", 65, forever, "refuse"]), { onForeign: "retake" });
    await runMinutes(sim, at(150));
    reweigh(sim, "frankfurt", 100);
    await runMinutes(sim, at(300));
    expect(spreadsOf(sim), story(sim)).toEqual(["0 100 50", "0 100 50"]);
  });
});
