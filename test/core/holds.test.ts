import { describe, expect, test } from "vitest";
import { zeroCounters } from "../../lambda/core/counters.ts";
import type { Watched } from "../../lambda/core/endpoint-record.ts";
import type { Freeze, Maintenance } from "../../lambda/core/hands.ts";
import type { Health } from "../../lambda/core/health.ts";
import { remind, takeFreeze, takeMaintenance } from "../../lambda/core/holds.ts";
import type { Role } from "../../lambda/core/report.ts";
import { healthEvents } from "../../lambda/core/report.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { policy, shop } from "../sim/config.ts";
import { health, nineMs } from "./fixture.ts";
import { pointing } from "./zone-fixture.ts";

const at = (seconds: number): number => nineMs + seconds * 1000;
const dayS = 86_400;
const anna = { who: "anna", why: "the network is rebuilt", atMs: at(0) };
const bob = { who: "bob", why: "it is done", atMs: at(50) };
const quiet: ServiceState = { written: pointing("192.0.2.10"), generation: 3, movesFromUpMs: [], outbox: [] };

/** The kinds of what is told, a `!` for what alerts. */
const told = ({ outbox }: Pick<ServiceState, "outbox">): string[] =>
  outbox.map(({ kind, alert }) => `${kind}${alert ? "!" : ""}`);

describe("a freeze", () => {
  const frozen: Freeze = { ...anna, is: "frozen" };
  const free: Freeze = { ...bob, is: "free" };
  const own = (freeze: Freeze | undefined) => ({ freeze, isOfAll: false, isTold: true });
  const taken: ServiceState = { ...quiet, frozen: { ...frozen, toldMs: at(5) } };
  test.each<[string, ServiceState, Freeze | undefined, number, string[], boolean]>([
    ["is taken in, and told", quiet, frozen, 5, ["frozen!"], true],
    ["that is known is nothing new", taken, frozen, 60, [], true],
    ["that is known is told again after a day", taken, frozen, dayS + 5, ["frozen!"], true],
    ["by somebody else is told", taken, { ...frozen, who: "bob" }, 60, ["frozen!"], true],
    ["at another time is told", taken, { ...frozen, atMs: at(9) }, 60, ["frozen!"], true],
    ["that ended is told", taken, free, 60, ["unfrozen!"], false],
    ["outlives the loss of the operators' row", taken, undefined, 60, [], true],
    ["that there never was is nothing", quiet, free, 60, [], false],
    ["that nobody spoke of is nothing", quiet, undefined, 60, [], false],
  ])("%s", (_, state, freeze, seconds, kinds, isFrozen) => {
    const after = takeFreeze(shop, state, own(freeze), at(seconds));
    expect(told(after)).toEqual(kinds);
    expect(after.frozen !== undefined).toBe(isFrozen);
    if (kinds.length === 0) expect(after).toBe(state);
  });

  test("says who froze the name, since when, and why", () => {
    expect(takeFreeze(shop, quiet, own(frozen), at(5)).outbox).toMatchObject([
      { name: "shop.example.com", sinceMs: at(0), why: anna.why, by: anna, atMs: at(5) },
    ]);
    expect(takeFreeze(shop, taken, own(free), at(60)).outbox).toMatchObject([{ why: bob.why, by: bob }]);
  });

  test("of all names is in the history of each, and told by one", () => {
    const [speaker, other] = [true, false].map((isTold) =>
      takeFreeze(shop, quiet, { freeze: frozen, isOfAll: true, isTold }, at(5)),
    );
    expect([speaker, other].map((state) => state && told(state))).toEqual([["frozen!"], ["frozen"]]);
    expect(speaker?.outbox[0]?.name).toBe("every name");
  });
});

describe("a pin", () => {
  const placed = { ...anna, target: "ireland", pinned: true, toldMs: at(0) };
  const pinned = { ...quiet, placed };
  test("is told again after a day, and not before", () => {
    expect(remind(shop, pinned, at(dayS) - 1)).toBe(pinned);
    const after = remind(shop, pinned, at(dayS));
    expect(after.outbox).toMatchObject([
      { kind: "pinned", alert: true, to: "ireland", by: anna, sinceMs: at(0) },
    ]);
    expect(remind(shop, { ...after, outbox: [] }, at(dayS + 9)).outbox).toEqual([]);
  });

  test("is not told of where there is none", () => {
    const loose = { ...quiet, placed: { ...placed, pinned: false } };
    expect(remind(shop, loose, at(9 * dayS))).toBe(loose);
    expect(remind(shop, quiet, at(9 * dayS))).toBe(quiet);
  });
});

