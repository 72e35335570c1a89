import { Resolver } from "node:dns/promises";
import { hostname, userInfo } from "node:os";
import { createInterface } from "node:readline/promises";
import { setTimeout } from "node:timers/promises";
import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { loadConfig } from "../../config/load.ts";
import { report } from "../../config/report.ts";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { readHistory } from "../../lambda/aws/history.ts";
import { openStore } from "../../lambda/aws/tables.ts";
import type { RecordType } from "../../lambda/core/config.ts";
import { homeStackName, resultsTableOutput, stateTableOutput } from "../../lib/stack-names.ts";
import { dummyCredentials, isOnThisMachine } from "../../local/aws-environment.ts";
import { laptopTables, type TableNames } from "../../local/table-names.ts";
import { stackOutput } from "../stack-outputs.ts";
import type { Desk } from "./desk.ts";

/** Where the tables are. */
export type Reach = {
  /** The config whose first location is home. */
  readonly config: string;
  /** Home's Region, when there is no config at hand. */
  readonly region?: string;
  /** The two tables of a construct in an app of one's own, as `STATE,RESULTS`. */
  readonly tables?: string;
  /** Who is asked for names, as `127.0.0.1:5300`; else whoever the system asks. */
  readonly resolver?: string;
};

/** Who sits here, for the history. */
export const whoIsHere = (): string => `${userInfo().username}@${hostname()}`;

/** Opens the tables of a deployment, or of a laptop when `AWS_ENDPOINT_URL_DYNAMODB` is on this machine. */
export async function openDesk(reach: Reach): Promise<Desk & { close(): void }> {
  const isLaptop = isOnThisMachine(process.env["AWS_ENDPOINT_URL_DYNAMODB"]);
  const region = isLaptop ? "eu-central-1" : homeOf(reach);
  const client = new DynamoDBClient({
    region,
    ...clientSettings(3),
    ...(isLaptop && { credentials: dummyCredentials }),
  });
  const names = namesIn(reach) ?? (isLaptop ? laptopTables : await deployedTables(region));
  const asker = asks();
  return {
    store: openStore(client, names, { lease: 0, services: 0, records: 0, history: 0 }),
    history: (subject, limit) => readHistory(client, names.resultsTable, subject, limit),
    resolve: resolverOf(reach.resolver),
    now: Date.now,
    sleep: async (ms) => void (await setTimeout(ms)),
    print: (text) => console.log(text),
    ...(asker && { ask: asker }),
    close: () => client.destroy(),
  };
}

function homeOf({ config, region }: Reach): string {
  if (region !== undefined) return region;
  const loaded = loadConfig(config);
  const home = loaded.ok ? loaded.config.locations[0] : undefined;
  if (home !== undefined) return home;
  const wrong = loaded.ok ? [] : report(loaded);
  throw new Error(
    [...wrong, "which Region is home? say --region, or name the config by --config"].join("\n"),
  );
}

function namesIn({ tables }: Reach): TableNames | undefined {
  if (tables === undefined) return undefined;
  const [stateTable, resultsTable, ...others] = tables.split(",");
  if (!stateTable || !resultsTable || others.length > 0) {
    throw new Error("--tables takes two names, as STATE,RESULTS");
  }
  return { stateTable, resultsTable };
}

async function deployedTables(region: string): Promise<TableNames> {
  const client = new CloudFormationClient({ region, ...clientSettings(3) });
  const output = (key: string) =>
    stackOutput(
      client,
      region,
      homeStackName,
      key,
      "a construct in an app of your own: --tables STATE,RESULTS",
    );
  try {
    return {
      stateTable: await output(stateTableOutput),
      resultsTable: await output(resultsTableOutput),
    };
  } finally {
    client.destroy();
  }
}

/** Asks on the terminal; none where either end of the conversation is not one. */
function asks(): Desk["ask"] {
  if (!process.stdin.isTTY || !process.stdout.isTTY) return undefined;
  return (question) => askAt(process.stdin, process.stdout, question);
}

/** Whether a person types yes. Ctrl-C, and the end of what is typed, is no yes. */
export async function askAt(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
): Promise<boolean> {
  const terminal = createInterface({ input, output });
  const closed = new Promise<string>((resolve) => terminal.once("close", () => resolve("")));
  try {
    const answer = await Promise.race([terminal.question(question).catch(() => ""), closed]);
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    terminal.close();
  }
}

function resolverOf(server: string | undefined): Desk["resolve"] {
  const ask: Record<RecordType, (resolver: Resolver, name: string) => Promise<string[]>> = {
    A: (resolver, name) => resolver.resolve4(name),
    AAAA: (resolver, name) => resolver.resolve6(name),
    CNAME: (resolver, name) => resolver.resolveCname(name),
  };
  return (name, type) => {
    // One that is used again may remember what it was answered.
    const resolver = new Resolver({ timeout: 2_000, tries: 1 });
    if (server !== undefined) resolver.setServers([server]);
    return ask[type](resolver, name);
  };
}
