import type { Command } from "commander";
import { loadConfig } from "../../config/load.ts";
import { report } from "../../config/report.ts";
import { openSecretPlaces } from "../../lambda/aws/secrets.ts";
import type { Config } from "../../lambda/core/config.ts";
import { isRefusal, type Phases, type Probe } from "../../lambda/core/probe.ts";
import { type Fault, faultOf } from "../../lambda/core/reason.ts";
import { answer } from "../../lambda/steps/answer.ts";
import { askWithSecrets, openSecrets } from "../../lambda/steps/secrets.ts";
import { table } from "../table.ts";

/** Time beyond the longest time-out until a probe that hangs is given up. */
const marginMs = 500;

/** Probes every endpoint of the config once, from here. */
export async function probeAll(config: Config): Promise<readonly Probe[]> {
  const questions = config.endpoints.map(({ id, check, policy }) => ({
    id,
    check,
    timeoutMs: policy.timeoutMs,
    triesAtMs: [0],
  }));
  const endMs = Math.max(...questions.map(({ timeoutMs }) => timeoutMs)) + marginMs;
  // With the user's own credentials, where there are any: what cannot be read is told with the probe.
  const places = openSecretPlaces(config.locations[0] ?? "", process.env);
  const secrets = openSecrets(places, { now: Date.now, log: () => {} });
  return (await askWithSecrets(answer, secrets)({ location: "here", questions, endMs })).probes;
}

const verdictOf = (probe: Probe): string => {
  if (probe.ok) return "up";
  return isRefusal(probe) ? "refused" : "failed";
};

const phaseWords: Readonly<Record<keyof Phases, string>> = {
  dns: "dns",
  connect: "connect",
  tls: "tls",
  firstByte: "first byte",
  body: "body",
};

/** Where the time went, in milliseconds: `connect 12, tls 25, first byte 40, body 2`. */
const sayPhases = (phases: Phases = {}): string =>
  Object.entries(phases)
    .map(([phase, ms]) => `${phaseWords[phase as keyof Phases]} ${ms}`)
    .join(", ");

const faultWords: Readonly<Record<Fault, string>> = {
  ours: "our own fault",
  path: "on the way there",
  endpoint: "the endpoint's fault",
};

const rowOf = (probe: Probe): string[] => [
  probe.id,
  verdictOf(probe),
  `${probe.latencyMs} ms`,
  sayPhases(probe.phases),
  probe.ok ? "" : `${probe.reason} (${faultWords[faultOf(probe.reason)]}): ${probe.detail}`,
];

const jsonOf = (probe: Probe) => ({
  endpoint: probe.id,
  ok: probe.ok,
  latencyMs: probe.latencyMs,
  phases: probe.phases,
  ...(probe.ok ? {} : { reason: probe.reason, fault: faultOf(probe.reason), detail: probe.detail }),
});

/** Probes everything once and prints it; returns the exit code: 1 when the config is wrong or a probe failed. */
export async function probe(
  file: string,
  options: { readonly json?: boolean },
  print: (text: string) => void,
): Promise<number> {
  const loaded = loadConfig(file, { laptop: true });
  if (!loaded.ok) {
    print(report(loaded).join("\n"));
    return 1;
  }
  const probes = await probeAll(loaded.config);
  if (options.json) print(JSON.stringify(probes.map(jsonOf), undefined, 2));
  else print(table([["ENDPOINT", "FROM HERE", "TOOK", "OF WHICH (MS)", "WHY"], ...probes.map(rowOf)]));
  return probes.every(({ ok }) => ok) ? 0 : 1;
}

/** `pointsman probe [file] [--json]` */
export const probeCommand = (program: Command): void => {
  program
    .command("probe")
    .description("probe every endpoint once, from here; exit code 1 if anything failed")
    .argument("[file]", "the config", "pointsman.yaml")
    .option("--json", "print JSON, one object an endpoint")
    .action(async (file: string, options: { json?: boolean }) => {
      process.exitCode = await probe(file, options, (text) => console.log(text));
    });
};
