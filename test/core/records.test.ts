import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { generationName, generationRecord, readGeneration } from "../../lambda/core/generation.ts";
import { witnesses } from "../../lambda/core/propagation.ts";
import {
  holds,
  pointsTo,
  type RecordSet,
  recordFor,
  sameRecord,
  sameValues,
} from "../../lambda/core/records.ts";
import { swap } from "../../lambda/core/swap.ts";
import { shop } from "../sim/config.ts";
import { apply, frankfurt, ireland, pointing, read, txt, zoneWith } from "./zone-fixture.ts";

const cname = (value: string, ttlSeconds = 60): RecordSet => ({
  name: "www.example.com",
  type: "CNAME",
  ttlSeconds,
  values: [value],
});

test("a target's record has the service's name, type and TTL", () =>
  expect(recordFor(shop, frankfurt)).toEqual(pointing("192.0.2.10")));

test("name servers show a change by the record itself, or where that is an alias by its generation", () => {
  expect(witnesses(shop, pointing("192.0.2.10"), 4, "stack-1")).toEqual([pointing("192.0.2.10")]);
  expect(witnesses(shop, aliased(), 4, "stack-1")).toEqual([txt(4, "stack-1")]);
});

test.each([
  ["all of its values, in any order", ["192.0.2.2", "192.0.2.1"], true],
  ["one of them only", ["192.0.2.1"], false],
  ["one more", ["192.0.2.1", "192.0.2.2", "192.0.2.3"], false],
  ["nothing", [], false],
])("an answer is a target's of two values when it has %s", (_, values, is) =>
  expect(holds({ ...frankfurt, values: ["192.0.2.1", "192.0.2.2"] }, "A", values)).toBe(is),
);

test("of a target of both families an answer has the addresses of the type that was asked for", () => {
  const both = { ...frankfurt, values: ["192.0.2.1", "2001:db8::1"] };
  expect(holds(both, "A", ["192.0.2.1"])).toBe(true);
  expect(holds(both, "AAAA", ["2001:DB8:0::1"])).toBe(true);
  expect(holds(both, "A", ["192.0.2.1", "2001:db8::1"])).toBe(false);
});

test("an IPv6 address in another spelling is the same answer, and not what a DELETE has to say", () => {
  const aaaa = (value: string) => ({ ...pointing(value), type: "AAAA" as const });
  const [one, other] = [aaaa("2001:db8::a"), aaaa("2001:0DB8:0:0:0:0:0:A")];
  expect(sameValues(one, other)).toBe(true);
  expect(sameRecord(one, other)).toBe(false);
  expect(sameValues(one, aaaa("2001:db8::b"))).toBe(false);
});

describe("the TXT record that fences a name stands", () => {
  test.each([
    ["below it", "shop.example.com", "A", "_pointsman-a.shop.example.com"],
    ["apart for each type", "shop.example.com", "AAAA", "_pointsman-aaaa.shop.example.com"],
    ["below an alias name as well", "www.example.com", "CNAME", "_pointsman-cname.www.example.com"],
    ["beside a wildcard", "*.example.com", "A", "_pointsman-a-wildcard.example.com"],
  ] as const)("%s", (_, name, type, is) => expect(generationName(name, type)).toBe(is));

  test("and a wildcard's is not that of the name beside it", () =>
    expect(generationName("*.example.com", "A")).not.toBe(generationName("example.com", "A")));
});

describe("the TXT record's text", () => {
  test("says whose it is and how many moves there were", () =>
    expect(generationRecord(shop.dns, "stack-1", 7)).toEqual(txt(7, "stack-1")));

  test("there is none before the first move", () =>
    expect(generationRecord(shop.dns, "stack-1", 0)).toBeNull());

  test("is read as it was written", () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[\w.:/-]{1,60}$/),
        fc.integer({ min: 1, max: 1e15 - 1 }),
        (by, generation) => {
          const record = generationRecord(shop.dns, by, generation);
          expect(record && readGeneration(record)).toEqual({ owner: by, generation });
        },
      ),
    );
  });

  test.each<[string, Partial<RecordSet>]>([
    ["somebody's own text", { values: ['"v=spf1 -all"'] }],
    ["a second value beside ours", { values: ['"owner=stack-1 gen=7"', '"hello"'] }],
    ["no value", { values: [] }],
    ["ours with another TTL: we could not delete it", { ttlSeconds: 300 }],
    ["a generation we would write otherwise", { values: ['"owner=stack-1 gen=07"'] }],
    ["generation 0, which has no record", { values: ['"owner=stack-1 gen=0"'] }],
    ["a number no counter of ours reaches", { values: ['"owner=stack-1 gen=9999999999999999"'] }],
    ["two strings in one value", { values: ['"owner=stack-1" "gen=7"'] }],
    ["no quotes", { values: ["owner=stack-1 gen=7"] }],
    ["an owner of two words", { values: ['"owner=stack 1 gen=7"'] }],
    ["more after it", { values: ['"owner=stack-1 gen=7 x"'] }],
    ["more before it", { values: ['"x owner=stack-1 gen=7"'] }],
  ])("is nothing of ours: %s", (_, over) => expect(readGeneration({ ...txt(7), ...over })).toBeUndefined());
});

const aliased = (over: Partial<NonNullable<RecordSet["alias"]>> = {}): RecordSet => ({
  ...pointing([], 0),
  alias: { name: "d1.cloudfront.net.", zoneId: "Z2", evaluateTargetHealth: false, ...over },
});

const two = (...values: string[]): RecordSet => ({ ...pointing(""), values });

