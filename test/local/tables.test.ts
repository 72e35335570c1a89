import { DescribeTableCommand, DynamoDBClient, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { clientOf, forgetAws } from "../../local/aws-environment.ts";
import { createTables, openDynamoDb } from "../../local/tables.ts";

forgetAws(process.env);

test("both tables are there, on demand, with the product's keys, and writes cost what they cost", async () => {
  const server = await openDynamoDb();
  const client = new DynamoDBClient(clientOf("eu-central-1", server.url));
  await createTables(client, { stateTable: "state", resultsTable: "results" });
  const keys = async (TableName: string) => {
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    return [Table?.BillingModeSummary?.BillingMode, Table?.KeySchema?.map((key) => key.AttributeName)];
  };
  expect(await keys("state")).toEqual(["PAY_PER_REQUEST", ["pk"]]);
  expect(await keys("results")).toEqual(["PAY_PER_REQUEST", ["pk", "sk"]]);
  const { ConsumedCapacity } = await client.send(
    new PutItemCommand({
      TableName: "results",
      Item: { pk: { S: "a" }, sk: { S: "b" }, filling: { S: "x".repeat(1_100) } },
      ReturnConsumedCapacity: "TOTAL",
    }),
  );
  expect(ConsumedCapacity?.CapacityUnits).toBe(2);
  client.destroy();
  await server.close();
});
