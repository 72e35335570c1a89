import { type ChildProcess, execFileSync, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { buildOptions } from "../../lib/bundle.ts";
import { deployedNode } from "../deployed-node.ts";
import { type Peer, startBlackbox, startHaproxy } from "./peers.ts";
import type { Cost, Task, Tick, Way } from "./prober.ts";
import type { Ports } from "./target.ts";

// What a probe costs beside others that probe: thousands of cold probes of a target on loopback, a new connection each,
// 32 at a time, in rounds that take turns; and one tick of 2,000 endpoints. Only the CPU of the one that probes is counted.

const probes = { http: 5_000, https: 2_000 } as const;
// A location probes for hours, and V8 goes on compiling what it runs for the first 15,000 probes: most of the rounds
// must be behind that. What the first costs, before anything is compiled, is shown beside.
const rounds = { http: 7, https: 3 } as const;
const root = fileURLToPath(new URL("../../", import.meta.url));
const ca = join(root, "test/fixtures/tls/ca.crt");
const node = deployedNode();

/** A process of a file in this folder, built as the functions are: tsx would have functions named while they run. */
async function start(
  name: "target" | "prober",
  folder: string,
): Promise<{ child: ChildProcess; first: unknown }> {
  buildSync({ ...buildOptions("probe", folder), entryPoints: { [name]: `bench/checks/${name}.ts` } });
  const child = fork(join(folder, `${name}.mjs`), {
    cwd: root,
    execPath: node,
    execArgv: [],
    env: { ...process.env, NODE_EXTRA_CA_CERTS: ca },
  });
  const [first] = await once(child, "message");
  return { child, first };
}

async function asked<T>(child: ChildProcess, message: object): Promise<T> {
  child.send(message);
  const [reply] = (await once(child, "message")) as [T | { readonly error: string }];
  if (typeof reply === "object" && reply !== null && "error" in reply) throw new Error(reply.error);
  return reply as T;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

type Measured = { readonly name: string; readonly measure: (scheme: "http" | "https") => Promise<Cost> };

/** Everybody in turn, round after round; the first, which warms up, is not among those of the median. */
async function compare(scheme: "http" | "https", all: readonly Measured[]): Promise<Map<string, number>> {
  const costs = new Map(all.map(({ name }) => [name, [] as Cost[]] as const));
  for (let round = -1; round < rounds[scheme]; round += 1) {
    for (const { name, measure } of all) costs.get(name)?.push(await measure(scheme));
  }
  console.log(`${scheme}: ${probes[scheme]} probes, median of ${rounds[scheme]} rounds`);
  const medians = new Map<string, number>();
  for (const [name, [first, ...of]] of costs) {
    const cpuUs = median(of.map((cost) => cost.cpuUs));
    medians.set(name, cpuUs);
    const perS = median(of.map((cost) => cost.perS));
    console.log(
      `  ${name.padEnd(20)} ${cpuUs.toFixed(0).padStart(6)} us CPU ${perS.toFixed(0).padStart(7)} a second; first ${first?.cpuUs.toFixed(0).padStart(6)} us CPU`,
    );
  }
  return medians;
}

/** Prints a bar; true when it is kept, or cannot be judged. */
function bar(what: string, value: number | undefined, most: number, unit = ""): boolean {
  if (value === undefined || Number.isNaN(value)) {
    console.log(`  ${what.padEnd(58)} skipped: not installed here`);
    return true;
  }
  const good = value <= most;
  const shown = `${value.toFixed(unit === "" ? 2 : 0)}${unit}`;
  console.log(`  ${what.padEnd(58)} ${shown.padStart(8)}   bar ${most}${unit}: ${good ? "kept" : "BROKEN"}`);
  return good;
}

/** Each way in a process of its own: what one taught V8 about Node's sockets would make another dearer. */
type Ways = Readonly<Record<Way, ChildProcess>>;

async function ratios(ways: Ways, ports: Ports, peers: readonly Peer[]): Promise<boolean> {
  const way = (name: string, way: Way): Measured => ({
    name,
    measure: (scheme) => asked<Cost>(ways[way], { way, scheme, ports, count: probes[scheme] } satisfies Task),
  });
  const others = peers.map(
    ({ name, measure }): Measured => ({
      name,
      measure: (scheme) => measure(scheme, probes[scheme]),
    }),
  );
  const [pointsman, bare] = [way("Pointsman", "pointsman"), way("bare net, tls", "bare")];
  const http = await compare("http", [pointsman, bare, way("fetch", "fetch"), ...others]);
  // Fetch resumes sessions, which no check should.
  const https = await compare("https", [pointsman, bare, ...others]);
  const ratio = (of: Map<string, number>, name: string): number =>
    (of.get("Pointsman") ?? 0) / (of.get(name) ?? Number.NaN);
  console.log("bars");
  return [
    bar("http: CPU per probe / blackbox_exporter's", ratio(http, "blackbox_exporter"), 0.6),
    bar("https: CPU per probe / blackbox_exporter's", ratio(https, "blackbox_exporter"), 1),
    bar("http: CPU per probe / bare net loop's", ratio(http, "bare net, tls"), 1.8),
  ].every(Boolean);
}

/** Each in a process of its own, whose memory is then that of the tick. */
async function ticks(ports: Ports, folder: string): Promise<boolean> {
  const run = async (tick: "slow" | "half silent"): Promise<Tick> => {
    const { child } = await start("prober", folder);
    try {
      return await asked<Tick>(child, { tick, ports } satisfies Task);
    } finally {
      child.disconnect();
    }
  };
  const [slow, half] = [await run("slow"), await run("half silent")];
  return [
    bar("2,000 endpoints that answer in 100 ms: wall time", slow.wallMs, 3_000, " ms"),
    bar("  memory", Math.max(slow.rssMb, half.rssMb), 300, " MB"),
    bar("2,000 endpoints, half of them silent, timeout 3 s", half.wallMs, 5_000, " ms"),
    bar("  deadline overrun, p99", half.overrunMs, 100, " ms"),
    bar("  void, as this process was late: of 1,000 time-outs", half.late, 0),
  ].every(Boolean);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "pointsman-bench-"));
  const target = await start("target", folder);
  const ports = target.first as Ports;
  const ways: Ways = {
    pointsman: (await start("prober", folder)).child,
    bare: (await start("prober", folder)).child,
    fetch: (await start("prober", folder)).child,
  };
  const answered = () => asked<number>(target.child, {});
  const found = [await startBlackbox(ports, folder), await startHaproxy(ports, folder, answered)];
  const peers = found.filter((peer) => peer !== undefined);
  try {
    const version = execFileSync(node, ["--version"], { encoding: "utf8" }).trim();
    console.log(
      `checks on loopback, Node ${version}; beside ${peers.map(({ name }) => name).join(", ") || "no peer"}`,
    );
    const good = [await ratios(ways, ports, peers), await ticks(ports, folder)];
    if (good.includes(false)) process.exitCode = 1;
  } finally {
    for (const peer of peers) peer.stop();
    for (const child of [...Object.values(ways), target.child]) child.disconnect();
    rmSync(folder, { recursive: true });
  }
}

await main();
