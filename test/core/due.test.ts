import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Endpoint } from "../../lambda/core/config.ts";
import { due, nextTickMs, spreadMs, tickMs } from "../../lambda/core/due.ts";
import { endpoint, locations, policy } from "../sim/config.ts";
import { nineMs } from "./fixture.ts";

const every = (seconds: number, id = `every-${seconds}`): Endpoint => ({
  ...endpoint(id),
  policy: { ...policy, intervalMs: seconds * 1000 },
});

const staggered = (seconds: number): Endpoint => {
  const { policy: rotating, ...rest } = every(seconds);
  return { ...rest, policy: { ...rotating, staggered: true } };
};

const at = (seconds: number): number => nineMs + seconds * 1000;

const asked = (endpoints: readonly Endpoint[], fromS: number, toS: number): string[] =>
  due(endpoints, locations, at(fromS), at(toS)).map((turn) => turn.endpoint.id);

describe("the sweep looks who is due", () => {
  test.each([
    ["as often as the most impatient endpoint wants", [every(60), every(10), every(30)], 10_000],
    ["every minute at least, so that records are saved", [every(300)], 60_000],
    ["every minute when there is nothing to watch", [], 60_000],
    ["five times as often when all five locations ask in an interval", [every(60), staggered(10)], 2_000],
  ])("%s", (_, endpoints, ms) => expect(tickMs(endpoints, locations.length)).toBe(ms));

  test.each([
    ["between two ticks", 12_345, 20_000],
    ["on a tick: the one after it", 20_000, 30_000],
    ["just before a tick", 29_999, 30_000],
  ])("next: %s", (_, nowMs, ms) => expect(nextTickMs(nowMs, 10_000)).toBe(ms));
});

describe("who is due", () => {
  test.each<[string, number, number, string[]]>([
    ["nobody between two ticks", 1, 9, []],
    ["on the tick", 1, 10, ["every-10"]],
    ["who was asked on the tick is not asked again", 10, 19, []],
    ["the tick came two seconds late", 9, 12, ["every-10"]],
    ["after a gap of several intervals, once", 0, 55, ["every-10"]],
    ["no time has passed", 10, 10, []],
    ["time went backwards", 20, 5, []],
  ])("%s", (_, fromS, toS, ids) => expect(asked([every(10)], fromS, toS)).toEqual(ids));

  test("staggered: every location once an interval, evenly spread", () => {
    const turns = Array.from({ length: 5 }, (_, k) =>
      due([staggered(10)], locations, at(2 * k), at(2 * k + 2)).map(({ location }) => location),
    );
    expect(turns.map((each) => each.length)).toEqual([1, 1, 1, 1, 1]);
    expect([...turns.flat()].sort()).toEqual([...locations].sort());
  });

  test("after a gap, the location whose turn is now", () => {
    const [late] = due([every(10)], locations, at(0), at(55));
    expect(due([every(10)], locations, at(40), at(50))).toEqual([late]);
  });

  test("nobody is asked where there is nobody to ask", () =>
    expect(due([every(10)], [], at(0), at(10))).toEqual([]));

  test("an interval of 25 s between ticks of 10 s is kept on average", () => {
    const turns = Array.from({ length: 100 }, (_, k) => asked([every(10), every(25)], k * 10, k * 10 + 10));
    expect(turns.flat().filter((id) => id === "every-25")).toHaveLength(40);
  });

  test("slow endpoints take turns: six hundred at 60 s are spread over the six ticks of a minute", () => {
    const slow = Array.from({ length: 600 }, (_, i) => every(60, `slow-${i}`));
    const perTick = [0, 1, 2, 3, 4, 5].map(
      (k) => asked([every(10), ...slow], k * 10, k * 10 + 10).length - 1,
    );
    expect(perTick.reduce((sum, n) => sum + n)).toBe(600);
    expect(Math.min(...perTick)).toBeGreaterThan(70);
    expect(Math.max(...perTick)).toBeLessThan(130);
  });
});

describe("starts of one tick's probes are spread", () => {
  test.each([
    ["five milliseconds each", 100, 10_000, 500],
    ["over 1.5 s at most", 1_000, 10_000, 1_500],
    ["over a fifth of a short interval at most", 1_000, 1_000, 200],
    ["one starts at once, or nearly", 1, 10_000, 5],
  ])("%s", (_, count, intervalMs, ms) => expect(spreadMs(count, intervalMs)).toBe(ms));
});

