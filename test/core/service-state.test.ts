import { describe, expect, test } from "vitest";
import type { RecordSet, Standing } from "../../lambda/core/records.ts";
import {
  firstSight,
  type Intent,
  look,
  resume,
  type ServiceState,
  serviceKey,
  show,
} from "../../lambda/core/service-state.ts";
import { shop } from "../sim/config.ts";
import { nineMs } from "./fixture.ts";
import { otherOwner, owner, pointing, standing, txt } from "./zone-fixture.ts";

const primary = pointing("192.0.2.10");
const standby = pointing("198.51.100.20");
const stranger = pointing("203.0.113.9");

test("a service's state belongs to the name that is moved, whatever the config calls it", () => {
  expect(serviceKey(shop)).toBe("service#Z1/shop.example.com/A");
  expect(serviceKey({ ...shop, id: "renamed" })).toBe(serviceKey(shop));
});

test.each([
  ["absent", null],
  ["192.0.2.10 (TTL 15 s)", primary],
  ["192.0.2.10, 192.0.2.11 (TTL 60 s)", { ...primary, ttlSeconds: 60, values: ["192.0.2.10", "192.0.2.11"] }],
])("a record as a person reads it: %s", (text, record) => expect(show(record)).toBe(text));

describe("a name seen for the first time", () => {
  test.each<[string, Standing]>([
    ["points to the primary", standing(primary)],
    ["points to the standby", standing(standby)],
    ["points to the primary with another TTL: adopted as it is", standing(pointing("192.0.2.10", 300))],
    ["has no record yet", standing(null)],
  ])("is armed when it %s", (_, stands) =>
    expect(firstSight(shop, stands, owner, nineMs)).toEqual({
      written: stands.record,
      generation: 0,
      movesFromUpMs: [],
      outbox: [],
    }),
  );

  test.each<[string, Standing, RegExp]>([
    [
      "points to none of the targets",
      standing(stranger),
      /203\.0\.113\.9 \(TTL 15 s\), which is none of the targets/,
    ],
    [
      "was moved by us, and our memory of it is lost",
      standing(primary, 4),
      /this installation moved .* state of that is lost/,
    ],
    [
      "is moved by another installation",
      { record: primary, generation: txt(4, otherOwner) },
      /says that stack-2 moves this name/,
    ],
    [
      "has a TXT record nobody can read",
      { record: primary, generation: { ...txt(4), values: ['"?"'] } },
      /somebody else moves this name/,
    ],
    ["was moved by us and has no record any more", standing(null, 4), /state of that is lost/],
  ])("is left alone when it %s", (_, stands, why) =>
    expect(firstSight(shop, stands, owner, nineMs).disarmed).toEqual({
      why: expect.stringMatching(why),
      sinceMs: nineMs,
    }),
  );
});

const intent: Intent = {
  kind: "failover",
  from: "frankfurt",
  to: "ireland",
  why: "down at 5 of 5 locations",
  now: primary,
  want: standby,
  generation: 3,
  decidedMs: nineMs,
  fromUp: false,
};
const first: Intent = { ...intent, generation: 0 };
const creation: Intent = { ...intent, kind: "created", now: null, generation: 0 };
const alias = (value: string): RecordSet => ({
  name: "www.example.com",
  type: "CNAME",
  ttlSeconds: 15,
  values: [value],
});
const aliasIntent: Intent = { ...intent, now: alias("main.example.net"), want: alias("spare.example.net") };

