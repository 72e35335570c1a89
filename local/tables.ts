import {
  CreateTableCommand,
  type DynamoDBClient,
  UpdateTimeToLiveCommand,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import dynalite from "dynalite";
import { tableKeys } from "../lambda/aws/tables.ts";
import { type LoopbackServer, listenLoopback } from "./loopback-server.ts";
import type { TableNames } from "./table-names.ts";

/** DynamoDB in this process, in memory, on a port of the system's choice. It has no tables yet. */
export const openDynamoDb = (): Promise<LoopbackServer> =>
  listenLoopback(dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 }));

/** Creates the product's tables, on demand; on dynalite, on Amazon's DynamoDB Local, or in an account. */
export async function createTables(client: DynamoDBClient, names: TableNames): Promise<void> {
  await Promise.all([
    create(client, names.stateTable, tableKeys.state.partition),
    create(client, names.resultsTable, tableKeys.results.partition, tableKeys.results.sort),
  ]);
  await forgetOld(client, names.resultsTable);
}

async function create(
  client: DynamoDBClient,
  table: string,
  partition: string,
  sort?: string,
): Promise<void> {
  const keys = sort === undefined ? [partition] : [partition, sort];
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: keys.map((name) => ({ AttributeName: name, AttributeType: "S" })),
      KeySchema: keys.map((name, i) => ({ AttributeName: name, KeyType: i === 0 ? "HASH" : "RANGE" })),
    }),
  );
  await waitUntilTableExists(
    { client, minDelay: 0.05, maxDelay: 0.5, maxWaitTime: 30 },
    { TableName: table },
  );
}

/** Old records expire where the database knows how; dynalite does not. */
async function forgetOld(client: DynamoDBClient, table: string): Promise<void> {
  try {
    await client.send(
      new UpdateTimeToLiveCommand({
        TableName: table,
        TimeToLiveSpecification: { Enabled: true, AttributeName: tableKeys.results.ttl },
      }),
    );
  } catch (error) {
    if (!(error instanceof Error) || error.name !== "UnknownOperationException") throw error;
  }
}
