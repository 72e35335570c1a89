import { describe, expect, test } from "vitest";
import { order } from "../../bin/commands/order.ts";
import type { Desk } from "../../bin/operator/desk.ts";
import type { Wish } from "../../bin/operator/order.ts";
import type { Service } from "../../lambda/core/config.ts";
import { type Hands, handsKey } from "../../lambda/core/hands.ts";
import { shopRecord } from "../sim/config.ts";
import { at, broken, forever, frankfurt, ireland, type Span, simulate } from "../sim/shop.ts";
import { changeZone, runMinutes, type Simulation, valuesOf } from "../sim/simulation.ts";
import { filed, freeze, saved } from "../steps/operator.ts";
import { anna, deskAt, done } from "./desk.ts";

/** A shop that is watched for 100 s. */
async function watched(spans: readonly Span[] = [], service: Partial<Service> = {}): Promise<Simulation> {
  const sim = simulate(broken(...spans), service);
  await runMinutes(sim, at(100));
  return sim;
}

async function ordered(sim: Simulation, wish: Wish, say = anna, over: Partial<Desk> = {}) {
  const { desk, said } = deskAt(sim, over);
  const code = await done(sim, order(desk, "shop", wish, say), sim.clock.now() + 200_000);
  return { code, said: said() };
}

const hands = (sim: Simulation) => sim.memory.cells.get(handsKey)?.body as Hands | undefined;

test("failover says what is known, moves the name, waits for the name servers, and says how long it took", async () => {
  const sim = await watched();
  const { code, said } = await ordered(sim, { what: "failover" });
  expect(said).toMatch(/^shop: shop\.example\.com A, armed\n {2}now {5}frankfurt \(192\.0\.2\.10\)/);
  expect(said).toMatch(/frankfurt \* +192\.0\.2\.10 +up +2026-11-21 09:0/);
  expect(said).toMatch(/ireland +198\.51\.100\.20 +up .*100\.000 % of .* ago +would take over/);
  expect(said).toContain(
    "will    move it to the first other target that all locations prove up now: ireland",
  );
  expect(said).toMatch(
    /done after \d\.\d s: ireland up at 5 of 5 locations\nanswered after \d+\.\d s: all \d servers? answer/,
  );
  expect(said).toMatch(
    /shop\.example\.com now: ireland \(198\.51\.100\.20\), since 2026-11-21 09:01:4\d UTC$/,
  );
  expect(code).toBe(0);
  expect(valuesOf(sim)).toEqual([ireland]);
  const moved = [...sim.memory.history.values()].find(({ kind }) => kind === "moved");
  expect(moved?.by).toEqual({ who: "anna", why: "she tries it", atMs: at(100) });
});