describe("a saved change whose outcome is unknown, and what stands in the zone", () => {
  test.each<[string, string, Intent, Standing]>([
    ["apply", "nothing has changed", intent, standing(primary, 3)],
    ["apply", "nothing has changed, and we never moved it", first, standing(primary)],
    ["apply", "there is still no record", creation, standing(null)],
    ["done", "the wanted record and the next generation: the answer was lost", intent, standing(standby, 4)],
    ["done", "our first change took effect", first, standing(standby, 1)],
    ["done", "the record was created", creation, standing(standby, 1)],
    [
      "done",
      "it took effect, and somebody then changed the TTL",
      intent,
      standing(pointing("198.51.100.20", 60), 4),
    ],
    [
      "done",
      "it took effect, and Route 53 spells the name otherwise",
      aliasIntent,
      standing(alias("spare.example.net."), 4),
    ],
    ["done", "it took effect, and somebody then put the name back", intent, standing(primary, 4)],
    ["done", "it took effect, and somebody then pointed it elsewhere", intent, standing(stranger, 4)],
    ["dropped", "the old record, two generations on: it was given up", intent, standing(primary, 5)],
    ["dropped", "it was given up, and somebody then changed the record", intent, standing(stranger, 5)],
    ["dropped", "the creation was given up", creation, standing(null, 2)],
    ["adopt", "our value with another TTL", intent, standing(pointing("192.0.2.10", 300), 3)],
    ["adopt", "our value with another TTL, never moved", first, standing(pointing("192.0.2.10", 300))],
    [
      "adopt",
      "our value in another spelling, which a DELETE may not match",
      aliasIntent,
      standing(alias("Main.example.net."), 3),
    ],
    ["foreign", "somebody else's value", intent, standing(stranger, 3)],
    ["foreign", "the wanted value, but not by us: the generation stands still", intent, standing(standby, 3)],
    ["foreign", "the record is gone", intent, standing(null, 3)],
    ["foreign", "the TXT record is gone", intent, standing(primary)],
    ["foreign", "three generations later: another life of ours", intent, standing(primary, 6)],
    ["foreign", "an older generation", intent, standing(primary, 2)],
    [
      "foreign",
      "another installation's TXT record",
      intent,
      { record: primary, generation: txt(3, otherOwner) },
    ],
    [
      "foreign",
      "another installation did the same",
      intent,
      { record: standby, generation: txt(4, otherOwner) },
    ],
    [
      "foreign",
      "our TXT record with another TTL, which a DELETE would not match",
      intent,
      { record: primary, generation: txt(3, owner, 300) },
    ],
    ["foreign", "a record came up where none was", creation, standing(primary)],
  ])("%s: %s", (is, _, saved, stands) => expect(resume(saved, stands, owner).is).toBe(is));

  test("what is adopted is exactly what stands", () =>
    expect(resume(intent, standing(pointing("192.0.2.10", 300), 3), owner)).toEqual({
      is: "adopt",
      now: pointing("192.0.2.10", 300),
    }));

  test("what is foreign is told with what was found and what was left", () => {
    expect(resume(intent, standing(stranger, 3), owner)).toMatchObject({
      why: "the record is 203.0.113.9 (TTL 15 s) at generation 3; it was left at 192.0.2.10 (TTL 15 s) at generation 3",
    });
    expect(resume(intent, { record: primary, generation: txt(3, otherOwner) }, owner)).toMatchObject({
      why: "_pointsman-a.shop.example.com is not ours any more",
    });
  });
});

const left = (written: RecordSet | null, generation: number): ServiceState => ({
  written,
  generation,
  movesFromUpMs: [],
  outbox: [],
});
const disarmed = (state: ServiceState): ServiceState => ({
  ...state,
  disarmed: { why: "somebody changed it", sinceMs: nineMs - 60_000 },
});
const seen = (state: ServiceState, stands: Standing, up: readonly string[] = []): ServiceState =>
  look(shop, state, stands, owner, nineMs, (target) => up.includes(target));

