import { type EndpointRecord, sortKey } from "../../lambda/core/endpoint-record.ts";
import type { Event } from "../../lambda/core/event.ts";
import type { Cell, Store } from "../../lambda/steps/world.ts";

/** The product's tables in memory. They pass the same contract suite as the real ones. */
export type Memory = {
  readonly store: Store;
  readonly cells: Map<string, { version: number; body: unknown }>;
  readonly records: Map<string, Map<string, EndpointRecord>>;
  readonly history: Map<string, Event>;
};

/** What a table gives back: a copy, without what is undefined. */
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

export function openMemory(): Memory {
  const cells: Memory["cells"] = new Map();
  const records: Memory["records"] = new Map();
  const history: Memory["history"] = new Map();
  const store: Store = {
    cell: <T extends object>(key: string): Cell<T> => ({
      read: async () => {
        const found = cells.get(key);
        return found && { version: found.version, body: copy(found.body) as T };
      },
      put: async (body, seen) => {
        if ((cells.get(key)?.version ?? 0) !== seen) return "conflict";
        cells.set(key, { version: seen + 1, body: copy(body) });
        return "saved";
      },
    }),
    newest: async (endpoints, saved) => {
      const found = new Map<string, EndpointRecord>();
      for (const id of endpoints) {
        const of = [...(records.get(id) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1));
        const newest = of.at(-1)?.[1];
        const last = (saved && records.get(id)?.get(sortKey(saved.epoch, saved.sequence))) ?? newest;
        if (last) found.set(id, copy(last));
      }
      return found;
    },
    putRecords: async (batch) => {
      for (const record of batch) {
        const of = records.get(record.endpoint) ?? new Map<string, EndpointRecord>();
        of.set(sortKey(record.epoch, record.sequence), copy(record));
        records.set(record.endpoint, of);
      }
    },
    file: async (event) => {
      history.set(event.id, copy(event));
    },
  };
  return { store, cells, records, history };
}
