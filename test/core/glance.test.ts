import { describe, expect, test } from "vitest";
import type { Service } from "../../lambda/core/config.ts";
import { isWorthALook, letBe, readEveryMs, untouched } from "../../lambda/core/glance.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import type { Intent, ServiceState } from "../../lambda/core/service-state.ts";
import { beaconShop } from "../sim/beacons.ts";
import { shop, shopRecord } from "../sim/config.ts";

const state: ServiceState = { written: shopRecord, generation: 3, movesFromUpMs: [], outbox: [] };
const withBeside = (beside: RecordSet[]): ServiceState => ({ ...state, written: { ...shopRecord, beside } });
const intent: Intent = {
  kind: "failover",
  to: "ireland",
  why: "",
  now: shopRecord,
  want: shopRecord,
  generation: 3,
  decidedMs: 0,
  fromUp: false,
};
const other = { name: "www.example.com", type: "A", ttlSeconds: 15 } as const;
const alias = { name: "d1.cloudfront.net.", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false };

const said = (service: Service, of: ServiceState) =>
  untouched(service, of, "test")?.map(({ name, type, values }) => `${name} ${type} ${values.join()}`);

describe("name servers are asked for", () => {
  const own = "shop.example.com A 192.0.2.10";
  test.each<[string, Service, ServiceState, string[]]>([
    [
      "the record and its generation",
      shop,
      state,
      [own, '_pointsman-a.shop.example.com TXT "owner=test gen=3"'],
    ],
    [
      "no generation of a name that was never moved",
      shop,
      { ...state, generation: 0 },
      [own, "_pointsman-a.shop.example.com TXT "],
    ],
    [
      "those that are moved with it, and one that is not there",
      shop,
      withBeside([
        { ...other, values: ["192.0.2.11"] },
        { ...other, type: "AAAA", values: [] },
      ]),
      [
        own,
        "www.example.com A 192.0.2.11",
        "www.example.com AAAA ",
        '_pointsman-a.shop.example.com TXT "owner=test gen=3"',
      ],
    ],
    ["the record alone, where beacons hold the generation", beaconShop, state, [own]],
  ])("%s", (_, service, of, expected) => {
    expect(said(service, of)).toEqual(expected);
  });

  test.each<[string, ServiceState]>([
    ["there is no record", { ...state, written: null }],
    ["a change is decided", { ...state, intent }],
    [
      "a change is on its way",
      {
        ...state,
        propagation: {
          kind: "failover",
          to: "ireland",
          want: shopRecord,
          times: { detectedMs: 0, acceptedMs: 0 },
        },
      },
    ],
    ["we keep our hands off", { ...state, disarmed: { why: "", sinceMs: 0 } }],
    ["one of them is an alias", withBeside([{ ...other, values: [], ttlSeconds: 0, alias }])],
  ])("nothing where %s", (_, of) => {
    expect(said(shop, of)).toBeUndefined();
  });
});

describe("a suspicion that came to nothing", () => {
  test("is let be for a minute, and for twice as long each time, up to the API's own pace", () => {
    let [now, at] = [state, 0];
    const waits: number[] = [];
    for (let times = 0; times < 6; times++) {
      expect(isWorthALook(now, at)).toBe(true);
      now = letBe(shop, now, "ns-1 answers 203.0.113.99", at);
      const untilMs = now.doubt?.untilMs ?? 0;
      expect(isWorthALook(now, untilMs - 1)).toBe(false);
      waits.push(untilMs - at);
      at = untilMs;
    }
    expect(waits).toEqual([60_000, 120_000, 240_000, 480_000, readEveryMs, readEveryMs]);
    // Told once, when it had lasted for three minutes.
    expect(now.outbox).toEqual([
      expect.objectContaining({
        kind: "answers-differ",
        name: "shop.example.com",
        sinceMs: 0,
        atMs: 180_000,
        why: "ns-1 answers 203.0.113.99",
        alert: true,
      }),
    ]);
  });

  test("counts no more when it is long past", () => {
    const twice = letBe(shop, letBe(shop, state, "", 0), "", 60_000);
    expect(twice.doubt).toEqual({ times: 2, sinceMs: 0, untilMs: 180_000 });
    const againMs = 180_000 + readEveryMs + 1;
    const again = letBe(shop, twice, "", againMs);
    expect(again.doubt).toEqual({ times: 1, sinceMs: againMs, untilMs: againMs + 60_000 });
    expect(again.outbox).toEqual([]);
  });
});
