import { describe, expect, test } from "vitest";
import {
  answered,
  answerLateMs,
  followEveryMs,
  inSync,
  type Round,
  type Said,
  silentMs,
  syncLate,
  syncLateMs,
} from "../../lambda/core/propagation.ts";
import type { Propagation, ServiceState } from "../../lambda/core/service-state.ts";
import { beacons } from "../sim/beacons.ts";
import { shop } from "../sim/config.ts";
import { nineMs } from "./fixture.ts";
import { pointing } from "./zone-fixture.ts";

const at = (seconds: number): number => nineMs + seconds * 1000;
const [old, wanted] = ["192.0.2.10", "198.51.100.20"];
const standby = pointing(wanted);

const open: Propagation = {
  kind: "failover",
  from: "frankfurt",
  to: "ireland",
  want: standby,
  changeId: "C1",
  times: { failedMs: at(-5), detectedMs: at(0), acceptedMs: at(1) },
};
const stateOf = (propagation: Propagation): ServiceState => ({
  written: standby,
  generation: 4,
  movesFromUpMs: [],
  outbox: [],
  propagation,
});
const quiet: ServiceState = { written: standby, generation: 4, movesFromUpMs: [], outbox: [] };
const moving = stateOf(open);
const synced = stateOf({ ...open, times: { ...open.times, inSyncMs: at(31) } });

/** The kinds of what is told, a `!` for what alerts. */
const told = (state: ServiceState): string[] =>
  state.outbox.map(({ kind, alert }) => `${kind}${alert ? "!" : ""}`);
const whyOf = (state: ServiceState): string | undefined => state.outbox.at(-1)?.why;

const says = (server: string, ...values: string[]): Said => ({ server, asked: standby, values });
const isSilent = (server: string): Said => ({ server, silent: "ETIMEOUT" });
const by = (...servers: Said[]): Round => ({ servers, resolvers: [] });

describe("INSYNC", () => {
  test("is filed with the times so far, nobody is told, and the name servers are asked from then on", () => {
    const after = inSync(shop, moving, at(31), false);
    expect(after.propagation).toEqual(synced.propagation);
    expect(told(after)).toEqual(["in-sync"]);
    expect(after.outbox[0]?.times).toEqual({ ...open.times, inSyncMs: at(31) });
  });

  test("is not said of Route 53 where beacons moved the name, but of their conversion, which was a batch", () => {
    const service = { ...shop, dns: { ...shop.dns, beacons } };
    expect(whyOf(inSync(shop, moving, at(31), false))).toBe("Route 53 says INSYNC");
    expect(whyOf(inSync(service, moving, at(1), false))).toBe("two of three beacons say it");
    const converted = stateOf({ ...open, kind: "converted" });
    expect(whyOf(inSync(service, converted, at(31), false))).toBe("Route 53 says INSYNC");
  });

  test("is the end, and told, where the zone is private", () => {
    const after = inSync(shop, moving, at(31), true);
    expect(after).not.toHaveProperty("propagation");
    expect(told(after)).toEqual(["in-sync!"]);
    expect(whyOf(after)).toMatch(/private, so that its name servers cannot be asked/);
  });

  test("is late from two minutes after the acceptance, and that is told once", () => {
    expect(syncLate(shop, moving, at(1) + syncLateMs - 1)).toBe(moving);
    const late = syncLate(shop, moving, at(1) + syncLateMs);
    expect(told(late)).toEqual(["not-in-sync!"]);
    expect(syncLate(shop, late, at(1000))).toBe(late);
    const after = inSync(shop, late, at(1001), false);
    expect(told(after)).toEqual(["not-in-sync!", "in-sync"]);
    // What the name servers answer is another question, with a time of its own.
    expect(after.propagation).not.toHaveProperty("lateTold");
  });

  test("nothing was on its way: nothing to say", () => {
    expect(inSync(shop, quiet, at(31), false)).toBe(quiet);
    expect(syncLate(shop, quiet, at(500))).toBe(quiet);
    expect(answered(shop, quiet, by(says("ns-1", wanted)), at(500))).toBe(quiet);
  });
});

