import { describe, expect, test } from "vitest";
import { type Seen, unsoundAmong, withChecks } from "../../lambda/core/beacons.ts";
import type { Beacons, Service } from "../../lambda/core/config.ts";
import {
  asItStands,
  contradiction,
  conversionObstacle,
  converted,
  intendConversion,
  sayingFor,
  staysPut,
  strangeAmong,
  unconverted,
  unread,
  wayFlaw,
} from "../../lambda/core/conversion.ts";
import { generationRecord } from "../../lambda/core/generation.ts";
import type { Order } from "../../lambda/core/hands.ts";
import { closed, moveBatch } from "../../lambda/core/move.ts";
import { closing } from "../../lambda/core/orders.ts";
import { type Conversion, pairOf } from "../../lambda/core/pair.ts";
import type { Intent, ServiceState } from "../../lambda/core/service-state.ts";
import { noteSoundness } from "../../lambda/core/unsound.ts";
import { beaconShop, beacons, say } from "../sim/beacons.ts";
import { shop, shopRecord } from "../sim/config.ts";
import { checkOf } from "../sim/conversion.ts";

const deployed: Beacons = { ...beacons, check: "check-1" };
const service: Service = { ...shop, dns: { ...shop.dns, beacons: deployed } };
const simple: ServiceState = { written: shopRecord, generation: 4, movesFromUpMs: [], outbox: [] };
const paired: ServiceState = { ...simple, beacons: deployed };
const order: Order = { who: "anna", why: "tries", atMs: 1, number: 7, expiresMs: 9, what: "convert" };
const conversion: Conversion = {
  to: "beacons",
  beacons: deployed,
  now: [shopRecord],
  want: pairOf(deployed, "check-1"),
};
const intended = intendConversion(service, simple, order, conversion, undefined, 50);
const intent = { ...(intended.intent as Intent), conversion };

test("a name stands as it was converted, whatever way is configured", () => {
  expect(asItStands(service, undefined).dns.beacons).toBeUndefined();
  expect(asItStands(service, simple).dns.beacons).toBeUndefined();
  expect(asItStands(shop, paired).dns.beacons).toBe(deployed);
  expect(asItStands(service, paired)).toBe(service);
  expect(asItStands(shop, simple)).toBe(shop);
  // As it was read from the table, where it is another object.
  expect(asItStands(service, structuredClone(paired))).toBe(service);
  const back = { ...paired, intent: { ...intent, kind: "retired" as const } };
  expect(asItStands(service, back).dns.beacons).toBeUndefined();
});

describe("what stands in the way of an order", () => {
  test.each<[string, Service, ServiceState, "convert" | "retire", string | undefined]>([
    ["nothing", service, simple, "convert", undefined],
    ["nothing of the way back", service, paired, "retire", undefined],
    ["nothing of the way back after a deploy", shop, paired, "retire", undefined],
    ["a change", service, intended, "convert", "under way"],
    [
      "a move",
      service,
      {
        ...paired,
        propagation: {
          kind: "moved",
          to: "x",
          want: shopRecord,
          times: { detectedMs: 1, acceptedMs: 1 },
        },
      },
      "retire",
      "not answered",
    ],
    ["nothing to retire", service, simple, "retire", "simple record already"],
    ["the config", shop, simple, "convert", "via: api"],
    ["the health checks", beaconShop, simple, "convert", "do not exist yet"],
    ["that it is done", service, paired, "convert", "by beacons already"],
    ["other values", service, { ...paired, beacons: { ...deployed, out: "x" } }, "convert", "retire it"],
  ])("%s", (_, of, state, what, why) => {
    const said = conversionObstacle(of, state, { what });
    expect(why === undefined ? said === undefined : said?.includes(why)).toBe(true);
  });
});

test("a deploy that the name does not stand for names the command", () => {
  expect(wayFlaw(shop, simple)).toBeUndefined();
  expect(wayFlaw(service, paired)).toBeUndefined();
  expect(wayFlaw(shop, paired)).toContain("pointsman retire shop");
  expect(wayFlaw(service, simple)).toContain("pointsman convert shop");
  const other = { ...paired, beacons: { ...deployed, out: "203.0.113.9" } };
  expect(wayFlaw(service, other)).toMatch(/192\.0\.2\.10 and 203\.0\.113\.9.*retire shop, then convert/);
});

