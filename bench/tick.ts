import { type ChildProcess, fork } from "node:child_process";
import { type AddressInfo, connect, createServer } from "node:net";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";
import type { HttpCheck } from "../lambda/core/config.ts";
import type { ProbeRequest } from "../lambda/core/probe.ts";
import { answer } from "../lambda/steps/answer.ts";
import { bareProbe } from "./bare-probe.ts";

// One tick of one location: how much CPU, time and memory it takes to probe 500 http endpoints, beside the least
// that this runtime can do, a bare socket that sends the same request and reads until the end. The server is
// another process, so only the probing side is counted.

const endpoints = 500;
const rounds = 21;
const rssBarMb = 256;

type Cost = { readonly cpuUs: number; readonly wallMs: number };

/** The server: one small health page, then the connection is closed. */
function serve(): void {
  const body = '{"ok":true,"version":"1.2.3"}';
  const page =
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: Sat, 21 Nov 2026 00:00:00 GMT\r\n" +
    `Server: bench\r\nCache-Control: no-store\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.end(page));
  });
  server.listen({ port: 0, host: "127.0.0.1", backlog: 2048 }, () => {
    process.send?.((server.address() as AddressInfo).port);
  });
  process.on("disconnect", () => process.exit());
}

function startServer(): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const child = fork(fileURLToPath(import.meta.url), ["serve"]);
  return new Promise((resolve, reject) => {
    child.once("message", (port) => resolve({ child, port: Number(port) }));
    child.once("error", reject);
  });
}

/** All at once, as the tick does it. */
async function bareTick(port: number): Promise<void> {
  await Promise.all(Array.from({ length: endpoints }, () => bareProbe(connect({ host: "127.0.0.1", port }))));
}

function tickRequest(port: number): ProbeRequest {
  const check: HttpCheck = {
    type: "http",
    url: `http://127.0.0.1:${port}/health`,
    method: "GET",
    headers: {},
    status: [[200, 299]],
    contains: '"ok":true',
    redirects: 0,
    verifyCertificate: true,
  };
  const questions = Array.from({ length: endpoints }, (_, index) => ({
    id: `endpoint-${index}`,
    check,
    timeoutMs: 3000,
    triesAtMs: [0],
  }));
  return { location: "bench", questions, endMs: 10_000 };
}

async function ourTick(request: ProbeRequest): Promise<void> {
  const { probes } = await answer(request);
  const bad = probes.find((probe) => !probe.ok);
  if (probes.length !== endpoints || bad) throw new Error(`not every probe was good: ${JSON.stringify(bad)}`);
}

async function measure(tick: () => Promise<void>): Promise<Cost> {
  const startedMs = performance.now();
  const before = process.cpuUsage();
  await tick();
  const { user, system } = process.cpuUsage(before);
  return { cpuUs: (user + system) / endpoints, wallMs: performance.now() - startedMs };
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

function report(bare: readonly Cost[], ours: readonly Cost[]): boolean {
  const floorUs = median(bare.map((cost) => cost.cpuUs));
  const probeUs = median(ours.map((cost) => cost.cpuUs));
  const wallMs = median(ours.map((cost) => cost.wallMs));
  const rssMb = process.resourceUsage().maxRSS / 1024;
  const good = rssMb < rssBarMb;
  console.log(
    `one tick, ${endpoints} http endpoints on loopback, Node ${process.versions.node}, median of ${rounds} rounds`,
  );
  console.log(`  CPU per probe     ${probeUs.toFixed(0)} us`);
  console.log(`  bare net socket   ${floorUs.toFixed(0)} us    ratio ${(probeUs / floorUs).toFixed(2)}`);
  console.log(`  wall time         ${wallMs.toFixed(0)} ms`);
  console.log(
    `  peak memory       ${rssMb.toFixed(0)} MB    bar ${rssBarMb} MB: ${good ? "kept" : "BROKEN"}`,
  );
  return good;
}

async function main(): Promise<void> {
  const { child, port } = await startServer();
  const request = tickRequest(port);
  const bare: Cost[] = [];
  const ours: Cost[] = [];
  for (let round = -3; round < rounds; round += 1) {
    const floor = await measure(() => bareTick(port));
    const cost = await measure(() => ourTick(request));
    // The first rounds are the compiler's.
    if (round >= 0) {
      bare.push(floor);
      ours.push(cost);
    }
  }
  child.disconnect();
  if (!report(bare, ours)) process.exitCode = 1;
}

if (process.argv[2] === "serve") serve();
else await main();
