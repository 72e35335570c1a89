import { expect, test } from "vitest";
import type { RecordSet } from "../../lambda/core/records.ts";
import { swap } from "../../lambda/core/swap.ts";
import { openZone } from "../../local/route53/zone.ts";
import { openLocalDns } from "./local-dns.ts";

const zone = { zoneId: "Z1" };
const plain: RecordSet = { name: "shop.example.com", type: "A", ttlSeconds: 15, values: ["192.0.2.10"] };
const share = (setIdentifier: string, weight: number): RecordSet => ({
  ...plain,
  weighted: { setIdentifier, weight },
});
const alias = { name: "d1.cloudfront.net.", zoneId: "Z2FDTNDATAQYW2", evaluateTargetHealth: false };
const cdn = (weight: number): RecordSet => ({ ...share("cdn", weight), ttlSeconds: 0, values: [], alias });

async function open(sets: readonly RecordSet[]) {
  const { dns } = await openLocalDns({ zones: [openZone("Z1", "example.com", sets)] });
  return {
    move: async (now: RecordSet, want: RecordSet) =>
      (await dns.change(zone, swap(now, want), "", () => true)).is,
    read: () => dns.read(zone, [plain], "_pointsman-a.shop.example.com"),
  };
}

const both: RecordSet = { ...cdn(0), beside: [share("frankfurt", 100)] };

test("weighted sets are read as one record, sorted, and changed together", async () => {
  const want = { ...cdn(5), beside: [share("frankfurt", 95)] };
  const { move, read } = await open([share("frankfurt", 100), { ...plain, name: "zzz.example.com" }, cdn(0)]);
  expect((await read()).record).toEqual(both);
  expect(await move(both, want)).toBe("accepted");
  expect((await read()).record).toEqual(want);
  expect(await move(both, want)).toBe("refused");
});

test("a simple record becomes weighted sets in one batch, and they become one again", async () => {
  const { move, read } = await open([plain]);
  expect(await move(plain, both)).toBe("accepted");
  expect((await read()).record).toEqual(both);
  expect(await move(both, plain)).toBe("accepted");
  expect((await read()).record).toEqual(plain);
});

test("one more set by somebody else's hand makes it another record", async () => {
  const { read } = await open([share("frankfurt", 100), cdn(0), share("paris", 1)]);
  expect((await read()).record).toEqual({ ...cdn(0), beside: [share("frankfurt", 100), share("paris", 1)] });
});

test("a generation that is one of several is nobody's", async () => {
  const txt: RecordSet = {
    ...share("a", 1),
    name: "_pointsman-a.shop.example.com",
    type: "TXT",
    values: ['"x"'],
  };
  const { read } = await open([plain, txt, { ...txt, weighted: { setIdentifier: "b", weight: 1 } }]);
  expect((await read()).generation?.beside).toHaveLength(1);
});
