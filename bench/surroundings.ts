import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { parseConfig } from "../config/load.ts";
import type { Config } from "../lambda/core/config.ts";
import type { Probe, ProbeAnswer, ProbeRequest, Question } from "../lambda/core/probe.ts";
import { clientOf, type Endpoints, forgetAws } from "../local/aws-environment.ts";
import type { LocalFunction } from "../local/functions.ts";
import { openLambdaApi } from "../local/lambda-api.ts";
import { openRoute53 } from "../local/route53/api.ts";
import { openSns } from "../local/sns.ts";
import { createTables, openDynamoDb } from "../local/tables.ts";
import { zonesOf } from "../local/zones.ts";

// What is around the sweep that bench/memory.ts measures, in a process of its own: tables, Route 53, SNS, and the
// locations' answers, made up as `lambda/probe.ts` gives them. A message from the parent begins the outage.

export const home = "eu-central-1";
export const tables = { stateTable: "state", resultsTable: "results" };
export const topicArn = `arn:aws:sns:${home}:000000000000:alerts`;
export const probeFunction = "bench-probe";

const loneEndpoints = 400;
export const services = 50;
export const endpoints = loneEndpoints + 2 * services;

export function benchConfig(): Config {
  const endpoint = (i: number) => `  site-${i}: https://site-${i}.bench.acme.com/health`;
  const service = (i: number) => `  shop-${i}:
    mode: armed
    dns: { zoneId: Z0BENCH, name: shop-${i}.acme.com, type: A }
    check: { https: /health, status: [200], contains: '"ok":true', within: 2s }
    targets: [{ id: primary, value: 3.1.0.${i} }, { id: standby, value: 3.2.0.${i} }]`;
  const many = (count: number, one: (i: number) => string) =>
    Array.from({ length: count }, (_, i) => one(i + 1)).join("\n");
  const loaded = parseConfig(
    `locations: [${home}, eu-north-1, us-east-2, us-west-2, ap-northeast-1]
endpoints:\n${many(loneEndpoints, endpoint)}\nservices:\n${many(services, service)}\n`,
    "bench.yaml",
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  return loaded.config;
}

/** What a location says of a question, in the words of `lambda/checks`. */
function probesOf({ id, check, timeoutMs, triesAtMs }: Question, isOutage: boolean): Probe[] {
  const isDown = isOutage && !id.startsWith("reference/") && !id.endsWith("/standby");
  if (!isDown) return [{ id, ok: true, latencyMs: 87, startedAfterMs: triesAtMs[0] ?? 0 }];
  const asked = check.type === "http" ? `GET ${check.url}` : `${check.host}:${check.port}`;
  const detail = `${asked}: 3.1.0.1:443 did not answer the connection attempt within ${timeoutMs} ms`;
  return triesAtMs.map((startedAfterMs) => {
    const tried = { id, startedAfterMs, latencyMs: timeoutMs };
    return { ...tried, ok: false, reason: "connect-timeout", detail };
  });
}

/** Answers when the last try is over, as a location does. */
async function answer(request: ProbeRequest, isOutage: boolean): Promise<ProbeAnswer> {
  const probes = request.questions.flatMap((question) => probesOf(question, isOutage));
  const overMs = Math.max(...probes.map((probe) => probe.startedAfterMs + probe.latencyMs));
  await new Promise((resolve) => setTimeout(resolve, Math.min(overMs, request.endMs)));
  return { location: request.location, probes };
}

/** Starts everything and tells the parent where it listens; ends with the parent. */
async function serve(): Promise<void> {
  forgetAws(process.env);
  let isOutage = false;
  process.on("message", () => {
    isOutage = true;
  });
  process.on("disconnect", () => process.exit());
  const dynamodb = await openDynamoDb();
  await createTables(new DynamoDBClient(clientOf(home, dynamodb.url)), tables);
  const route53 = await openRoute53({ zones: zonesOf(benchConfig()), port: 0 });
  const sns = await openSns(topicArn);
  const probe: LocalFunction = {
    name: probeFunction,
    invoke: async (event) => {
      const payload = JSON.stringify(await answer(event as ProbeRequest, isOutage));
      return { ok: true, payload };
    },
    kill: async () => {},
  };
  const lambda = await openLambdaApi(probe);
  const urls: Partial<Endpoints> = {
    dynamodb: dynamodb.url,
    route53: route53.url,
    sns: sns.url,
    lambda: lambda.url,
  };
  process.send?.(urls);
}

if (process.argv[2] === "serve") await serve();
