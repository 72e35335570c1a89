import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "./dynamodb-local.ts";
import { type Answer, loseAnswer, type Meddle, swallowAnswer } from "./proxy.ts";
import { storeContract } from "./store-contract.ts";
import { event, freshName, record, savedMs } from "./store-sample.ts";
import { openTables, type Tables } from "./tables.ts";

/** The store's contract on a DynamoDB, and what only a store across a network has to promise. */
export function tablesContract(name: string, start: () => Promise<Database>): void {
  describe(`the store on ${name}`, () => {
    let tables: Tables;
    const opened = () => tables;
    beforeAll(async () => {
      tables = await openTables(start);
    });
    afterAll(() => tables?.close());
    beforeEach(() => tables.proxy.forget());

    storeContract(opened);
    describe("a write without an answer", () => lostWrites(opened));
    describe("batches", () => batches(opened));
    describe("reading", () => reading(opened));
    describe("what is written", () => written(opened));
  });
}

const operations = ({ proxy }: Tables): string[] => proxy.seen.map(({ operation }) => operation);

const repeat = <T>(times: number, value: T): T[] => Array.from({ length: times }, () => value);

/** Never the reason of an error, however slow the machine. */
const timeoutMs = 20_000;

/** Soon over for an answer that never comes; whatever else it strikes is sent again. */
const impatientMs = 500;

function lostWrites(tables: () => Tables): void {
  test.each<[string, Meddle, number]>([
    ["the connection broke", loseAnswer, timeoutMs],
    ["nothing came back", swallowAnswer, impatientMs],
  ])("is sent again and recognised as saved: %s", async (_, meddle, patienceMs) => {
    const patience = { maxAttempts: 3, timeoutMs: patienceMs };
    const cell = tables().through(patience).cell(freshName("lease"));
    tables().proxy.meetNext("PutItem", meddle);
    expect(await cell.put({ by: "first" }, 0)).toBe("saved");
    expect(operations(tables()).slice(0, 2)).toEqual(["PutItem", "PutItem"]);
    tables().proxy.meetNext("PutItem", meddle);
    expect(await cell.put({ by: "second" }, 1)).toBe("saved");
    expect(await cell.read()).toEqual({ version: 2, body: { by: "second" } });
  });

  test("is a conflict when somebody else wrote before it was sent again", async () => {
    const { proxy, store, through } = tables();
    const key = freshName("lease");
    const ours = through({ maxAttempts: 3, timeoutMs }).cell(key);
    proxy.meetNext("PutItem", async (_, forward) => {
      await forward();
      expect(await store.cell(key).put({ by: "other" }, 1)).toBe("saved");
      return "break";
    });
    expect(await ours.put({ by: "us" }, 0)).toBe("conflict");
    expect(await ours.read()).toEqual({ version: 2, body: { by: "other" } });
  });

  test("throws after the last attempt, and reading shows how it ended: it took effect", async () => {
    const { proxy, store, through } = tables();
    const key = freshName("service");
    let tookEffect: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      tookEffect = resolve;
    });
    proxy.meetNext("PutItem", async (seen, forward) => {
      const swallowed = await swallowAnswer(seen, forward);
      tookEffect();
      return swallowed;
    });
    const put = through({ maxAttempts: 1, timeoutMs: impatientMs }).cell(key).put({ a: 1 }, 0);
    await expect(put).rejects.toMatchObject({ name: "TimeoutError" });
    await done;
    expect(await store.cell(key).read()).toEqual({ version: 1, body: { a: 1 } });
  });

  test("throws after the last attempt, and reading shows how it ended: it did not", async () => {
    const { proxy, store, through } = tables();
    const key = freshName("service");
    proxy.meetNext("PutItem", async () => "break");
    const put = through({ maxAttempts: 1, timeoutMs }).cell(key).put({ a: 1 }, 0);
    await expect(put).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await store.cell(key).read()).toBeUndefined();
  });

  test("throws when the conflict cannot be looked into", async () => {
    const { proxy, through } = tables();
    const cell = through({ maxAttempts: 1, timeoutMs }).cell(freshName("lease"));
    await cell.put({ a: 1 }, 0);
    proxy.meetNext("GetItem", async () => "break");
    await expect(cell.put({ a: 2 }, 0)).rejects.toMatchObject({ code: "ECONNRESET" });
  });
}

type WriteBatch = { RequestItems: Record<string, unknown[]> };
type ReadBatch = { RequestItems: Record<string, { Keys: unknown[] }> };

/** Takes the first `taken` items of a batch and says of the others that they were not processed. */
const takeSome =
  (taken: number): Meddle =>
  async ({ body }, forward) => {
    const batch = JSON.parse(body) as WriteBatch;
    const [[table, requests] = ["", []]] = Object.entries(batch.RequestItems);
    const left = { [table]: requests.slice(taken) };
    if (taken === 0) return json({ UnprocessedItems: left });
    const answer = await forward(
      JSON.stringify({ ...batch, RequestItems: { [table]: requests.slice(0, taken) } }),
    );
    return json({ ...JSON.parse(answer.body), UnprocessedItems: left });
  };

/** The same for keys that are read. */
const readSome =
  (taken: number): Meddle =>
  async ({ body }, forward) => {
    const batch = JSON.parse(body) as ReadBatch;
    const [[table, request] = ["", { Keys: [] }]] = Object.entries(batch.RequestItems);
    const part = (Keys: unknown[]) => ({ [table]: { ...request, Keys } });
    const answer = await forward(
      JSON.stringify({ ...batch, RequestItems: part(request.Keys.slice(0, taken)) }),
    );
    return json({ ...JSON.parse(answer.body), UnprocessedKeys: part(request.Keys.slice(taken)) });
  };