describe("work on an endpoint", () => {
  const work: Maintenance = { ...anna, untilMs: at(600) };
  const watched = (now: Health): Watched => ({
    endpoint: "shop/frankfurt",
    fromMs: at(0),
    probes: [],
    health: now,
    counters: zeroCounters(at(0)),
    brownout: { usual: 0, scores: {} },
    outbox: [],
  });
  const up = health("up");
  const down = health("down");
  const worked = health("up", { maintenance: work });
  const broken = health("down", { maintenance: work });
  test.each<[string, Health, Role, Maintenance | undefined, number, string[], number]>([
    ["begins, and is told", up, "standby", work, 10, ["maintenance!"], 0],
    ["that nobody does changes nothing", up, "standby", undefined, 10, [], 0],
    ["that is over before it is heard of changes nothing", up, "standby", work, 600, [], 0],
    ["that is known changes nothing", worked, "standby", work, 10, [], 0],
    ["that takes longer is told", worked, "standby", { ...work, untilMs: at(900) }, 10, ["maintenance!"], 0],
    [
      "that is somebody else's now is told",
      worked,
      "standby",
      { ...bob, untilMs: at(600) },
      60,
      ["maintenance!"],
      0,
    ],
    ["ends with its time", worked, "standby", work, 600, ["maintenance-over!"], 0],
    ["ends when nobody says so any more", worked, "standby", undefined, 10, ["maintenance-over!"], 0],
    [
      "leaves a standby down: its service tells",
      broken,
      "standby",
      work,
      600,
      ["maintenance-over!", "down"],
      1,
    ],
    ["leaves an endpoint down", broken, "alone", work, 600, ["maintenance-over!", "down!"], 1],
    [
      "leaves the active target down: its service tells",
      broken,
      "active",
      work,
      600,
      ["maintenance-over!", "down"],
      1,
    ],
    [
      "leaves what was never judged as it is",
      health("unknown", { maintenance: work }),
      "alone",
      work,
      600,
      ["maintenance-over!"],
      0,
    ],
    ...(["partial", "refused", "blind", "degraded"] as const).map(
      (trouble): [string, Health, Role, Maintenance, number, string[], number] => [
        `leaves an endpoint ${trouble}`,
        health("up", { maintenance: work, trouble }),
        "active",
        work,
        600,
        ["maintenance-over!", `${trouble}!`],
        0,
      ],
    ),
    [
      "leaves one down that nobody can see any more",
      health("down", { maintenance: work, trouble: "blind" }),
      "alone",
      work,
      600,
      ["maintenance-over!", "down!", "blind"],
      1,
    ],
    ["begins on what is down", down, "alone", work, 10, ["maintenance!"], 0],
  ])("%s", (_, now, role, word, seconds, kinds, failures) => {
    const before = watched(now);
    const after = takeMaintenance(before, policy, role, word, at(seconds));
    expect(told(after)).toEqual(kinds);
    expect(after.counters.failures).toBe(failures);
    expect(after.health.state).toBe(now.state);
    expect(after.health.maintenance).toEqual(word && at(seconds) < word.untilMs ? word : undefined);
    if (kinds.length === 0) expect(after).toBe(before);
  });

  test("the time until it began or ended is counted as it was", () => {
    const begun = takeMaintenance(watched(up), policy, "alone", work, at(10));
    expect(begun.counters).toMatchObject({ seenMs: 10_000, upMs: 10_000, untilMs: at(10) });
    const late = { ...begun, counters: { ...begun.counters, untilMs: at(590) } };
    const ended = takeMaintenance(late, policy, "alone", work, at(600));
    expect(ended.counters).toMatchObject({ seenMs: 10_000, maintenanceMs: 10_000, untilMs: at(600) });
  });

  test("what comes back at its end does so since then, and its outage lasted no time", () => {
    const returning = { ...broken, goodSinceMs: at(590), goodUntilMs: at(595) };
    const { health: left } = takeMaintenance(watched(returning), policy, "alone", work, at(600));
    expect(left).toMatchObject({ sinceMs: at(600), foundMs: at(600), goodSinceMs: at(600) });
    const up = health("up", { sinceMs: at(600) });
    expect(healthEvents("shop/frankfurt", "alone", left, up, at(660))).toMatchObject([
      { kind: "up", sinceMs: at(600), why: up.why },
    ]);
  });

  test("what is down at its end is an outage since then, and the end says who ended it", () => {
    const ended: Maintenance = { ...bob, untilMs: at(50) };
    const { outbox, health: left } = takeMaintenance(watched(broken), policy, "alone", ended, at(50));
    expect(left).toMatchObject({ sinceMs: at(50), foundMs: at(50) });
    expect(left).not.toHaveProperty("goodSinceMs");
    expect(outbox).toMatchObject([
      { kind: "maintenance-over", by: bob, why: "it is done; it was ended" },
      { kind: "down", sinceMs: at(50), why: broken.why },
    ]);
    const [over] = takeMaintenance(watched(worked), policy, "alone", work, at(600)).outbox;
    expect(over).toMatchObject({ why: "its time is over" });
    expect(over?.by).toBeUndefined();
  });

  test("says until when", () => {
    const [begun] = takeMaintenance(watched(up), policy, "alone", work, at(10)).outbox;
    expect(begun).toMatchObject({ why: "the network is rebuilt; until 2026-11-21 09:10:00 UTC", by: anna });
  });
});