describe("the same record for a DELETE, and the same answer for those who ask", () => {
  test.each<[string, RecordSet | null, RecordSet | null, boolean, boolean]>([
    ["itself", pointing("192.0.2.10"), pointing("192.0.2.10"), true, true],
    ["another address", pointing("192.0.2.10"), pointing("192.0.2.11"), false, false],
    ["another TTL", pointing("192.0.2.10", 15), pointing("192.0.2.10", 60), false, true],
    [
      "another name",
      pointing("192.0.2.10"),
      { ...pointing("192.0.2.10"), name: "x.example.com" },
      false,
      true,
    ],
    ["another type", { ...pointing(""), type: "A" }, { ...pointing(""), type: "AAAA" }, false, true],
    ["values in another order", two("192.0.2.1", "192.0.2.2"), two("192.0.2.2", "192.0.2.1"), true, true],
    ["one value more", two("192.0.2.1"), two("192.0.2.1", "192.0.2.2"), false, false],
    ["one value less", two("192.0.2.1", "192.0.2.2"), two("192.0.2.1"), false, false],
    ["a name with a final dot", cname("shop.example.net"), cname("shop.example.net."), false, true],
    ["a name in capitals", cname("shop.example.net"), cname("Shop.Example.NET"), false, true],
    ["a TXT text in capitals", txt(1, "stack"), txt(1, "STACK"), false, false],
    ["an alias", aliased(), aliased(), true, true],
    ["an alias of another name", aliased(), aliased({ name: "d2.cloudfront.net." }), false, false],
    ["an alias into another zone", aliased(), aliased({ zoneId: "Z3" }), false, false],
    ["an alias spelt otherwise", aliased(), aliased({ name: "D1.cloudfront.net" }), false, true],
    ["an alias that looks at health", aliased(), aliased({ evaluateTargetHealth: true }), false, true],
    ["an alias and nothing", aliased(), two(), false, false],
    ["no record and no record", null, null, true, true],
    ["no record and a record", null, pointing("192.0.2.10"), false, false],
    ["a record and no record", pointing("192.0.2.10"), null, false, false],
  ])("%s", (_, a, b, isSame, isSameAnswer) => {
    expect([sameRecord(a, b), sameValues(a, b)]).toEqual([isSame, isSameAnswer]);
  });
});

describe("the name points to", () => {
  const site: Service = {
    ...shop,
    dns: { ...shop.dns, name: "www.example.com", type: "CNAME" },
    targets: [{ id: "main", endpoint: "site/main", values: ["main.example.net"] }],
  };
  const { values, alias } = aliased();
  const cdn = { id: "cdn", endpoint: "shop/cdn", values, ...(alias && { alias }) };
  const pair: Service = {
    ...shop,
    targets: [frankfurt, { ...ireland, values: ["198.51.100.20", "198.51.100.21"] }],
  };
  test.each<[string, Service, RecordSet | null, string | undefined]>([
    ["the primary", shop, pointing("192.0.2.10"), "frankfurt"],
    ["the standby", shop, pointing("198.51.100.20"), "ireland"],
    ["the primary, though with another TTL", shop, pointing("192.0.2.10", 300), "frankfurt"],
    ["the primary, though spelt otherwise", site, cname("Main.example.net."), "main"],
    ["nothing", shop, null, undefined],
    ["an address that is no target's", shop, pointing("203.0.113.9"), "orphan"],
    ["a standby of two values, in any order", pair, two("198.51.100.21", "198.51.100.20"), "ireland"],
    ["half of a standby of two values", pair, two("198.51.100.20"), "orphan"],
    ["the target that is an alias", { ...shop, targets: [frankfurt, cdn] }, aliased(), "cdn"],
    ["an alias that is no target's", shop, aliased(), "orphan"],
    ["two targets at once", shop, two("192.0.2.10", "198.51.100.20"), "orphan"],
  ])("%s", (_, service, record, id) => expect(pointsTo(service, record)).toBe(id));
});

describe("one batch turns what stands into what is wanted", () => {
  const [old, next] = [recordFor(shop, frankfurt), recordFor(shop, ireland)];

  test("deletes exactly what stands, and creates the new record after it", () =>
    expect(swap(old, next)).toEqual([
      { action: "DELETE", record: old },
      { action: "CREATE", record: next },
    ]));

  test("creates only, where nothing stands", () =>
    expect(swap(null, next)).toEqual([{ action: "CREATE", record: next }]));

  test.each([
    ["nothing is wanted", old, null, "shop.example.com"],
    ["a record without values is wanted", old, two(), "shop.example.com"],
    ["nothing stands and nothing is wanted", null, null, "a name"],
  ])("throws rather than leave a name empty: %s", (_, now, want, name) => {
    expect(() => swap(now, want)).toThrow(RangeError);
    expect(() => swap(now, want)).toThrow(name);
  });

  test("Route 53 takes it where exactly that stands, and refuses it anywhere else", () => {
    const anyRecord = fc.option(
      fc.record({
        name: fc.constant("shop.example.com"),
        type: fc.constant("A" as const),
        ttlSeconds: fc.constantFrom(15, 60),
        values: fc.subarray(["192.0.2.1", "192.0.2.2", "192.0.2.3"], { minLength: 1 }),
      }),
    );
    const outcomes = { taken: 0, refused: 0 };
    fc.assert(
      fc.property(anyRecord, anyRecord, anyRecord, (stands, now, want) => {
        fc.pre(want !== null);
        const zone = apply(zoneWith(...(stands ? [stands] : [])), swap(now, want));
        expect(zone !== undefined).toBe(JSON.stringify(stands) === JSON.stringify(now));
        if (zone) expect(read(zone, shop).record).toEqual(want);
        outcomes[zone ? "taken" : "refused"] += 1;
      }),
      { numRuns: 500 },
    );
    expect(Math.min(outcomes.taken, outcomes.refused)).toBeGreaterThan(20);
  });
});