const json = (value: object): Answer => ({
  status: 200,
  type: "application/x-amz-json-1.0",
  body: JSON.stringify(value),
});

function batches(tables: () => Tables): void {
  const records = (count: number) => repeat(count, 0).map(() => record(freshName("endpoint"), 3, 4));
  const saved = { epoch: 3, sequence: 4 };
  const found = async (ids: readonly string[]) =>
    [...(await tables().store.newest(ids, saved)).keys()].sort();

  test("are as few as DynamoDB allows: 25 records written, 100 read at a time, and no queries", async () => {
    const ids = records(251).map(({ endpoint }) => endpoint);
    await tables().store.putRecords(ids.map((id) => record(id, 3, 4)));
    expect(operations(tables())).toEqual(repeat(11, "BatchWriteItem"));
    tables().proxy.forget();
    expect(await found(ids)).toEqual([...ids].sort());
    expect(operations(tables())).toEqual(repeat(3, "BatchGetItem"));
  });

  test("query only for those that are not in the saved batch", async () => {
    const ids = records(101).map(({ endpoint }) => endpoint);
    await tables().store.putRecords(ids.map((id, i) => record(id, i < 2 ? 2 : 3, 4)));
    tables().proxy.forget();
    expect(await found(ids)).toEqual([...ids].sort());
    expect(operations(tables()).sort()).toEqual(["BatchGetItem", "BatchGetItem", "Query", "Query"]);
  });

  test("send again what was not processed, and that alone", async () => {
    const batch = records(25);
    tables().proxy.meetNext("BatchWriteItem", takeSome(10));
    tables().proxy.meetNext("BatchWriteItem", takeSome(10));
    await tables().store.putRecords(batch);
    const sizes = tables().proxy.seen.map(
      ({ body }) => Object.values((JSON.parse(body) as WriteBatch).RequestItems)[0]?.length,
    );
    expect(sizes).toEqual([25, 15, 5]);
    const ids = batch.map(({ endpoint }) => endpoint);
    expect(await found(ids)).toEqual([...ids].sort());
  });

  test("throw when some are never processed", async () => {
    for (let i = 0; i < 20; i++) tables().proxy.meetNext("BatchWriteItem", takeSome(0));
    await expect(tables().store.putRecords(records(3))).rejects.toThrow("3 records were not taken");
  });

  test("look one by one for keys that were not processed", async () => {
    const ids = records(30).map(({ endpoint }) => endpoint);
    await tables().store.putRecords(ids.map((id) => record(id, 3, 4)));
    tables().proxy.meetNext("BatchGetItem", readSome(27));
    expect(await found(ids)).toEqual([...ids].sort());
    expect(operations(tables()).filter((operation) => operation === "Query")).toHaveLength(3);
  });

  test("throw when one of many fails, but not before the others are written", async () => {
    const { proxy, through } = tables();
    const each = records(75);
    proxy.meetNext("BatchWriteItem", async () => "break");
    proxy.meetNext("BatchWriteItem", slowly);
    const put = through({ maxAttempts: 1, timeoutMs }).putRecords(each);
    await expect(put).rejects.toMatchObject({ code: "ECONNRESET" });
    expect(await found(each.map(({ endpoint }) => endpoint))).toHaveLength(50);
  });
}

/** Takes effect after as long as many requests take. */
const slowly: Meddle = async (_, forward) => {
  for (let i = 0; i < 30; i++) await forward("{}");
  return forward();
};

function reading(tables: () => Tables): void {
  test("is strongly consistent, in all its ways: the last write is seen", async () => {
    const { proxy, store } = tables();
    const ids = [freshName("endpoint"), freshName("endpoint")];
    await store.cell(freshName("lease")).read();
    await store.newest(ids, { epoch: 1, sequence: 1 });
    const asked = proxy.seen.map(({ operation, body }) => [
      operation,
      (body.match(/"ConsistentRead":true/g) ?? []).length,
    ]);
    expect(asked).toEqual([
      ["GetItem", 1],
      ["BatchGetItem", 1],
      ["Query", 1],
      ["Query", 1],
    ]);
  });
}

function written(tables: () => Tables): void {
  test("a record carries when it may be forgotten; an event stays", async () => {
    const id = freshName("endpoint");
    const hourly = { ...record(id, 1, 1), fromMs: savedMs - 3_600_000 };
    await tables().store.putRecords([hourly, record(id, 1, 2)]);
    const days = (count: number) => savedMs / 1_000 + count * 86_400;
    expect(await tables().items(`endpoint#${id}`)).toMatchObject([
      { sequence: 1, expires: days(100) },
      { sequence: 2, expires: days(8) },
    ]);
    await tables().store.file(event(id, "down", 0));
    expect((await tables().items(`history#${id}`)).map((item) => "expires" in item)).toEqual([false]);
  });

  test("is counted in write units, each kind apart; a minute of an endpoint costs one", async () => {
    const { store, spent } = tables();
    const before = { ...spent };
    const since = () =>
      Object.entries(spent).map(([kind, units]) => [kind, units - before[kind as keyof typeof spent]]);
    await store.cell(freshName("lease")).put({ beat: 1 }, 0);
    await store.cell(freshName("service")).put({ text: "x".repeat(1_500) }, 0);
    await store.putRecords(repeat(27, 0).map(() => record(freshName("endpoint"), 1, 1)));
    await store.file(event(freshName("shop"), "down", 0));
    expect(Object.fromEntries(since())).toEqual({ lease: 1, services: 2, records: 27, history: 1 });
  });
}
