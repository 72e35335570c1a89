import { expect, test } from "vitest";
import type { RecordSet } from "../../lambda/core/records.ts";
import { swap } from "../../lambda/core/swap.ts";
import { openZone } from "../../local/route53/zone.ts";
import { openLocalDns } from "./local-dns.ts";

const zone = { zoneId: "Z1" };
const txtName = "_pointsman-a.shop.example.com";
const plain: RecordSet = { name: "shop.example.com", type: "A", ttlSeconds: 15, values: ["192.0.2.10"] };
const aliasOf = (name: string, zoneId: string, evaluateTargetHealth = false): RecordSet => ({
  ...plain,
  ttlSeconds: 0,
  values: [],
  alias: { name, zoneId, evaluateTargetHealth },
});
const cdn = aliasOf("d1.cloudfront.net.", "Z2FDTNDATAQYW2");
const www = aliasOf("www.example.com.", "Z1");

async function open(stands: RecordSet) {
  const sets = [{ ...plain, name: "www.example.com" }, stands];
  const { dns } = await openLocalDns({ zones: [openZone("Z1", "example.com", sets)] });
  return {
    move: (now: RecordSet, want: RecordSet) => dns.change(zone, swap(now, want), "", () => true),
    read: async () => (await dns.read(zone, [plain], txtName)).record,
  };
}

test.each<[string, RecordSet, RecordSet]>([
  ["a value to an alias", plain, cdn],
  ["an alias to a value", cdn, plain],
  ["an alias to another", cdn, www],
  ["an alias that looks at health to one that does not", aliasOf("www.example.com.", "Z1", true), www],
])("a name is moved from %s, and read as it was written, letter by letter", async (_, now, want) => {
  const { move, read } = await open(now);
  expect(await read()).toEqual(now);
  expect(await move(now, want)).toMatchObject({ is: "accepted" });
  expect(await read()).toEqual(want);
});

test.each<[string, RecordSet]>([
  ["another alias", www],
  ["the alias of another zone", aliasOf("d1.cloudfront.net.", "Z9")],
  ["one that looks at health", aliasOf("d1.cloudfront.net.", "Z2FDTNDATAQYW2", true)],
  ["a value", plain],
])("compare-and-set refuses a batch that expects %s where an alias stands", async (_, expected) => {
  const { move, read } = await open(cdn);
  expect(await move(expected, { ...plain, values: ["198.51.100.20"] })).toMatchObject({ is: "refused" });
  expect(await read()).toEqual(cdn);
});
