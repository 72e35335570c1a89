import { describe, expect, test } from "vitest";
import type { Config, Endpoint } from "../../lambda/core/config.ts";
import type { Decision } from "../../lambda/core/decide.ts";
import { generationRecord } from "../../lambda/core/generation.ts";
import {
  accepted,
  closed,
  disarm,
  dropped,
  failing,
  intend,
  intervalOf,
  noteLook,
} from "../../lambda/core/move.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import type { Intent, Propagation, ServiceState } from "../../lambda/core/service-state.ts";
import { endpoint, policy, shop, shopConfig } from "../sim/config.ts";
import { nineMs } from "./fixture.ts";
import { ireland, pointing } from "./zone-fixture.ts";

const at = (seconds: number): number => nineMs + seconds * 1000;
const primary = pointing("192.0.2.10");
const alias = { name: "d1.cloudfront.net.", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false };
const standby = pointing("198.51.100.20");

const quiet: ServiceState = { written: primary, generation: 3, movesFromUpMs: [], outbox: [] };
const failover: Extract<Decision, { do: "move" }> = {
  do: "move",
  kind: "failover",
  from: "frankfurt",
  to: ireland,
  why: "down at 5 of 5 locations",
  fromUp: false,
  failedMs: at(-5),
};
const intent: Intent = {
  kind: "failover",
  from: "frankfurt",
  to: "ireland",
  why: "down at 5 of 5 locations",
  now: primary,
  want: standby,
  generation: 3,
  decidedMs: at(0),
  failedMs: at(-5),
  fromUp: false,
};
const intended: ServiceState = { ...quiet, intent };
const propagation: Propagation = {
  kind: "failover",
  from: "frankfurt",
  to: "ireland",
  want: standby,
  keptSeconds: 15,
  changeId: "C1",
  times: { failedMs: at(-5), detectedMs: at(0), acceptedMs: at(1) },
};
/** The kinds of what is told, a `!` for what alerts. */
const told = (state: ServiceState): string[] =>
  state.outbox.map(({ kind, alert }) => `${kind}${alert ? "!" : ""}`);

describe("a change is saved before it is sent", () => {
  test("with what stands, what is wanted, and the generation it replaces", () => {
    const after = intend(shop, quiet, failover, at(0));
    expect(after.intent).toEqual(intent);
    expect(after).toMatchObject({ written: primary, generation: 3 });
    expect(told(after)).toEqual(["move-started"]);
    expect(after.outbox[0]).toMatchObject({
      from: "frankfurt",
      to: "ireland",
      name: "shop.example.com",
      why: intent.why,
    });
  });

  test("of a name without a record there is nothing it leaves, and nothing that failed", () => {
    const { from: _, failedMs: __, ...rest } = failover;
    const after = intend(
      shop,
      { ...quiet, written: null },
      { ...rest, from: undefined, kind: "created" },
      at(0),
    );
    expect(after.intent).toMatchObject({ now: null, kind: "created" });
    expect(Object.keys(after.intent ?? {})).not.toEqual(expect.arrayContaining(["from"]));
    expect(Object.keys(after.intent ?? {})).not.toEqual(expect.arrayContaining(["failedMs"]));
    expect(after.outbox[0]).toMatchObject({ from: "nothing" });
  });

  test("the reason for staying, told before, holds no longer; older events still to tell stay first", () => {
    const before = intend(shop, quiet, failover, at(-60));
    const condition = { code: "not-proven", sinceMs: at(-9), toldMs: at(-9) };
    const after = intend(shop, { ...before, condition }, failover, at(0));
    expect(after).not.toHaveProperty("condition");
    expect(after.outbox.map(({ atMs }) => atMs)).toEqual([at(-60), at(0)]);
  });
});

