import { describe, expect, test } from "vitest";
import type { Event } from "../../lambda/core/event.ts";
import type { Store } from "../../lambda/steps/world.ts";
import { event, freshName, record } from "./store-sample.ts";

export type OpenedStore = {
  readonly store: Store;
  /** What was filed for a subject, oldest first. */
  history(subject: string): Promise<Event[]>;
};

type Check = (store: Store, opened: OpenedStore) => Promise<void>;
type Promises = (title: string, check: Check) => void;

/**
 * What every `Store` promises, real or simulated.
 *
 * @param opened asked when a test runs, not when it is described
 */
export function storeContract(opened: () => OpenedStore): void {
  const promise: Promises = (title, check) => test(title, () => check(opened().store, opened()));
  describe("a cell", () => cells(promise));
  describe("newest", () => newest(promise));
  describe("records and events", () => filing(promise));
}

const raceRounds = 50;

function cells(promise: Promises): void {
  promise("is empty until it is written", async (store) => {
    expect(await store.cell(freshName("lease")).read()).toBeUndefined();
  });

  promise("is created only where nothing is", async (store) => {
    const cell = store.cell<{ a: number }>(freshName("lease"));
    expect(await cell.put({ a: 1 }, 0)).toBe("saved");
    expect(await cell.put({ a: 2 }, 0)).toBe("conflict");
    expect(await cell.read()).toEqual({ version: 1, body: { a: 1 } });
  });

  promise("goes from version to version, whole: nothing of the old body stays", async (store) => {
    const cell = store.cell<{ a?: number; b?: number }>(freshName("service"));
    await cell.put({ a: 1 }, 0);
    expect(await cell.put({ b: 2 }, 1)).toBe("saved");
    expect(await cell.read()).toEqual({ version: 2, body: { b: 2 } });
    expect(await cell.put({ b: 3 }, 2)).toBe("saved");
    expect(await cell.read()).toEqual({ version: 3, body: { b: 3 } });
  });

  promise("refuses a stale version, and one that is not there yet", async (store) => {
    const cell = store.cell<{ a: number }>(freshName("service"));
    expect(await cell.put({ a: 1 }, 1)).toBe("conflict");
    expect(await cell.read()).toBeUndefined();
    await cell.put({ a: 1 }, 0);
    await cell.put({ a: 2 }, 1);
    expect(await cell.put({ a: 3 }, 1)).toBe("conflict");
    expect(await cell.put({ a: 3 }, 3)).toBe("conflict");
    expect(await cell.read()).toEqual({ version: 2, body: { a: 2 } });
  });

  promise("is nobody else's: keys do not touch each other", async (store) => {
    const [one, other] = [freshName("lease"), freshName("lease")];
    await store.cell(one).put({ a: 1 }, 0);
    expect(await store.cell(other).read()).toBeUndefined();
    expect(await store.cell(other).put({ a: 2 }, 0)).toBe("saved");
    expect(await store.cell(one).read()).toEqual({ version: 1, body: { a: 1 } });
  });

  promise(`has one winner when two write at once (${raceRounds} rounds)`, async (store) => {
    const key = freshName("lease");
    for (let version = 0; version < raceRounds; version++) {
      const writers = ["a", "b"];
      const outcomes = await Promise.all(writers.map((by) => store.cell(key).put({ by }, version)));
      expect([...outcomes].sort()).toEqual(["conflict", "saved"]);
      const winner = writers[outcomes.indexOf("saved")];
      expect(await store.cell(key).read()).toEqual({ version: version + 1, body: { by: winner } });
    }
  });

  promise("keeps maps, lists, null, texts and numbers as they are", async (store) => {
    const cell = store.cell(freshName("service"));
    const body = {
      written: null,
      intent: {
        now: null,
        want: { name: "*.example.com", type: "A", ttlSeconds: 15, values: ["192.0.2.10"] },
      },
      lists: [[], [1, [2, { three: null }]], ["", "ä €\n\"'\\", "\u0000"]],
      empty: {},
      flags: [true, false],
      numbers: [0, -1, 0.1, 0.1 + 0.2, 1 / 3, 1e-7, 1.5e-100, Number.MAX_SAFE_INTEGER, -4_070_908_800_123],
    };
    await cell.put(body, 0);
    expect(await cell.read()).toStrictEqual({ version: 1, body });
  });

  promise("forgets properties that are undefined", async (store) => {
    const cell = store.cell(freshName("service"));
    await cell.put(
      { a: 1, gone: undefined, deep: { b: 2, gone: undefined }, list: [{ gone: undefined }] },
      0,
    );
    expect(await cell.read()).toStrictEqual({ version: 1, body: { a: 1, deep: { b: 2 }, list: [{}] } });
  });

  promise("is not changed by what is done to a body afterwards", async (store) => {
    const cell = store.cell<{ list: number[] }>(freshName("service"));
    const body = { list: [1] };
    await cell.put(body, 0);
    body.list.push(2);
    (await cell.read())?.body.list.push(3);
    expect((await cell.read())?.body).toEqual({ list: [1] });
  });
}

