import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { SNSClient } from "@aws-sdk/client-sns";
import type { Context } from "aws-lambda";
import { openBeaconStore } from "./aws/beacons.ts";
import { clientSettings } from "./aws/clients.ts";
import { environment } from "./aws/environment.ts";
import { openLocations } from "./aws/locations.ts";
import { log } from "./aws/log.ts";
import { metricsOf } from "./aws/metrics.ts";
import { findNameServers, openNameServers } from "./aws/name-servers.ts";
import { openDns } from "./aws/route53.ts";
import { route53Clients } from "./aws/route53-clients.ts";
import { openSecretPlaces } from "./aws/secrets.ts";
import { openStore, type WriteUnits } from "./aws/tables.ts";
import { openTopic } from "./aws/topic.ts";
import { withChecks } from "./core/beacons.ts";
import type { Config } from "./core/config.ts";
import { withBeacons } from "./steps/beacons.ts";
import { askWithSecrets, openSecrets } from "./steps/secrets.ts";
import { type Report, sweep } from "./steps/sweep.ts";
import type { World } from "./steps/world.ts";

/** The input of the schedule: the minute it was meant for, `<aws.scheduler.scheduled-time>`. */
export type SweepEvent = { readonly scheduledTime: string };

/** Scheduler delivers within the minute; an event this old was held up somewhere and serves nobody. */
const staleAfterMs = 90_000;

/**
 * How long a sweep goes on, counted from its scheduled minute, when no other relieves it: so long that two deliveries
 * in a row may be lost, and the third come as late as it may, without anybody being unwatched.
 */
const aloneMs = 270_000;

/** What the function needs of its time to end well. */
const marginMs = 15_000;

type Standing = { world: Omit<World, "store">; client: DynamoDBClient; config: Config };

let standing: Standing | undefined;

/** Made once for a sandbox, with the first event rather than at import: a missing setting is then a logged error. */
function open(): Standing {
  const sleep: World["sleep"] = (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = setTimeout(end, Math.max(0, ms));
      signal?.addEventListener("abort", end);
    });
  const places = openSecretPlaces(environment("AWS_REGION"), process.env);
  const config = JSON.parse(readFileSync(environment("CONFIG_FILE"), "utf8")) as Config;
  const checks = JSON.parse(process.env["BEACON_CHECKS"] ?? "{}") as Record<string, string>;
  // Set where a service has beacons, and asked for by no other.
  const store = openBeaconStore(process.env["BEACON_BUCKETS"] ?? "");
  return {
    config: { ...config, services: withChecks(config.services, checks) },
    client: new DynamoDBClient(clientSettings(3)),
    world: {
      now: Date.now,
      elapsed: () => performance.now(),
      random: Math.random,
      sleep,
      ask: askWithSecrets(
        openLocations(environment("PROBE_FUNCTION")),
        openSecrets(places, { now: Date.now, log }),
      ),
      dns: withBeacons(openDns(route53Clients(environment("AWS_REGION"), environment("OWNER"), 1), sleep), {
        log,
        store,
        serversOf: findNameServers(process.env["NAME_SERVER_ENDPOINT"]),
      }),
      beacons: store,
      // Only a laptop says where they are: on AWS they are asked at their own addresses.
      answers: openNameServers(process.env["NAME_SERVER_ENDPOINT"]),
      publish: openTopic(new SNSClient(clientSettings(2)), environment("TOPIC_ARN")),
      log,
    },
  };
}

/** Watches until the next minute's sweep takes over. Returns what it did, for the log. */
export async function handler(
  event: SweepEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
): Promise<Report & { writeUnits: WriteUnits }> {
  standing ??= open();
  const { world, client, config } = standing;
  const spent: WriteUnits = { lease: 0, services: 0, records: 0, history: 0 };
  const report = await run(event, context, config, {
    ...world,
    store: openStore(
      client,
      { stateTable: environment("STATE_TABLE"), resultsTable: environment("RESULTS_TABLE") },
      spent,
    ),
  });
  const line = { ...report, writeUnits: spent };
  log("info", "sweep", { ...metricsOf(report, environment("OWNER")), ...line });
  return line;
}

async function run(
  event: SweepEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
  config: Config,
  world: World,
): Promise<Report> {
  const scheduledMs = Date.parse(event.scheduledTime);
  if (Number.isNaN(scheduledMs)) {
    throw new Error(
      `scheduledTime is ${JSON.stringify(event.scheduledTime)}, not a time such as 2026-11-21T09:00:00Z`,
    );
  }
  const nowMs = world.now();
  if (nowMs - scheduledMs > staleAfterMs) return { left: "the event is stale" };
  const leftMs = context.getRemainingTimeInMillis();
  const untilMs = Math.min(scheduledMs + aloneMs, nowMs + leftMs - marginMs);
  return sweep(config, world, environment("OWNER"), { holder: randomUUID(), scheduledMs, untilMs });
}
