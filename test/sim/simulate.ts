import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { plans, runPlan } from "./fuzz/run.ts";
import { race } from "./races.ts";
import { writeDocs } from "./scenarios/docs.ts";
import { reportScenario, scenarioOf } from "./scenarios/report.ts";
import { scenarios } from "./scenarios/scenario.ts";
import { subjectOf } from "./scenarios/subject.ts";
import { drawOutage, recordOutage } from "./scenarios/timeline.ts";
import { storyLine } from "./story.ts";

const help = `npm run simulate -- [options]

Runs the real sweep in a simulated world.

  --scenario <name>  what goes wrong, at many phases: how soon it is found, beside Route 53's health checks in the
                     same world; and the story of one run. One of:
                     ${Object.keys(scenarios).join(", ")}
  --config <file>    with the services and settings of this file instead of an example
  --service <id>     one of them: the first, unless said otherwise
  --phases <n>       so many runs: 100, unless said otherwise
  --days <n>         so many days without any outage, for false downs: 30, unless said otherwise
  --svg <file>       a picture of one outage as well: probes, votes, verdict, record, a resolver's answer

  --replay <seed>    one run of random trouble, told line by line; what it violates is said where it happens
  --seeds <a>-<b>    runs of random trouble with these seeds, and which of them violate something
  --weighted         with either of them: of names whose load is spread
  --races <a>-<b>    two sweepers for every minute, in so many interleavings, while the primary fails: one move each

  --docs             writes the figures and the picture of docs/detection.md anew
`;

/** What is asked for; nothing, and what is wrong said, where it makes no sense. */
function optionsOf() {
  try {
    return parseArgs({
      options: {
        scenario: { type: "string" },
        config: { type: "string" },
        service: { type: "string" },
        phases: { type: "string", default: "100" },
        days: { type: "string", default: "30" },
        svg: { type: "string" },
        docs: { type: "boolean", default: false },
        replay: { type: "string" },
        seeds: { type: "string" },
        weighted: { type: "boolean", default: false },
        races: { type: "string" },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}

const options = optionsOf();

const numberOf = (text: string): number => {
  const seed = Number(text);
  if (!/^[1-9]\d*$/.test(text) || !Number.isSafeInteger(seed)) {
    throw new Error(`${JSON.stringify(text)} is no whole number from 1 on`);
  }
  return seed;
};

/** `7`, or `1-400`. */
function seedsOf(range: string): number[] {
  const [first, last] = range.split("-", 2).map(numberOf);
  if (first === undefined) return [];
  return Array.from({ length: Math.max(0, (last ?? first) - first + 1) }, (_, i) => first + i);
}

const plan = plans[options.weighted ? "weighted" : "plain"];

/** Tells the whole story of one seed. */
async function replay(seed: number): Promise<void> {
  const { violations } = await runPlan(plan.of(seed), (line) => console.log(storyLine(line)));
  console.log(
    violations.length === 0
      ? `Seed ${seed} violates nothing.`
      : `Seed ${seed} violates:\n  ${violations.join("\n  ")}`,
  );
  if (violations.length > 0) process.exitCode = 1;
}

/** Tells which seeds of a range violate something. */
async function search(range: string): Promise<void> {
  const startedMs = performance.now();
  let simulatedMs = 0;
  let failed = 0;
  for (const seed of seedsOf(range)) {
    const outcome = await runPlan(plan.of(seed));
    simulatedMs += outcome.simulatedMs;
    if (outcome.violations.length === 0) continue;
    failed += 1;
    console.log(`${seed}: ${outcome.violations[0]}\n  ${plan.replay} ${seed}`);
  }
  const days = simulatedMs / 86_400_000;
  const tookS = (performance.now() - startedMs) / 1000;
  console.log(
    `${failed} seeds failed. ${days.toFixed(1)} simulated days, ${(days / tookS).toFixed(2)} a second.`,
  );
  if (failed > 0) process.exitCode = 1;
}

/** Races two sweepers, and tells of every race that did not end with one move and nothing violated. */
async function races(range: string): Promise<void> {
  const seeds = seedsOf(range);
  let failed = 0;
  for (const seed of seeds) {
    const { violations, moves } = await race(seed);
    if (violations.length === 0 && moves === 1) continue;
    failed += 1;
    console.log(`${seed}: ${moves} moves\n  ${violations.join("\n  ")}`);
  }
  console.log(`${seeds.length} races: ${failed} did not end with one move.`);
  if (failed > 0) process.exitCode = 1;
}

/** Tells what all policies make of a scenario. */
async function scenario(name: string): Promise<void> {
  const { config: file, service, svg } = options;
  const [phases, days] = [numberOf(options.phases), numberOf(options.days)];
  console.log(
    await reportScenario(name, { phases, days, ...(file && { file }), ...(service && { service }) }),
  );
  if (svg === undefined) return;
  writeFileSync(svg, drawOutage(await recordOutage(subjectOf(file, service), scenarioOf(name), 1)));
  console.log(`\nwritten: ${svg}`);
}

async function main(): Promise<void> {
  if (options.scenario !== undefined) return scenario(options.scenario);
  if (options.replay !== undefined) return replay(numberOf(options.replay));
  if (options.seeds !== undefined) return search(options.seeds);
  if (options.races !== undefined) return races(options.races);
  if (options.docs) return writeDocs();
  console.log(help);
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
