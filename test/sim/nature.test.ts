import { describe, expect, test } from "vitest";
import { deliveriesOf, jittered } from "./deliveries.ts";
import { openNature, type Spell } from "./nature.ts";
import { type Noise, nominal, openNetwork } from "./network.ts";
import { startMs } from "./simulation.ts";

const at = (s: number) => startMs + s * 1000;
const hourMs = 3_600_000;

describe("spells", () => {
  const spell = (host: string, fromS: number, toS: number, over: Partial<Spell> = {}): Spell => ({
    host,
    fromMs: at(fromS),
    toMs: at(toS),
    behaviour: "refuse",
    ...over,
  });
  const of = (...spells: Spell[]) => openNature(1, spells).behaviour;

  test.each<[string, Spell[], [number, string, string, string][]]>([
    [
      "last from their start until before their end",
      [spell("p", 10, 20)],
      [
        [9.999, "p", "home", "ok"],
        [10, "p", "home", "refuse"],
        [19.999, "p", "far", "refuse"],
        [20, "p", "home", "ok"],
        [15, "s", "home", "ok"],
      ],
    ],
    [
      "follow one another in any order of writing, and the later one ends the earlier one",
      [
        spell("p", 40, 50, { behaviour: "error" }),
        spell("p", 10, 20),
        spell("p", 15, 45, { behaviour: "forbid" }),
      ],
      [
        [12, "p", "home", "refuse"],
        [16, "p", "home", "forbid"],
        [39, "p", "home", "forbid"],
        [41, "p", "home", "error"],
        [51, "p", "home", "ok"],
      ],
    ],
    [
      "may be seen from some locations alone, and what a location meets itself comes first",
      [
        spell("p", 10, 30, { behaviour: "error" }),
        spell("p", 10, 30, { from: ["far"] }),
        spell("*", 20, 30, { behaviour: "black hole", from: ["far"] }),
      ],
      [
        [15, "p", "home", "error"],
        [15, "p", "far", "refuse"],
        [25, "p", "home", "error"],
        [25, "p", "far", "black hole"],
        [25, "s", "far", "black hole"],
        [25, "s", "home", "ok"],
      ],
    ],
  ])("%s", (_, spells, expected) => {
    const behaviour = of(...spells);
    for (const [s, host, location, is] of expected) {
      expect([s, host, location, behaviour(host, location, at(s))]).toEqual([s, host, location, is]);
    }
  });

  test("of a brown-out fail this share of the probes, the same ones for whoever asks again", () => {
    const { behaviour, truth } = openNature(5, [
      spell("p", 0, 3600, { behaviour: { share: 0.2, as: "error" } }),
    ]);
    const all = ["home", "far"].flatMap((location) =>
      Array.from({ length: 36_000 }, (_, i) => behaviour("p", location, at(i / 10))),
    );
    const again = behaviour("p", "far", at(1000.7));
    expect(all[36_000 + 10_007]).toBe(again);
    const share = all.filter((is) => is === "error").length / all.length;
    expect(Math.abs(share - 0.2)).toBeLessThan(0.01);
    expect(truth("p", "home", at(5))).toEqual({ share: 0.2, as: "error" });
  });
});

describe("noise", () => {
  const lostShare = (noise: Noise, seed: number, days: number) => {
    const network = openNetwork(seed, noise);
    let lost = 0;
    const probes = days * 8640;
    for (let i = 0; i < probes; i++) if (network.isLost("home", "p", startMs + i * 10_000)) lost += 1;
    return lost / probes;
  };

  test("loses as much as it says, over months", () => {
    expect(lostShare({ loss: 0 }, 1, 10)).toBe(0);
    expect(Math.abs(lostShare({ loss: 0.01 }, 1, 50) - 0.01)).toBeLessThan(0.0005);
    const path: Noise = { loss: 0, path: { everyMs: 4 * hourMs, lastMs: 15_000, loss: 0.7 } };
    expect(Math.abs(lostShare(path, 1, 200) / ((0.7 * 15) / 14_400) - 1)).toBeLessThan(0.15);
    const outage: Noise = { loss: 0, outage: { everyMs: 100 * hourMs, lastMs: 1_200_000, loss: 1 } };
    expect(Math.abs(lostShare(outage, 1, 400) / (1200 / 360_000) - 1)).toBeLessThan(0.3);
  });

  test("comes in bursts: whoever lost one loses the next, on the same path, from the same location", () => {
    const bursts: Noise = { loss: 0, path: { everyMs: hourMs, lastMs: 20_000, loss: 1 } };
    const { isLost } = openNetwork(3, bursts);
    const times = Array.from({ length: 100_000 }, (_, i) => startMs + i * 5_000);
    const begun = times.filter((ms) => isLost("home", "p", ms));
    const next = begun.filter((ms) => isLost("home", "p", ms + 5_000)).length / begun.length;
    const elsewhere = begun.filter((ms) => isLost("far", "p", ms)).length / begun.length;
    expect(next).toBeGreaterThan(0.7);
    expect(elsewhere).toBeLessThan(0.02);
    const ofLocation = openNetwork(3, { loss: 0, location: { everyMs: hourMs, lastMs: 20_000, loss: 1 } });
    const both = times.filter((ms) => ofLocation.isLost("home", "p", ms));
    expect(both.every((ms) => ofLocation.isLost("home", "s", ms))).toBe(true);
  });

  test("is the same for the same seed, whoever asks first, and another for another seed", () => {
    const times = Array.from({ length: 50_000 }, (_, i) => startMs + i * 977);
    const lostAt = (seed: number, order: readonly number[]) => {
      const { isLost } = openNetwork(seed, nominal);
      return order.filter((ms) => isLost("home", "p", ms)).sort((a, b) => a - b);
    };
    expect(lostAt(1, times)).toEqual(lostAt(1, [...times].reverse()));
    expect(lostAt(1, times)).not.toEqual(lostAt(2, times));
  });
});

test("deliveries are late, lost and doubled as often as they should be, and within their minute", () => {
  const minutes = Array.from({ length: 20_000 }, (_, i) => 29_000_000 + i);
  const all = minutes.map((minute) => deliveriesOf(1, minute, { ...jittered, twiceRatio: 0.05 }));
  const share = (n: number) => all.filter(({ length }) => length === n).length / all.length;
  expect(Math.abs(share(0) - 0.01 * 0.95)).toBeLessThan(0.003);
  expect(Math.abs(share(2) - 0.99 * 0.05)).toBeLessThan(0.006);
  const lateMs = all.flatMap((times, i) => times.map((ms) => ms - (minutes[i] ?? 0) * 60_000));
  expect(Math.min(...lateMs)).toBeGreaterThanOrEqual(0);
  expect(Math.max(...lateMs)).toBeLessThan(60_000);
  expect(Math.abs(lateMs.reduce((sum, ms) => sum + ms, 0) / lateMs.length - 30_000)).toBeLessThan(400);
});
