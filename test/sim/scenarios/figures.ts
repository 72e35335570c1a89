import { percent, sum } from "../bars/bar.ts";
import { median, quantile } from "../statistics.ts";
import { compare, falseDowns, foundTimes, probesPerHour, type Run, upTo } from "./compare.ts";
import { scenarioOf } from "./report.ts";
import { subjectOf } from "./subject.ts";

const seconds = (ms: number): string => (ms / 1000).toFixed(1);

/** How soon an outage was found: median, 99th percentile, worst; and in how many of the runs, where not in all. */
function foundIn(runs: readonly Run[]): string {
  const found = foundTimes(runs);
  if (found.length === 0) return "not found";
  const times = [median(found), quantile(found, 0.99), quantile(found, 1)].map(seconds).join(" / ");
  return found.length === runs.length ? times : `${times}, in ${percent(found.length / runs.length)}`;
}

const downsEach = (runs: readonly Run[]): string =>
  Number((sum(runs.map(({ downs }) => downs)) / runs.length).toFixed(2)).toString();

function sayFalseDowns(runs: readonly Run[]): string {
  const { downs, boundAYear } = falseDowns(runs);
  return `${downs} (< ${boundAYear.toPrecision(2)} a year)`;
}

/** What each row of the table is about, how it is said, and what of the runs it says. */
const rows: readonly (readonly [scenario: string, what: string, say: (runs: readonly Run[]) => string])[] = [
  ["refused", "connections refused, 10 min: found after, s", foundIn],
  ["error", "errors, 10 min: found after, s", foundIn],
  ["black-hole", "silence, 10 min: found after, s", foundIn],
  ["brown-out", "half of all answers are errors, 1 h: found after, s", foundIn],
  ["brown-out", "the same: times it left the primary", downsEach],
  ["crash-loop", "120 s up, 60 s down, 1 h: times it left the primary", downsEach],
  ["restart", "4 s down: times it left the primary", downsEach],
  ["partial", "two of five locations cannot reach it, 30 min: times it left", downsEach],
  ["home-blind", "the first location sees nothing, 30 min: times it left", downsEach],
];

/** The table of `docs/detection.md`: all policies in the same runs, as Markdown. */
export async function figures(phases: number, days: number): Promise<string> {
  const subject = subjectOf();
  const quiet = await compare(subject, scenarioOf("quiet"), upTo(days));
  const names = [...quiet.keys()];
  const lines = [`| | ${names.join(" | ")} |`, `|---|${names.map(() => "---").join("|")}|`];
  const runs = new Map<string, Map<string, Run[]>>();
  for (const [name, what, say] of rows) {
    const of = runs.get(name) ?? (await compare(subject, scenarioOf(name), upTo(phases)));
    runs.set(name, of);
    lines.push(`| ${what} | ${names.map((policy) => say(of.get(policy) ?? [])).join(" | ")} |`);
  }
  const last = (what: string, say: (runs: readonly Run[]) => string) =>
    lines.push(`| ${what} | ${names.map((policy) => say(quiet.get(policy) ?? [])).join(" | ")} |`);
  last(`${days} days of the usual loss: false downs (95 % bound)`, sayFalseDowns);
  last("probes of one endpoint an hour, with that loss", (of) => probesPerHour(of).toFixed(0));
  return lines.join("\n");
}
