import { describe, expect, test } from "vitest";
import { planOfPair } from "../../bin/commands/plan-pair.ts";
import { pairOf } from "../../lambda/core/pair.ts";
import { beaconShop, beacons } from "../sim/beacons.ts";
import { shop, shopRecord } from "../sim/config.ts";

const pair = pairOf(beacons, "check-1");
const answering =
  (...values: string[]) =>
  async () =>
    values;
const unasked = async (): Promise<never> => {
  throw new Error("nobody is asked");
};

describe("plan recognises failover records", () => {
  test("a simple record is none", async () => {
    expect(await planOfPair(beaconShop, [shopRecord], unasked)).toBeUndefined();
  });

  test.each([
    [[beacons.in], "answered is 192.0.2.10: frankfurt"],
    [[beacons.out], "answered is 198.51.100.20: ireland"],
    [["203.0.113.9"], "answered is 203.0.113.9: none of the targets"],
    [[], "answered is nothing: none of the targets"],
  ])("and says which target is answered: %j", async (values, said) => {
    const plan = await planOfPair(beaconShop, pair, answering(...values));
    expect(plan).toMatchObject({
      ok: true,
      wanted: "PRIMARY 192.0.2.10; SECONDARY 198.51.100.20 (TTL 15 s)",
    });
    expect(plan?.now).toBe(
      `PRIMARY 192.0.2.10 (TTL 15 s, health check check-1); SECONDARY 198.51.100.20 (TTL 15 s); ${said}`,
    );
    expect(plan?.change).toContain("none in Route 53");
  });

  test("or that nobody was heard", async () => {
    const plan = await planOfPair(beaconShop, pair, async () => "timed out");
    expect(plan?.now).toContain("which of them is answered was not heard: timed out");
    const quiet = await planOfPair({ ...beaconShop, mode: "shadow", failback: "manual" }, pair, answering());
    expect(quiet?.change).toBe("none in shadow mode");
  });

  test("of other values they are of no use, and under via: api not either", async () => {
    const other = pairOf({ ...beacons, out: "203.0.113.9" }, "check-1");
    const plan = await planOfPair(beaconShop, other, unasked);
    expect(plan).toMatchObject({ ok: false });
    expect(plan?.change).toContain("pointsman retire shop, then convert it");
    const api = await planOfPair(shop, pair, unasked);
    expect(api).toMatchObject({ ok: false, wanted: "" });
    expect(api?.change).toContain("pointsman retire shop");
  });
});
