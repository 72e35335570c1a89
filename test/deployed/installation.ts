import { isDeepStrictEqual } from "node:util";
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  waitUntilTableExists,
} from "@aws-sdk/client-dynamodb";
import { openStore } from "../../lambda/aws/tables.ts";
import type { ProbeRequest } from "../../lambda/core/probe.ts";
import type { Store } from "../../lambda/steps/world.ts";
import { clientOf } from "../../local/aws-environment.ts";
import type { LocalFunction } from "../../local/functions.ts";
import { failed, type Outcome } from "../../local/invocation.ts";
import { type LocationCall, openLambdaApi } from "../../local/lambda-api.ts";
import { openRoute53, type Route53 } from "../../local/route53/api.ts";
import { type DnsServer, openDnsServer } from "../../local/route53/dns-server.ts";
import type { ScheduledEvent } from "../../local/scheduler.ts";
import { openSns } from "../../local/sns.ts";
import type { Published } from "../../local/sns-message.ts";
import { openDynamoDb } from "../../local/tables.ts";
import { zonesOf } from "../../local/zones.ts";
import { type LambdaFunction, type Surroundings, startLambda } from "./lambda-process.ts";
import type { Synthesized } from "./synthesized.ts";

/** What was synthesized, at work on the laptop's AWS, and what can be seen of it. */
export type Installation = {
  readonly client: DynamoDBClient;
  readonly store: Store;
  readonly route53: Route53;
  readonly dns: DnsServer;
  readonly alerts: readonly Published[];
  readonly calls: readonly LocationCall[];
  /** What came of each sweep that ended. */
  readonly sweeps: readonly Outcome[];
  /** Everything the functions wrote. */
  readonly log: readonly string[];
  /** The next event of the schedule: invoked asynchronously, which nobody waits for. */
  deliver(event: ScheduledEvent): void;
  /**
   * Puts another config in place: from now on its code is invoked. What runs goes on to its end: `relieved` resolves
   * when no code of before runs any more.
   */
  deploy(next: Synthesized): Promise<{ readonly relieved: Promise<unknown> }>;
  stop(): Promise<void>;
};

type Undo = (() => Promise<void> | void)[];

/** Every function there is, by Region and name. */
type Functions = Map<string, { readonly is: LambdaFunction; readonly runs: LocalFunction }>;

const keyOf = ({ region, name }: Pick<LambdaFunction, "region" | "name">): string => `${region}/${name}`;

/** Creates everything the templates describe, on parts of its own. Nothing is invoked yet. */
export async function install(first: Synthesized): Promise<Installation> {
  const undo: Undo = [];
  const stop = async () => {
    for (let end = undo.pop(); end; end = undo.pop()) await end();
  };
  try {
    return { ...(await start(first, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(first: Synthesized, undo: Undo): Promise<Omit<Installation, "stop">> {
  const [alerts, calls, sweeps, log]: [Published[], LocationCall[], Outcome[], string[]] = [[], [], [], []];
  const functions: Functions = new Map();
  const open = new Set<Promise<void>>();
  const dynamodb = await openDynamoDb();
  undo.push(dynamodb.close);
  const client = new DynamoDBClient(clientOf(first.sweep.region, dynamodb.url));
  undo.push(() => client.destroy());
  await Promise.all(first.tables.map((table) => createTable(client, table)));
  const route53 = await openRoute53({ zones: zonesOf(first.config), propagationMs: 200, port: 0 });
  undo.push(route53.close);
  const dns = await openDnsServer(() => route53.answered(), 0);
  undo.push(dns.close);
  const sns = await openSns(first.sweep.variables["TOPIC_ARN"] ?? "", (alert) => alerts.push(alert));
  undo.push(sns.close);
  const lambda = await openLambdaApi(probes(first, functions), (call) => calls.push(call));
  undo.push(lambda.close);
  const endpoints = { dynamodb: dynamodb.url, route53: route53.url, sns: sns.url, lambda: lambda.url };
  const around = { endpoints, onLog: (line: string) => log.push(line) };
  await startChanged(first, functions, around, undo);
  const { STATE_TABLE: stateTable = "", RESULTS_TABLE: resultsTable = "" } = first.sweep.variables;
  const spent = { lease: 0, services: 0, records: 0, history: 0 };
  let current = first;
  return {
    client,
    store: openStore(client, { stateTable, resultsTable }, spent),
    route53,
    dns,
    alerts,
    calls,
    sweeps,
    log,
    deliver: ({ scheduledTime }) => {
      const event = current.schedule.input.replace("<aws.scheduler.scheduled-time>", scheduledTime);
      const runs = functions.get(keyOf(current.sweep))?.runs;
      if (runs === undefined) throw new Error("bug: nothing was installed");
      const invoked = invokeAsync(runs, JSON.parse(event), current.sweepRetries, sweeps);
      open.add(invoked);
      void invoked.then(() => open.delete(invoked));
    },
    deploy: async (next) => {
      refuseReplacement(current, next);
      await startChanged(next, functions, around, undo);
      current = next;
      return { relieved: Promise.all(open) };
    },
  };
}

async function createTable(client: DynamoDBClient, table: CreateTableCommandInput): Promise<void> {
  await client.send(new CreateTableCommand(table));
  await waitUntilTableExists(
    { client, minDelay: 0.05, maxDelay: 0.5, maxWaitTime: 30 },
    { TableName: table.TableName },
  );
}

/** Starts every function that is new or whose template changed. What took its invocations before ends with us. */
async function startChanged(
  next: Synthesized,
  functions: Functions,
  around: Surroundings,
  undo: Undo,
): Promise<void> {
  const template = (is: LambdaFunction | undefined) => ({ ...is, taskRoot: "" });
  const changed = [next.sweep, ...next.probes.values()].filter(
    (is) => !isDeepStrictEqual(template(functions.get(keyOf(is))?.is), template(is)),
  );
  await Promise.all(
    changed.map(async (is) => {
      const runs = await startLambda(is, around);
      undo.push(runs.kill);
      functions.set(keyOf(is), { is, runs });
    }),
  );
}

/** What Lambda does with an event: it is tried again when the handler failed, and every try is seen here. */
async function invokeAsync(
  runs: LocalFunction,
  event: unknown,
  retries: number,
  outcomes: Outcome[],
): Promise<void> {
  for (let left = retries; left >= 0; left--) {
    const outcome = await runs.invoke(event);
    outcomes.push(outcome);
    if (outcome.ok) return;
  }
}

/** The probe functions of all Regions: whose Region is asked runs the one that this Region's stack has. */
const probes = ({ sweep }: Synthesized, functions: Functions): LocalFunction => {
  const name = sweep.variables["PROBE_FUNCTION"] ?? "";
  return {
    name,
    invoke: async (event) => {
      const { location } = event as ProbeRequest;
      const found = functions.get(keyOf({ region: location, name }));
      return found ? found.runs.invoke(event) : failed(new Error(`no ${name} in ${location}`));
    },
    kill: async () => {},
  };
};

const lasting = ["STATE_TABLE", "RESULTS_TABLE", "TOPIC_ARN", "PROBE_FUNCTION", "OWNER"];

/** A deploy that gave the product other tables or another name would make it forget what it did. */
function refuseReplacement(before: Synthesized, after: Synthesized): void {
  const kept = ({ tables, sweep }: Synthesized) => [tables, lasting.map((name) => sweep.variables[name])];
  if (isDeepStrictEqual(kept(before), kept(after))) return;
  throw new Error(`the deploy replaces what has to stay: ${JSON.stringify([kept(before), kept(after)])}`);
}
