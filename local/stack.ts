import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { openStore } from "../lambda/aws/tables.ts";
import type { Config } from "../lambda/core/config.ts";
import { parseReference, referencesIn } from "../lambda/core/secrets.ts";
import { pathOf, readOrMakeKey } from "../lambda/steps/heartbeat-token.ts";
import { clientOf, functionEnvironment } from "./aws-environment.ts";
import { type BeaconParts, beaconChecks, bucketPrefix, openBeacons } from "./beacons.ts";
import { openFunctionUrl } from "./function-url.ts";
import { type LocalFunction, startFunction } from "./functions.ts";
import type { Outcome } from "./invocation.ts";
import { type LambdaApi, type LocationCall, openLambdaApi } from "./lambda-api.ts";
import { openRoute53, type Route53 } from "./route53/api.ts";
import { type DnsServer, openDnsServer } from "./route53/dns-server.ts";
import { loopback } from "./route53/listen.ts";
import type { Zone } from "./route53/zone.ts";
import { type ScheduledEvent, startScheduler } from "./scheduler.ts";
import { openSecretStore, type SecretStore } from "./secrets.ts";
import { openSns, type Sns } from "./sns.ts";
import type { Published } from "./sns-message.ts";
import { openSts, type Sts } from "./sts.ts";
import { laptopTables, type TableNames } from "./table-names.ts";
import { createTables, openDynamoDb } from "./tables.ts";
import { ownerIn, zonesOf } from "./zones.ts";

/** What a stack tells while it runs. */
export type StackListeners = {
  readonly onCall?: (call: LocationCall) => void;
  readonly onAlert?: (alert: Published) => void;
  readonly onSweep?: (event: ScheduledEvent, outcome: Outcome) => void;
  /** A line that a function wrote. */
  readonly onLog?: (line: string) => void;
};

export type StackOptions = StackListeners & {
  readonly config: Config;
  /** Made from the config unless given. */
  readonly zones?: readonly Zone[];
  /** The roles that trust the sweep; those of the config unless given. */
  readonly roles?: readonly string[];
  /** What Secrets Manager and Systems Manager keep, by reference. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Where `env:` is looked up: nothing else of it gets to the functions. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** How often a sweep is started; a demonstration may shorten it. */
  readonly minuteMs?: number;
  readonly propagationMs?: number;
  /** A busy port gives way to the next one. */
  readonly dnsPort?: number;
  /** Chooses between weighted record sets; 0 to less than 1. */
  readonly random?: () => number;
  /** How often Route 53's checkers read the beacons: every 10 s unless a demonstration shortens it. */
  readonly checkEveryMs?: number;
};

export type Stack = {
  readonly config: Config;
  readonly client: DynamoDBClient;
  /** Where the database answers. */
  readonly dynamodbUrl: string;
  readonly tables: TableNames;
  readonly route53: Route53;
  readonly dns: DnsServer;
  readonly lambda: LambdaApi;
  readonly sns: Sns;
  readonly sts: Sts;
  readonly secrets: SecretStore;
  readonly s3: BeaconParts["s3"];
  readonly checkers: BeaconParts["checkers"];
  /** What each job has to call, by its id. */
  readonly heartbeatUrls: Readonly<Record<string, string>>;
  /** Ends everything; nothing runs or listens afterwards. */
  stop(): Promise<void>;
};

const probeFunction = "pointsman-probe";

/** All as the stacks have them on AWS. */
const sweepTimeoutMs = 300_000;
const probeTimeoutMs = 60_000;
const beatTimeoutMs = 15_000;

/** How to undo what was started, latest first. */
type Undo = (() => Promise<void> | void)[];