const read = (body: string, writtenMs?: number): Seen => ({
  ...{ is: "read", body, etag: "" },
  ...(writtenMs !== undefined && { writtenMs }),
});
const silent: Seen = { is: "silent", why: "no route" };
const absent: Seen = { is: "absent" };

test("beacons are to say where the name is, one generation on", () => {
  expect(sayingFor(beacons, simple, "test")).toEqual({ word: "IN", owner: "test", generation: 5 });
  const out = { ...simple, written: { ...shopRecord, values: [beacons.out] } };
  expect(sayingFor(beacons, out, "test")?.word).toBe("OUT");
  expect(sayingFor(beacons, { ...simple, written: null }, "test")).toBeUndefined();
});

test("checkers are waited for until most of each beacon's have read it since it was written", () => {
  const { regions } = beacons;
  const seen = (ms?: number) => [read("", ms), read("", ms), read("", ms)];
  expect(unread(regions, seen(1_000), checkOf(2_001))).toBeUndefined();
  expect(unread(regions, seen(1_000), checkOf(2_000))).toContain("eu-south-1, ca-central-1, ap-south-1");
  expect(unread(regions, seen(), checkOf(2_000))).toContain("have not read");
  expect(unread(regions, [absent, absent, absent], { ...checkOf(1), children: [] })).toContain("not read");
});

test("a beacon that is not ours to write is named", () => {
  const want = { word: "IN", owner: "test", generation: 5 } as const;
  expect(strangeAmong(beacons.regions, [absent, silent, read(say("IN", 4))], want)).toBeUndefined();
  const strange = strangeAmong(beacons.regions, [absent, read("x"), read(say("OUT", 9))], want);
  expect(strange).toBe(
    "a beacon is not ours to write: ca-central-1 says x; ap-south-1 says OUT gen=9 owner=test",
  );
});

test("beacons contradict what was left unless two of them say it, or none can be read", () => {
  const at = (state: ServiceState, ...seen: Seen[]) => contradiction(beacons, state, seen, "test");
  const [left, other] = [read(say("IN", 4)), read(say("OUT", 4))];
  expect(at(paired, left, left, other)).toBeUndefined();
  expect(at(paired, silent, absent, silent)).toBeUndefined();
  expect(at(paired, left, read("x"), silent)).toContain("IN gen=4 owner=test (192.0.2.10)");
  const out = { ...paired, written: { ...shopRecord, values: [beacons.out] } };
  expect(at(out, left, left, left)).toContain("OUT gen=4 owner=test (198.51.100.20)");
  expect(at({ ...paired, written: null }, left, left, left)).toBeUndefined();
});

describe("the change", () => {
  test("is saved with what stands, answers the same, and carries the TXT where that is known", () => {
    expect(intent).toMatchObject({ kind: "converted", from: "frankfurt", to: "frankfurt", by: order });
    expect("txt" in intent).toBe(false);
    const back = intendConversion(service, paired, order, { ...conversion, to: "api" }, null, 50);
    expect(back.intent).toMatchObject({ kind: "retired", txt: null });
    const txt = generationRecord(shop.dns, "test", 9);
    const above = intendConversion(service, paired, order, { ...conversion, to: "api" }, txt, 50);
    expect(above.intent?.generation).toBe(9);
    const none = intendConversion(service, { ...simple, written: null }, order, conversion, null, 50);
    expect(none.intent?.to).toBe("nothing");
  });

  test("is one batch with the generation, and closed by what the zone shows", () => {
    const changes = moveBatch(service, intent, "test");
    expect(changes.map(({ action, record }) => `${action} ${record.type} ${record.values}`)).toEqual([
      "DELETE A 192.0.2.10",
      "CREATE A 192.0.2.10",
      "CREATE A 198.51.100.20",
      'DELETE TXT "owner=test gen=4"',
      'CREATE TXT "owner=test gen=5"',
    ]);
    const generation = generationRecord(shop.dns, "test", 5);
    expect(closed(service, intended, { record: shopRecord, generation }, "test", 60).beacons).toBe(deployed);
  });

  test.each([
    [simple, undefined],
    [{ ...simple, disarmed: { why: "another", sinceMs: 1 } }, "hands off: another; adopt it first"],
    [
      { ...simple, frozen: { ...order, is: "frozen" as const, toldMs: 1 } },
      "frozen by anna: tries; unfreeze it first",
    ],
    [paired, "it is moved by beacons already"],
  ])("is not begun where something stands in its way: %#", (state, why) =>
    expect(closing(service, state, order, {}, 5)?.why).toBe(why),
  );

  test("moves nobody", () => {
    const kinds = ["adopted", "converted", "retired", "failover", "moved"] as const;
    expect(kinds.map((kind) => staysPut({ kind }))).toEqual([true, true, true, false, false]);
  });

  test("once taken says by which way the name is moved, and is followed until its name servers have it", () => {
    const done = converted(service, intended, intent, "C1", 60);
    expect(done).toMatchObject({ beacons: deployed, generation: 5, lastOrder: { number: 7, is: "done" } });
    expect(done.propagation).toMatchObject({ changeId: "C1", want: shopRecord });
    expect(done.intent).toBeUndefined();
    const back = { ...intent, kind: "retired" as const, conversion: { ...conversion, to: "api" as const } };
    const retired = converted(service, { ...paired, intent: back }, { ...back, want: null }, undefined, 60);
    expect(retired.beacons).toBeUndefined();
    expect(retired.propagation).toBeUndefined();
    expect(retired.outbox[0]?.why).toContain("generation shows the change");
    const lost = converted(service, intended, intent, undefined, 60);
    expect("changeId" in (lost.propagation ?? {})).toBe(false);
  });

  test("refused for good leaves everything as it was, and says so once", () => {
    const state = unconverted(service, intended, "changed", 60);
    expect(state).toMatchObject({ generation: 4, lastOrder: { is: "refused", why: "changed" } });
    expect(state.intent).toBeUndefined();
    expect(unconverted(service, state, "changed", 61)).toBe(state);
    const { by: _, ...nobodys } = intent;
    const { lastOrder } = unconverted(service, { ...intended, intent: nobodys }, "changed", 60);
    expect(lastOrder).toBeUndefined();
  });
});

