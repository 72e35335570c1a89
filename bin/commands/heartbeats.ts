import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Command } from "commander";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { openStore } from "../../lambda/aws/tables.ts";
import { span } from "../../lambda/core/alert.ts";
import type { Config } from "../../lambda/core/config.ts";
import { pathOf, readOrMakeKey } from "../../lambda/steps/heartbeat-token.ts";
import { heartbeatOutput, homeStackName, stateTableOutput } from "../../lib/stack-names.ts";
import { explain } from "../aws-error.ts";
import { readConfig } from "../config-file.ts";
import { stackOutput } from "../stack-outputs.ts";
import { table } from "../table.ts";

/** The services that are asked, of home's Region. */
export type Clients = {
  readonly cloudFormation: (region: string) => CloudFormationClient;
  readonly dynamodb: (region: string) => DynamoDBClient;
};

const rowOf = (base: string, key: string) => (heartbeat: NonNullable<Config["heartbeats"]>[number]) => [
  heartbeat.id,
  span(heartbeat.intervalMs),
  span(heartbeat.graceMs),
  `${base.replace(/\/$/, "")}${pathOf(key, heartbeat.id)}`,
];

/**
 * Prints what each job has to call. The first time it makes the key that all URLs come from. Returns the exit code: 1
 * when the config is wrong or the deployment could not be asked.
 */
export async function heartbeats(
  file: string,
  clients: Clients,
  print: (text: string) => void,
): Promise<number> {
  const loaded = readConfig(file, print);
  if (loaded === undefined) return 1;
  const { locations, heartbeats: jobs = [] } = loaded.config;
  const [home = ""] = locations;
  if (jobs.length === 0) {
    print(`${file} has no heartbeats`);
    return 0;
  }
  try {
    const output = (name: string) => stackOutput(clients.cloudFormation(home), home, homeStackName, name);
    const [base, stateTable] = [await output(heartbeatOutput), await output(stateTableOutput)];
    const spent = { lease: 0, services: 0, records: 0, history: 0 };
    const store = openStore(clients.dynamodb(home), { stateTable, resultsTable: "" }, spent);
    const key = await readOrMakeKey(store);
    print(table([["HEARTBEAT", "EVERY", "GRACE", "URL"], ...jobs.map(rowOf(base, key))]));
    print("Call it at the end of a run; with /start behind it at the beginning, with /fail when it fails.");
    print("Who has a URL can say that the job is well: treat it as a password.");
    return 0;
  } catch (error) {
    print(explain(error));
    return 1;
  }
}

/** `pointsman heartbeats [file]` */
export const heartbeatsCommand = (program: Command): void => {
  program
    .command("heartbeats")
    .description("list the URLs that jobs call, of the deployed stacks")
    .argument("[file]", "the config", "pointsman.yaml")
    .action(async (file: string) => {
      const clients: Clients = {
        cloudFormation: (region) => new CloudFormationClient({ region, ...clientSettings(3) }),
        dynamodb: (region) => new DynamoDBClient({ region, ...clientSettings(3) }),
      };
      process.exitCode = await heartbeats(file, clients, (text) => console.log(text));
    });
};
