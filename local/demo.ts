import { Command, Option } from "commander";
import type { Config } from "../lambda/core/config.ts";
import { forgetAws } from "./aws-environment.ts";
import { demoConfig, scriptedPace, type Via, weightedDemoConfig } from "./demo-config.ts";
import { type DemoRun, runDemo } from "./demo-run.ts";
import { type DemoSite, startDemoSite } from "./demo-servers.ts";
import { runWeightedDemo } from "./demo-weighted.ts";
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

const stepForMs = 5_000;

type Choice = { readonly via: Via; readonly routing: "failover" | "weighted" };

type Sites = Readonly<Record<"frankfurt" | "ireland" | "virginia", DemoSite>>;

const configFor = ({ frankfurt, ireland, virginia }: Sites, { via, routing }: Choice): Config => {
  const ports = { frankfurt: frankfurt.port, ireland: ireland.port };
  return routing === "weighted"
    ? weightedDemoConfig({ ...ports, virginia: virginia.port }, scriptedPace, stepForMs)
    : demoConfig(ports, scriptedPace, via);
};

async function play(sites: Sites, choice: Choice): Promise<void> {
  const [alerts, sweeps]: [Published[], Outcome[]] = [[], []];
  const config = configFor(sites, choice);
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
    if (choice.via === "beacons") {
      stack.route53.faults.setUnreachable(true);
      timeline.tell("Route 53's API cannot be reached, from now until the end: beacons move the name");
    }
    const run = { stack, service, primary: sites.frankfurt, alerts, sweeps, timeline };
    const result = await (choice.routing === "weighted" ? tellWeighted(run) : tellFailover(run));
    console.log(JSON.stringify(result));
  } finally {
    await stack.stop();
  }
}

async function tellFailover(run: DemoRun): Promise<object> {
  const result = await runDemo(run);
  run.timeline.tell(
    `in short: moved ${result.movedMs} ms after the break (interval + confirmWithin + 2 s = 5000 ms), ` +
      `answered by every name server after ${result.answeredMs} ms, ` +
      `back ${result.failbackMs} ms after the healing`,
  );
  return result;
}

async function tellWeighted(run: DemoRun): Promise<object> {
  const result = await runWeightedDemo(run);
  run.timeline.tell(
    `in short: taken out ${result.movedMs} ms after the break, ` +
      `answered by every name server after ${result.answeredMs} ms, ` +
      `all of its weight ${result.fullAgainMs} ms after the healing`,
  );
  return result;
}

/** @throws (and prints what is right) for any other option */
function choiceOf(args: readonly string[]): Choice {
  const program = new Command("npm run demo --")
    .description("The main job once through, scripted: exit code 0 if all happened that should.")
    .addOption(new Option("--via <way>", "how the name is moved").choices(["api", "beacons"]).default("api"))
    .addOption(
      new Option("--routing <routing>", "one target at a time, or load spread over three by weight")
        .choices(["failover", "weighted"])
        .default("failover"),
    )
    .parse([...args], { from: "user" });
  const choice = program.opts<Choice>();
  if (choice.via === "beacons" && choice.routing === "weighted")
    program.error("error: --routing weighted goes with --via api only");
  return choice;
}

async function main(): Promise<void> {
  const choice = choiceOf(process.argv.slice(2));
  forgetAws(process.env);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.once(signal, () => process.exit(1));
  process.stdout.on("error", () => process.exit(1));
  console.log(demoPromise);
  const { interval, timeout, confirmWithin, recoverAfter, failbackAfter } = scriptedPace;
  console.log(
    `Shortened: interval ${interval} (10s), timeout ${timeout} (3s), confirmWithin ${confirmWithin} (5s), ` +
      `recoverAfter ${recoverAfter} (60s), failbackAfter ${failbackAfter} (10m), ` +
      `a scheduled minute of ${minuteMs / 1000} s, propagation ${propagationMs / 1000} s, ` +
      `health checks of beacons every ${checkEveryMs / 1000} s (10 s), stepFor ${stepForMs / 1000} s (5m).`,
  );
  const [frankfurt, ireland, virginia] = await Promise.all([
    startDemoSite("frankfurt", slowMs),
    startDemoSite("ireland", slowMs),
    startDemoSite("virginia", slowMs),
  ]);
  try {
    await play({ frankfurt, ireland, virginia }, choice);
  } catch (error) {
    if (!(error instanceof NotHappened)) console.error(error);
    console.log(JSON.stringify({ ok: false, why: error instanceof Error ? error.message : String(error) }));
    process.exitCode = 1;
  } finally {
    await Promise.all([frankfurt, ireland, virginia].map((site) => site.close()));
  }
}

await main();
