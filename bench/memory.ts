import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { buildOptions, configFile } from "../lib/bundle.ts";
import { coreMb, heapOptions, sweepMemoryMb } from "../lib/memory.ts";
import { type Endpoints, forgetAws, functionEnvironment } from "../local/aws-environment.ts";
import type { ScheduledEvent } from "../local/scheduler.ts";
import { deployedNode } from "./deployed-node.ts";
import { benchConfig, endpoints, home, probeFunction, services, tables, topicArn } from "./surroundings.ts";

// What the deployed sweep needs: its bundle in a plain process of Lambda's Node with the function's own options and
// share of a core, 500 endpoints, the real schedule, as many sandboxes as overlapping sweeps take. First nothing
// happens, then a Region's outage: everything but the standbys fails at once, and every service is moved.

const quietSweeps = 2;
const outageSweeps = 2;
const spare = 0.3;
const barMb = sweepMemoryMb * (1 - spare);

/** What stands between Lambda and the handler, as little as there can be. */
const sandboxScript = (bundle: string): string => `
  const { handler } = await import(${JSON.stringify(pathToFileURL(bundle).href)});
  const peakMb = () => process.resourceUsage().maxRSS / 1024;
  process.on("message", async (event) => {
    const endMs = performance.now() + 180_000;
    const before = process.cpuUsage();
    const report = await handler(event, { getRemainingTimeInMillis: () => endMs - performance.now() })
      .catch((error) => ({ error: String(error) }));
    const { user, system } = process.cpuUsage(before);
    process.send({ report, cpuS: (user + system) / 1e6, peakMb: peakMb() });
  });
  process.send({ peakMb: peakMb() });`;

type Swept = {
  readonly report: { readonly error?: string; readonly confirms: number; readonly moves: number };
  readonly cpuS: number;
  readonly peakMb: number;
};

type Sandbox = { sweep(event: ScheduledEvent): Promise<Swept>; end(): void };

const sliceMs = 20;

/** Lets a process run for its share of the time only. Unused time is lost, which is stricter than Lambda. */
function throttle(child: ChildProcess, share: number): NodeJS.Timeout {
  return setInterval(() => {
    child.kill("SIGCONT");
    setTimeout(() => child.kill("SIGSTOP"), sliceMs);
  }, sliceMs / share);
}

const megabytes = (mb: number): string => `${mb.toFixed(0).padStart(4)} MB`;

async function startSandbox(node: string, bundle: string, env: Record<string, string>): Promise<Sandbox> {
  const child = spawn(node, ["--input-type=module", "-e", sandboxScript(bundle)], {
    env,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
  const [{ peakMb }] = (await once(child, "message")) as [Pick<Swept, "peakMb">];
  console.log(`  ${"the bundle loaded".padEnd(31)}${megabytes(peakMb)}`);
  const timer = throttle(child, sweepMemoryMb / coreMb);
  return {
    sweep: async (event) => {
      child.send(event);
      const [swept] = (await once(child, "message")) as [Swept];
      return swept;
    },
    end: () => {
      clearInterval(timer);
      child.kill("SIGKILL");
    },
  };
}

const minuteMs = 60_000;
const nextMinute = () => sleep(minuteMs - (Date.now() % minuteMs));

/** Sweeps on the real schedule, each relieved by the next one, which needs a second sandbox; the last only relieves. */
async function* sweeps(sandboxes: readonly [Sandbox, Sandbox], count: number): AsyncGenerator<Swept> {
  let last: Promise<Swept> | undefined;
  for (let started = 0; started <= count; started++) {
    const minute = new Date(Math.floor(Date.now() / minuteMs) * minuteMs);
    const sweep = sandboxes[started % 2 ? 1 : 0].sweep({ scheduledTime: minute.toISOString() });
    if (last) yield await last;
    last = sweep;
    if (started < count) await nextMinute();
  }
}

function print(what: string, { report, cpuS, peakMb }: Swept): void {
  if (report.error !== undefined) throw new Error(`a sweep failed: ${report.error}`);
  const done = `confirms ${report.confirms}, moves ${report.moves}`;
  console.log(`  ${`a ${what} sweep`.padEnd(31)}${megabytes(peakMb)}   CPU ${cpuS.toFixed(1)} s   ${done}`);
}

/** The highest memory of any sweep. */
async function measure(node: string, directory: string): Promise<number> {
  buildSync(buildOptions("sweep", directory));
  writeFileSync(join(directory, configFile), JSON.stringify(benchConfig()));
  const around = fork(fileURLToPath(new URL("./surroundings.ts", import.meta.url)), ["serve"]);
  const [urls] = (await once(around, "message")) as [Partial<Endpoints>];
  const env = functionEnvironment(home, urls, {
    NODE_OPTIONS: heapOptions(sweepMemoryMb),
    CONFIG_FILE: join(directory, configFile),
    STATE_TABLE: tables.stateTable,
    RESULTS_TABLE: tables.resultsTable,
    TOPIC_ARN: topicArn,
    PROBE_FUNCTION: probeFunction,
    OWNER: "bench",
  });
  const start = () => startSandbox(node, join(directory, "index.mjs"), env);
  const sandboxes: [Sandbox, Sandbox] = [await start(), await start()];
  const peaksMb: number[] = [];
  let moves = 0;
  try {
    for await (const swept of sweeps(sandboxes, quietSweeps + outageSweeps)) {
      print(peaksMb.length < quietSweeps ? "quiet" : "struck", swept);
      moves += swept.report.moves;
      peaksMb.push(swept.peakMb);
      if (peaksMb.length === quietSweeps) around.send("outage");
    }
  } finally {
    for (const { end } of sandboxes) end();
    around.disconnect();
  }
  if (moves !== services) throw new Error(`${moves} of ${services} services were moved`);
  return Math.max(...peaksMb);
}

async function main(): Promise<void> {
  forgetAws(process.env);
  const node = deployedNode();
  const cpuS = ((minuteMs / 1000) * sweepMemoryMb) / coreMb;
  const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
  console.log(
    `a sweep of ${endpoints} endpoints, ${services} services, at the CPU of ${sweepMemoryMb} MB ` +
      `(${cpuS.toFixed(1)} s a minute), Node ${version}; some 5 minutes`,
  );
  const directory = mkdtempSync(join(tmpdir(), "pointsman-memory-"));
  try {
    const peakMb = await measure(node, directory);
    const good = peakMb <= barMb;
    console.log(
      `  ${"the most".padEnd(31)}${megabytes(peakMb)}   bar ${barMb.toFixed(0)} MB, ` +
        `${spare * 100} % of ${sweepMemoryMb} to spare: ${good ? "kept" : "BROKEN"}`,
    );
    if (!good) process.exitCode = 1;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

await main();