/** A fast endpoint that sets the tick to 10 s, and others at multiples of it. */
const anyEndpoints = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.string({ minLength: 1, maxLength: 8 })), {
    minLength: 1,
    maxLength: 5,
    selector: ([, id]) => id,
  })
  .map((pairs) => [every(10, "\0fast"), ...pairs.map(([n, id]) => every(n * 10, id))]);
const anyLocations = fc
  .integer({ min: 1, max: 7 })
  .map((n) => Array.from({ length: n }, (_, i) => `location-${i}`));
const anyStartMs = fc.integer({ min: 0, max: 10 * 365 * 86_400 }).map((seconds) => nineMs + seconds * 1000);

/** Who asked what, in order, when the sweep looked at these times one after the other. */
function rounds(endpoints: readonly Endpoint[], from: readonly string[], looksMs: readonly number[]) {
  return looksMs.slice(1).flatMap((toMs, i) =>
    due(endpoints, from, looksMs[i] ?? toMs, toMs).map((turn) => ({
      look: i,
      id: turn.endpoint.id,
      location: turn.location,
    })),
  );
}

const ticks = 120;
const anyJitter = fc.array(fc.integer({ min: 0, max: 9_999 }), {
  minLength: ticks + 1,
  maxLength: ticks + 1,
});

/** Ticks on multiples of ten seconds, each late by less than a tick. */
const jittered = (startMs: number, jitter: readonly number[]): number[] =>
  jitter.map((ms, k) => nextTickMs(startMs, 10_000) + k * 10_000 + ms);

describe("however late the ticks are", () => {
  test("every endpoint is asked exactly once per interval", () => {
    fc.assert(
      fc.property(anyEndpoints, anyLocations, anyStartMs, anyJitter, (endpoints, from, startMs, jitter) => {
        const turns = rounds(endpoints, from, jittered(startMs, jitter));
        for (const { id, policy } of endpoints) {
          const looks = turns.filter((turn) => turn.id === id).map(({ look }) => look);
          const gaps = looks.slice(1).map((look, i) => look - (looks[i] ?? 0));
          const everyTicks = policy.intervalMs / 10_000;
          expect(looks[0]).toBeLessThan(everyTicks);
          expect(looks.at(-1)).toBeGreaterThanOrEqual(ticks - everyTicks);
          expect([...new Set(gaps)]).toEqual([everyTicks]);
        }
      }),
    );
  });

  test("locations take turns: no share is larger than another by more than one", () => {
    fc.assert(
      fc.property(anyEndpoints, anyLocations, anyStartMs, anyJitter, (endpoints, from, startMs, jitter) => {
        const turns = rounds(endpoints, from, jittered(startMs, jitter));
        for (const { id } of endpoints) {
          const shares = from.map(
            (location) => turns.filter((turn) => turn.id === id && turn.location === location).length,
          );
          expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

test("the same rounds come out wherever one sweep ends and the next begins", () => {
  const anyCuts = fc.uniqueArray(fc.integer({ min: 1, max: ticks * 10_000 - 1 }), { maxLength: 60 });
  fc.assert(
    fc.property(anyEndpoints, anyLocations, anyStartMs, anyCuts, (endpoints, from, startMs, cuts) => {
      const grid = Array.from({ length: ticks + 1 }, (_, k) => k * 10_000);
      const cut = [...new Set([...grid, ...cuts])].sort((a, b) => a - b);
      const order = (looks: readonly number[]) =>
        endpoints.map(({ id }) =>
          rounds(
            endpoints,
            from,
            looks.map((ms) => startMs + ms),
          )
            .filter((turn) => turn.id === id)
            .map(({ location }) => location),
        );
      expect(order(cut)).toEqual(order(grid));
    }),
  );
});

test("a range and its two halves agree: asked in one of them, and by the location of the later", () => {
  const anyMs = fc.integer({ min: 0, max: 300_000 });
  fc.assert(
    fc.property(anyEndpoints, anyLocations, fc.tuple(anyMs, anyMs, anyMs), (endpoints, from, times) => {
      const [a = 0, b = 0, c = 0] = times.sort((x, y) => x - y).map((ms) => nineMs + ms);
      const locationIn = (fromMs: number, toMs: number) =>
        new Map(due(endpoints, from, fromMs, toMs).map((turn) => [turn.endpoint.id, turn.location]));
      expect(new Map([...locationIn(a, c)].sort())).toEqual(
        new Map([...new Map([...locationIn(a, b), ...locationIn(b, c)])].sort()),
      );
    }),
  );
});
