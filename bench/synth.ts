import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";

// What a user waits for before every deploy, and how far a template is from CloudFormation's 500 resources: `cdk synth`
// of the shipped config, and of 100 services from 5 locations.

const secondsBar = 20;
const resourcesBar = 200;
const services = 100;
const rounds = 3;

const manyServices = (): string => {
  const service = (i: number) => `  shop-${i}:
    dns: { zoneId: Z0BENCH, name: shop-${i}.acme.com, type: A }
    check: { https: /health }
    targets: [{ id: primary, value: 3.1.0.${i} }, { id: standby, value: 3.2.0.${i} }]`;
  return `locations: [eu-central-1, eu-north-1, us-east-2, us-west-2, ap-northeast-1]
services:\n${Array.from({ length: services }, (_, i) => service(i + 1)).join("\n")}\n`;
};

/** The command a user types, with its output elsewhere; in seconds. */
function synth(outdir: string, ...args: string[]): number {
  const startedMs = performance.now();
  const { status, stderr } = spawnSync("npx", ["cdk", "synth", "-q", "-o", outdir, ...args], {
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return (performance.now() - startedMs) / 1000;
}

/** Resources by stack. */
function resources(outdir: string): [stack: string, count: number][] {
  const templates = readdirSync(outdir).filter((file) => file.endsWith(".template.json"));
  return templates.map((file) => {
    const { Resources } = JSON.parse(readFileSync(join(outdir, file), "utf8")) as { Resources: object };
    return [file.replace(".template.json", ""), Object.keys(Resources).length];
  });
}

const kept = (isGood: boolean): string => (isGood ? "kept" : "BROKEN");

const directory = mkdtempSync(join(tmpdir(), "pointsman-synth-"));
try {
  const times = Array.from({ length: rounds }, (_, round) => synth(join(directory, `shipped-${round}`)));
  const seconds = times.toSorted((a, b) => a - b)[rounds >> 1] ?? Number.NaN;
  const isQuick = seconds <= secondsBar;
  console.log(
    `npx cdk synth of pointsman.yaml: ${seconds.toFixed(1)} s (median of ${rounds})   bar ${secondsBar} s: ${kept(isQuick)}`,
  );
  const file = join(directory, "many.yaml");
  writeFileSync(file, manyServices());
  synth(join(directory, "many"), "-c", `config=${file}`);
  const counts = resources(join(directory, "many"));
  const isSmall = counts.every(([, count]) => count < resourcesBar);
  console.log(`resources for ${services} services:   bar below ${resourcesBar}: ${kept(isSmall)}`);
  for (const [stack, count] of counts) console.log(`  ${String(count).padStart(3)}  ${stack}`);
  if (!isQuick || !isSmall) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true });
}