/** Starts a laptop's AWS with the product in it, and delivers the first minute. */
export async function startStack(options: StackOptions): Promise<Stack> {
  const undo: Undo = [];
  const stop = async () => {
    for (let end = undo.pop(); end; end = undo.pop()) await end();
  };
  try {
    const parts = await startParts(options, undo);
    const heartbeatUrls = await startBeats(options, parts, undo);
    const sweep = await startSweeps(options, parts, undo);
    deliver(options, sweep, undo);
    return { config: options.config, tables: laptopTables, ...parts, heartbeatUrls, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

type Parts = Omit<Stack, "config" | "tables" | "heartbeatUrls" | "stop">;

/** Whose word this machine's records and beacons are. */
const owner = "laptop";

const homeOf = (config: Config): string => config.locations[0] ?? "eu-central-1";

const topicArn = (config: Config): string => `arn:aws:sns:${homeOf(config)}:000000000000:pointsman-alerts`;

async function startParts(options: StackOptions, undo: Undo): Promise<Parts> {
  const { config, onAlert, onCall } = options;
  const dynamodb = await openDynamoDb();
  undo.push(dynamodb.close);
  const client = new DynamoDBClient(clientOf(homeOf(config), dynamodb.url));
  undo.push(() => client.destroy());
  await createTables(client, laptopTables);
  const sts = await openSts({ region: homeOf(config), roles: options.roles ?? rolesOf(config) });
  undo.push(sts.close);
  const { s3, checkers } = await openBeacons(config, owner, options.checkEveryMs ?? 10_000);
  undo.push(s3.close, checkers.stop);
  const route53 = await openRoute53({
    checkers,
    zones: options.zones ?? zonesOf(config),
    access: { callerOf: sts.callerOf, ownerOf: ownerIn(config) },
    ...(options.propagationMs === undefined ? {} : { propagationMs: options.propagationMs }),
  });
  undo.push(route53.close);
  const dns = await openDnsServer(() => route53.answered(), options.dnsPort, options.random);
  undo.push(dns.close);
  const sns = await openSns(topicArn(config), onAlert);
  undo.push(sns.close);
  const { secrets: kept = {} } = options;
  const secrets = await openSecretStore({ region: homeOf(config), secrets: kept });
  undo.push(secrets.close);
  const probe = await startProbes(options, undo);
  const lambda = await openLambdaApi(probe, onCall);
  undo.push(lambda.close);
  return { client, route53, dns, lambda, sns, sts, secrets, s3, checkers, dynamodbUrl: dynamodb.url };
}

const rolesOf = (config: Config): string[] => config.services.flatMap(({ dns }) => dns.roleArn ?? []);

/** One sandbox answers for all locations: it keeps nothing between requests, and memory is a laptop's. */
async function startProbes({ config, onLog }: StackOptions, undo: Undo): Promise<LocalFunction> {
  const probe = await startFunction({
    name: probeFunction,
    module: new URL("../lambda/probe.ts", import.meta.url),
    env: functionEnvironment(homeOf(config), {}),
    timeoutMs: probeTimeoutMs,
    perSandbox: Number.POSITIVE_INFINITY,
    ...(onLog ? { onLog } : {}),
  });
  undo.push(probe.kill);
  return probe;
}

/** What takes the signals of jobs, where there are any. */
async function startBeats(
  { config, onLog }: StackOptions,
  { client, dynamodbUrl }: Parts,
  undo: Undo,
): Promise<Record<string, string>> {
  const { heartbeats = [] } = config;
  if (heartbeats.length === 0) return {};
  const beat = await startFunction({
    name: "pointsman-beat",
    module: new URL("../lambda/beat.ts", import.meta.url),
    env: functionEnvironment(
      homeOf(config),
      { dynamodb: dynamodbUrl },
      { STATE_TABLE: laptopTables.stateTable },
    ),
    timeoutMs: beatTimeoutMs,
    perSandbox: Number.POSITIVE_INFINITY,
    ...(onLog ? { onLog } : {}),
  });
  undo.push(beat.kill);
  const server = await openFunctionUrl(beat);
  undo.push(server.close);
  const key = await readOrMakeKey(
    openStore(client, laptopTables, { lease: 0, services: 0, records: 0, history: 0 }),
  );
  return Object.fromEntries(heartbeats.map(({ id }) => [id, `${server.url}${pathOf(key, id)}`]));
}

/** The variables that the config's checks refer to, as far as they are set. */
function variablesOf(config: Config, environment: NonNullable<StackOptions["environment"]>) {
  const names = config.endpoints
    .flatMap(({ check }) => referencesIn(check))
    .flatMap((reference) => parseReference(reference) ?? [])
    .flatMap(({ kind, name }) => (kind === "env" ? [name] : []));
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

async function startSweeps(
  { config, onLog, environment = process.env }: StackOptions,
  parts: Parts,
  undo: Undo,
): Promise<LocalFunction> {
  const folder = mkdtempSync(join(tmpdir(), "pointsman-"));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  // Also when whoever started the stack leaves in a hurry.
  process.once("exit", remove);
  undo.push(() => {
    process.off("exit", remove);
    remove();
  });
  const file = join(folder, "config.json");
  writeFileSync(file, JSON.stringify(config));
  const endpoints = {
    dynamodb: parts.dynamodbUrl,
    route53: parts.route53.url,
    sns: parts.sns.url,
    lambda: parts.lambda.url,
    sts: parts.sts.url,
    nameServers: `${loopback}:${parts.dns.port}`,
    secrets: parts.secrets.url,
    s3: parts.s3.url,
  };
  const sweep = await startFunction({
    name: "pointsman-sweep",
    module: new URL("../lambda/sweep.ts", import.meta.url),
    env: functionEnvironment(homeOf(config), endpoints, {
      ...variablesOf(config, environment),
      CONFIG_FILE: file,
      STATE_TABLE: laptopTables.stateTable,
      RESULTS_TABLE: laptopTables.resultsTable,
      TOPIC_ARN: topicArn(config),
      PROBE_FUNCTION: probeFunction,
      OWNER: owner,
      BEACON_BUCKETS: bucketPrefix,
      BEACON_CHECKS: JSON.stringify(beaconChecks(config)),
    }),
    timeoutMs: sweepTimeoutMs,
    ...(onLog ? { onLog } : {}),
  });
  undo.push(sweep.kill);
  return sweep;
}

/** Invoked and forgotten, as Scheduler does. */
function deliver(options: StackOptions, sweep: LocalFunction, undo: Undo): void {
  let over = false;
  const { onSweep = () => {}, minuteMs } = options;
  const scheduler = startScheduler({
    deliver: (event) => {
      void sweep.invoke(event).then((outcome) => {
        if (!over) onSweep(event, outcome);
      });
    },
    ...(minuteMs === undefined ? {} : { minuteMs }),
  });
  undo.push(() => {
    over = true;
    return scheduler.stop();
  });
}