describe("what is unsound", () => {
  const saying = { word: "IN", owner: "test", generation: 4 } as const;
  const of = (...seen: Seen[]) => unsoundAmong(beacons.regions, seen, saying);
  const fine = read(say("IN", 4));

  test("is told of each beacon", () => {
    expect(of(fine, fine, fine)).toBeUndefined();
    expect(of(silent, fine, fine)).toEqual({
      why: "eu-south-1: it cannot be read: no route",
      silent: true,
    });
    expect(of(absent, silent, fine)).toMatchObject({ silent: false });
    expect(of(read(say("OUT", 3)), fine, fine)?.why).toContain("OUT gen=3 owner=test, and is brought up");
    expect(of(read("x"), fine, fine)?.why).toContain("it says x, which nobody here wrote");
  });

  const kinds = (state: ServiceState) => state.outbox.map(({ kind }) => kind);
  const strange = { why: "strange", silent: false };
  const mute = { why: "mute", silent: true };

  test("is told once, and its end; each part by itself", () => {
    const one = noteSoundness(service, simple, "beacons", strange, 10);
    expect(noteSoundness(service, one, "beacons", strange, 20)).toBe(one);
    const two = noteSoundness(service, one, "way", strange, 30);
    expect(kinds(two)).toEqual(["unsound", "to-convert"]);
    const over = noteSoundness(service, two, "beacons", undefined, 40);
    expect(kinds(over)).toEqual(["unsound", "to-convert", "sound"]);
    expect(over.unsound).toEqual({ way: { why: "strange", sinceMs: 30, told: true } });
    expect(noteSoundness(service, over, "way", undefined, 50).unsound).toBeUndefined();
    expect(noteSoundness(service, simple, "records", undefined, 50)).toBe(simple);
  });

  test("and silent is told after five minutes, and not at all when it is over before", () => {
    const begun = noteSoundness(service, simple, "beacons", mute, 0);
    expect(kinds(begun)).toEqual([]);
    expect(noteSoundness(service, begun, "beacons", mute, 299_999)).toBe(begun);
    expect(kinds(noteSoundness(service, begun, "beacons", mute, 300_000))).toEqual(["unsound"]);
    expect(kinds(noteSoundness(service, begun, "beacons", undefined, 100))).toEqual([]);
  });
});

test("the deployment's health checks are put to their services", () => {
  const plain: Service = { ...shop, id: "plain" };
  const [one, two, three] = withChecks([beaconShop, plain, { ...beaconShop, id: "new" }], { shop: "c1" });
  expect(one?.dns.beacons?.check).toBe("c1");
  expect([two, three?.dns.beacons?.check]).toEqual([plain, undefined]);
});
