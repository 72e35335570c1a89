import { connect as connectTcp } from "node:net";
import { performance } from "node:perf_hooks";
import { connect as connectTls, createSecureContext } from "node:tls";
import pLimit from "p-limit";
import { openProber } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import type { Probe, ProbeRequest } from "../../lambda/core/probe.ts";
import { answer } from "../../lambda/steps/answer.ts";
import { bareProbe } from "../bare-probe.ts";
import type { Ports } from "./target.ts";

// What is measured in this runtime, in a process of its own, so that nothing but probing is counted.

export type Way = "pointsman" | "bare" | "fetch";

/** So many probes, so many at a time; or one tick of 2,000 endpoints, as the sweep asks for it. */
export type Task =
  | { readonly way: Way; readonly scheme: "http" | "https"; readonly ports: Ports; readonly count: number }
  | { readonly tick: "slow" | "half silent"; readonly ports: Ports };

export type Cost = { readonly cpuUs: number; readonly perS: number };
export type Tick = {
  readonly wallMs: number;
  readonly rssMb: number;
  /** By how much time-outs were overrun, in the worst hundredth. */
  readonly overrunMs: number;
  /** Probes that are void because this process was late: the machine was too busy. */
  readonly late: number;
};

const atOnce = 32;
const endpoints = 2_000;
/** As `requestsOf` in lambda/steps/tick.ts cuts a tick. */
const questionsPerRequest = 200;
const timeoutMs = 3_000;

const check = (url: string): HttpCheck => ({
  type: "http",
  url,
  method: "GET",
  headers: {},
  status: [[200, 299]],
  contains: '"ok":true',
  redirects: 0,
  verifyCertificate: true,
  ...(url.startsWith("https") && { serverName: "localhost" }),
});

const prober = openProber();
const secureContext = createSecureContext({ ecdhCurve: "X25519:P-256" });

const ways: Readonly<Record<Way, (scheme: "http" | "https", port: number) => Promise<void>>> = {
  bare: (scheme, port) =>
    bareProbe(
      scheme === "http"
        ? connectTcp({ host: "127.0.0.1", port })
        : connectTls({ host: "127.0.0.1", port, servername: "localhost", secureContext }),
    ),
  fetch: async (scheme, port) => {
    const response = await fetch(`${scheme}://127.0.0.1:${port}/health`, {
      headers: { connection: "close" },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.status !== 200 || !(await response.text()).includes('"ok":true')) throw new Error("bad");
  },
  pointsman: async (scheme, port) => {
    // Each probe can be called off by itself.
    const { signal } = new AbortController();
    const finding = await prober.runCheck(check(`${scheme}://127.0.0.1:${port}/health`), timeoutMs, signal);
    if (!finding.ok) throw new Error(finding.detail);
  },
};

async function measure(way: Way, scheme: "http" | "https", port: number, count: number): Promise<Cost> {
  const limit = pLimit(atOnce);
  const startedMs = performance.now();
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: count }, () => limit(() => ways[way](scheme, port))));
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: (user + system) / count, perS: (count / (performance.now() - startedMs)) * 1000 };
}

function requests(ports: Ports, tick: "slow" | "half silent"): ProbeRequest[] {
  return Array.from({ length: endpoints / questionsPerRequest }, (_, chunk) => ({
    location: "bench",
    questions: Array.from({ length: questionsPerRequest }, (_, index) => {
      const port = tick === "half silent" && index % 2 === 0 ? ports.silent : ports.slow;
      const url = `http://127.0.0.1:${port}/health`;
      return { id: `${chunk}/${index}`, check: check(url), timeoutMs, triesAtMs: [0] };
    }),
    endMs: 3 * timeoutMs,
  }));
}

async function runTick(ports: Ports, tick: "slow" | "half silent"): Promise<Tick> {
  const startedMs = performance.now();
  const answers = await Promise.all(requests(ports, tick).map((request) => answer(request)));
  const wallMs = performance.now() - startedMs;
  const probes = answers.flatMap((one) => one.probes);
  const late = judge(probes, tick);
  const overruns = probes
    .flatMap(({ ok, latencyMs }) => (ok ? [] : [latencyMs - timeoutMs]))
    .sort((a, b) => a - b);
  return {
    wallMs,
    rssMb: process.resourceUsage().maxRSS / 1024,
    overrunMs: overruns[Math.floor(overruns.length * 0.99)] ?? 0,
    late,
  };
}

/** Half of them time out, or none, and nothing else; returns how many of them are void. */
function judge(probes: readonly Probe[], tick: "slow" | "half silent"): number {
  const silent = tick === "slow" ? 0 : endpoints / 2;
  const counts = new Map<string, number>();
  for (const probe of probes) {
    const found = probe.ok ? "ok" : probe.reason;
    counts.set(found, (counts.get(found) ?? 0) + 1);
  }
  const late = counts.get("prober-late") ?? 0;
  const timedOut = counts.get("first-byte-timeout") ?? 0;
  if (counts.get("ok") === endpoints - silent && timedOut + late === silent) return late;
  const found = [...counts].map(([reason, count]) => `${count} ${reason}`);
  throw new Error(`of ${endpoints} endpoints: ${found.join(", ")}`);
}

process.on("disconnect", () => process.exit());
process.on("message", (task: Task) => {
  const done =
    "tick" in task
      ? runTick(task.ports, task.tick)
      : measure(task.way, task.scheme, task.ports[task.scheme], task.count);
  done.then(
    (cost) => process.send?.(cost),
    (error: unknown) => process.send?.({ error: String(error) }),
  );
});
process.send?.("ready");