/** Pairs whose order is another when they are compared as plain texts; the last is the newest. */
const ascending = [
  [9, 999_999],
  [10, 2],
  [10, 10],
  [1_795_000_000, 0],
] as const;

function newest(promise: Promises): void {
  promise("is the highest epoch, then the highest sequence, whatever was written last", async (store) => {
    const orders = permutations(ascending);
    const ids = orders.map(() => freshName("endpoint"));
    for (const [turn] of ascending.entries()) {
      await store.putRecords(
        orders.flatMap((order, i) => {
          const [epoch, sequence] = order[turn] ?? ascending[0];
          return [record(ids[i] ?? "", epoch, sequence)];
        }),
      );
    }
    const wanted = new Map(ids.map((id) => [id, record(id, 1_795_000_000, 0)] as const));
    expect(await store.newest(ids, undefined)).toStrictEqual(wanted);
    expect(await store.newest(ids, { epoch: 1_795_000_000, sequence: 0 })).toStrictEqual(wanted);
  });

  promise("takes the record that is where they were said to be", async (store) => {
    const id = freshName("endpoint");
    await store.putRecords([record(id, 7, 1)]);
    await store.putRecords([record(id, 7, 2)]);
    expect((await store.newest([id], { epoch: 7, sequence: 1 })).get(id)?.sequence).toBe(1);
  });

  promise("looks for those that are not where they were said to be", async (store) => {
    const [there, older, never] = [freshName("endpoint"), freshName("endpoint"), freshName("endpoint")];
    await store.putRecords([record(there, 7, 5), record(older, 7, 2), record(there, 6, 9)]);
    expect(await store.newest([there, older, never], { epoch: 7, sequence: 5 })).toStrictEqual(
      new Map([
        [there, record(there, 7, 5)],
        [older, record(older, 7, 2)],
      ]),
    );
  });

  promise("knows nothing of endpoints without a record, nor of those not asked for", async (store) => {
    const id = freshName("endpoint");
    await store.putRecords([record(id, 1, 1)]);
    expect(await store.newest([], { epoch: 1, sequence: 1 })).toEqual(new Map());
    expect(await store.newest([`${id}x`], undefined)).toEqual(new Map());
  });

  promise("finds 600 endpoints that were saved in one go", async (store) => {
    const records = Array.from({ length: 600 }, () => record(freshName("endpoint"), 3, 4));
    await store.putRecords(records);
    const ids = records.map(({ endpoint }) => endpoint);
    const found = await store.newest(ids, { epoch: 3, sequence: 4 });
    expect(found).toStrictEqual(new Map(records.map((each) => [each.endpoint, each] as const)));
    const some = ids.slice(-150);
    expect([...(await store.newest(some, undefined)).keys()].sort()).toEqual([...some].sort());
  });
}

function filing(promise: Promises): void {
  promise("writes no records when there are none", async (store) => {
    await store.putRecords([]);
  });

  promise("writes a record again over itself", async (store) => {
    const id = freshName("endpoint");
    await store.putRecords([record(id, 1, 1)]);
    const again = { ...record(id, 1, 1), probes: [[0, 4, 12]] as const };
    await store.putRecords([again]);
    expect((await store.newest([id], undefined)).get(id)).toStrictEqual(again);
  });

  promise("files an event once, however often it is filed, and each event apart", async (store, opened) => {
    const subject = freshName("shop");
    const down = event(subject, "down", 1_000);
    const failover = event(subject, "failover", 1_000);
    const up = event(subject, "up", 62_000);
    for (const each of [up, down, failover, down]) await store.file(each);
    await store.file(event(freshName("shop"), "down", 1_000));
    expect(await opened.history(subject)).toStrictEqual([down, failover, up]);
  });
}

function permutations<T>(list: readonly T[]): T[][] {
  if (list.length < 2) return [[...list]];
  return list.flatMap((first, i) =>
    permutations([...list.slice(0, i), ...list.slice(i + 1)]).map((rest) => [first, ...rest]),
  );
}
