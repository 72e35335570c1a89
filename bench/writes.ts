import { createServer } from "node:http";
import { parseConfig } from "../config/load.ts";
import { forgetAws } from "../local/aws-environment.ts";
import type { Outcome } from "../local/invocation.ts";
import { listenLoopback } from "../local/loopback-server.ts";
import { startStack } from "../local/stack.ts";

// What a minute costs in DynamoDB write units when nothing happens: 20 endpoints, the real schedule, the handlers
// as deployed. Units are those the database reports as consumed.

const endpoints = 20;
const fullMinutes = 3;
const bar = 1.05;

type WriteUnits = {
  readonly lease: number;
  readonly services: number;
  readonly records: number;
  readonly history: number;
};

const configText = (port: number): string => `
locations: [eu-central-1, eu-west-1, us-east-2, us-west-2, ap-southeast-1]
references: []
endpoints:
${Array.from({ length: endpoints }, (_, i) => `  site-${i}: http://127.0.0.1:${port}/${i}`).join("\n")}
`;

function unitsOf(outcome: Outcome): WriteUnits {
  if (!outcome.ok) throw new Error(`a sweep failed: ${outcome.error.errorMessage}`);
  return (JSON.parse(outcome.payload) as { writeUnits: WriteUnits }).writeUnits;
}

/** The sweeps of the full minutes, after the first one, which also finds everybody up. */
async function watchMinutes(port: number): Promise<WriteUnits[]> {
  const loaded = parseConfig(configText(port), "bench.yaml", { laptop: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  const sweeps: WriteUnits[] = [];
  let onEnough = () => {};
  const enough = new Promise<void>((resolve) => {
    onEnough = resolve;
  });
  const stack = await startStack({
    config: loaded.config,
    onSweep: (event, outcome) => {
      sweeps.push(unitsOf(outcome));
      console.log(`  sweep of ${event.scheduledTime}: ${JSON.stringify(sweeps.at(-1))}`);
      if (sweeps.length > fullMinutes) onEnough();
    },
  });
  await enough;
  await stack.stop();
  return sweeps.slice(1);
}

function report(sweeps: readonly WriteUnits[]): boolean {
  const perMinute = (key: keyof WriteUnits) =>
    sweeps.reduce((sum, units) => sum + units[key], 0) / sweeps.length;
  const records = perMinute("records") / endpoints;
  const good = records <= bar;
  console.log(
    `${endpoints} endpoints, ${sweeps.length} full minutes, Node ${process.versions.node}, ConsumedCapacity`,
  );
  console.log(
    `  records  ${records.toFixed(3)} units per endpoint-minute    bar ${bar}: ${good ? "kept" : "BROKEN"}`,
  );
  console.log(`  lease    ${perMinute("lease").toFixed(1)} units a minute, however many endpoints there are`);
  console.log(`  other    ${(perMinute("services") + perMinute("history")).toFixed(1)} units a minute`);
  return good;
}

forgetAws(process.env);
console.log(`write units: about ${fullMinutes + 1} minutes`);
const server = await listenLoopback(createServer((_, response) => response.end("ok")));
try {
  if (!report(await watchMinutes(server.port))) process.exitCode = 1;
} finally {
  await server.close();
}
