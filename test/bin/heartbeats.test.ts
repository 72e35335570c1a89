import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { expect, onTestFinished, test } from "vitest";
import { heartbeats } from "../../bin/commands/heartbeats.ts";
import { clientOf, forgetAws } from "../../local/aws-environment.ts";
import { createTables, openDynamoDb } from "../../local/tables.ts";
import { openCloudFormation, type Stacks } from "./cloud-formation.ts";

forgetAws(process.env);

const jobs = `locations: [eu-central-1]
heartbeats:
  nightly: { interval: 1d, grace: 1h }
  hourly: { interval: 1h }
`;
const stacks: Stacks = { Pointsman: { HeartbeatUrl: "https://abc.lambda-url.test/", StateTable: "state" } };

async function open(text = jobs, deployed = stacks, refusal?: string) {
  const folder = mkdtempSync(join(tmpdir(), "pointsman-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, "pointsman.yaml");
  writeFileSync(file, text);
  const cloudFormation = await openCloudFormation(deployed, refusal);
  const database = await openDynamoDb();
  onTestFinished(async () => {
    await Promise.all([cloudFormation.close(), database.close()]);
  });
  const dynamodb = new DynamoDBClient(clientOf("eu-central-1", database.url));
  onTestFinished(() => dynamodb.destroy());
  await createTables(dynamodb, { stateTable: "state", resultsTable: "results" });
  return async () => {
    const printed: string[] = [];
    const clients = {
      cloudFormation: (region: string) =>
        new CloudFormationClient({ ...clientOf(region, cloudFormation.url), maxAttempts: 1 }),
      dynamodb: () => dynamodb,
    };
    return {
      exitCode: await heartbeats(file, clients, (line) => printed.push(line)),
      text: printed.join("\n"),
    };
  };
}

test("each job's URL is told, and the same the next time", async () => {
  const run = await open();
  const [one, other] = [await run(), await run()];
  expect(one).toEqual(other);
  expect(one.exitCode).toBe(0);
  expect(one.text).toMatch(/nightly +24\.0 h +1\.0 h +https:\/\/abc\.lambda-url\.test\/nightly\/[\w-]{22}\n/);
  expect(one.text).toMatch(/hourly .*https:\/\/abc\.lambda-url\.test\/hourly\/[\w-]{22}\n/);
});

test.each([
  [
    "a file without any",
    "locations: [eu-central-1]\nendpoints: { a: https://acme.com }\n",
    stacks,
    0,
    "has no heartbeats",
  ],
  ["a wrong file", jobs.replace("1d", "1"), stacks, 1, "has no unit"],
  ["nothing deployed", jobs, {}, 1, "no stack Pointsman in eu-central-1: deploy first"],
  ["deployed without heartbeats", jobs, { Pointsman: {} }, 1, "has no output HeartbeatUrl"],
] as const)("%s", async (_name, text, deployed, exitCode, words) => {
  const run = await open(text, deployed);
  const result = await run();
  expect(result.exitCode).toBe(exitCode);
  expect(result.text).toContain(words);
});
