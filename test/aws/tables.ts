import { DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { openStore, type WriteUnits } from "../../lambda/aws/tables.ts";
import type { Event } from "../../lambda/core/event.ts";
import type { Store } from "../../lambda/steps/world.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { createTables } from "../../local/tables.ts";
import type { Database } from "./dynamodb-local.ts";
import { type HttpProxy, openProxy } from "./proxy.ts";
import type { OpenedStore } from "./store-contract.ts";

export type Patience = { readonly maxAttempts: number; readonly timeoutMs: number };

export type Tables = OpenedStore & {
  /** Stands between every client and the database. */
  readonly proxy: HttpProxy;
  /** What `store` has spent. */
  readonly spent: WriteUnits;
  /** The same tables through a client of its own. */
  through(patience: Patience): Store;
  /** The items of one partition of the results table as they stand there, keys and all. */
  items(pk: string): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
};

const names = { stateTable: "pointsman-state", resultsTable: "pointsman-results" };

/** As in the sweep, but for the time-out: a database that has just started is slow. */
const usual: Patience = { maxAttempts: 3, timeoutMs: 20_000 };

const noUnits = (): WriteUnits => ({ lease: 0, services: 0, records: 0, history: 0 });

/** The product's tables on a DynamoDB that is started for them. */
export async function openTables(start: () => Promise<Database>): Promise<Tables> {
  const database = await start();
  const proxy = await openProxy(database.url);
  const clients: DynamoDBClient[] = [];
  const connect = ({ maxAttempts, timeoutMs }: Patience) => {
    const at = clientOf("eu-central-1", proxy.url);
    const client = new DynamoDBClient({ ...at, ...clientSettings(maxAttempts, timeoutMs) });
    clients.push(client);
    return client;
  };
  const client = connect(usual);
  await createTables(client, names);
  const spent = noUnits();
  const items = (pk: string) => itemsOf(client, pk);
  return {
    store: openStore(client, names, spent),
    spent,
    proxy,
    through: (patience) => openStore(connect(patience), names, noUnits()),
    items,
    history: async (subject) =>
      (await items(`history#${subject}`)).map(({ pk: _, sk: __, ...event }) => event as Event),
    close: async () => {
      for (const each of clients) each.destroy();
      await proxy.close();
      await database.close();
    },
  };
}

async function itemsOf(client: DynamoDBClient, pk: string): Promise<Record<string, unknown>[]> {
  const { Items = [] } = await client.send(
    new QueryCommand({
      TableName: names.resultsTable,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": { S: pk } },
    }),
  );
  return Items.map((found) => unmarshall(found));
}
