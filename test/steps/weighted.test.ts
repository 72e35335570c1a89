import { describe, expect, test } from "vitest";
import type { Event } from "../../lambda/core/event.ts";
import { partsOf } from "../../lambda/core/records.ts";
import { findSets } from "../../local/route53/zone.ts";
import { seeded } from "../sim/seeded.ts";
import { at, broken, forever, type Span, story } from "../sim/shop.ts";
import { changeZone, openSimulation, runMinutes, type Simulation, told, zoneNow } from "../sim/simulation.ts";
import {
  sharedConfig,
  sharedRecord,
  sharedShop,
  simulateShared,
  spreadsOf,
  weightsOf,
} from "../sim/weighted.ts";
import { answer, freeze, order, saved, work } from "./operator.ts";

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

describe("where other records stand", () => {
  const open = async (records: Parameters<typeof openSimulation>[1], over = {}): Promise<Simulation> => {
    const sim = openSimulation(sharedConfig(over), records);
    await runMinutes(sim, at(90));
    return sim;
  };
  const simple = (value: string) => ({ ...sharedRecord([1]), values: [value] });
  const plain = (value: string) => {
    const { weighted: _, beside: __, ...record } = simple(value);
    return record;
  };

  test("none: they are made, with what is proven up", async () => {
    const sim = await open([]);
    expect(spreadsOf(sim), story(sim)).toEqual(["100 100 50"]);
    expect(told(sim)).toEqual(["created"]);
  });

  test("one simple record of a target's: it becomes weighted in one batch, the others come in steps", async () => {
    const sim = await open([plain("192.0.2.10")]);
    expect(spreadsOf(sim)[0], story(sim)).toBe("100 5 3");
    await runMinutes(sim, at(300));
    expect(now(sim), story(sim)).toBe("100 100 50");
  });

  test("a simple record that is no target's: hands off; adopted and released it becomes weighted", async () => {
    const sim = await open([plain("203.0.113.99")]);
    expect(told(sim), story(sim)).toEqual(["foreign"]);
    await order(sim, { what: "adopt" });
    await runMinutes(sim, at(150));
    expect(spreadsOf(sim), story(sim)).toEqual([]);
    await order(sim, { what: "release" });
    await runMinutes(sim, at(300));
    expect(now(sim), story(sim)).toBe("100 100 50");
  });

  test("weighted sets as they should be are taken in, and nothing is written", async () => {
    const sim = await run([], 90);
    expect(sim.zones, story(sim)).toHaveLength(1);
    expect(saved(sim).written).toEqual(sharedRecord([100, 100, 50]));
  });

  test("all weights are 0: everybody is answered, and who is up gets its weight", async () => {
    const sim = await open(partsOf(sharedRecord([0, 0, 0])));
    expect(spreadsOf(sim), story(sim)).toEqual(["100 100 50"]);
  });

  test("a deploy that takes a target away takes its record set away, in the same batch as it gives its load on", async () => {
    const sim = await run([], 90);
    sim.config = sharedConfig({ targets: sharedShop.targets.slice(0, 2) });
    await runMinutes(sim, at(200));
    expect(spreadsOf(sim), story(sim)).toEqual(["100 100"]);
  });

  test("a deploy of another TTL does not keep a target that is down from being taken out", async () => {
    const sim = await run([["frankfurt", 125, forever, "refuse"]], 90);
    sim.config = sharedConfig({ dns: { ...sharedShop.dns, ttlSeconds: 60 } });
    await runMinutes(sim, at(200));
    expect(spreadsOf(sim), story(sim)).toEqual(["0 100 50"]);
    expect(findSets(zoneNow(sim), "shop.example.com", "A").map(({ ttlSeconds }) => ttlSeconds)).toEqual([
      60, 60, 60,
    ]);
  });

  test("a deploy back to one target at a time makes a simple record of them, on an operator's order", async () => {
    const sim = await run([["frankfurt", 65, 75, "refuse"]], 400);
    const { weighted: _, ...failover } = sharedShop;
    sim.config = { ...sim.config, services: [failover] };
    await runMinutes(sim, at(480));
    expect(now(sim), story(sim)).toBe("100 100 50");
    await order(sim, { what: "failback" });
    await runMinutes(sim, at(560));
    expect(now(sim), story(sim)).toBe("simple");
    expect(findSets(zoneNow(sim), "shop.example.com", "A")[0]?.values).toEqual(["192.0.2.10"]);
  });
});
