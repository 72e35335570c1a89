import { randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import {
  type AttributeValue,
  BatchGetItemCommand,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type ConsumedCapacity,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  type WriteRequest,
} from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import pLimit from "p-limit";
import { chunks } from "../core/chunks.ts";
import { type EndpointRecord, expiresS, sortKey } from "../core/endpoint-record.ts";
import type { Event } from "../core/event.ts";
import type { Cell, Store, Versioned } from "../steps/world.ts";

/** The two tables and their keys: who creates them and who uses them read it here. */
export const tableKeys = {
  state: { partition: "pk" },
  results: { partition: "pk", sort: "sk", ttl: "expires" },
} as const;

/** Write units by what they were spent on. */
export type WriteUnits = Record<"lease" | "services" | "records" | "history", number>;

type Tables = {
  readonly client: DynamoDBClient;
  readonly stateTable: string;
  readonly resultsTable: string;
  readonly spent: WriteUnits;
};

type Item = Record<string, AttributeValue>;

const item = (value: object): Item => marshall(value, { removeUndefinedValues: true });

/** BatchWriteItem takes 25 items, BatchGetItem 100 (DynamoDB API reference). */
const batchWriteItems = 25;
const batchGetItems = 100;

/** Rounds in which what a batch left unprocessed is sent again, each after twice the pause: 1.5 s in all. */
const batchRounds = 5;
const backoffMs = 50;

/** The product's tables behind a DynamoDB client. `spent` is added to as capacity is reported. */
export function openStore(
  client: DynamoDBClient,
  names: { readonly stateTable: string; readonly resultsTable: string },
  spent: WriteUnits,
): Store {
  const tables = { client, ...names, spent };
  return {
    cell: <T extends object>(key: string) => cell<T>(tables, key),
    newest: (endpoints, saved) => newest(tables, endpoints, saved),
    putRecords: (records) => putRecords(tables, records),
    file: (event) => file(tables, event),
  };
}

function cell<T extends object>(tables: Tables, key: string): Cell<T> {
  return {
    read: async () => (await readCell<T>(tables, key))?.versioned,
    put: (body, seen) => putCell(tables, key, body, seen),
  };
}

async function putCell(
  tables: Tables,
  key: string,
  body: object,
  seen: number,
): Promise<"saved" | "conflict"> {
  const write = randomUUID();
  const unchanged =
    seen === 0
      ? { ConditionExpression: "attribute_not_exists(pk)" }
      : { ConditionExpression: "version = :seen", ExpressionAttributeValues: item({ ":seen": seen }) };
  try {
    const { ConsumedCapacity } = await tables.client.send(
      new PutItemCommand({
        TableName: tables.stateTable,
        Item: item({ ...body, pk: key, version: seen + 1, write }),
        ReturnConsumedCapacity: "TOTAL",
        ...unchanged,
      }),
    );
    spend(tables, key.startsWith("lease#") ? "lease" : "services", ConsumedCapacity);
    return "saved";
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The client may have sent a write again whose first answer was lost: then it stands there under its mark.
    const found = await readCell(tables, key);
    return found?.write === write ? "saved" : "conflict";
  }
}

async function readCell<T>(
  tables: Tables,
  key: string,
): Promise<{ versioned: Versioned<T>; write: unknown } | undefined> {
  const { Item: found } = await tables.client.send(
    new GetItemCommand({ TableName: tables.stateTable, Key: item({ pk: key }), ConsistentRead: true }),
  );
  if (found === undefined) return undefined;
  const { pk: _, version, write, ...body } = unmarshall(found);
  return { versioned: { version: Number(version), body: body as T }, write };
}

const endpointKey = (id: string): string => `endpoint#${id}`;

const readsAtOnce = 20;

/**
 * The newest record of each endpoint. Where the last sweep said where it left them, they are fetched a hundred at a
 * time; the others, and all after a sweep that died, are looked for one by one.
 */
async function newest(
  tables: Tables,
  endpoints: readonly string[],
  saved: { readonly epoch: number; readonly sequence: number } | undefined,
): Promise<Map<string, EndpointRecord>> {
  const limit = pLimit(readsAtOnce);
  const found = saved ? await fetchSaved(tables, endpoints, sortKey(saved.epoch, saved.sequence)) : [];
  const records = new Map(found.map((record) => [record.endpoint, record] as const));
  const missing = endpoints.filter((id) => !records.has(id));
  const queried = await Promise.all(missing.map((id) => limit(() => queryNewest(tables, id))));
  for (const record of queried) if (record) records.set(record.endpoint, record);
  return records;
}

async function fetchSaved(
  tables: Tables,
  endpoints: readonly string[],
  sk: string,
): Promise<EndpointRecord[]> {
  const limit = pLimit(readsAtOnce);
  const keys = endpoints.map((id) => item({ pk: endpointKey(id), sk }));
  const pages = await Promise.all(
    chunks(keys, batchGetItems).map((chunk) =>
      limit(async () => {
        const request = { [tables.resultsTable]: { Keys: chunk, ConsistentRead: true } };
        const { Responses } = await tables.client.send(new BatchGetItemCommand({ RequestItems: request }));
        // What a batch left out is looked for one by one afterwards.
        return Responses?.[tables.resultsTable] ?? [];
      }),
    ),
  );
  return pages.flat().map(recordOf);
}

async function queryNewest(tables: Tables, id: string): Promise<EndpointRecord | undefined> {
  const { Items } = await tables.client.send(
    new QueryCommand({
      TableName: tables.resultsTable,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: item({ ":pk": endpointKey(id) }),
      ScanIndexForward: false,
      Limit: 1,
      ConsistentRead: true,
    }),
  );
  const [found] = Items ?? [];
  return found && recordOf(found);
}

function recordOf(found: Item): EndpointRecord {
  const { pk: _, sk: __, expires: ___, ...record } = unmarshall(found);
  return record as EndpointRecord;
}

async function putRecords(tables: Tables, records: readonly EndpointRecord[]): Promise<void> {
  const limit = pLimit(readsAtOnce);
  const requests = records.map((record) => ({
    PutRequest: {
      Item: item({
        ...record,
        pk: endpointKey(record.endpoint),
        sk: sortKey(record.epoch, record.sequence),
        expires: expiresS(record.fromMs, record.savedMs),
      }),
    },
  }));
  const batches = chunks(requests, batchWriteItems).map((chunk) => limit(() => writeBatch(tables, chunk)));
  // One failure is no reason to leave the others under way: whoever hears of it may be about to return.
  await Promise.allSettled(batches);
  await Promise.all(batches);
}

async function writeBatch(tables: Tables, batch: WriteRequest[]): Promise<void> {
  let open = batch;
  for (let round = 0; round < batchRounds && open.length > 0; round++) {
    if (round > 0) await setTimeout(backoffMs * 2 ** round * (0.5 + Math.random()));
    const { UnprocessedItems, ConsumedCapacity } = await tables.client.send(
      new BatchWriteItemCommand({
        RequestItems: { [tables.resultsTable]: open },
        ReturnConsumedCapacity: "TOTAL",
      }),
    );
    for (const capacity of ConsumedCapacity ?? []) spend(tables, "records", capacity);
    open = UnprocessedItems?.[tables.resultsTable] ?? [];
  }
  if (open.length > 0) throw new Error(`${open.length} records were not taken by ${tables.resultsTable}`);
}

async function file(tables: Tables, event: Event): Promise<void> {
  const { ConsumedCapacity } = await tables.client.send(
    new PutItemCommand({
      TableName: tables.resultsTable,
      Item: item({
        ...event,
        pk: `history#${event.subject}`,
        sk: `${new Date(event.atMs).toISOString()}/${event.id}`,
      }),
      ReturnConsumedCapacity: "TOTAL",
    }),
  );
  spend(tables, "history", ConsumedCapacity);
}

function spend(tables: Tables, on: keyof WriteUnits, capacity: ConsumedCapacity | undefined): void {
  tables.spent[on] += capacity?.CapacityUnits ?? 0;
}
