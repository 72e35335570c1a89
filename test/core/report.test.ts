import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Decision, StayCode } from "../../lambda/core/decide.ts";
import type { EventKind } from "../../lambda/core/event.ts";
import type { Health } from "../../lambda/core/health.ts";
import { healthEvents, note, type Role } from "../../lambda/core/report.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { shop } from "../sim/config.ts";
import { health, nineMs } from "./fixture.ts";
import { frankfurt, ireland, pointing } from "./zone-fixture.ts";

const at = (seconds: number): number => nineMs + seconds * 1000;
const hour = 3_600;

/** The kinds of events, a `!` for what alerts. */
const kinds = (events: readonly { kind: EventKind; alert: boolean }[]): string[] =>
  events.map(({ kind, alert }) => `${kind}${alert ? "!" : ""}`);

describe("a change in what is believed of an endpoint", () => {
  const up = health("up");
  const down = health("down");
  const unknown = health("unknown");
  const blind = health("up", { trouble: "blind" });
  const partial = health("up", { trouble: "partial" });
  test.each<[string, Role, Health, Health, string[]]>([
    ["it went down: told", "alone", up, down, ["down!"]],
    ["the active target went down: filed; the service tells what was done", "active", up, down, ["down"]],
    [
      "a standby went down: filed; its service tells that it could not take over",
      "standby",
      up,
      down,
      ["down"],
    ],
    ["a standby refuses us: the same", "standby", up, health("up", { trouble: "refused" }), ["refused"]],
    ["a standby is up for some: the same", "standby", up, partial, ["partial"]],
    ["a standby cannot be judged: that is nobody else's to tell", "standby", up, blind, ["blind!"]],
    ["a standby came back", "standby", down, up, ["up!"]],
    ["it was down when first judged", "alone", unknown, down, ["down!"]],
    ["it came back", "alone", down, up, ["up!"]],
    ["the active target came back", "active", down, up, ["up!"]],
    ["it was up when first judged: nothing to tell", "alone", unknown, up, []],
    ["nothing changed", "alone", down, down, []],
    ["up for some, down for others", "alone", up, partial, ["partial!"]],
    ["a firewall refuses us", "alone", up, health("up", { trouble: "refused" }), ["refused!"]],
    ["too few can see", "alone", up, blind, ["blind!"]],
    ["one trouble became another", "alone", blind, partial, ["partial!"]],
    ["the same trouble goes on: told once", "alone", partial, partial, []],
    ["the trouble is over: filed", "alone", blind, up, ["seen-again"]],
    ["the trouble became an outage", "alone", partial, down, ["down!"]],
    [
      "too few can see what is down anyway: filed",
      "alone",
      down,
      health("down", { trouble: "blind" }),
      ["blind"],
    ],
    ["what is down is seen again: nothing to tell", "alone", health("down", { trouble: "blind" }), down, []],
    [
      "never judged, and too few can see",
      "alone",
      unknown,
      health("unknown", { trouble: "blind" }),
      ["blind!"],
    ],
    ["first judged, and up for some only", "alone", unknown, partial, ["partial!"]],
    [
      "never judged, and seen again without a verdict",
      "alone",
      health("unknown", { trouble: "blind" }),
      unknown,
      [],
    ],
  ])("%s", (_, role, before, after, told) =>
    expect(kinds(healthEvents("docs", role, before, after, at(9)))).toEqual(told),
  );

  test("an outage says since when, and why; its end how long it was", () => {
    const began = health("down", { sinceMs: at(0), why: "down at 5 of 5 locations" });
    const ended = health("up", { sinceMs: at(190), why: "up at 5 of 5 locations" });
    expect(healthEvents("docs", "alone", up, began, at(9))).toEqual([
      {
        id: `docs/down/${at(9)}`,
        kind: "down",
        severity: "critical",
        subject: "docs",
        atMs: at(9),
        sinceMs: at(0),
        why: "down at 5 of 5 locations",
        alert: true,
      },
    ]);
    expect(healthEvents("docs", "alone", began, ended, at(250))).toMatchObject([
      { kind: "up", sinceMs: at(190), why: "up at 5 of 5 locations; it was down for 3 min 10 s" },
    ]);
  });
});

const quiet: ServiceState = { written: pointing("192.0.2.10"), generation: 3, movesFromUpMs: [], outbox: [] };
const stay = (code: StayCode, why: string = code): Decision => ({ do: "stay", code, why });
const move = (to: typeof ireland, fromUp = false): Decision => ({
  do: "move",
  kind: fromUp ? "failback" : "failover",
  from: to === ireland ? "frankfurt" : "ireland",
  to,
  why: "down at 5 of 5 locations",
  fromUp,
});

describe("a decision that changes nothing is told as", () => {
  test.each<[string, Decision, string[]]>([
    ["nothing, when all is well", stay("healthy"), []],
    ["an outage with nowhere to go", stay("all-down"), ["stays-down!"]],
    ["an outage whose standby is not proven up", stay("not-proven"), ["stays-down!"]],
    ["an outage too few locations judge", stay("too-few-locations"), ["stays-down!"]],
    ["somebody else's record", stay("disarmed"), ["foreign!"]],
    ["an orphan", stay("orphan"), ["orphan!"]],
    ["enough moves for this hour", stay("limit"), ["limit!"]],
    ["an outage of a name that is held", stay("held"), ["stays-down!"]],
    ["what a shadow would do", move(ireland), ["would-move!"]],
  ])("%s", (_, decision, told) => expect(kinds(note(shop, quiet, decision, at(0)).outbox)).toEqual(told));

  test("what a shadow would do says from where to where", () => {
    const [told] = note(shop, quiet, move(ireland), at(0)).outbox;
    expect(told).toMatchObject({
      from: "frankfurt",
      to: "ireland",
      name: "shop.example.com",
      subject: "shop",
      sinceMs: at(0),
    });
    const outage = { ...move(ireland), failedMs: at(-6) } as Decision;
    expect(note(shop, quiet, outage, at(0)).outbox).toMatchObject([
      { times: { failedMs: at(-6), detectedMs: at(0) } },
    ]);
    const late = { ...outage, foundMs: at(-1) } as Decision;
    expect(note(shop, quiet, late, at(0)).outbox[0]?.times?.detectedMs).toBe(at(-1));
    expect(told).not.toHaveProperty("times");
    const [created] = note(shop, quiet, { ...move(ireland), from: undefined } as Decision, at(0)).outbox;
    expect(created).toMatchObject({ from: "nothing", to: "ireland" });
  });
});

