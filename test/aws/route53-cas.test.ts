import { expect, test } from "vitest";
import { dropBatch, moveBatch } from "../../lambda/core/move.ts";
import { type Change, type RecordSet, recordFor } from "../../lambda/core/records.ts";
import { type Intent, resume } from "../../lambda/core/service-state.ts";
import { swap } from "../../lambda/core/swap.ts";
import { readZone } from "../../lambda/steps/move.ts";
import { openZone } from "../../local/route53/zone.ts";
import { shop, shopRecord } from "../sim/config.ts";
import { openLocalDns } from "./local-dns.ts";

const [, ireland] = shop.targets;
if (ireland === undefined) throw new Error("the shop has two targets");

/** A move as it is saved before it is sent, of a name that was moved three times. */
const intent: Intent = {
  kind: "failover",
  to: "ireland",
  why: "down",
  now: shopRecord,
  want: recordFor(shop, ireland),
  generation: 3,
  decidedMs: 0,
  fromUp: false,
};
const txt: RecordSet = {
  name: "_pointsman-a.shop.example.com",
  type: "TXT",
  ttlSeconds: 60,
  values: ['"owner=test gen=3"'],
};

/** The adapter, with a client that sends a change again by itself, before a Route 53 that holds both records. */
async function open() {
  const { route53, dns } = await openLocalDns(
    { zones: [openZone("Z1", "example.com", [shopRecord, txt])] },
    undefined,
    2,
  );
  const send = (changes: readonly Change[]) => dns.change(shop.dns, changes, "", () => true);
  const found = async () => resume(intent, await readZone({ dns }, shop), "test");
  return { route53, send, found };
}

test.each([
  ["moved", moveBatch, "done"],
  ["given up", dropBatch, "dropped"],
])(
  "a name that is %s by a change whose answer is lost, which the SDK sends again: refused, and read as what it is",
  async (_, batch, is) => {
    const { route53, send, found } = await open();
    route53.faults.failNext({ operation: "ChangeResourceRecordSets", when: "after" });
    // Only the second time could it be refused: the first took effect, and the connection broke.
    expect(await send(batch(shop, intent, "test"))).toMatchObject({ is: "refused" });
    expect(route53.changes()).toHaveLength(1);
    expect((await found()).is).toBe(is);
  },
);

const elsewhere = { ...shopRecord, values: ["203.0.113.99"] };

test.each<[string, readonly Change[]]>([
  ["another value", swap(shopRecord, elsewhere)],
  ["the very value that we want", swap(shopRecord, intent.want)],
  ["the TXT beside it alone", swap(txt, { ...txt, values: ['"owner=other gen=1"'] })],
  ["no record any more", [{ action: "DELETE", record: shopRecord }]],
])(
  "somebody else's change between our read and our write is not overwritten, and read as foreign: %s",
  async (_, theirs) => {
    const { route53, send, found } = await open();
    expect(await found()).toEqual({ is: "apply" });
    expect(await send(theirs)).toMatchObject({ is: "accepted" });
    expect(await send(moveBatch(shop, intent, "test"))).toMatchObject({ is: "refused" });
    expect(route53.changes()).toHaveLength(1);
    expect((await found()).is).toBe("foreign");
  },
);

test("a foreign change that leaves the record as it was, and our own sent twice: nothing is done twice", async () => {
  const { route53, send, found } = await open();
  await send(swap(shopRecord, elsewhere));
  await send(swap(elsewhere, shopRecord));
  route53.faults.failNext({ operation: "ChangeResourceRecordSets", when: "after" });
  await send(moveBatch(shop, intent, "test"));
  expect(await send(moveBatch(shop, intent, "test"))).toMatchObject({ is: "refused" });
  expect(route53.changes()).toHaveLength(3);
  expect(await found()).toEqual({ is: "done" });
});
