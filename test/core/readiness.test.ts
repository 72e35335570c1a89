import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import type { KeptProbe } from "../../lambda/core/endpoint-record.ts";
import type { Health } from "../../lambda/core/health.ts";
import { accepted } from "../../lambda/core/move.ts";
import { type Known, noteReadiness, type Readiness, sayReadiness } from "../../lambda/core/readiness.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import type { Intent, ServiceState } from "../../lambda/core/service-state.ts";
import { shop } from "../sim/config.ts";
import { health, nineMs } from "./fixture.ts";
import { pointing } from "./zone-fixture.ts";

const at = (seconds: number): number => nineMs + seconds * 1000;

const up = health("up");
const down = health("down", { sinceMs: at(-5), why: "down at 5 of 5 locations" });
const refused = health("up", { trouble: "refused", why: "refused at 5 of 5 locations" });
const partial = health("up", { trouble: "partial", why: "down at 2, up at 3 of 5 locations" });
const blind = health("up", { trouble: "blind" });
const degraded = health("up", { trouble: "degraded" });
const unknown = health("unknown");

const failing = (...reasons: (Reason | undefined)[]): KeptProbe[] =>
  reasons.map((reason, i) => (reason ? [i, 0, 5, reason] : [i, 0, 5]));
const known = (of: Health, ...reasons: (Reason | undefined)[]): Known => ({
  health: of,
  probes: failing(...reasons),
});

/** The name points to frankfurt, and ireland was well when it was last looked at. */
const quiet: ServiceState = {
  written: pointing("192.0.2.10"),
  generation: 3,
  movesFromUpMs: [],
  outbox: [],
  readiness: { frankfurt: { is: "active" }, ireland: { is: "ready" } },
};
const moved: ServiceState = { ...quiet, written: pointing("198.51.100.20") };

type Both = { readonly frankfurt?: Known; readonly ireland?: Known };
const note = (state: ServiceState, { frankfurt = known(up), ireland = known(up) }: Both, second = 0) =>
  noteReadiness(
    shop,
    state,
    new Map([
      ["shop/frankfurt", frankfurt],
      ["shop/ireland", ireland],
    ]),
    at(second),
  );

/** One look after another, a minute apart: the first one twice. */
const looked = (state: ServiceState, ...looks: readonly Both[]): ServiceState =>
  [...looks.slice(0, 1), ...looks].reduce((now, look, i) => note(now, look, i * 60), state);

const told = (state: ServiceState): string[] => state.outbox.map(({ kind, subject }) => `${kind} ${subject}`);
const lackOf = (readiness: Readiness | undefined) => readiness?.is === "not-ready" && readiness.lack;

describe("a standby that would not take over", () => {
  test.each([
    ["it is down", known(down, "connect-refused"), "down"],
    ["it is down, and the last probes of the minute are not there any more", known(down), "down"],
    ["its certificate is another's", known(down, "connect-timeout", "tls-name-mismatch"), "certificate"],
    [
      "its certificate has expired, and we were late once",
      known(down, "tls-expired", "prober-late"),
      "certificate",
    ],
    ["it went on failing in another way", known(down, "tls-untrusted", "connect-refused"), "down"],
    ["its firewall refuses us", known(refused), "refused"],
    ["it refuses us and was never judged", known({ ...unknown, trouble: "refused" }), "refused"],
    ["it is up for some only", known(partial), "partial"],
  ])("is told, once: %s", (_, ireland, lack) => {
    const first = looked(quiet, { ireland });
    expect(told(first)).toEqual(["standby-not-ready shop/ireland"]);
    expect(lackOf(first.readiness?.["ireland"])).toBe(lack);
    expect(note(first, { ireland }, 3600)).toBe(first);
  });

  test("is told with what it is, since when, and of which name", () => {
    const [event] = note(quiet, { ireland: known(down, "tls-name-mismatch") }, 4).outbox;
    expect(event).toMatchObject({
      kind: "standby-not-ready",
      severity: "warning",
      alert: true,
      name: "shop.example.com",
      to: "ireland",
      atMs: at(4),
      sinceMs: at(-5),
      why: "its certificate is not good for the name that is asked for: down at 5 of 5 locations",
    });
  });

  test("is told also where it never was ready", () => {
    const { readiness: _, ...fresh } = quiet;
    expect(told(note(fresh, { ireland: known(down) }))).toEqual(["standby-not-ready shop/ireland"]);
    expect(told(looked(fresh, { ireland: known(unknown) }, { ireland: known(down) }))).toHaveLength(1);
  });

  test("is not told again because it fails in another way", () => {
    const [first, ...more] = [known(down), known(refused), known(partial), known(down, "tls-expired")];
    const state = looked(quiet, ...[first, ...more].map((ireland) => ({ ireland: ireland as Known })));
    expect(told(state)).toEqual(["standby-not-ready shop/ireland"]);
    expect(state.readiness?.["ireland"]).toMatchObject({ lack: "certificate", sinceMs: at(-5) });
  });

  test.each([
    ["well", up],
    ["degraded", degraded],
  ])("that would take over again (%s) is told, unless `up` tells it", (_, well) => {
    const ireland = known(well);
    expect(told(looked(quiet, { ireland: known(refused) }, { ireland }))).toEqual([
      "standby-not-ready shop/ireland",
      "standby-ready shop/ireland",
    ]);
    expect(
      told(looked(quiet, { ireland: known(refused) }, { ireland: known(down) }, { ireland })),
    ).toHaveLength(1);
    expect(told(looked(quiet, { ireland: known(down) }, { ireland }))).toHaveLength(1);
  });

  test.each([refused, partial])(
    "is told when that has lasted for a minute, where it is no outage: %j",
    (bad) => {
      const ireland = known(bad);
      const first = note(quiet, { ireland });
      expect(told(first)).toEqual([]);
      expect(note(first, { ireland }, 59)).toBe(first);
      expect(told(note(first, { ireland }, 60))).toEqual(["standby-not-ready shop/ireland"]);
      // Over before: nothing is told of it at all.
      expect(told(looked(note(first, {}, 59), {}))).toEqual([]);
      expect(told(note(first, { ireland: known(down) }, 10))).toEqual(["standby-not-ready shop/ireland"]);
    },
  );

  test("is down for its certificate, once that is known, whatever it fails with between", () => {
    const looks = [known(down), known(down, "tls-name-mismatch"), known(down, "connect-timeout")];
    const states = looks.map((_, i) =>
      looked(quiet, ...looks.slice(0, i + 1).map((ireland) => ({ ireland }))),
    );
    expect(states.map(({ readiness }) => lackOf(readiness?.["ireland"]))).toEqual([
      "down",
      "certificate",
      "certificate",
    ]);
    expect(told(looked(quiet, ...looks.map((ireland) => ({ ireland }))))).toHaveLength(1);
  });

  test("that cannot be judged now is as it was", () => {
    expect(note(quiet, { ireland: known(blind) })).toBe(quiet);
    const first = note(quiet, { ireland: known(refused) });
    expect(note(first, { ireland: known(blind) }, 10)).toBe(first);
  });
});