describe("the same state of affairs", () => {
  const told = (decisions: readonly [atS: number, decision: Decision][]): string[] =>
    decisions
      .reduce((state, [atS, decision]) => note(shop, state, decision, at(atS)), quiet)
      .outbox.map(({ kind, atMs }) => `${kind} at ${(atMs - nineMs) / 1000}`);

  test.each<[string, [number, Decision][], string[]]>([
    [
      "is told once",
      [
        [0, stay("all-down")],
        [10, stay("all-down")],
        [hour - 1, stay("all-down")],
      ],
      ["stays-down at 0"],
    ],
    [
      "in other words is the same",
      [
        [0, stay("all-down", "a")],
        [10, stay("all-down", "b")],
      ],
      ["stays-down at 0"],
    ],
    [
      "is told again by the hour when only people can end it",
      [
        [0, stay("disarmed")],
        [hour, stay("disarmed")],
        [hour + 10, stay("disarmed")],
        [2 * hour, stay("disarmed")],
      ],
      ["foreign at 0", `foreign at ${hour}`, `foreign at ${2 * hour}`],
    ],
    [
      "is told again by the hour while the name is down",
      [
        [0, stay("not-proven")],
        [hour, stay("not-proven")],
      ],
      ["stays-down at 0", `stays-down at ${hour}`],
    ],
    [
      "is not told again when nothing is broken",
      [
        [0, stay("limit")],
        [99 * hour, stay("limit")],
      ],
      ["limit at 0"],
    ],
    [
      "that a shadow would end is told once",
      [
        [0, move(ireland)],
        [99 * hour, move(ireland)],
      ],
      ["would-move at 0"],
    ],
    [
      "for another reason is told",
      [
        [0, stay("all-down")],
        [10, stay("not-proven")],
      ],
      ["stays-down at 0", "stays-down at 10"],
    ],
    [
      "after all was well is told",
      [
        [0, stay("all-down")],
        [10, stay("healthy")],
        [20, stay("all-down")],
      ],
      ["stays-down at 0", "stays-down at 20"],
    ],
    [
      "is the same while what is down comes back and fails again",
      [
        [0, stay("all-down")],
        [10, stay("coming-back")],
        [20, stay("all-down")],
        [hour - 1, stay("coming-back")],
        [hour, stay("all-down")],
      ],
      ["stays-down at 0", `stays-down at ${hour}`],
    ],
    [
      "to another target is told",
      [
        [0, move(ireland)],
        [10, move(frankfurt)],
      ],
      ["would-move at 0", "would-move at 10"],
    ],
    [
      "is told anew of an outage that began since",
      [
        [0, { ...move(ireland), failedMs: at(-6) } as Decision],
        [60, { ...move(ireland), failedMs: at(-6) } as Decision],
        [400, { ...move(ireland), failedMs: at(394) } as Decision],
      ],
      ["would-move at 0", "would-move at 400"],
    ],
    [
      "to the same target is told when the one before fails only now",
      [
        [0, move(frankfurt, true)],
        [10, move(frankfurt, false)],
      ],
      ["would-move at 0", "would-move at 10"],
    ],
  ])("%s", (_, decisions, events) => expect(told(decisions)).toEqual(events));

  test("says since when it lasts, also when it is told again", () => {
    const again = note(shop, note(shop, quiet, stay("disarmed"), at(0)), stay("disarmed"), at(hour));
    expect(again.outbox.map(({ sinceMs }) => sinceMs)).toEqual([at(0), at(0)]);
    expect(again.condition).toEqual({ code: "disarmed", sinceMs: at(0), toldMs: at(hour) });
  });

  test("that is nothing to tell leaves the state as it is", () => {
    expect(note(shop, quiet, stay("healthy"), at(0))).toBe(quiet);
    const told = note(shop, quiet, stay("limit"), at(0));
    expect(note(shop, told, stay("limit"), at(9))).toBe(told);
    expect(note(shop, told, stay("coming-back"), at(9))).toBe(told);
    expect(note(shop, told, stay("healthy"), at(9))).not.toHaveProperty("condition");
  });

  test("is never told twice within an hour, whatever else is decided, unless it had ended", () => {
    const codes = ["all-down", "not-proven", "disarmed", "limit", "orphan"] as const;
    const anyDecisions = fc.array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.constantFrom(...codes)), {
      maxLength: 40,
    });
    fc.assert(
      fc.property(anyDecisions, (decisions) => {
        let [state, now] = [quiet, 0];
        for (const [afterS, code] of decisions) {
          now += afterS;
          const { condition } = state;
          const after = note(shop, state, stay(code), at(now));
          const isNews = condition?.code !== code;
          const isDue =
            ["all-down", "not-proven", "disarmed"].includes(code) &&
            at(now) - (condition?.toldMs ?? 0) >= hour * 1000;
          expect(after.outbox.length - state.outbox.length).toBe(isNews || isDue ? 1 : 0);
          state = after;
        }
      }),
    );
  });
});