describe("a look at the zone while no change is under way", () => {
  test.each<[string, ServiceState, Standing]>([
    ["as we left it", left(standby, 4), standing(standby, 4)],
    ["as we found it", left(primary, 0), standing(primary)],
    ["no record, as we found it", left(null, 0), standing(null)],
    ["a former target, adopted and never moved", left(stranger, 0), standing(stranger)],
    [
      "foreign for the reason we know",
      {
        ...left(primary, 0),
        disarmed: { why: "the record is gone; it was 192.0.2.10 (TTL 15 s)", sinceMs: 1 },
      },
      standing(null),
    ],
    ["no record, as it was left when a creation was given up", left(null, 1), standing(null, 1)],
  ])("says nothing new: %s", (_, state, stands) => expect(seen(state, stands)).toBe(state));

  test.each<[string, ServiceState, Standing, RecordSet | null]>([
    [
      "another TTL of one we moved",
      left(standby, 4),
      standing(pointing("198.51.100.20", 300), 4),
      pointing("198.51.100.20", 300),
    ],
    [
      "another TTL of one we never moved",
      left(primary, 0),
      standing(pointing("192.0.2.10", 300)),
      pointing("192.0.2.10", 300),
    ],
    ["another target of one we never moved", left(primary, 0), standing(standby), standby],
    ["a first record of one we never moved", left(null, 0), standing(primary), primary],
  ])("adopts %s", (_, state, stands, written) => expect(seen(state, stands)).toEqual({ ...state, written }));

  test("takes in that a person pointed a name we moved to a target that is up, and that alone", () => {
    const byHand = standing(primary, 4);
    expect(seen(left(standby, 4), byHand, ["frankfurt"])).toEqual({ ...left(standby, 4), written: primary });
    expect(seen({ ...left(standby, 4), intent }, byHand, ["frankfurt"]).intent?.now).toEqual(primary);
    expect(seen(left(standby, 4), byHand, ["ireland"]).disarmed?.why).toContain(
      "it was left at 198.51.100.20",
    );
    expect(seen(left(standby, 4), standing(primary, 5), ["frankfurt"]).disarmed).toBeDefined();
    expect(seen(left(standby, 4), standing(null, 4), ["frankfurt"]).disarmed).toBeDefined();
  });

  test("adopts the spelling Route 53 has, since a DELETE must match it", () => {
    const state = left(alias("main.example.net"), 4);
    expect(seen(state, standing(alias("Main.example.net."), 4)).written).toEqual(alias("Main.example.net."));
  });

  test.each<[string, ServiceState, Standing, RegExp]>([
    ["no record any more of one we never moved", left(primary, 0), standing(null), /is gone; it was 192/],
    [
      "another target of one we moved",
      left(standby, 4),
      standing(primary, 4),
      /192\.0\.2\.10 .* generation 4; it was left at 198\.51\.100\.20/,
    ],
    ["a strange value", left(standby, 4), standing(stranger, 4), /203\.0\.113\.9/],
    ["a strange value of one we never moved", left(primary, 0), standing(stranger), /none of the targets/],
    ["no record any more", left(standby, 4), standing(null, 4), /the record is absent/],
    [
      "no TXT record any more",
      left(standby, 4),
      standing(standby),
      /at generation 0; it was left .* at generation 4/,
    ],
    [
      "a generation of ours we know nothing of",
      left(standby, 4),
      standing(standby, 5),
      /at generation 5; it was left .* at generation 4/,
    ],
    [
      "a TXT record that came up where we never moved",
      left(primary, 0),
      standing(primary, 1),
      /state of that is lost/,
    ],
    [
      "somebody else's TXT record",
      left(standby, 4),
      { record: standby, generation: txt(4, otherOwner) },
      /not ours any more/,
    ],
    [
      "our TXT record with another TTL",
      left(standby, 4),
      { record: standby, generation: txt(4, owner, 300) },
      /not ours any more/,
    ],
    ["a record where a creation was given up", left(null, 1), standing(primary, 1), /it was left at absent/],
  ])("disarms: %s", (_, state, stands, why) =>
    expect(seen(state, stands)).toEqual({
      ...state,
      disarmed: { why: expect.stringMatching(why), sinceMs: nineMs },
    }),
  );

  test("a disarmed name stays disarmed since the first time, for today's reason", () =>
    expect(seen(disarmed(left(standby, 4)), standing(stranger, 4)).disarmed).toEqual({
      why: expect.stringContaining("203.0.113.9"),
      sinceMs: nineMs - 60_000,
    }));

  test.each<[string, ServiceState, Standing]>([
    ["as we left it", left(standby, 4), standing(standby, 4)],
    ["at one of the targets, and never moved by us", left(primary, 0), standing(primary)],
  ])("arms again when the name is %s", (_, state, stands) =>
    expect(seen(disarmed(state), stands)).toEqual(state),
  );
});