describe("during an outage of the name's own target", () => {
  const frankfurt = known(down);

  test("nothing is told of the others: `stays-down` says that there is nowhere to go", () => {
    const state = looked(quiet, { frankfurt, ireland: known(refused) });
    expect(told(state)).toEqual([]);
    expect(state.readiness?.["ireland"]).toMatchObject({ is: "not-ready", told: false });
    expect(told(note(state, { frankfurt }, 10))).toEqual([]);
  });

  test("what is still so when it is over is told then", () =>
    expect(told(looked(quiet, { frankfurt, ireland: known(refused) }, { ireland: known(refused) }))).toEqual([
      "standby-not-ready shop/ireland",
    ]));

  test("the target that the name has left is not told of a second time, and ready again without a word", () => {
    const left = note(moved, { frankfurt });
    expect(told(left)).toEqual([]);
    expect(left.readiness).toMatchObject({
      ireland: { is: "active" },
      frankfurt: { is: "not-ready", told: true },
    });
    // `up` tells it.
    expect(told(note(left, {}, 60))).toEqual([]);
    expect(told(looked(left, {}, { frankfurt }))).toEqual(["standby-not-ready shop/frankfurt"]);
  });

  test.each([
    ["was never looked at", undefined],
    ["was still a standby", quiet.readiness],
  ])("nor is one that the name came to and left between two looks: when it last %s", (_, readiness) => {
    const intent: Intent = {
      kind: "failover",
      from: "ireland",
      to: "frankfurt",
      why: "down at 5 of 5 locations",
      now: moved.written,
      want: quiet.written,
      generation: 3,
      decidedMs: at(0),
      fromUp: false,
    };
    const { readiness: __, ...before } = { ...moved, intent };
    const back = accepted(shop, { ...before, ...(readiness && { readiness }) }, intent, "C1", at(1));
    const left = note(back, { ireland: known(down) }, 2);
    expect(told(left)).toEqual(["failover shop"]);
    expect(left.readiness?.["ireland"]).toMatchObject({ is: "not-ready", told: true });
  });

  test("the target that the name has left and that cannot be judged is not judged yet", () =>
    expect(note(moved, { frankfurt: known(blind) }).readiness?.["frankfurt"]).toEqual({ is: "unjudged" }));
});

test("where the name points to nothing of the config every target is a standby", () => {
  const orphan = { ...quiet, written: pointing("203.0.113.9") };
  expect(told(note(orphan, { ireland: known(down) }))).toEqual(["standby-not-ready shop/ireland"]);
});

test("a name we keep our hands off has no standby", () => {
  const disarmed = { ...quiet, disarmed: { why: "the record is another", sinceMs: at(0) } };
  expect(note(disarmed, { ireland: known(down) })).toBe(disarmed);
});

test("targets come and go with the config; of one that is not probed nothing is known", () => {
  const third: Service = {
    ...shop,
    targets: [...shop.targets, { id: "ohio", endpoint: "shop/ohio", values: ["198.51.100.30"] }],
  };
  const more = noteReadiness(third, quiet, new Map([["shop/ireland", known(up)]]), at(0));
  expect(more.readiness).toEqual({ ...quiet.readiness, ohio: { is: "unjudged" } });
  expect(note(more, {}).readiness).toEqual(quiet.readiness);
});

test.each<[Readiness | undefined, string]>([
  [{ is: "active" }, "carries the name"],
  [{ is: "ready" }, "would take over"],
  [{ is: "unjudged" }, "not judged yet"],
  [undefined, "not judged yet"],
  [
    { is: "not-ready", lack: "refused", why: "refused at 5 of 5 locations", sinceMs: nineMs, told: true },
    "would not take over, since 2026-11-21 09:00:00 UTC: it refuses our probes: refused at 5 of 5 locations",
  ],
])("status says %j as %s", (readiness, line) => expect(sayReadiness(readiness)).toBe(line));
