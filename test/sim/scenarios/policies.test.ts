import { describe, expect, test } from "vitest";
import { locations } from "../config.ts";
import { openNature } from "../nature.ts";
import { type Behaviour, startMs } from "../simulation.ts";
import { median, quantile } from "../statistics.ts";
import { policies, route53Checkers } from "./policies.ts";

const hourMs = 3_600_000;

/** Seconds from an outage at any phase until a policy takes the host for down. */
function delaysS(name: string, behaviour: Behaviour): number[] {
  const policy = policies.find((policy) => policy.name === name);
  return Array.from({ length: 250 }, (_, seed) => {
    const fromMs = startMs + hourMs + seed * 137;
    const nature = openNature(seed, [{ host: "p", fromMs, toMs: fromMs + hourMs, behaviour }]);
    const span = { fromMs: startMs, untilMs: fromMs + 300_000, seed };
    const found = policy?.watch(nature.behaviour, "p", policy.locations(locations), span);
    return ((found?.turns.find(({ isUp }) => !isUp)?.atMs ?? Number.NaN) - fromMs) / 1000;
  });
}

/** As another simulation had it, to a second; a bound and a half where the spread is an interval. */
describe("policies take as long as they are known to", () => {
  test.each<[string, Behaviour, number, number]>([
    ["Route 53, 30 s x 3", "refuse", 86.2, 90.2],
    ["Route 53, 30 s x 3", "black hole", 97.6, 101.7],
    ["Route 53, 10 s x 3", "refuse", 29.4, 31.1],
    ["Route 53, 10 s x 3", "black hole", 40.8, 42.4],
    ["one location, 3 in a row", "refuse", 25.0, 30.0],
    ["one location, 3 in a row", "black hole", 27.9, 32.9],
  ])("%s, %s: median %d s, p99 %d s", (name, behaviour, middle, p99) => {
    const delays = delaysS(name, behaviour);
    expect(Math.abs(median(delays) - middle)).toBeLessThan(1.5);
    expect(Math.abs(quantile(delays, 0.99) - p99)).toBeLessThan(1.5);
  });

  test("Route 53 waits 2 s for an answer once it is connected", () => {
    const found = (slowMs: number) => delaysS("Route 53, 10 s x 3", { slowMs }).filter((s) => s > 0).length;
    expect([found(1_900), found(2_100)]).toEqual([0, 250]);
  });

  test("and turn back when it is over, once", () => {
    for (const policy of policies) {
      const [fromMs, toMs] = [startMs + hourMs, startMs + 2 * hourMs];
      const { behaviour } = openNature(1, [{ host: "p", fromMs, toMs, behaviour: "refuse" }]);
      const span = { fromMs: startMs, untilMs: startMs + 3 * hourMs, seed: 1 };
      const { turns } = policy.watch(behaviour, "p", policy.locations(locations), span);
      expect(turns.map(({ isUp }) => isUp)).toEqual([false, true]);
      expect(turns[1]?.atMs).toBeGreaterThan(toMs);
    }
  });
});

test("Route 53 looks with two checkers from each of eight Regions, those of the config among them", () => {
  const checkers = route53Checkers(locations);
  expect(checkers).toHaveLength(16);
  for (const place of new Set(checkers)) expect(checkers.filter((one) => one === place)).toHaveLength(2);
  expect(new Set(checkers).size).toBe(8);
  expect(checkers).toEqual(expect.arrayContaining([...locations]));
});
