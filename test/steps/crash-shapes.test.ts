import { describe, expect, test } from "vitest";
import type { Alias, Place, Target } from "../../lambda/core/config.ts";
import { partsOf, recordFor, sayContent } from "../../lambda/core/records.ts";
import { policy, shop, shopConfig } from "../sim/config.ts";
import { movesOf, violations } from "../sim/oracle.ts";
import {
  type Life,
  openSimulation,
  runMinutes,
  type Simulation,
  startMs,
  type Trouble,
} from "../sim/simulation.ts";

/** What the primary and the standby hold. */
type Content = Pick<Target, "values" | "alias">;
type Shape = readonly [primary: Content, standby: Content, beside?: readonly Place[]];

const alias = (name: string, zoneId: string): { values: []; alias: Alias } => ({
  values: [],
  alias: { name, zoneId, evaluateTargetHealth: false },
});

const shapes: Record<string, Shape> = {
  "several values": [
    { values: ["192.0.2.10", "192.0.2.11"] },
    { values: ["198.51.100.20", "198.51.100.21"] },
  ],
  "one value of two, and one more": [{ values: ["192.0.2.10"] }, { values: ["192.0.2.10", "198.51.100.20"] }],
  aliases: [
    alias("shop-1.eu-central-1.elb.amazonaws.com.", "Z215JYRZR1TBD5"),
    alias("d1.cloudfront.net.", "Z2FDTNDATAQYW2"),
  ],
  "A and AAAA of two names": [
    { values: ["192.0.2.10", "2001:db8::10"] },
    { values: ["198.51.100.20", "2001:db8::20"] },
    [
      { name: "shop.example.com", type: "AAAA" },
      { name: "www.example.com", type: "A" },
      { name: "www.example.com", type: "AAAA" },
    ],
  ],
  "two names, values and an alias": [
    { values: ["192.0.2.10"] },
    alias("d1.cloudfront.net.", "Z2FDTNDATAQYW2"),
    [{ name: "www.example.com", type: "A" }],
  ],
  "a value and an alias": [{ values: ["192.0.2.10"] }, alias("d1.cloudfront.net.", "Z2FDTNDATAQYW2")],
};

const troubles: readonly Trouble[] = ["kill before", "kill after", "fail before", "fail after"];

const endMs = startMs + 480_000;

/** The primary is down from 35 s to 155 s: the name moves away in the first sweep, and back in the fourth. */
function simulate(
  [primary, standby, beside]: Shape,
  trouble: Map<string, Life["trouble"]> = new Map(),
): Simulation {
  const [first, second] = shop.targets;
  if (!first || !second) throw new Error("the shop has two targets");
  const service = {
    ...shop,
    failbackAfterMs: 30_000,
    dns: { ...shop.dns, ...(beside && { beside }) },
    targets: [
      { ...first, ...primary },
      { ...second, ...standby },
    ],
  };
  const config = shopConfig({
    endpoints: shopConfig().endpoints.map((one) => ({
      ...one,
      policy: { ...policy, recoverAfterMs: 20_000 },
    })),
    services: [service],
  });
  const sim = openSimulation(config, partsOf(recordFor(service, { ...first, ...primary })));
  sim.behaviour = (host, __, atMs) =>
    host === "frankfurt" && atMs >= startMs + 35_000 && atMs < startMs + 155_000 ? "refuse" : "ok";
  sim.troubleOf = (life) => trouble.get(life) ?? new Map();
  return sim;
}

/** Effects that have to do with the record; what has to do with probes is the same for every shape (crash.test.ts). */
const isOfRecord = (effect: string): boolean =>
  effect.startsWith("answers") ||
  ["change", "read zone", "put service", "status", "name servers"].includes(effect);

describe.each(Object.entries(shapes))("%s", (_, shape) => {
  const [service] = simulate(shape).config.services;
  const [primary = "", standby = ""] =
    service?.targets.map((target) => sayContent(recordFor(service, target))) ?? [];

  test("move away and back, and nothing is violated", async () => {
    const sim = simulate(shape);
    await runMinutes(sim, endMs);
    expect(violations(sim), sim.trace.join("\n")).toEqual([]);
    expect(movesOf(sim).map(({ to }) => to)).toEqual([standby, primary]);
    const kinds = [...sim.memory.history.values()].map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "answered")).toHaveLength(2);
  });

  test.each(troubles)(
    "whatever effect on the record a sweep is struck at, nothing is violated: %s",
    async (trouble) => {
      const quiet = simulate(shape);
      await runMinutes(quiet, endMs);
      let struck = 0;
      for (const { name, effects } of quiet.lives) {
        for (const [k, effect] of effects.entries()) {
          if (!isOfRecord(effect)) continue;
          struck += 1;
          const sim = simulate(shape, new Map([[name, new Map([[k, trouble]])]]));
          await runMinutes(sim, endMs);
          const told = `${name}, effect ${k} (${effect})\n${sim.trace.join("\n")}`;
          expect(violations(sim), told).toEqual([]);
          expect(movesOf(sim).at(-1)?.to, told).toBe(primary);
          expect(movesOf(sim), told).toHaveLength(2);
        }
      }
      expect(struck).toBeGreaterThan(20);
    },
  );
});
