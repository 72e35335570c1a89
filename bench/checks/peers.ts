import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import pLimit from "p-limit";
import type { Cost } from "./prober.ts";
import type { Ports } from "./target.ts";

const atOnce = 32;
const ca = fileURLToPath(new URL("../../test/fixtures/tls/ca.crt", import.meta.url));

/** A program that probes, and what it costs; undefined where it is not installed. */
export type Peer = {
  readonly name: string;
  readonly measure: (scheme: "http" | "https", count: number) => Promise<Cost>;
  readonly stop: () => void;
};

const isInstalled = (program: string): boolean =>
  spawnSync("which", [program], { stdio: "ignore" }).status === 0;

const clockTicksPerS = 100;

/** User and system time of a process so far, in microseconds (proc(5), /proc/pid/stat, fields 14 and 15). */
function cpuUsOf({ pid }: ChildProcess): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1e6) / clockTicksPerS;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function text(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        body += chunk;
      });
      response.on("end", () => resolve(body));
    });
    request.on("error", reject);
  });
}

/** Prometheus' prober, asked over http as Prometheus does: a probe a request. */
export async function startBlackbox(ports: Ports, folder: string): Promise<Peer | undefined> {
  const program = "prometheus-blackbox-exporter";
  if (!isInstalled(program)) return undefined;
  const port = await freePort();
  const file = join(folder, "blackbox.yml");
  const http = `{ preferred_ip_protocol: ip4, fail_if_body_not_matches_regexp: ['"ok":true'], tls_config: { ca_file: ${ca}, server_name: localhost } }`;
  writeFileSync(file, `modules: { page: { prober: http, timeout: 3s, http: ${http} } }\n`);
  const args = [`--config.file=${file}`, `--web.listen-address=127.0.0.1:${port}`];
  const child = spawn(program, args, { stdio: "ignore" });
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const probe = async (scheme: "http" | "https") => {
    const target = encodeURIComponent(`${scheme}://127.0.0.1:${ports[scheme]}/health`);
    const metrics = await text(`http://127.0.0.1:${port}/probe?module=page&target=${target}`, agent);
    if (!/^probe_success 1$/m.test(metrics)) throw new Error(`${program} found the target bad`);
  };
  await untilReady(() => probe("http"));
  return {
    name: "blackbox_exporter",
    measure: async (scheme, count) => {
      const limit = pLimit(atOnce);
      const [startedMs, before] = [performance.now(), cpuUsOf(child)];
      await Promise.all(Array.from({ length: count }, () => limit(() => probe(scheme))));
      const perS = (count / (performance.now() - startedMs)) * 1000;
      return { cpuUs: (cpuUsOf(child) - before) / count, perS };
    },
    stop: () => {
      agent.destroy();
      child.kill();
    },
  };
}

async function untilReady(probe: () => Promise<void>): Promise<void> {
  for (let left = 50; ; left -= 1) {
    try {
      return await probe();
    } catch (error) {
      if (left === 0) throw error;
      await setTimeout(100);
    }
  }
}

/** Servers that HAProxy checks, each every so often: no more a second than the target has answers for. */
const servers = 160;
const everyMs = { http: 100, https: 800 } as const;

/** HAProxy's own health checks. They go by the clock: those are counted that the target has answered. */
export async function startHaproxy(
  ports: Ports,
  folder: string,
  answered: () => Promise<number>,
): Promise<Peer | undefined> {
  if (!isInstalled("haproxy")) return undefined;
  // It does not start without something to serve.
  const port = await freePort();
  return {
    name: "HAProxy",
    measure: async (scheme, count) => {
      const tls =
        scheme === "https" ? ` check-ssl verify required ca-file ${ca} check-sni localhost no-ssl-reuse` : "";
      const lines = Array.from(
        { length: servers },
        (_, index) => `  server s${index} 127.0.0.1:${ports[scheme]} check inter ${everyMs[scheme]}ms${tls}`,
      );
      const file = join(folder, `haproxy-${scheme}.cfg`);
      writeFileSync(
        file,
        `global\n  nbthread 1\n  maxconn 4096\ndefaults\n  mode http\n  timeout check 3s\n  timeout connect 3s\n  timeout server 3s\n  timeout client 3s\n` +
          `frontend nobody\n  bind 127.0.0.1:${port}\n  default_backend bench\nbackend bench\n  option httpchk\n  http-check send meth GET uri /health ver HTTP/1.1 hdr Host localhost\n` +
          `  http-check expect string '"ok":true'\n${lines.join("\n")}\n`,
      );
      const child = spawn("haproxy", ["-db", "-f", file], { stdio: "ignore" });
      try {
        await setTimeout(1_000);
        const [startedMs, cpuUs, first] = [performance.now(), cpuUsOf(child), await answered()];
        let done = 0;
        while (done < count && performance.now() - startedMs < 20_000) {
          await setTimeout(100);
          done = (await answered()) - first;
        }
        if (done === 0) throw new Error("HAProxy checked nothing");
        const perS = (done / (performance.now() - startedMs)) * 1000;
        return { cpuUs: (cpuUsOf(child) - cpuUs) / done, perS };
      } finally {
        child.kill();
      }
    },
    stop: () => {},
  };
}
