import { describe, expect, test } from "vitest";
import { openAccount } from "../../../local/route53/account.ts";
import { openThrottle } from "../../../local/route53/throttle.ts";
import { type Change, findSet, openZone, type Zone } from "../../../local/route53/zone.ts";

const upsert = (value: string): readonly Change[] => [
  { action: "UPSERT", set: { name: "www.example.com", type: "A", ttlSeconds: 60, values: [value] } },
];
const value = (zones: readonly Zone[]) => zones[0] && findSet(zones[0], "www.example.com", "A")?.values[0];

describe("an account's zones over time", () => {
  test.each([
    [0, undefined],
    [149, undefined],
    [150, "192.0.2.1"],
    [169, "192.0.2.1"],
    [170, "192.0.2.2"],
    [9999, "192.0.2.2"],
  ])("submitted at 100 and 120, 50 ms of propagation, answered at %i: %s", (atMs, answered) => {
    const account = openAccount([openZone("Z1", "example.com")], 50);
    account.submit("Z1", upsert("192.0.2.1"), 100);
    account.submit("Z1", upsert("192.0.2.2"), 120);
    expect(value(account.answered(atMs))).toBe(answered);
    expect(value(account.zones())).toBe("192.0.2.2");
  });

  test("a stuck change of one zone does not hold up another's", () => {
    const account = openAccount(
      [openZone("Z1", "example.com"), openZone("Z2", "example.org")],
      Number.POSITIVE_INFINITY,
    );
    account.submit(
      "Z2",
      [
        {
          action: "UPSERT",
          set: { name: "a.example.org", type: "A", ttlSeconds: 60, values: ["192.0.2.9"] },
        },
      ],
      0,
    );
    account.setPropagationMs(0);
    account.submit("Z1", upsert("192.0.2.1"), 1);
    expect(value(account.answered(1))).toBe("192.0.2.1");
    expect(account.answered(1).map(({ id }) => id)).toEqual(["Z1", "Z2"]);
    expect(account.changes().map(({ id, inSyncAtMs }) => [id, inSyncAtMs])).toEqual([
      ["C0000000000001", Number.POSITIVE_INFINITY],
      ["C0000000000002", 1],
    ]);
  });

  test("a refused batch leaves no trace", () => {
    const account = openAccount([openZone("Z1", "example.com")], 0);
    expect(account.submit("Z1", upsert("nonsense"), 0)).toMatchObject({
      ok: false,
      code: "InvalidChangeBatch",
    });
    expect([account.changes(), value(account.zones())]).toEqual([[], undefined]);
  });

  test("a zone it does not hold is the caller's error", () => {
    expect(() =>
      openAccount([openZone("Z1", "example.com")], 0).submit("Z9", upsert("192.0.2.1"), 0),
    ).toThrow("Z9");
  });
});

describe("throttle", () => {
  test.each<[string, number, number, number[], boolean[]]>([
    ["a burst, then a refusal", 2, 2, [0, 0, 0], [true, true, false]],
    ["a token comes back in time", 2, 2, [0, 0, 499, 500, 500], [true, true, false, true, false]],
    ["no more than the burst is saved up", 2, 2, [0, 1e9, 1e9, 1e9], [true, true, true, false]],
    ["a burst above the rate", 1, 3, [0, 0, 0, 0, 1000], [true, true, true, false, true]],
    ["a clock set back gives nothing", 1, 1, [1000, 0, 500], [true, false, false]],
    ["off", Number.POSITIVE_INFINITY, 1, [0, 0, 0], [true, true, true]],
  ])("%s", (_, perSecond, burst, timesMs, expected) => {
    expect(timesMs.map(openThrottle(perSecond, burst))).toEqual(expected);
  });
});
