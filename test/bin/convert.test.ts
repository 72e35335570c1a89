import { expect, test } from "vitest";
import { order } from "../../bin/commands/order.ts";
import type { Desk, Say } from "../../bin/operator/desk.ts";
import type { Wish } from "../../bin/operator/order.ts";
import { openObjects } from "../sim/beacons.ts";
import { openConversion } from "../sim/conversion.ts";
import { at } from "../sim/shop.ts";
import { runMinutes, type Simulation } from "../sim/simulation.ts";
import { saved } from "../steps/operator.ts";
import { anna, deskAt, done } from "./desk.ts";

async function ordered(sim: Simulation, what: Wish["what"], say: Say = anna, over: Partial<Desk> = {}) {
  const { desk, said } = deskAt(sim, over);
  const code = await done(sim, order(desk, "shop", { what }, say), sim.clock.now() + 200_000);
  return { code, said: said() };
}

test("convert says what is due and what it will do, and waits for the name servers", async () => {
  const { sim } = openConversion({ objects: new Map() });
  await runMinutes(sim, at(100));
  const { code, said } = await ordered(sim, "convert");
  expect(said).toContain("unsound via: beacons is deployed, and the name is a simple record");
  expect(said).toContain("will    stand for it the two failover records of beacons, in one batch");
  expect(said).toMatch(/\ndone after \d+\.\d s: it answers what it answered, frankfurt\nanswered after/);
  expect(code).toBe(0);
  expect(saved(sim).beacons).toBeDefined();
  const event = [...sim.memory.history.values()].find(({ kind }) => kind === "converted");
  expect(event).toMatchObject({ by: { who: "anna", why: "she tries it" }, to: "frankfurt" });
});

test("retire says what the one record will hold; a person's no changes nothing", async () => {
  const { sim } = openConversion({ objects: openObjects(), pair: true });
  await runMinutes(sim, at(100));
  const no = await ordered(
    sim,
    "retire",
    { who: "anna", reason: "she tries it" },
    { ask: async () => false },
  );
  expect(no.said).toContain("moved   by beacons in eu-south-1, ca-central-1, ap-south-1");
  expect(no.said).toMatch(/with what it answers now: frankfurt \(192\.0\.2\.10\).*\nnothing was done$/);
  expect(no.code).toBe(1);
  expect(sim.zones).toHaveLength(1);
  expect((await ordered(sim, "retire")).code).toBe(0);
  expect(saved(sim).beacons).toBeUndefined();
});

test.each(["convert", "retire"] as const)(
  "%s is refused where nobody watches, and not asked for",
  async (what) => {
    const { sim } = openConversion(
      what === "convert" ? { objects: new Map() } : { objects: openObjects(), pair: true },
    );
    await runMinutes(sim, at(100));
    for (const life of sim.lives) life.dead = true;
    await sim.clock.run(at(600));
    const { desk, said } = deskAt(sim);
    let code: number | undefined;
    void order(desk, "shop", { what }, anna).then((ended) => {
      code = ended;
    });
    await sim.clock.run(at(601));
    expect(said()).toContain("refused: nobody watches it: there is no sweep to do it");
    expect(code).toBe(1);
  },
);
