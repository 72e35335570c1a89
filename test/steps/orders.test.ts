import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { withoutOrder } from "../../lambda/core/hands.ts";
import { serviceKey } from "../../lambda/core/service-state.ts";
import { shop } from "../sim/config.ts";
import { movesOf } from "../sim/oracle.ts";
import { at, broken, forever, frankfurt, ireland, type Span, simulate, story } from "../sim/shop.ts";
import { runMinutes, type Simulation, told, valuesOf } from "../sim/simulation.ts";
import { answer, filed, freeze, order, saved, say, work } from "./operator.ts";

/** A shop that is watched for 100 s, and what an operator orders then, given 30 s to happen. */
async function given(
  give: (sim: Simulation) => Promise<unknown>,
  spans: readonly Span[] = [],
  service: Partial<Service> = {},
): Promise<Simulation> {
  const sim = simulate(broken(...spans), service);
  await runMinutes(sim, at(100));
  await give(sim);
  await runMinutes(sim, at(130));
  return sim;
}

const away = (sim: Simulation) => order(sim, { what: "failover" });

describe("an order to fail over", () => {
  test("moves the name from a primary that is well, once, within an interval", async () => {
    const sim = await given(away);
    const [move, ...others] = movesOf(sim);
    expect(others, story(sim)).toEqual([]);
    expect(move?.to).toBe(ireland);
    expect((move?.atMs ?? Number.NaN) - at(100)).toBeLessThan(6_000);
    expect(answer(sim)).toBe("done");
    expect(told(sim)).toEqual(["moved"]);
    expect(sim.alerts[0]?.alert.text).toMatch(
      /ireland up at 5 of 5 locations\nBy: {4}anna: as the test says/,
    );
  });

  test("is not undone by failback: auto; failback and release say when the automaton may again", async () => {
    for (const what of ["failback", "release"] as const) {
      const sim = await given(away);
      await runMinutes(sim, at(900));
      expect(valuesOf(sim), story(sim)).toEqual([ireland]);
      await order(sim, { what });
      await runMinutes(sim, at(930));
      expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
      expect(told(sim)).toEqual(what === "failback" ? ["moved", "moved"] : ["moved", "released", "failback"]);
    }
  });

  test("is undone when the target fails", async () => {
    const sim = await given(away, [["ireland", 305, forever, "refuse"]]);
    await runMinutes(sim, at(340));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(saved(sim).placed).toBeUndefined();
  });

  test("with --pin holds it there though it is down, and people are told that it is", async () => {
    const sim = await given(
      (sim) => order(sim, { what: "failover", pin: true }),
      [["ireland", 305, 900, "refuse"]],
    );
    await runMinutes(sim, at(500));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(told(sim)).toEqual(["moved", "pinned", "stays-down"]);
    expect(sim.alerts.at(-1)?.alert.text).toContain("pinned to ireland by anna");
    await order(sim, { what: "release" });
    await runMinutes(sim, at(530));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
  });

  test("to a place where the name is already pins it, and moves nothing", async () => {
    const sim = await given((sim) => order(sim, { what: "failover", to: "frankfurt", pin: true }));
    expect(answer(sim)).toBe("done");
    expect(movesOf(sim)).toEqual([]);
    expect(saved(sim).placed).toMatchObject({ target: "frankfurt", pinned: true, who: "anna" });
    expect(filed(sim)).toContain("order");
  });

  test("does not count against maxMovesPerHour, and is not held up by it", async () => {
    const sim = simulate(broken(), { maxMovesPerHour: 1 });
    await runMinutes(sim, at(100));
    for (const [i, what] of (["failover", "failback", "failover", "failback"] as const).entries()) {
      await order(sim, { what });
      await runMinutes(sim, at(130 + i * 30));
    }
    expect(movesOf(sim).map(({ to }) => to)).toEqual([ireland, frankfurt, ireland, frankfurt]);
    expect(saved(sim).movesFromUpMs).toEqual([]);
  });
});

