import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Claim,
  claim,
  isRelieved,
  type Lease,
  released,
  renewEveryMs,
  renewed,
  stalledAfterMs,
} from "../../lambda/core/lease.ts";
import { nineMs } from "./fixture.ts";

const minute = (n: number): number => nineMs + n * 60_000;
const me = { holder: "me", scheduledMs: minute(5) };
const epochS = Math.floor(minute(5) / 1000);

/** The lease of the sweep of minute 4, which holds it. */
const held: Lease = { holder: "other", epoch: 1_000, beat: 7, scheduledMs: minute(4), wantedMs: minute(4) };
const { holder: _, ...free } = held;
const taken: Lease = {
  holder: "me",
  epoch: epochS,
  beat: 0,
  scheduledMs: minute(5),
  wantedMs: minute(5),
  renewedMs: minute(5),
};

const servedWhy = "this minute or a later one is served";
const waitsWhy = "the sweep of a later minute waits";

describe("the sweep of minute 5 asks for the lease", () => {
  test.each<[string, Lease | undefined, boolean, Claim]>([
    ["the first one ever", undefined, false, { is: "take", lease: taken, released: true }],
    ["it was released", free, false, { is: "take", lease: taken, released: true }],
    [
      "the holder lives: it is told that somebody waits",
      held,
      false,
      { is: "wait", lease: { ...held, wantedMs: minute(5) } },
    ],
    [
      "the holder lives, and was told before",
      { ...held, wantedMs: minute(5) },
      false,
      { is: "wait", lease: { ...held, wantedMs: minute(5) } },
    ],
    ["the holder is dead", held, true, { is: "take", lease: taken, released: false }],
    [
      "the holder serves this minute: a second delivery",
      { ...held, scheduledMs: minute(5) },
      false,
      { is: "leave", why: servedWhy },
    ],
    [
      "this minute was served and released",
      { ...free, scheduledMs: minute(5) },
      false,
      { is: "leave", why: servedWhy },
    ],
    [
      "the holder of this minute is dead: the next minute takes over",
      { ...held, scheduledMs: minute(5) },
      true,
      { is: "leave", why: servedWhy },
    ],
    [
      "the holder serves a later minute: a late delivery",
      { ...held, scheduledMs: minute(6) },
      false,
      { is: "leave", why: servedWhy },
    ],
    ["a later sweep waits already", { ...held, wantedMs: minute(6) }, false, { is: "leave", why: waitsWhy }],
    [
      "a later sweep waits, but the holder is dead",
      { ...held, wantedMs: minute(6) },
      true,
      { is: "take", lease: taken, released: false },
    ],
    [
      "it was released while a later sweep waited",
      { ...free, wantedMs: minute(6) },
      false,
      { is: "take", lease: taken, released: true },
    ],
  ])("%s", (_, row, stalled, wish) => expect(claim(row, me, stalled, minute(5))).toEqual(wish));
});

describe("what the last holder left", () => {
  const left = { ...held, tickedMs: minute(4) + 50_000, saved: { epoch: 1_000, sequence: 3 } };
  const { holder: _h, ...leftFree } = left;

  test("until when it asked is taken over in any case", () => {
    expect(claim(left, me, true, minute(5))).toMatchObject({ lease: { tickedMs: left.tickedMs } });
    expect(claim(leftFree, me, false, minute(5))).toMatchObject({ lease: { tickedMs: left.tickedMs } });
  });

  test("where it saved everything is believed only if it ended well", () => {
    expect(claim(leftFree, me, false, minute(5))).toMatchObject({ lease: { saved: left.saved } });
    expect(claim(left, me, true, minute(5))).not.toHaveProperty("lease.saved");
  });
});

test("a lease is relieved when the sweep of a later minute waits, not when it is its own", () => {
  expect(isRelieved(taken)).toBe(false);
  expect(isRelieved({ ...taken, wantedMs: minute(6) })).toBe(true);
});

test("each renewal shows that the holder lives, and keeps a waiter's mark", () =>
  expect(renewed({ ...held, wantedMs: minute(5) }, minute(4) + 20_000)).toEqual({
    ...held,
    wantedMs: minute(5),
    beat: 8,
    renewedMs: minute(4) + 20_000,
  }));

test("a released lease has no holder, and says where everything is", () =>
  expect(released(taken, minute(6), 12)).toEqual({
    epoch: epochS,
    beat: 0,
    renewedMs: minute(5),
    scheduledMs: minute(5),
    wantedMs: minute(5),
    tickedMs: minute(6),
    saved: { epoch: epochS, sequence: 12 },
  }));

test("two renewals may fail before a waiter takes over", () =>
  expect(stalledAfterMs).toBeGreaterThanOrEqual(3 * renewEveryMs));

/** The row as it was taken or marked, one asking after the other. */
function row(asks: readonly Ask[]): { before: Lease | undefined; after: Lease; is: "take" | "wait" }[] {
  let now: Lease | undefined;
  return asks.flatMap(({ holder, minuteOf, stalled, skewMs, ends }) => {
    const before = now;
    const wish = claim(now, { holder, scheduledMs: minute(minuteOf) }, stalled, minute(minuteOf) + skewMs);
    if (wish.is === "leave") return [];
    now = wish.is === "take" && ends ? released(wish.lease, 0, 1) : wish.lease;
    return [{ before, after: wish.lease, is: wish.is }];
  });
}

type Ask = { holder: string; minuteOf: number; stalled: boolean; skewMs: number; ends: boolean };
const anyAsk: fc.Arbitrary<Ask> = fc.record({
  holder: fc.uuid(),
  minuteOf: fc.nat(20),
  stalled: fc.boolean(),
  skewMs: fc.integer({ min: -3_600_000, max: 3_600_000 }),
  ends: fc.boolean(),
});
const anyAsks = fc.array(anyAsk, { minLength: 1, maxLength: 30 });

describe("whatever the order of deliveries and the clocks", () => {
  test("each sweep that takes the lease serves a later minute under a higher epoch", () => {
    fc.assert(
      fc.property(anyAsks, (asks) => {
        for (const { before, after } of row(asks).filter(({ is }) => is === "take")) {
          expect(after.epoch).toBeGreaterThan(before?.epoch ?? 0);
          expect(after.scheduledMs).toBeGreaterThan(before?.scheduledMs ?? 0);
          expect(isRelieved(after)).toBe(false);
        }
      }),
    );
  });

  test("a sweep that waits changes nothing but the mark that it does, and the holder sees it", () => {
    fc.assert(
      fc.property(anyAsks, (asks) => {
        for (const { before, after } of row(asks).filter(({ is }) => is === "wait")) {
          expect({ ...after, wantedMs: 0 }).toEqual({ ...before, wantedMs: 0 });
          expect(after.wantedMs).toBeGreaterThanOrEqual(before?.wantedMs ?? 0);
          expect(isRelieved(after)).toBe(true);
        }
      }),
    );
  });
});
