import { hostOf } from "../answers.ts";
import { largest, percent } from "../bars/bar.ts";
import { type Line, startMs } from "../simulation.ts";
import { median, quantile } from "../statistics.ts";
import { storyLine } from "../story.ts";
import { compare, falseDowns, foundTimes, probesPerHour, type Run, runOurs, upTo } from "./compare.ts";
import { type Scenario, scenarios } from "./scenario.ts";
import { type Subject, subjectOf } from "./subject.ts";

const seconds = (ms: number): string => (Number.isFinite(ms) ? (ms / 1000).toFixed(1) : "-");

function falseCells(runs: readonly Run[]): string[] {
  const { downs, boundAYear } = falseDowns(runs);
  return [`${downs}`, `${Number(boundAYear.toPrecision(2))}`];
}

/** One row for a policy: how soon it found an outage, or how often it saw one that was none. */
function row(name: string, runs: readonly Run[], quiet: readonly Run[], { isOutage }: Scenario): string[] {
  const probes = probesPerHour(runs).toFixed(0);
  if (!isOutage) return [name, ...falseCells(runs), probes];
  const found = foundTimes(runs);
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
    ...falseCells(quiet),
    probes,
  ];
}

const falseHead = ["false downs", "a year (95 %) <"];
const outageHead = [
  "",
  "found",
  "median s",
  "p95 s",
  "p99 s",
  "worst s",
  "downs each",
  ...falseHead,
  "probes/h",
];
const quietHead = ["", ...falseHead, "probes/h"];

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
  await runOurs(subject, scenario, seed, { onLine: (line) => lines.push(line) });
  return lines.filter(isTold).map(storyLine);
}

/** What is asked for. */
export type About = {
  readonly file?: string;
  readonly service?: string;
  /** Runs of the scenario, each at a phase of its own. */
  readonly phases: number;
  /** Days in which nothing is wrong but the usual loss, for how often an outage is seen where none is. */
  readonly days: number;
};

/** @throws Error when there is no such scenario */
export function scenarioOf(name: string): Scenario {
  const scenario = scenarios[name];
  if (scenario) return scenario;
  throw new Error(`there is no scenario ${name}; there are ${Object.keys(scenarios).join(", ")}`);
}

const quietDay = scenarioOf("quiet");

const count = (n: number, what: string): string => `${n} ${what}${n === 1 ? "" : "s"}`;

/**
 * Runs a scenario at many phases for all policies, and tells of one of the runs.
 *
 * @throws Error when there is no such scenario, config or service
 */
export async function reportScenario(name: string, options: About): Promise<string> {
  const scenario = scenarioOf(name);
  const subject = subjectOf(options.file, options.service);
  const runs = await compare(subject, scenario, upTo(options.phases));
  const quiet = scenario.isOutage ? await compare(subject, quietDay, upTo(options.days)) : new Map();
  const rows = [...runs].map(([policy, of]) => row(policy, of, quiet.get(policy) ?? [], scenario));
  const { config, service, host } = subject;
  const [first] = config.endpoints.filter(({ check }) => hostOf(check) === host);
  const every = first ? `${first.policy.intervalMs / 1000} s` : "";
  return [
    `${name}: ${scenario.about}.`,
    `${service.id} (${service.dns.name}), ${count(config.locations.length, "location")}, every ${every}; ${count(options.phases, "run")}, each at a phase of its own.`,
    ...(subject.isOfBeacons
      ? [
          "Moved through Route 53's API here: beacons are decided on alike, and answered at the checkers' next reading.",
        ]
      : []),
    "",
    table([scenario.isOutage ? outageHead : quietHead, ...rows]),
    ...(scenario.isOutage ? [`False downs: in ${options.days} days with the usual loss of networks.`] : []),
    "",
    `One of them, from ${new Date(startMs).toISOString()} on:`,
    ...(await story(subject, scenario, 1)),
  ].join("\n");
}