describe("an order is refused, and says why,", () => {
  const down: Span = ["ireland", 65, forever, "refuse"];
  test.each<[string, (sim: Simulation) => Promise<unknown>, Span[], Partial<Service>, RegExp]>([
    [
      "when the target is not proven up",
      away,
      [down],
      {},
      /no target to move to is proven up; ireland down at 5/,
    ],
    [
      "when the target that it names is not",
      (sim) => order(sim, { what: "failover", to: "ireland" }),
      [down],
      {},
      /ireland down at 5 of 5/,
    ],
    ["in shadow mode", away, [], { mode: "shadow" }, /mode: armed/],
    [
      "when there is no such target",
      (sim) => order(sim, { what: "failover", to: "oslo" }),
      [],
      {},
      /no target oslo; it has frankfurt, ireland/,
    ],
    ["when nothing is to be adopted", (sim) => order(sim, { what: "adopt" }), [], {}, /nothing to adopt/],
    [
      "when the name is frozen",
      async (sim) => {
        await freeze(sim, "frozen");
        await away(sim);
      },
      [],
      {},
      /frozen by anna: as the test says; unfreeze it first/,
    ],
    [
      "when somebody works on the target",
      async (sim) => {
        await work(sim, "shop/ireland", 600);
        await order(sim, { what: "failover", to: "ireland" });
      },
      [],
      {},
      /ireland is being worked on by anna/,
    ],
  ])("%s", async (_, give, spans, service, why) => {
    const sim = await given(give, spans, service);
    expect(answer(sim), story(sim)).toMatch(why);
    expect(sim.zones.length).toBe(1);
    expect(filed(sim)).toContain("order");
  });

  test("when the name is pinned, unless it is pinned anew", async () => {
    const sim = await given((sim) => order(sim, { what: "failover", pin: true }));
    await order(sim, { what: "failback" });
    await runMinutes(sim, at(160));
    expect(answer(sim)).toMatch(/pinned to ireland by anna.*release it first/);
    await order(sim, { what: "failover", to: "frankfurt", pin: true });
    await runMinutes(sim, at(190));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(saved(sim).placed).toMatchObject({ target: "frankfurt", pinned: true });
  });

  test("when nobody watched while it was good", async () => {
    const sim = simulate(broken());
    await runMinutes(sim, at(60));
    await sim.clock.run(at(330));
    await away(sim);
    await sim.clock.run(at(480));
    await runMinutes(sim, at(540));
    expect(answer(sim), story(sim)).toMatch(/^it was not carried out in time: anna gave it at/);
    expect(sim.zones.length).toBe(1);
    expect(filed(sim)).toContain("order");
  });
});

test("an order that was taken back while its row could not be read is not carried out", async () => {
  const sim = simulate(broken());
  await runMinutes(sim, at(100));
  const number = await away(sim);
  // Nothing can be saved at first, so that it waits; when that is over nobody knows whether it still stands.
  sim.fault = (effect, ms) => {
    const isStuck = ms < at(112) && effect === "put service";
    return isStuck || (ms > at(107) && effect === "read hands") ? "fail before" : undefined;
  };
  void sim.clock.sleep(9_000).then(() => say(sim, (hands) => withoutOrder(hands, serviceKey(shop), number)));
  await runMinutes(sim, at(160));
  expect(movesOf(sim), story(sim)).toEqual([]);
});

test("a forced order moves to what is not proven up, and that is recorded", async () => {
  const sim = await given(
    (sim) => order(sim, { what: "failover", to: "ireland", force: true, pin: true }),
    [["ireland", 65, forever, "refuse"]],
  );
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  const [moved] = [...sim.memory.history.values()].filter(({ kind }) => kind === "moved");
  expect(moved?.why).toBe("forced: ireland down at 5 of 5 locations");
});

test("an order whose target is proven up only by the last location to answer is not refused", async () => {
  const [, ...others] = simulate(broken()).config.locations;
  const sim = simulate(broken(["frankfurt", 65, forever, "refuse", others.slice(0, 1)]));
  sim.takesMs = (effect) => (effect.startsWith("ask") && !effect.endsWith("eu-central-1") ? 1_200 : 10);
  await runMinutes(sim, at(100));
  await away(sim);
  await runMinutes(sim, at(130));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
});

