import { describe, expect, test } from "vitest";
import type { Event } from "../../lambda/core/event.ts";
import type { World } from "../../lambda/steps/world.ts";
import { violations } from "../sim/oracle.ts";
import { at, broken, forever, frankfurt, ireland, simulate, story } from "../sim/shop.ts";
import { manyShops, primaryOf } from "../sim/shops.ts";
import {
  changeZone,
  openSimulation,
  runMinutes,
  type Simulation,
  toldAll,
  valuesOf,
} from "../sim/simulation.ts";
import { failing, longestGapS } from "../sim/watching.ts";

/** The primary fails at second 65; the name moves at second 75. */
const outage = (): Simulation =>
  simulate(broken(["frankfurt", 65, forever, "refuse"]), { failback: "manual" });

/** The name servers answer what this says; none, where it throws. */
function answering(sim: Simulation, answers: (server: string, atMs: number) => readonly string[]): void {
  sim.alter = (world): World => ({
    ...world,
    answers: async (server) => {
      await sim.clock.sleep(10);
      return answers(server, sim.clock.now());
    },
  });
}

const silence = (): never => {
  throw new Error("queryA ETIMEOUT shop.example.com");
};

const eventOf = (sim: Simulation, kind: string): Event | undefined =>
  [...sim.memory.history.values()].find((event) => event.kind === kind);

/** What the last sweep that ended said. */
const reportOf = (sim: Simulation): unknown =>
  sim.lives.findLast(({ report }) => report !== undefined)?.report;

test("a move is proven by every name server, and told with the time of each step", async () => {
  const sim = outage();
  sim.syncMs = 20_000;
  await runMinutes(sim, at(180));
  expect(toldAll(sim), story(sim)).toEqual(["failover", "answered"]);
  const {
    failedMs = 0,
    detectedMs = 0,
    acceptedMs = 0,
    inSyncMs = 0,
    answeredMs = 0,
  } = eventOf(sim, "answered")?.times ?? {};
  const seconds = [failedMs, detectedMs, acceptedMs, inSyncMs, answeredMs].map((ms) => (ms - at(0)) / 1000);
  expect(seconds.map(Math.floor), story(sim)).toEqual([70, 75, 75, 95, 95]);
  expect(sim.alerts.at(-1)?.alert.text).toMatch(
    /^Took: {2}detected after 5.0 s, accepted after 5.\d s, in sync after 2\d.\d s, answered by its name servers after 2\d.\d s$/m,
  );
  expect(violations(sim)).toEqual([]);
});

test("a sweep that is killed in the middle of it leaves it to the next one", async () => {
  const sim = outage();
  sim.syncMs = 10_000;
  const killed: string[] = [];
  sim.fault = (effect) => {
    if (!effect.startsWith("answers") || killed.length > 2) return undefined;
    killed.push(effect);
    return "kill before";
  };
  await runMinutes(sim, at(600));
  expect(killed.length).toBeGreaterThan(2);
  expect(toldAll(sim), story(sim)).toEqual(["failover", "answered"]);
  expect(violations(sim)).toEqual([]);
});

test("a sweep that is relieved in the middle of it leaves it to the next one, at once", async () => {
  const sim = outage();
  answering(sim, (_, ms) => (ms < at(130) ? [frankfurt] : [ireland]));
  await runMinutes(sim, at(119));
  expect(toldAll(sim)).toEqual(["failover"]);
  await runMinutes(sim, at(240));
  expect(toldAll(sim), story(sim)).toEqual(["failover", "answered"]);
  expect((eventOf(sim, "answered")?.atMs ?? 0) - at(130)).toBeLessThan(2_000);
});

test("what was not heard because the sweep was relieved is no silence", async () => {
  const sim = outage();
  sim.alter = (world): World => ({
    ...world,
    answers: async (server, _, over) => {
      await world.sleep(10);
      if (server.startsWith("ns-1") || sim.clock.now() > at(200)) return [ireland];
      if (sim.clock.now() > at(122)) return [frankfurt];
      await world.sleep(forever, over);
      throw new Error("ECANCELLED");
    },
  });
  await runMinutes(sim, at(240));
  expect(toldAll(sim).slice(-1), story(sim)).toEqual(["answered"]);
  expect(eventOf(sim, "answered")?.why).toMatch(/^all 2 servers/);
});

