import { describe, expect, test } from "vitest";
import { drill } from "../../bin/commands/drill.ts";
import type { Desk } from "../../bin/operator/desk.ts";
import type { Service } from "../../lambda/core/config.ts";
import { shop, shopConfig, shopRecord } from "../sim/config.ts";
import { movesOf } from "../sim/oracle.ts";
import { at, broken, forever, frankfurt, ireland, type Span, simulate, story } from "../sim/shop.ts";
import { openSimulation, runMinutes, type Simulation, valuesOf } from "../sim/simulation.ts";
import { freeze, order } from "../steps/operator.ts";
import { anna, deskAt, done } from "./desk.ts";

const minute = { stayMs: 60_000, resolve: true };

async function drilled(
  spans: readonly Span[],
  service: Partial<Service> = {},
  before: (sim: Simulation) => Promise<unknown> = async () => {},
  over: Partial<Desk> = {},
) {
  const sim = simulate(broken(...spans), service);
  await runMinutes(sim, at(100));
  await before(sim);
  await runMinutes(sim, at(120));
  const { desk, said } = deskAt(sim, over);
  const code = await done(sim, drill(desk, "shop", minute, anna), at(600));
  return { sim, code, said: said() };
}

test("a drill fails over, looks, stays, and goes back; the history says that it was one", async () => {
  const { sim, code, said } = await drilled([]);
  expect(said).toContain(
    "move it to ireland, look whether that works, stay for 1 min 0 s, and go back to frankfurt",
  );
  expect(said).toMatch(
    /failover to ireland\n(.*\n)* {2}done after \d\.\d s: ireland up at 5 of 5 locations\n/,
  );
  expect(said).toMatch(/the resolver answers 198\.51\.100\.20, after/);
  expect(said).toMatch(/failback to frankfurt\n(.*\n)* {2}the resolver answers 192\.0\.2\.10, after/);
  expect(said).toMatch(/drill passed: shop fails over and back$/);
  expect(code).toBe(0);
  const [out, back, ...others] = movesOf(sim);
  expect(others, story(sim)).toEqual([]);
  expect([out?.to, back?.to]).toEqual([ireland, frankfurt]);
  expect((back?.atMs ?? 0) - (out?.atMs ?? 0)).toBeGreaterThan(60_000);
  const moved = [...sim.memory.history.values()].filter(({ kind }) => kind === "moved");
  expect(moved.map(({ by }) => by?.why)).toEqual(["drill: she tries it", "drill: she tries it"]);
});

test("of a name with A and AAAA the resolver's answer is compared with what the target has of the type", async () => {
  const aaaa = { name: "shop.example.com", type: "AAAA" } as const;
  const both = shop.targets.map((target, i) => ({ ...target, values: [...target.values, `2001:db8::${i}`] }));
  const service = { ...shop, dns: { ...shop.dns, beside: [aaaa] }, targets: both };
  const sim = openSimulation(shopConfig({ services: [service] }), [
    shopRecord,
    { ...aaaa, ttlSeconds: 15, values: ["2001:db8::0"] },
  ]);
  await runMinutes(sim, at(120));
  const { desk, said } = deskAt(sim);
  expect(await done(sim, drill(desk, "shop", minute, anna), at(600)), said()).toBe(0);
  expect(said()).toContain("the resolver answers 198.51.100.20, after");
});

describe("a drill is refused, and nothing is moved,", () => {
  test.each<[string, readonly Span[], Partial<Service>, (sim: Simulation) => Promise<unknown>, RegExp]>([
    [
      "when the standby is down",
      [["ireland", 30, forever, "refuse"]],
      {},
      async () => {},
      /refused: no standby is proven up: ireland is down: down at \d of 5 locations/,
    ],
    [
      "when the standby refuses us",
      [["ireland", 30, forever, "forbid"]],
      {},
      async () => {},
      /refused: no standby is proven up: ireland is refused: /,
    ],
    [
      "when the primary is not well",
      [["frankfurt", 30, forever, "forbid"]],
      {},
      async () => {},
      /refused: there would be no way back: frankfurt is refused: /,
    ],
    ["in shadow mode", [], { mode: "shadow" }, async () => {}, /refused: mode: shadow/],
    ["when the name is frozen", [], {}, (sim) => freeze(sim, "frozen"), /refused: frozen by anna/],
  ])("%s", async (_, spans, service, before, says) => {
    const { sim, code, said } = await drilled(spans, service, before);
    expect(said).toMatch(says);
    expect(code).toBe(1);
    expect(movesOf(sim)).toEqual([]);
  });

  test("when the name is not at the primary", async () => {
    const { sim, code, said } = await drilled([], {}, (sim) => order(sim, { what: "failover" }));
    expect(said).toContain("refused: a drill starts at the primary, and the name points to ireland");
    expect(code).toBe(1);
    expect(movesOf(sim)).toHaveLength(1);
  });
});

describe("a drill fails", () => {
  test("when the standby does: the automaton goes back at once, and it is said", async () => {
    const { sim, code, said } = await drilled([["ireland", 140, forever, "refuse"]]);
    expect(said).toMatch(/the name left ireland for frankfurt|ireland is down/);
    expect(said).toContain("drill failed");
    expect(code).toBe(1);
    expect(valuesOf(sim), story(sim)).toEqual([frankfurt]);
  });

  test("when the way back is not proven: the name stays, and it is said how to go back", async () => {
    const { sim, code, said } = await drilled([["frankfurt", 150, forever, "refuse"]]);
    expect(said).toContain(
      "the name stays at ireland: `pointsman failback shop` once frankfurt is proven up",
    );
    expect(code).toBe(1);
    expect(valuesOf(sim), story(sim)).toEqual([ireland]);
  });

  test("when the resolver goes on with the old answer; the name is taken back all the same", async () => {
    const resolve = async () => [frankfurt];
    const { sim, code, said } = await drilled([], {}, async () => {}, { resolve });
    expect(said).toMatch(/the resolver still answers 192\.0\.2\.10, not 198\.51\.100\.20, after 45\.\d s/);
    expect(code).toBe(1);
    expect(valuesOf(sim)).toEqual([frankfurt]);
    expect(movesOf(sim)).toHaveLength(2);
  });
});
