import { type EndpointRecord, sortKey } from "../../lambda/core/endpoint-record.ts";
import type { Event } from "../../lambda/core/event.ts";
import type { Lease } from "../../lambda/core/lease.ts";
import type { Cell, Store } from "../../lambda/steps/world.ts";

/** The product's tables in memory. They pass the same contract suite as the real ones. */
export type Memory = {
  readonly store: Store;
  readonly cells: Map<string, { version: number; body: unknown }>;
  readonly records: Map<string, Map<string, EndpointRecord>>;
  readonly history: Map<string, Event>;
  /** The ids of all events that were ever saved: in an outbox, or filed. */
  readonly saved: ReadonlySet<string>;
  /**
   * Those that stood in an outbox which was the newest when it was saved, by whoever held the lease then: what a stale
   * sweep still writes is read by nobody, also where its successor has read already and not written yet.
   */
  readonly owed: ReadonlySet<string>;
};

/** What a table gives back: a copy, without what is undefined. */
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const itself = <T>(value: T): T => value;

/**
 * @param isForgetful of each endpoint only the newest record is kept, and nothing is copied: for runs of years. The
 *   product does not change what it has read or written.
 */
export function openMemory(isForgetful = false): Memory {
  const cells: Memory["cells"] = new Map();
  const records: Memory["records"] = new Map();
  const history: Memory["history"] = new Map();
  const [saved, owed] = [new Set<string>(), new Set<string>()];
  const kept: <T>(value: T) => T = isForgetful ? itself : copy;
  const noteSaved = (body: { outbox?: readonly Event[] }, isNewest: boolean) => {
    for (const { id } of body.outbox ?? []) {
      saved.add(id);
      if (isNewest) owed.add(id);
    }
  };
  const store: Store = {
    cell: <T extends object>(key: string): Cell<T> => ({
      read: async () => {
        const found = cells.get(key);
        return found && { version: found.version, body: kept(found.body) as T };
      },
      put: async (body, seen) => {
        if ((cells.get(key)?.version ?? 0) !== seen) return "conflict";
        cells.set(key, { version: seen + 1, body: kept(body) });
        noteSaved(body, true);
        return "saved";
      },
    }),
    newest: async (endpoints, last) => {
      const found = new Map<string, EndpointRecord>();
      for (const id of endpoints) {
        const of = records.get(id);
        const record = (last && of?.get(sortKey(last.epoch, last.sequence))) ?? newestOf(of);
        if (record) found.set(id, kept(record));
      }
      return found;
    },
    putRecords: async (batch) => {
      const held = cells.get("lease#0")?.body as Lease | undefined;
      for (const record of batch) {
        const key = sortKey(record.epoch, record.sequence);
        const of = records.get(record.endpoint) ?? new Map<string, EndpointRecord>();
        records.set(record.endpoint, of);
        noteSaved(record, key > newestKey(of) && record.epoch >= (held?.epoch ?? 0));
        if (isForgetful && !forget(of, key)) continue;
        of.set(key, kept(record));
      }
    },
    file: async (event) => {
      saved.add(event.id);
      history.set(event.id, copy(event));
    },
  };
  return { store, cells, records, history, saved, owed };
}

function newestKey(of: ReadonlyMap<string, EndpointRecord> | undefined): string {
  let newest = "";
  for (const key of of?.keys() ?? []) if (key > newest) newest = key;
  return newest;
}

const newestOf = (of: ReadonlyMap<string, EndpointRecord> | undefined): EndpointRecord | undefined =>
  of?.get(newestKey(of));

/** Makes room for a record, unless a newer one is there. */
function forget(of: Map<string, EndpointRecord>, key: string): boolean {
  for (const old of of.keys()) {
    if (old > key) return false;
    of.delete(old);
  }
  return true;
}
