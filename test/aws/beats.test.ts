import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { putBeat } from "../../lambda/aws/beats.ts";
import { openStore } from "../../lambda/aws/tables.ts";
import { type Beats, beatsCell } from "../../lambda/core/heartbeat.ts";
import { isToken, pathOf, readKey, readOrMakeKey, tokenOf } from "../../lambda/steps/heartbeat-token.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { createTables, openDynamoDb } from "../../local/tables.ts";

const names = { stateTable: "state", resultsTable: "results" };

async function open() {
  const database = await openDynamoDb();
  onTestFinished(database.close);
  const client = new DynamoDBClient(clientOf("eu-central-1", database.url));
  onTestFinished(() => client.destroy());
  await createTables(client, names);
  const store = openStore(client, names, { lease: 0, services: 0, records: 0, history: 0 });
  const beat = (...[signal, nowMs]: [Parameters<typeof putBeat>[3], number]) =>
    putBeat(client, names.stateTable, "job", signal, nowMs);
  const item = async () => {
    const Key = { pk: { S: beatsCell("job") } };
    const { Item } = await client.send(new GetItemCommand({ TableName: names.stateTable, Key }));
    return Item && unmarshall(Item);
  };
  return { store, beat, item };
}

test("a signal is written once a second, each sort for itself, and never back in time", async () => {
  const { store, beat, item } = await open();
  expect(await beat("started", 5_000)).toBe(true);
  expect(await beat("succeeded", 5_001)).toBe(true);
  expect(await beat("succeeded", 6_000)).toBe(false);
  expect(await beat("succeeded", 6_001)).toBe(true);
  expect(await beat("succeeded", 3_000)).toBe(false);
  expect(await item()).toEqual({ pk: "heartbeat#job", startedMs: 5_000, succeededMs: 6_001 });
  expect((await store.cell<Beats>(beatsCell("job")).read())?.body).toEqual({
    startedMs: 5_000,
    succeededMs: 6_001,
  });
});

test("the key is made once, whoever asks, and is 256 bits of chance", async () => {
  const { store } = await open();
  expect(await readKey(store)).toBeUndefined();
  const keys = await Promise.all([1, 2, 3].map(() => readOrMakeKey(store)));
  expect(new Set(keys).size).toBe(1);
  expect(await readKey(store)).toBe(keys[0]);
  expect(Buffer.from(keys[0] ?? "", "base64url")).toHaveLength(32);
  const { store: another } = await open();
  expect(await readOrMakeKey(another)).not.toBe(keys[0]);
});

test("a token is that job's, under that key", () => {
  const token = tokenOf("key", "job");
  expect(token).toMatch(/^[\w-]{22}$/);
  expect(pathOf("key", "job")).toBe(`/job/${token}`);
  expect(isToken("key", "job", token)).toBe(true);
  expect(isToken("key", "jobs", token)).toBe(false);
  expect(isToken("keys", "job", token)).toBe(false);
  expect(isToken("key", "job", token.slice(1))).toBe(false);
  expect(isToken("key", "job", "")).toBe(false);
});
