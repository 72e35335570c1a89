import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { generationName } from "../../lambda/core/generation.ts";
import { findSet } from "../../local/route53/zone.ts";
import { shopRecord } from "../sim/config.ts";
import { movesOf } from "../sim/oracle.ts";
import { at, broken, forever, frankfurt, ireland, type Span, simulate, story } from "../sim/shop.ts";
import { changeZone, runMinutes, type Simulation, told, valuesOf, zoneNow } from "../sim/simulation.ts";
import { freeze, order, saved } from "./operator.ts";

/** `terraform apply` of a plan that says so: it writes the record, and knows nothing of the TXT beside it. */
function apply(sim: Simulation, value: string, ttlSeconds = 15): void {
  const now = findSet(zoneNow(sim), shopRecord.name, "A");
  if (now === undefined) throw new Error("the shop has a record");
  changeZone(sim, [
    { action: "DELETE", set: now },
    { action: "CREATE", set: { ...shopRecord, values: [value], ttlSeconds } },
  ]);
}

/** The primary broke after 65 s, and the name is at the standby; what happens then, given two minutes. */
async function midOutage(
  service: Partial<Service>,
  happens: (sim: Simulation) => unknown,
  spans: readonly Span[] = [["frankfurt", 65, forever, "refuse"]],
): Promise<Simulation> {
  const sim = simulate(broken(...spans), service);
  await runMinutes(sim, at(150));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  await happens(sim);
  await runMinutes(sim, at(300));
  return sim;
}

const reapply = (sim: Simulation) => apply(sim, frankfurt);

const moves = (sim: Simulation) => movesOf(sim).filter(({ by }) => by !== "user");
const ours = (sim: Simulation) => moves(sim).map(({ to }) => to);

describe("Terraform applies its plan again in mid-outage, and points the name back to what is down", () => {
  test("onForeign: hold keeps its hands off, and says so again every hour", async () => {
    const sim = await midOutage({ onForeign: "hold" }, reapply);
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    await runMinutes(sim, at(300 + 3_700));
    expect(ours(sim), story(sim)).toEqual([ireland]);
    expect(told(sim)).toEqual(["failover", "foreign", "foreign"]);
  });

  test("onForeign: retake takes the record in, and moves the name away on fresh proof", async () => {
    const sim = await midOutage({ onForeign: "retake" }, reapply);
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(ours(sim)).toEqual([ireland, ireland]);
    const [, again] = moves(sim);
    expect((again?.atMs ?? 0) - at(150)).toBeLessThan(75_000);
    expect(told(sim)).toEqual(["failover", "repointed", "failover"]);
  });

  test("with another TTL, it is retaken as well", async () => {
    const sim = await midOutage({ onForeign: "retake" }, (sim) => apply(sim, frankfurt, 300));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(findSet(zoneNow(sim), shopRecord.name, "A")?.ttlSeconds).toBe(15);
  });

  test("again and again: it is retaken each time, and moves away from what is down are not limited", async () => {
    const sim = await midOutage({ onForeign: "retake", maxMovesPerHour: 1 }, reapply);
    for (let round = 1; round <= 5; round++) {
      reapply(sim);
      await runMinutes(sim, at(300 + round * 120));
      expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    }
    expect(ours(sim)).toHaveLength(7);
  });

  test("while a sweep is about to go back: compare-and-set says no, and it is taken in", async () => {
    const spans: Span[] = [["frankfurt", 65, 180, "refuse"]];
    const sim = await midOutage({ onForeign: "retake", failbackAfterMs: 20_000 }, () => {}, spans);
    // The primary is up again and has the name, whoever put it there.
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    reapply(sim);
    await runMinutes(sim, at(420));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(saved(sim).disarmed).toBeUndefined();
  });
});

describe("onForeign: retake moves nothing", () => {
  const retake = { onForeign: "retake" } as const;

  test("that points to none of the targets", async () => {
    const sim = await midOutage(retake, (sim) => apply(sim, "203.0.113.99"));
    expect(valuesOf(sim), story(sim)).toEqual(["203.0.113.99"]);
    expect(told(sim)).toEqual(["failover", "foreign"]);
  });

  test("where the TXT is not ours any more: somebody else moves the name", async () => {
    const sim = await midOutage(retake, (sim) => {
      const txt = findSet(zoneNow(sim), generationName(shopRecord.name, "A"), "TXT");
      if (txt === undefined) throw new Error("a name that was moved has a TXT beside it");
      changeZone(sim, [
        { action: "DELETE", set: txt },
        { action: "CREATE", set: { ...txt, values: ['"owner=other gen=9"'] } },
      ]);
      reapply(sim);
    });
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(told(sim)).toEqual(["failover", "foreign"]);
  });

  test("away from a target that is not proven down", async () => {
    const few = ["eu-central-1", "eu-west-1"];
    const sim = await midOutage({ ...retake, failback: "manual" }, reapply, [
      ["frankfurt", 65, 140, "refuse"],
      ["frankfurt", 140, forever, "refuse", few],
    ]);
    await runMinutes(sim, at(500));
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(ours(sim)).toEqual([ireland]);
  });

  test("while it is frozen", async () => {
    const sim = await midOutage(retake, async (sim) => {
      await freeze(sim, "frozen");
      await runMinutes(sim, at(165));
      reapply(sim);
    });
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(told(sim)).toEqual(["failover", "frozen", "repointed", "stays-down"]);
    await freeze(sim, "free");
    await runMinutes(sim, at(340));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  });

  test("while it is pinned: only an operator's order takes it back", async () => {
    const sim = await midOutage(retake, async (sim) => {
      await order(sim, { what: "failover", to: "ireland", pin: true });
      await runMinutes(sim, at(165));
      reapply(sim);
    });
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
    expect(told(sim)).toEqual(["failover", "pinned", "repointed", "stays-down"]);
    await order(sim, { what: "failover", to: "ireland", pin: true });
    await runMinutes(sim, at(340));
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
    expect(saved(sim).placed).toMatchObject({ target: "ireland", pinned: true });
  });

  test("in shadow mode: it would have", async () => {
    const sim = simulate(broken(["frankfurt", 65, forever, "refuse"]), { ...retake, mode: "shadow" });
    await runMinutes(sim, at(300));
    expect(ours(sim)).toEqual([]);
    expect(told(sim)).toEqual(["would-move"]);
  });
});

test("a name that is held off is retaken when the config says so from now on", async () => {
  const sim = await midOutage({ onForeign: "hold" }, reapply);
  sim.config = {
    ...sim.config,
    services: sim.config.services.map((service) => ({ ...service, onForeign: "retake" })),
  };
  await runMinutes(sim, at(480));
  expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  expect(told(sim)).toEqual(["failover", "foreign", "armed-again", "failover"]);
  const text = sim.alerts.find(({ alert }) => alert.attributes.event === "armed-again")?.alert.text;
  expect(text).toContain(`the record is ${frankfurt} (TTL 15 s), and is taken in`);
});

test("an order goes where it is told also after somebody else has pointed the name elsewhere", async () => {
  const sim = await midOutage({ onForeign: "retake" }, reapply);
  await order(sim, { what: "failover", to: "ireland", pin: true });
  await runMinutes(sim, at(330));
  expect(saved(sim).placed).toMatchObject({ target: "ireland", pinned: true });
});