test("failover --to --pin, failback refused, release, failback: there and back", async () => {
  const sim = await watched();
  const pinned = await ordered(sim, { what: "failover", to: "ireland", pin: true });
  expect(pinned.said).toMatch(/move it to ireland \(198\.51\.100\.20\), up since .* and hold it there/);
  expect(pinned.said).toMatch(/now: ireland \(.*; pinned to ireland by anna: she tries it$/);
  const refused = await ordered(sim, { what: "failback" });
  expect(refused).toMatchObject({
    code: 1,
    said: expect.stringMatching(/refused: pinned to ireland by anna/),
  });
  expect(refused.said).toContain("held    pinned to ireland by anna: she tries it");
  expect(refused.said).not.toContain("will ");
  expect((await ordered(sim, { what: "release" })).code).toBe(0);
  expect(saved(sim).placed).toBeUndefined();
  // failback: auto may have been quicker.
  expect((await ordered(sim, { what: "failback" })).code).toBe(0);
  expect(valuesOf(sim)).toEqual([frankfurt]);
});

describe("nothing is ordered", () => {
  const person = (answer: boolean) => ({ ask: async () => answer });
  const asking = { who: "anna", reason: "she tries it" };

  test.each<[string, Wish, Partial<Desk>, string]>([
    ["when a person says no", { what: "failover" }, person(false), "nothing was done"],
    [
      "when the name is where it should not be taken from",
      { what: "adopt" },
      person(true),
      "nothing to adopt",
    ],
  ])("%s", async (_, wish, over, says) => {
    const sim = await watched();
    const { code, said } = await ordered(sim, wish, asking, over);
    expect(said).toContain(says);
    expect(code).toBe(1);
    expect(hands(sim)).toBeUndefined();
  });

  test("without a terminal and without --yes", async () => {
    const sim = await watched();
    await expect(ordered(sim, { what: "failover" }, asking)).rejects.toThrow(/no terminal.*--yes/);
    expect(hands(sim)).toBeUndefined();
  });

  test.each<[string, Partial<Service>, (sim: Simulation) => Promise<unknown>, RegExp]>([
    ["in shadow mode", { mode: "shadow" }, async () => {}, /refused: mode: shadow changes nothing/],
    [
      "while it is frozen",
      {},
      async (sim) => {
        await freeze(sim, "frozen");
        await runMinutes(sim, at(120));
      },
      /refused: frozen by anna: as the test says; unfreeze it first/,
    ],
  ])("%s", async (_, service, before, says) => {
    const sim = await watched([], service);
    await before(sim);
    const { code, said } = await ordered(sim, { what: "failover" });
    expect(said).toMatch(says);
    expect(code).toBe(1);
    expect(hands(sim)?.services["service#Z1/shop.example.com/A"]?.order).toBeUndefined();
  });

  test.each([
    ["shup", {}, 'no service shup is deployed; did you mean "shop"?'],
    ["shop", { to: "irland" }, 'shop has no target irland; did you mean "ireland"?'],
    ["shop", { to: "x" }, "possible: frankfurt, ireland"],
  ])("of %s %o, which is not there; the near names are said", async (id, wish, says) => {
    const sim = await watched();
    const { desk } = deskAt(sim);
    await expect(order(desk, id, { what: "failover", ...wish }, anna)).rejects.toThrow(says);
  });
});

test("a person who says yes is asked once, after everything was said", async () => {
  const sim = await watched();
  const asked: string[] = [];
  const ask = async (question: string) => asked.push(question) > 0;
  const { code } = await ordered(sim, { what: "failover" }, { who: "anna", reason: "x" }, { ask });
  expect(asked).toEqual(["Do it? [y/N] "]);
  expect(code).toBe(0);
});

test("what the locations do not prove up is refused by the sweep, and the exit code is 1", async () => {
  const sim = await watched([["ireland", 99, forever, "refuse"]]);
  const { code, said } = await ordered(sim, { what: "failover", to: "ireland" });
  expect(said).toMatch(/refused after \d\.\d s: no target to move to is proven up; ireland down at 5 of 5/);
  expect(said).toMatch(/shop\.example\.com now: frankfurt/);
  expect(code).toBe(1);
  const forced = await ordered(sim, { what: "failover", to: "ireland", force: true, pin: true });
  expect(forced.said).toMatch(/whether or not it is proven up.*\n?/);
  expect(forced.code).toBe(0);
  expect(valuesOf(sim)).toEqual([ireland]);
});

test("who forces a name to what is down, without a pin, is told that it does not stay there", async () => {
  const sim = await watched([["ireland", 30, forever, "refuse"]]);
  const force: Wish = { what: "failover", to: "ireland", force: true };
  const no = { ask: async () => false };
  const asking = { who: "anna", reason: "she tries it" };
  expect((await ordered(sim, force, asking, no)).said).toMatch(
    /ireland: connect-refused, whether or not it is proven up; it is down, so the automaton leaves it within seconds/,
  );
  expect((await ordered(sim, { ...force, pin: true }, asking, no)).said).not.toContain("leaves it");
  expect((await ordered(sim, { ...force, to: "frankfurt" }, asking, no)).said).not.toContain("leaves it");
});

test("an order that no sweep takes up is taken back", async () => {
  const sim = await watched();
  await sim.clock.run(at(700));
  const { desk, said } = deskAt(sim);
  const running = order(desk, "shop", { what: "failover" }, anna);
  await sim.clock.run(at(900));
  expect(await running).toBe(1);
  expect(said()).toContain("warning: nobody has watched for minutes");
  expect(said()).toMatch(/expired after 2 min 10 s: no sweep took it up, and it was taken back/);
  expect(hands(sim)?.services["service#Z1/shop.example.com/A"]?.order).toBeUndefined();
  await runMinutes(sim, at(1000));
  expect(valuesOf(sim)).toEqual([frankfurt]);
});

test("an order that Route 53 does not take says that it is tried on", async () => {
  const sim = await watched();
  sim.fault = (effect) => (/^(change|read zone)$/.test(effect) ? "fail before" : undefined);
  // The order stays under way for as long as the evidence asks for it.
  const { code, said } = await ordered(sim, { what: "failover" });
  expect(said).toContain("decided and saved, and on its way");
  expect(code).toBe(1);
});

test("adopt takes over what somebody else has put there", async () => {
  const sim = await watched();
  expect((await ordered(sim, { what: "failover", pin: true })).code).toBe(0);
  const set = { ...shopRecord, values: [ireland] };
  changeZone(sim, [
    { action: "DELETE", set },
    { action: "CREATE", set: { ...shopRecord, values: ["203.0.113.77"] } },
  ]);
  await runMinutes(sim, sim.clock.now() + 120_000);
  const { code, said } = await ordered(sim, { what: "adopt" });
  expect(said).toMatch(/held {4}hands off: the record is 203\.0\.113\.77/);
  expect(said).toContain("take the record over as it stands in the zone now");
  expect(said).toMatch(/now: none of the targets \(203\.0\.113\.77\)/);
  expect(code).toBe(0);
  expect(filed(sim)).toContain("adopted");
});
