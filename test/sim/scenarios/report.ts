import { hostOf } from "../answers.ts";
import { largest, percent } from "../bars/bar.ts";
import { type Line, startMs } from "../simulation.ts";
import { median, quantile, rateBound } from "../statistics.ts";
import { storyLine } from "../story.ts";
import { compare, probesPerHour, type Run, runOurs } from "./compare.ts";
import { type Scenario, scenarios } from "./scenario.ts";
import { type Subject, subjectOf } from "./subject.ts";

const yearMs = 31_557_600_000;

const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : "-");

/** One row for a policy: how soon it found an outage, or how often it saw one that was none. */
function row(name: string, runs: readonly Run[], { isOutage }: Scenario): string[] {
  const probes = probesPerHour(runs).toFixed(0);
  if (!isOutage) {
    const downs = runs.reduce((total, run) => total + run.downs, 0);
    const years = runs.reduce((total, { watchedMs }) => total + watchedMs, 0) / yearMs;
    return [name, `${downs}`, rateBound(downs, years).toPrecision(2), probes];
  }
  const found = runs.flatMap(({ foundMs }) => (foundMs === undefined ? [] : [foundMs]));
  const of = (share: number) => seconds(quantile(found, share));
  const each = runs.reduce((total, { downs }) => total + downs, 0) / runs.length;
  return [
    name,
    percent(found.length / runs.length),
    seconds(median(found)),
    of(0.95),
    of(0.99),
    seconds(largest(found)),
    each.toFixed(2),
    probes,
  ];
}

const outageHead = ["", "found", "median s", "p95 s", "p99 s", "worst s", "downs each", "probes/h"];
const quietHead = ["", "false downs", "95 %: fewer a year than", "probes/h"];

function table(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((cells) => cells[i]?.length ?? 0))) ?? [];
  const padded = (cell: string, i: number) =>
    i === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[i] ?? 0);
  return rows.map((cells) => cells.map(padded).join("  ")).join("\n");
}

/** What people want to read of a run: what goes wrong, and what we said and did about it. */
const isTold = ({ text }: Line): boolean => /^(PUBLISHED|CHANGED|BEGINS|ENDS)/.test(text);

/** One run, line by line, with what goes wrong in it. */
async function story(subject: Subject, scenario: Scenario, seed: number): Promise<string[]> {
  const lines: Line[] = [];
  await runOurs(subject, scenario, seed, (line) => lines.push(line));
  return lines.filter(isTold).map(storyLine);
}

/**
 * Runs a scenario at many phases for all policies, and tells of one of the runs.
 *
 * @throws Error when there is no such scenario, config or service
 */
export async function reportScenario(
  name: string,
  options: { readonly file?: string; readonly service?: string; readonly phases: number },
): Promise<string> {
  const scenario = scenarios[name];
  if (scenario === undefined) {
    throw new Error(`there is no scenario ${name}; there are ${Object.keys(scenarios).join(", ")}`);
  }
  const subject = subjectOf(options.file, options.service);
  const seeds = Array.from({ length: options.phases }, (_, i) => i + 1);
  const runs = await compare(subject, scenario, seeds);
  const rows = [...runs].map(([policy, of]) => row(policy, of, scenario));
  const { config, service, host } = subject;
  const [first] = config.endpoints.filter(({ check }) => hostOf(check) === host);
  const every = first ? `${first.policy.intervalMs / 1000} s` : "";
  return [
    `${name}: ${scenario.about}.`,
    `${service.id} (${service.dns.name}), ${config.locations.length} locations, every ${every}; ${options.phases} runs, each at a phase of its own.`,
    "",
    table([scenario.isOutage ? outageHead : quietHead, ...rows]),
    "",
    `One of them, from ${new Date(startMs).toISOString()} on:`,
    ...(await story(subject, scenario, 1)),
  ].join("\n");
}