describe("an order while Route 53 does not answer", () => {
  const unreachable = (sim: Simulation, fromS: number, toS: number) => {
    sim.fault = (effect, atMs) =>
      /^(change|read zone)$/.test(effect) && atMs >= at(fromS) && atMs < at(toS) ? "fail before" : undefined;
  };

  test("is carried out when it answers in time", async () => {
    const sim = simulate(broken());
    unreachable(sim, 95, 160);
    await runMinutes(sim, at(100));
    await away(sim);
    await runMinutes(sim, at(240));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(answer(sim)).toBe("done");
  });

  test("is given up and fenced when it does not", async () => {
    const sim = simulate(broken());
    unreachable(sim, 95, 260);
    await runMinutes(sim, at(100));
    await away(sim);
    await runMinutes(sim, at(400));
    expect(movesOf(sim), story(sim)).toEqual([]);
    expect(answer(sim)).toMatch(/not seen to take effect in time/);
    expect(told(sim)).toEqual(["move-failing", "move-dropped"]);
    expect(saved(sim).intent).toBeUndefined();
    // While it is under way nobody is told that it came to nothing.
    expect(filed(sim)).not.toContain("order");
  });

  test("goes on in the next sweep, which knows less of it at first", async () => {
    const sim = simulate(broken());
    unreachable(sim, 95, 135);
    // The next sweep asks everybody because of the change, before it can know of the order.
    sim.takesMs = (effect, atMs) =>
      effect === "read hands" && atMs >= at(119) && atMs < at(150) ? 9_000 : 10;
    await runMinutes(sim, at(100));
    await away(sim);
    await runMinutes(sim, at(300));
    expect(told(sim), story(sim)).toEqual(["move-failing", "moved"]);
    expect(answer(sim)).toBe("done");
  });

  test("is what the automaton was about to do: that goes on, and answers it", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
    unreachable(sim, 60, 130);
    await runMinutes(sim, at(100));
    await order(sim, { what: "failover", to: "ireland", pin: true });
    await runMinutes(sim, at(200));
    expect(movesOf(sim).length, story(sim)).toBe(1);
    expect(answer(sim)).toBe("done");
    expect(saved(sim).placed).toMatchObject({ target: "ireland", pinned: true });
  });

  test.each([
    ["did not take effect", "fail before", [], "done", { placed: { target: "frankfurt", pinned: true } }],
    ["took effect, unseen", "fail after", [ireland], "no target to move to is proven up", {}],
  ] as const)(
    "away from where an order wants the name: what became of it is known first; it %s",
    async (_, how, moved, says, then) => {
      const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]));
      sim.fault = (effect, atMs) => {
        if (atMs < at(60) || atMs >= at(130)) return undefined;
        return effect === "change" ? how : effect === "read zone" ? "fail before" : undefined;
      };
      await runMinutes(sim, at(100));
      await order(sim, { what: "failover", to: "frankfurt", pin: true });
      await runMinutes(sim, at(120));
      expect(answer(sim), story(sim)).toBe("none yet");
      await runMinutes(sim, at(230));
      expect(answer(sim), story(sim)).toMatch(says);
      expect(movesOf(sim).map(({ to }) => to)).toEqual(moved);
      expect(saved(sim)).toMatchObject(then);
      expect(told(sim).includes("pinned")).toBe(says === "done");
    },
  );

  test("and is frozen meanwhile, is given up at once", async () => {
    const sim = simulate(broken());
    unreachable(sim, 95, 130);
    await runMinutes(sim, at(100));
    await away(sim);
    await runMinutes(sim, at(125));
    expect(saved(sim).intent).toBeDefined();
    await freeze(sim, "frozen");
    await runMinutes(sim, at(200));
    expect(movesOf(sim), story(sim)).toEqual([]);
    expect(told(sim)).toContain("move-dropped");
  });
});

test("an order that was carried out is not carried out again when its row stays", async () => {
  const sim = await given(away);
  await order(sim, { what: "failback" });
  await runMinutes(sim, at(400));
  expect(movesOf(sim).map(({ to }) => to)).toEqual([ireland, frankfurt]);
});