describe("Route 53 took the change", () => {
  const after = accepted(
    shop,
    { ...intended, propagation: { ...propagation, changeId: "C0" } },
    intent,
    "C1",
    at(1),
  );

  test("the record and the generation are the new ones, and it is followed to the name servers", () => {
    expect(after).toEqual({
      written: standby,
      readiness: { frankfurt: { is: "active" } },
      generation: 4,
      pointsSinceMs: at(1),
      movesFromUpMs: [],
      propagation,
      outbox: [expect.objectContaining({ kind: "failover" })],
    });
  });

  test("people are told, with the times of each step", () => {
    expect(told(after)).toEqual(["failover!"]);
    expect(after.outbox[0]?.times).toEqual({ failedMs: at(-5), detectedMs: at(0), acceptedMs: at(1) });
    expect(after.outbox[0]?.why).toBe("down at 5 of 5 locations");
  });

  test("the times say when the outage was found, however long the change did not get through", () => {
    const late = intend(shop, quiet, { ...failover, foundMs: at(0) }, at(180)).intent ?? intent;
    expect(late).toMatchObject({ foundMs: at(0), decidedMs: at(180) });
    const times = { failedMs: at(-5), detectedMs: at(0), acceptedMs: at(181) };
    expect(accepted(shop, intended, late, "C1", at(181))).toMatchObject({
      propagation: { times },
      outbox: [{ times }],
    });
  });

  test("the answer was lost and the zone shows it: told so, and only its name servers can be asked", () => {
    const found = accepted(shop, { ...intended, propagation }, intent, undefined, at(1));
    const { changeId: _, ...unnamed } = propagation;
    expect(found.propagation).toEqual(unnamed);
    expect(found.outbox[0]?.why).toMatch(/^down at 5 of 5 locations \(the answer was lost/);
    expect(found).toMatchObject({ written: standby, generation: 4 });
  });

  test("what never failed and came from nowhere has no such times and no such target", () => {
    const { failedMs: _, from: __, ...rest } = intent;
    const created = accepted(shop, intended, { ...rest, kind: "created", now: null }, "C1", at(1));
    expect(created.propagation).toEqual({
      kind: "created",
      to: "ireland",
      want: standby,
      // That there is no record may be remembered as well.
      keptSeconds: 900,
      changeId: "C1",
      times: { detectedMs: at(0), acceptedMs: at(1) },
    });
  });

  test.each<[string, RecordSet, number]>([
    ["its TTL", { ...primary, ttlSeconds: 3_600 }, 3_600],
    ["60 s, an alias of AWS's", { ...primary, ttlSeconds: 0, values: [], alias }, 60],
    ["the longest, of several", { ...primary, beside: [{ ...primary, type: "AAAA", ttlSeconds: 300 }] }, 300],
    [
      "what a set that is not there may",
      { ...primary, beside: [{ ...primary, type: "AAAA", values: [] }] },
      900,
    ],
  ])("what stood before may be kept by resolvers for %s", (_, now, seconds) => {
    expect(accepted(shop, intended, { ...intent, now }, "C1", at(1)).propagation?.keptSeconds).toBe(seconds);
  });

  test.each([
    ["away from a target that was up is remembered for an hour", true, [at(-3_598), at(1)]],
    ["away from a target that was down is not counted", false, [at(-3_598)]],
  ])("a move %s", (_, fromUp, times) => {
    const state = { ...intended, movesFromUpMs: [at(-7_200), at(-3_599), at(-3_598)] };
    expect(accepted(shop, state, { ...intent, fromUp }, "C1", at(1)).movesFromUpMs).toEqual(times);
  });
});

describe("a saved change that does not get through", () => {
  test("is told once, and stays saved", () => {
    const after = failing(shop, intended, "AccessDenied", at(5));
    expect(told(after)).toEqual(["move-failing!"]);
    expect(after.intent).toEqual({ ...intent, failingTold: true });
    expect(failing(shop, after, "AccessDenied", at(15))).toBe(after);
  });

  test("is gone by now: nothing to say", () => expect(failing(shop, quiet, "late", at(5))).toBe(quiet));

  test("is given up: the record stays, the generation has moved on, people are told", () => {
    const after = dropped(shop, intended, intent, at(200));
    expect(after).toMatchObject({ written: primary, generation: 5 });
    expect(after).not.toHaveProperty("intent");
    expect(told(after)).toEqual(["move-dropped!"]);
  });

  test("met somebody else's change: hands off, and the change is still there to be fenced one day", () =>
    expect(disarm(intended, "the record is another", at(5))).toEqual({
      ...intended,
      disarmed: { why: "the record is another", sinceMs: at(5) },
    }));
});

describe("a change that is still open when the name is disarmed", () => {
  const open = disarm(intended, "the record is another", at(5));
  const close = (record: typeof primary, generation: number) =>
    closed(shop, open, { record, generation: generationRecord(shop.dns, "us", generation) }, "us", at(60));

  test("is told as done once the zone shows that it took effect, and stays disarmed for a look to judge", () => {
    const after = close(pointing("203.0.113.9"), 4);
    expect(after).toMatchObject({ written: standby, generation: 4, disarmed: open.disarmed });
    expect(after).not.toHaveProperty("intent");
    expect(told(after)).toEqual(["failover!"]);
  });

  test("is told as given up once the zone shows that", () =>
    expect(told(close(primary, 5))).toEqual(["move-dropped!"]));

  test("stays open while nothing came of it", () => {
    expect(close(pointing("203.0.113.9"), 3)).toBe(open);
    expect(closed(shop, quiet, { record: primary, generation: null }, "us", at(60))).toBe(quiet);
  });
});

describe("after a look at the zone", () => {
  test.each([
    ["from another target", pointing("192.0.2.10"), "frankfurt"],
    ["from no record", null, "nothing"],
  ])("people are told who was pointed where by somebody else: %s", (_, written, from) => {
    const before: ServiceState = { ...quiet, written };
    const after: ServiceState = { ...quiet, written: pointing("198.51.100.20") };
    expect(noteLook(shop, before, after, at(9)).outbox).toMatchObject([
      { kind: "repointed", from, to: "ireland", alert: true },
    ]);
  });

  const disarmed: ServiceState = { ...quiet, disarmed: { why: "the record is another", sinceMs: at(0) } };
  const orphaned: ServiceState = { ...quiet, written: pointing("203.0.113.9") };
  const saidOf = (code: string): ServiceState => ({
    ...orphaned,
    condition: { code, sinceMs: at(0), toldMs: at(0) },
  });

  test("a name as it was left is nothing to tell", () =>
    expect(noteLook(shop, quiet, quiet, at(60))).toBe(quiet));

  test("a foreign record is told at once, and again every hour until it is put back", () => {
    const first = noteLook(shop, quiet, disarmed, at(0));
    expect(told(first)).toEqual(["foreign!"]);
    expect(first.outbox[0]).toMatchObject({ why: "the record is another", severity: "critical" });
    expect(noteLook(shop, disarmed, first, at(3_599))).toBe(first);
    expect(told(noteLook(shop, disarmed, first, at(3_600)))).toEqual(["foreign!", "foreign!"]);
  });

  test("a name put back is told as armed again, and the next foreign change is told at once", () => {
    const foreign = noteLook(shop, quiet, disarmed, at(0));
    const { disarmed: _, ...back } = foreign;
    const after = noteLook(shop, foreign, back, at(60));
    expect(told(after)).toEqual(["foreign!", "armed-again!"]);
    expect(after.outbox[1]?.why).toBe("the record is 192.0.2.10 (TTL 15 s), as it was left");
    expect(after).not.toHaveProperty("condition");
  });

  test("a target that is no longer in the config is told once", () => {
    const after = noteLook(shop, orphaned, orphaned, at(0));
    expect(told(after)).toEqual(["orphan!"]);
    expect(noteLook(shop, after, after, at(86_400))).toBe(after);
  });

  test.each(["limit", "would-move/back/frankfurt"])(
    "an orphan of which people know more (%s) is not told again",
    (code) => {
      expect(noteLook(shop, saidOf(code), saidOf(code), at(60))).toEqual(saidOf(code));
    },
  );

  test("an orphan of which people know something else is told", () =>
    expect(told(noteLook(shop, saidOf("all-down"), saidOf("all-down"), at(60)))).toEqual(["orphan!"]));
});

describe("the interval a service is judged at", () => {
  const every = (id: string, intervalMs: number): Endpoint => ({
    ...endpoint(id),
    policy: { ...policy, intervalMs },
  });
  const config: Config = shopConfig({
    endpoints: [every("shop/frankfurt", 10_000), every("shop/ireland", 30_000), every("docs", 60_000)],
  });
  test("is its most patient target's, whatever else is watched", () =>
    expect(intervalOf(config, shop)).toBe(30_000));
  test("is none where nothing of it is watched", () =>
    expect(intervalOf({ ...config, endpoints: [] }, shop)).toBe(0));
});