describe("the name servers", () => {
  test("that go on answering the old value are told of once, and asked until they answer the new one", async () => {
    const sim = outage();
    answering(sim, (server, ms) => (server.startsWith("ns-2") && ms < at(400) ? [frankfurt] : [ireland]));
    await runMinutes(sim, at(360));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "not-answered"]);
    expect(eventOf(sim, "not-answered")?.why).toBe("ns-2.route53.test answers 192.0.2.10");
    expect(reportOf(sim)).toMatchObject({ pending: 1 });
    await runMinutes(sim, at(540));
    expect(toldAll(sim)).toEqual(["failover", "not-answered", "answered"]);
    expect(violations(sim)).toEqual([]);
  });

  test("that do not answer us prove nothing: people are told that nobody knows, and nothing is pending", async () => {
    const sim = outage();
    answering(sim, silence);
    await runMinutes(sim, at(360));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "unproven"]);
    expect(eventOf(sim, "unproven")?.why).toContain("ns-1.route53.test did not answer us (queryA ETIMEOUT");
    expect(violations(sim)).toEqual([]);
  });

  test("one of which does not answer us do not wait for it", async () => {
    const sim = outage();
    answering(sim, (server) => (server.startsWith("ns-2") ? silence() : [ireland]));
    await runMinutes(sim, at(180));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "answered"]);
    expect(eventOf(sim, "answered")?.why).toMatch(/^1 of 2 servers answer 198.51.100.20; ns-2/);
  });

  test("that Route 53 does not tell are not known", async () => {
    const sim = outage();
    failing(sim, /^name servers$/, 0, forever);
    await runMinutes(sim, at(360));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "unproven"]);
    expect(eventOf(sim, "unproven")?.why).toMatch(/^Route 53 did not answer us \(.*name servers: simulated/);
  });

  test("of a private zone are not asked: INSYNC is told as the end", async () => {
    const sim = outage();
    const asked: string[] = [];
    sim.alter = (world): World => ({
      ...world,
      dns: { ...world.dns, nameServers: async () => [] },
      answers: async (server) => {
        asked.push(server);
        return [];
      },
    });
    sim.config = { ...sim.config, resolvers: ["1.1.1.1"] };
    await runMinutes(sim, at(180));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "in-sync"]);
    expect(asked).toEqual([]);
    expect(violations(sim)).toEqual([]);
  });

  test("prove the move while GetChange does not answer", async () => {
    const sim = outage();
    failing(sim, /^status$/, 0, forever);
    await runMinutes(sim, at(300));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "answered"]);
    expect(eventOf(sim, "answered")?.times).not.toHaveProperty("inSyncMs");
  });

  test("say why it is late, where GetChange does not answer: nobody knows that it is pending", async () => {
    const sim = outage();
    failing(sim, /^status$/, 0, forever);
    answering(sim, (server) => (server.startsWith("ns-2") ? [frankfurt] : [ireland]));
    await runMinutes(sim, at(360));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "not-answered"]);
    expect(eventOf(sim, "not-answered")?.why).toBe("ns-2.route53.test answers 192.0.2.10");
  });

  test("prove a change of ours whose answer was lost", async () => {
    const sim = outage();
    sim.fault = (effect) => (effect === "change" && sim.zones.length === 1 ? "fail after" : undefined);
    await runMinutes(sim, at(300));
    expect(toldAll(sim), story(sim)).toEqual(["failover", "answered"]);
    expect(eventOf(sim, "in-sync")).toBeUndefined();
  });
});

test("public resolvers are asked as well, and waited for while they keep the old value", async () => {
  const sim = outage();
  sim.config = { ...sim.config, resolvers: ["1.1.1.1"] };
  answering(sim, (server, ms) => (server === "1.1.1.1" && ms < at(100) ? [frankfurt] : [ireland]));
  await runMinutes(sim, at(180));
  expect(toldAll(sim), story(sim)).toEqual(["failover", "answered"]);
  expect((eventOf(sim, "answered")?.atMs ?? 0) - at(100)).toBeLessThan(2_000);
  expect(eventOf(sim, "answered")?.why).toBe("all 3 servers answer 198.51.100.20");
});

test("a name that somebody points elsewhere meanwhile is not followed any more", async () => {
  const sim = outage();
  answering(sim, () => [frankfurt]);
  const back = { name: "shop.example.com", type: "A", ttlSeconds: 15 } as const;
  void sim.clock.sleep(80_000).then(() =>
    changeZone(sim, [
      { action: "DELETE", set: { ...back, values: [ireland] } },
      { action: "CREATE", set: { ...back, values: ["203.0.113.99"] } },
    ]),
  );
  await runMinutes(sim, at(400));
  expect(toldAll(sim), story(sim)).toEqual(["failover", "foreign"]);
  expect(reportOf(sim)).toMatchObject({ pending: 0 });
});

test("nobody waits for it: with every name server and GetChange hanging, everybody is asked as before", async () => {
  const { config, records } = manyShops(20, { service: { failback: "manual" } });
  const sim = openSimulation(config, records);
  sim.behaviour = broken(
    ...Array.from({ length: 20 }, (_, i) => [primaryOf(i), 65, forever, "refuse"] as const),
  );
  sim.takesMs = (effect) => (/^(answers|status|name servers)/.test(effect) ? 3_000 : 10);
  failing(sim, /^answers/, 0, 300);
  await runMinutes(sim, at(420));
  expect(valuesOf(sim, "shop7.example.com")).toEqual(["198.51.100.8"]);
  expect(longestGapS(sim, 10, 410)).toBeLessThanOrEqual(12);
});
