import { parseArgs } from "node:util";
import { forgetAws } from "./aws-environment.ts";
import { demoConfig, scriptedPace, type Via } from "./demo-config.ts";
import { runDemo } from "./demo-run.ts";
import { type DemoSite, startDemoSite } from "./demo-servers.ts";
import type { Outcome } from "./invocation.ts";
import { demoPromise } from "./shows.ts";
import type { Published } from "./sns-message.ts";
import { startStack } from "./stack.ts";
import { NotHappened, openTimeline } from "./timeline.ts";

// `npm run demo`: the main job once through, without a terminal. The last line is JSON.

const minuteMs = 10_000;
const propagationMs = 1_000;
const slowMs = 450;
const checkEveryMs = 2_000;

async function play(primary: DemoSite, standby: DemoSite, via: Via): Promise<void> {
  const [alerts, sweeps]: [Published[], Outcome[]] = [[], []];
  const config = demoConfig({ frankfurt: primary.port, ireland: standby.port }, scriptedPace, via);
  const [service] = config.services;
  if (service === undefined) throw new Error("bug: the demonstration has no service");
  const timeline = openTimeline((line) => console.log(line));
  const stack = await startStack({
    config,
    minuteMs,
    propagationMs,
    checkEveryMs,
    onAlert: (alert) => alerts.push(alert),
    onSweep: (_event, outcome) => sweeps.push(outcome),
  });
  try {
    timeline.tell(`started: ${config.locations.length} locations, DNS on 127.0.0.1 port ${stack.dns.port}`);
    if (via === "beacons") {
      stack.route53.faults.setUnreachable(true);
      timeline.tell("Route 53's API cannot be reached, from now until the end: beacons move the name");
    }
    const result = await runDemo({ stack, service, primary, alerts, sweeps, timeline });
    timeline.tell(
      `in short: moved ${result.movedMs} ms after the break (interval + confirmWithin + 2 s = 5000 ms), ` +
        `answered by every name server after ${result.answeredMs} ms, ` +
        `back ${result.failbackMs} ms after the healing`,
    );
    console.log(JSON.stringify(result));
  } finally {
    await stack.stop();
  }
}

/** `npm run demo -- --via beacons`. @throws for any other option */
function viaOf(args: readonly string[]): Via {
  const { via } = parseArgs({ args: [...args], options: { via: { type: "string", default: "api" } } }).values;
  if (via === "api" || via === "beacons") return via;
  throw new Error(`--via ${via}: api or beacons`);
}

async function main(): Promise<void> {
  const via = viaOf(process.argv.slice(2));
  forgetAws(process.env);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  process.stdout.on("error", () => process.exit(1));
  console.log(demoPromise);
  const { interval, timeout, confirmWithin, recoverAfter, failbackAfter } = scriptedPace;
  console.log(
    `Shortened: interval ${interval} (10s), timeout ${timeout} (3s), confirmWithin ${confirmWithin} (5s), ` +
      `recoverAfter ${recoverAfter} (60s), failbackAfter ${failbackAfter} (10m), ` +
      `a scheduled minute of ${minuteMs / 1000} s, propagation ${propagationMs / 1000} s, ` +
      `health checks of beacons every ${checkEveryMs / 1000} s (10 s).`,
  );
  const [primary, standby] = await Promise.all([
    startDemoSite("frankfurt", slowMs),
    startDemoSite("ireland", slowMs),
  ]);
  try {
    await play(primary, standby, via);
  } catch (error) {
    if (!(error instanceof NotHappened)) console.error(error);
    console.log(JSON.stringify({ ok: false, why: error instanceof Error ? error.message : String(error) }));
    process.exitCode = 1;
  } finally {
    await Promise.all([primary.close(), standby.close()]);
  }
}

await main();
