import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Maintenance } from "../../lambda/core/hands.ts";
import { conclude, type Health, type Trouble } from "../../lambda/core/health.ts";
import { hear } from "../../lambda/core/heartbeat.ts";
import { healthEvents, type Role } from "../../lambda/core/report.ts";
import { noteTold } from "../../lambda/core/told.ts";
import { policy } from "../sim/config.ts";
import { health, nineMs } from "./fixture.ts";

const at = (seconds: number): number => nineMs + seconds * 1000;
const minute = 60;
const hour = 3_600;

/** What is believed from a second on, `-` for no trouble, and what it is to its name. */
type Moment = readonly [
  seconds: number,
  trouble: Trouble | "-",
  over?: Partial<Health> & { readonly role?: Role },
];

/** The seconds in which people were told of a trouble, and what is remembered in the end. */
function live(moments: readonly Moment[]): { told: number[]; now: Health } {
  let now = health("up");
  const told: number[] = [];
  for (const [seconds, trouble, { role = "alone", ...over } = {}] of moments) {
    const { trouble: _, maintenance: _m, ...rest } = now;
    const after: Health = { ...rest, state: "up", ...over, ...(trouble !== "-" && { trouble }) };
    const events = healthEvents("docs", role, now, after, at(seconds));
    if (events.some(({ kind, alert }) => alert && kind === trouble)) told.push(seconds);
    now = noteTold(now, after, events, at(seconds));
  }
  return { told, now };
}

const work: Maintenance = { who: "anna", why: "new disks", atMs: at(0), untilMs: at(hour) };
const down = { state: "down" } as const;
const worked = { maintenance: work } as const;
const standby = { role: "standby" } as const;

describe("people are told of a trouble", () => {
  test.each<[string, readonly Moment[], readonly number[]]>([
    ["that begins", [[0, "partial"]], [0]],
    ["once, though it comes and goes", [...comesAndGoes("refused", 40, 15, hour)], [0]],
    [
      "again after an hour, while it comes and goes",
      comesAndGoes("refused", 40, 15, 2 * hour + 60),
      [0, hour, 2 * hour],
    ],
    [
      "once, when it is back within ten minutes",
      [
        [0, "partial"],
        [60, "-"],
        [60 + 599, "partial"],
      ],
      [0],
    ],
    [
      "again, when it was gone for ten minutes",
      [
        [0, "partial"],
        [60, "-"],
        [60 + 600, "partial"],
      ],
      [0, 660],
    ],
    [
      "again, when it lasted for an hour and is back",
      [
        [0, "blind"],
        [hour, "-"],
        [hour + 10, "blind"],
      ],
      [0, hour + 10],
    ],
    [
      "that is another one",
      [
        [0, "partial"],
        [60, "-"],
        [120, "degraded"],
      ],
      [0, 120],
    ],
    [
      "once of each of two that take turns",
      [
        [0, "partial"],
        [60, "degraded"],
        [120, "partial"],
        [180, "degraded"],
      ],
      [0, 60],
    ],
    [
      "once, when an outage came in between",
      [
        [0, "partial"],
        [60, "-", down],
        [120, "-"],
        [180, "partial"],
      ],
      [0],
    ],
    [
      "that began while somebody worked on it, when it comes again: nobody was told",
      [
        [0, "partial", worked],
        [60, "-"],
        [120, "partial"],
      ],
      [120],
    ],
    [
      "that began while it was down, when it comes again: nobody was told",
      [
        [0, "-", down],
        [30, "blind", down],
        [60, "-"],
        [120, "blind"],
      ],
      [120],
    ],
    [
      "of a standby, which its service tells, once the name is there",
      [
        [0, "refused", standby],
        [60, "-", standby],
        [120, "refused"],
      ],
      [120],
    ],
  ])("%s", (_, moments, told) => expect(live(moments).told).toEqual(told));
});

function comesAndGoes(trouble: Trouble, everyS: number, lastsS: number, untilS: number): Moment[] {
  const begins = Array.from({ length: Math.ceil(untilS / everyS) }, (_, i) => i * everyS);
  return begins.flatMap((seconds): Moment[] => [
    [seconds, trouble],
    [seconds + lastsS, "-"],
  ]);
}

/** When people have to be told of one trouble, and how often they are spared it. */
function expected(moments: readonly Moment[], one: Trouble): { told: number[]; spared: number } {
  const told: number[] = [];
  let spared = 0;
  let thereS = Number.NEGATIVE_INFINITY;
  for (const [i, [seconds, trouble]] of moments.entries()) {
    const wasThere = moments[i - 1]?.[1] === one;
    if (wasThere) thereS = seconds;
    if (trouble !== one || wasThere) continue;
    const toldS = told.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (seconds - toldS < hour && seconds - thereS < 10 * minute) spared += 1;
    else told.push(seconds);
  }
  return { told, spared };
}

test("whatever comes and goes: told at first, and within the hour only when it was gone for ten minutes", () => {
  const anyPauseS = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 1, max: 400 }) },
    { weight: 1, arbitrary: fc.integer({ min: 500, max: 5_000 }) },
  );
  const anyStep = fc.tuple(anyPauseS, fc.constantFrom<Trouble | "-">("-", "-", "partial", "blind"));
  let spared = 0;
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 60 }), (steps) => {
      const moments: Moment[] = [];
      for (const [afterS, trouble] of steps) moments.push([(moments.at(-1)?.[0] ?? 0) + afterS, trouble]);
      const each = [expected(moments, "partial"), expected(moments, "blind")];
      expect(live(moments).told).toEqual(each.flatMap(({ told }) => told).sort((a, b) => a - b));
      spared += each.reduce((sum, one) => sum + one.spared, 0);
    }),
  );
  expect(spared).toBeGreaterThan(20);
});

describe("what people were told of is remembered", () => {
  const told = { partial: { toldMs: at(0), thereMs: at(0) } };

  test("through what is seen next, until it was an hour ago", () => {
    const { now } = live([
      [0, "partial"],
      [30, "-"],
    ]);
    const known = { partial: { toldMs: at(0), thereMs: at(30) } };
    expect(now.told).toEqual(known);
    for (const verdict of ["up", "down", "partial", "refused", "unknown"] as const)
      expect(conclude(now, verdict, at(60), policy, "").told).toEqual(known);
    const later = live([
      [0, "partial"],
      [30, "-"],
      [hour, "blind"],
    ]).now;
    expect(later.told).toEqual({ blind: { toldMs: at(hour), thereMs: at(hour) } });
    expect(
      live([
        [0, "refused", standby],
        [9, "-"],
      ]).now,
    ).not.toHaveProperty("told");
  });

  test("of a heartbeat as well", () => {
    const job = { id: "job", intervalMs: 300_000, graceMs: 60_000 };
    const before = health("up", { told });
    expect(hear(job, { succeededMs: at(0) }, undefined, before, at(60)).told).toEqual(told);
  });
});
