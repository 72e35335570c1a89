import { describe, expect, test } from "vitest";
import { openLine } from "../../lambda/aws/route53.ts";
import type { Config } from "../../lambda/core/config.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { endpoint, shop, shopConfig, shopRecord } from "../sim/config.ts";
import { at } from "../sim/shop.ts";
import { openSimulation, runMinutes, type Simulation } from "../sim/simulation.ts";
import { longestGapS } from "../sim/watching.ts";

/** `count` shops, a to z, on hosts `p<i>` (primary) and `s<i>` (standby). */
function manyShops(count: number): { config: Config; records: RecordSet[] } {
  const ids = Array.from({ length: count }, (_, i) => i);
  return {
    config: shopConfig({
      endpoints: ids.flatMap((i) => [endpoint(`shop${i}/p`, `p${i}`), endpoint(`shop${i}/s`, `s${i}`)]),
      services: ids.map((i) => ({
        ...shop,
        id: `shop${i}`,
        dns: { ...shop.dns, name: `shop${i}.example.com` },
        targets: [
          { id: "p", endpoint: `shop${i}/p`, values: ["192.0.2.10"] },
          { id: "s", endpoint: `shop${i}/s`, values: ["198.51.100.20"] },
        ],
      })),
    }),
    records: ids.map((i) => ({ ...shopRecord, name: `shop${i}.example.com` })),
  };
}

/** So many shops on the real line before Route 53. */
function openMany(count: number): Simulation {
  const { config, records } = manyShops(count);
  const sim = openSimulation(config, records);
  sim.line = openLine(250, (ms) => sim.clock.sleep(ms));
  sim.takesMs = (effect) => (/^(change|read zone|read generation|status)$/.test(effect) ? 80 : 10);
  return sim;
}

describe("many services share Route 53's four requests a second", () => {
  test.each([200])(
    "steady state: %i services leave no hole in the watch",
    async (n) => {
      const sim = openMany(n);
      await runMinutes(sim, at(900));
      expect(longestGapS(sim, 400, 890)).toBeLessThanOrEqual(12);
    },
    120_000,
  );
  test.each([200])(
    "%i fail together for 17 s: no name is moved once they are all well again for half a minute",
    async (n) => {
      const { config } = manyShops(n);
      const sim = openMany(n);
      sim.config = {
        ...config,
        services: config.services.map((service) => ({ ...service, failback: "manual" })),
      };
      sim.behaviour = (host, _l, ms) =>
        host.startsWith("p") && ms >= at(345) && ms < at(362) ? "refuse" : "ok";
      await runMinutes(sim, at(600));
      const moved = sim.zones.slice(1).filter(({ zone }, i) => {
        const ips = (of: typeof zone) =>
          JSON.stringify(
            [...of.names].filter(([name]) => name.startsWith("shop")).sort(([a], [b]) => (a < b ? -1 : 1)),
          );
        return ips(zone) !== ips(sim.zones[i]?.zone ?? zone);
      });
      const lateS = moved.map(({ atMs }) => (atMs - at(362)) / 1000);
      expect(Math.max(...lateS)).toBeLessThan(25);
    },
    120_000,
  );
  test("an outage while 200 first looks are under way moves within 30 s", async () => {
    const sim = openMany(200);
    sim.behaviour = (host, _l, ms) => (host === "p0" && ms >= at(5) ? "refuse" : "ok");
    await runMinutes(sim, at(300));
    const first = sim.zones[1];
    expect(first?.atMs).toBeLessThan(at(35));
  }, 120_000);
});

test("a service whose change does not get through does not delay another's move", async () => {
  const { config, records } = manyShops(2);
  const sim = openSimulation(config, records);
  // Both fail one probe; shop1 is well again in the confirm, and really goes down right after.
  sim.behaviour = (host, _l, ms) =>
    (host === "p0" && ms >= at(65)) ||
    (host === "p1" && ms >= at(65) && ms < at(72)) ||
    (host === "p1" && ms >= at(79))
      ? "refuse"
      : "ok";
  let changes = 0;
  sim.takesMs = (effect) => (effect === "change" && ++changes <= 4 ? 3_000 : 10);
  sim.fault = (effect) => (effect === "change" && changes < 4 ? "fail before" : undefined);
  await runMinutes(sim, at(300));
  const events = [...sim.memory.history.values()].filter(
    ({ kind, subject }) => kind === "failover" && subject === "shop1",
  );
  expect(events[0]?.times?.detectedMs).toBeLessThanOrEqual(at(79 + 15.5));
});

test.each([200])(
  "%i fail for good: all are moved, and the watch goes on",
  async (n) => {
    const { config } = manyShops(n);
    const sim = openMany(n);
    sim.config = {
      ...config,
      services: config.services.map((service) => ({ ...service, failback: "manual" })),
    };
    sim.behaviour = (host, _l, ms) => (host.startsWith("p") && ms >= at(345) ? "refuse" : "ok");
    await runMinutes(sim, at(900));
    const events = [...sim.memory.history.values()].filter(({ kind }) => kind === "failover");
    expect(events.length).toBe(n);
    expect(longestGapS(sim, 345, 890)).toBeLessThanOrEqual(12);
  },
  120_000,
);
