import type { Command } from "commander";
import type { Finding } from "../../config/finding.ts";
import { type Loaded, loadConfig } from "../../config/load.ts";
import { worstCases } from "../../config/worst-case.ts";
import type { Config } from "../../lambda/core/config.ts";

const line = (severity: "error" | "warning", finding: Finding): string => {
  const { file, path, message, hint } = finding;
  const where = path === "" ? "" : ` ${path}`;
  const advice = hint === undefined ? "" : `; ${hint}`;
  return `${file}:${finding.line}:${finding.column} ${severity}${where}: ${message}${advice}`;
};

/** Rounded up: it is a promise. */
const seconds = (ms: number): string => `${(Math.ceil(ms / 100) / 10).toFixed(1)} s`;

const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? "" : "s"}`;

const worstCaseLines = (config: Config): string[] =>
  worstCases(config).map(
    ({ service, detectMs, recoverMs }) =>
      `${service}: at worst an outage is detected after ${seconds(detectMs)}, and the last resolver has the new answer after ${seconds(recoverMs)}`,
  );

const summary = (loaded: Loaded): string => {
  const warnings = count(loaded.warnings.length, "warning");
  if (!loaded.ok) return `${count(loaded.errors.length, "error")}, ${warnings}`;
  const { endpoints, services, locations } = loaded.config;
  const parts = [
    count(endpoints.length, "endpoint"),
    count(services.length, "service"),
    count(locations.length, "location"),
  ];
  return `valid: ${parts.join(", ")}; ${warnings}`;
};

/** What `validate` prints: errors, warnings, worst cases, and a line that sums it up. */
export const report = (loaded: Loaded): string[] => [
  ...(loaded.ok ? [] : loaded.errors.map((error) => line("error", error))),
  ...loaded.warnings.map((warning) => line("warning", warning)),
  ...(loaded.ok ? worstCaseLines(loaded.config) : []),
  summary(loaded),
];

/** Checks a config file and prints what was found; returns the exit code, 1 when it cannot run. */
export const validate = (file: string, print: (text: string) => void): number => {
  const loaded = loadConfig(file);
  print(report(loaded).join("\n"));
  return loaded.ok ? 0 : 1;
};

/** `pointsman validate [file]` */
export const validateCommand = (program: Command): void => {
  program
    .command("validate")
    .description(
      "check a config file: every error with its place, what is unwise, and the worst case of each service",
    )
    .argument("[file]", "the config", "pointsman.yaml")
    .action((file: string) => {
      process.exitCode = validate(file, (text) => console.log(text));
    });
};