describe("what the name servers answer", () => {
  test("is the new value at all of them: the end, told with every time", () => {
    const after = answered(shop, synced, by(says("ns-1", wanted), says("ns-2", wanted)), at(33));
    expect(after).not.toHaveProperty("propagation");
    expect(told(after)).toEqual(["answered!"]);
    expect(after.outbox[0]).toMatchObject({ severity: "info", to: "ireland", name: "shop.example.com" });
    expect(after.outbox[0]?.times).toEqual({ ...open.times, inSyncMs: at(31), answeredMs: at(33) });
    expect(whyOf(after)).toBe("all 2 servers answer 198.51.100.20");
  });

  test("is the new value of all records that are moved together, at each server", () => {
    const www = { ...standby, name: "www.example.com" };
    const says2 = (server: string, value: string): Said => ({ server, asked: www, values: [value] });
    const half = by(says("ns-1", wanted), says2("ns-1", wanted), says("ns-2", wanted), says2("ns-2", old));
    expect(answered(shop, synced, half, at(33))).toBe(synced);
    expect(whyOf(answered(shop, synced, half, at(31) + answerLateMs))).toBe(
      "ns-2 answers 192.0.2.10 for www.example.com A",
    );
    const whole = by(says("ns-1", wanted), says2("ns-1", wanted), isSilent("ns-2"));
    expect(whyOf(answered(shop, synced, whole, at(31) + silentMs))).toBe(
      "1 of 2 servers answer shop.example.com A 198.51.100.20; www.example.com A 198.51.100.20; ns-2 did not answer us (ETIMEOUT)",
    );
  });

  test("is compared as a set", () => {
    const two = { ...standby, values: [wanted, old] };
    const state = { ...stateOf({ ...open, want: two }), written: two };
    expect(told(answered(shop, state, by({ ...says("ns-1", old, wanted), asked: two }), at(33)))).toEqual([
      "answered!",
    ]);
    expect(answered(shop, state, by({ ...says("ns-1", wanted), asked: two }), at(33))).toBe(state);
    expect(
      answered(shop, state, by({ ...says("ns-1", wanted, old, "192.0.2.99"), asked: two }), at(33)),
    ).toBe(state);
  });

  test.each([
    ["AAAA", "2600:1:0:0::1", "2600:1::1"],
    ["AAAA", "2600:1::a", "2600:1:0::A"],
    ["CNAME", "One.aws.net.", "one.aws.net"],
  ] as const)("says the same in another spelling: %s %s and %s", (type, written, answer) => {
    const want = { ...standby, type, values: [written] };
    const state = { ...stateOf({ ...open, want }), written: want };
    expect(told(answered(shop, state, by({ ...says("ns-1", answer), asked: want }), at(33)))).toEqual([
      "answered!",
    ]);
  });

  test.each([
    ["one still answers the old value", by(says("ns-1", wanted), says("ns-2", old))],
    ["one knows no such record", by(says("ns-1", wanted), says("ns-2"))],
    ["one does not answer us", by(says("ns-1", wanted), isSilent("ns-2"))],
    ["none answers us", by(isSilent("ns-1"), isSilent("ns-2"))],
    [
      "a public resolver still answers the old value",
      { servers: [says("ns-1", wanted)], resolvers: [says("1.1.1.1", old)] },
    ],
  ])("is not the end: %s", (_, round) => expect(answered(shop, synced, round, at(33))).toBe(synced));

  test("one that does not answer us is not waited for longer than ten seconds", () => {
    const round = by(says("ns-1", wanted), says("ns-2", wanted), isSilent("ns-3"));
    expect(answered(shop, synced, round, at(31) + silentMs - 1)).toBe(synced);
    const after = answered(shop, synced, round, at(31) + silentMs);
    expect(told(after)).toEqual(["answered!"]);
    expect(whyOf(after)).toBe("2 of 3 servers answer 198.51.100.20; ns-3 did not answer us (ETIMEOUT)");
  });

  test("the old value is not outweighed by those who say nothing", () => {
    const round = by(says("ns-1", wanted), says("ns-2", old), isSilent("ns-3"));
    expect(answered(shop, synced, round, at(31) + silentMs)).toBe(synced);
  });

  test("is the old value a minute after INSYNC: told once, and asked on, less often", () => {
    const round = by(says("ns-1", old), says("ns-2"), says("ns-3", wanted), isSilent("ns-4"));
    expect(answered(shop, synced, round, at(31) + answerLateMs - 1)).toBe(synced);
    const late = answered(shop, synced, round, at(31) + answerLateMs);
    expect(told(late)).toEqual(["not-answered!"]);
    expect(whyOf(late)).toBe(
      "ns-1 answers 192.0.2.10; ns-2 answers that there is no record; ns-4 did not answer us (ETIMEOUT)",
    );
    expect(answered(shop, late, round, at(900))).toBe(late);
    expect([synced, late].map(({ propagation }) => followEveryMs(propagation ?? open))).toEqual([
      1_000, 10_000,
    ]);
    const after = answered(shop, late, by(says("ns-1", wanted)), at(1000));
    expect(told(after)).toEqual(["not-answered!", "answered!"]);
  });

  test("public resolvers may keep the old value for its TTL besides", () => {
    const round = { servers: [says("ns-1", wanted)], resolvers: [says("1.1.1.1", old)] };
    const ttlMs = shop.dns.ttlSeconds * 1000;
    expect(answered(shop, synced, round, at(31) + answerLateMs + ttlMs - 1)).toBe(synced);
    expect(told(answered(shop, synced, round, at(31) + answerLateMs + ttlMs))).toEqual(["not-answered!"]);
  });

  test("or for that of the record before, where it was a longer one", () => {
    const round = { servers: [says("ns-1", wanted)], resolvers: [says("1.1.1.1", old)] };
    const state = stateOf({ ...open, keptSeconds: 3_600, times: { ...open.times, inSyncMs: at(31) } });
    const lateMs = at(31) + answerLateMs + 3_600_000;
    expect(answered(shop, state, round, lateMs - 1)).toBe(state);
    expect(told(answered(shop, state, round, lateMs))).toEqual(["not-answered!"]);
  });

  test("is not heard by anybody for a minute: nobody knows, that is told, and it ends", () => {
    const after = answered(shop, synced, by(isSilent("ns-1"), isSilent("ns-2")), at(31) + answerLateMs);
    expect(told(after)).toEqual(["unproven!"]);
    expect(after.outbox[0]?.severity).toBe("warning");
    expect(after).not.toHaveProperty("propagation");
    expect(whyOf(after)).toMatch(/^ns-1 did not answer us \(ETIMEOUT\); ns-2 did not/);
  });

  test("proves a change whose id was lost, or that GetChange does not tell of: two minutes are its time", () => {
    const { changeId: _, ...unnamed } = open;
    for (const state of [moving, stateOf(unnamed)]) {
      expect(told(answered(shop, state, by(says("ns-1", wanted)), at(3)))).toEqual(["answered!"]);
      expect(answered(shop, state, by(says("ns-1", old)), at(1) + syncLateMs - 1)).toBe(state);
      expect(told(answered(shop, state, by(says("ns-1", old)), at(1) + syncLateMs))).toEqual([
        "not-answered!",
      ]);
    }
  });

  test("cannot be asked because the zone is private: INSYNC was the end, or nobody knows", () => {
    expect(answered(shop, synced, by(), at(32))).toEqual(quiet);
    const after = answered(shop, moving, by(), at(2));
    expect(told(after)).toEqual(["unproven!"]);
    expect(after).not.toHaveProperty("propagation");
  });

  test.each([
    ["somebody else pointed the name elsewhere", { written: pointing(old) }],
    ["hands off", { disarmed: { why: "the record is another", sinceMs: at(20) } }],
  ])("says nothing about our change any more: %s", (_, over) => {
    const state = { ...synced, ...over };
    expect(answered(shop, state, by(says("ns-1", old)), at(500))).toEqual({ ...quiet, ...over });
  });
});
