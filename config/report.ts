import type { Config } from "../lambda/core/config.ts";
import type { Finding } from "./finding.ts";
import type { Loaded } from "./load.ts";
import { worstCases } from "./worst-case.ts";

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
  worstCases(config).flatMap(({ service, detectMs, recoverMs, parts }) => [
    `${service}: at worst an outage is detected after ${seconds(detectMs)}, and the last resolver has the new answer after ${seconds(recoverMs)}`,
    `${service}: ${recoverMs / 1000} s = ${parts.map(([what, ms]) => `${what} ${ms / 1000} s`).join(" + ")}`,
  ]);

const summary = (loaded: Loaded): string => {
  const warnings = count(loaded.warnings.length, "warning");
  if (!loaded.ok) return `${count(loaded.errors.length, "error")}, ${warnings}`;
  const { endpoints, services, heartbeats = [], locations } = loaded.config;
  const parts = [
    count(endpoints.length, "endpoint"),
    count(services.length, "service"),
    ...(heartbeats.length > 0 ? [count(heartbeats.length, "heartbeat")] : []),
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
