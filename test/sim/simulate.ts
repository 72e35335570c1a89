import { parseArgs } from "node:util";
import { runSeed } from "./fuzz/run.ts";
import { reportScenario } from "./scenarios/report.ts";
import { scenarios } from "./scenarios/scenario.ts";
import { storyLine } from "./story.ts";

const help = `npm run simulate -- [options]

Runs the real sweep in a simulated world.

  --scenario <name>  what goes wrong, at many phases: how soon it is found, beside Route 53's health checks in the
                     same world; and the story of one run. One of:
                     ${Object.keys(scenarios).join(", ")}
  --config <file>    with the services and settings of this file instead of an example
  --service <id>     one of them: the first, unless said otherwise
  --phases <n>       so many runs: 100, unless said otherwise

  --replay <seed>    one run of random trouble, told line by line; what it violates is said where it happens
  --seeds <a>-<b>    runs of random trouble with these seeds, and which of them violate something
`;

const { values: options } = parseArgs({
  options: {
    scenario: { type: "string" },
    config: { type: "string" },
    service: { type: "string" },
    phases: { type: "string", default: "100" },
    replay: { type: "string" },
    seeds: { type: "string" },
    help: { type: "boolean", default: false },
  },
});

const numberOf = (text: string): number => {
  const seed = Number(text);
  if (!Number.isSafeInteger(seed)) throw new Error(`${JSON.stringify(text)} is no seed: a whole number is`);
  return seed;
};

/** Tells the whole story of one seed. */
async function replay(seed: number): Promise<void> {
  const { violations } = await runSeed(seed, (line) => console.log(storyLine(line)));
  console.log(
    violations.length === 0
      ? `Seed ${seed} violates nothing.`
      : `Seed ${seed} violates:\n  ${violations.join("\n  ")}`,
  );
  if (violations.length > 0) process.exitCode = 1;
}

/** Tells which seeds of a range violate something. */
async function search(range: string): Promise<void> {
  const [first = "", last = first] = range.split("-");
  const startedMs = performance.now();
  let simulatedMs = 0;
  let failed = 0;
  for (let seed = numberOf(first); seed <= numberOf(last); seed++) {
    const outcome = await runSeed(seed);
    simulatedMs += outcome.simulatedMs;
    if (outcome.violations.length === 0) continue;
    failed += 1;
    console.log(`${seed}: ${outcome.violations[0]}\n  npm run simulate -- --replay ${seed}`);
  }
  const days = simulatedMs / 86_400_000;
  const tookS = (performance.now() - startedMs) / 1000;
  console.log(
    `${failed} seeds failed. ${days.toFixed(1)} simulated days, ${(days / tookS).toFixed(2)} a second.`,
  );
  if (failed > 0) process.exitCode = 1;
}

/** A mistake in what was asked for is said in a sentence. */
async function scenario(name: string): Promise<void> {
  const { config: file, service } = options;
  const about = { phases: numberOf(options.phases), ...(file && { file }), ...(service && { service }) };
  try {
    console.log(await reportScenario(name, about));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

if (options.help) console.log(help);
else if (options.scenario !== undefined) await scenario(options.scenario);
else if (options.replay !== undefined) await replay(numberOf(options.replay));
else if (options.seeds !== undefined) await search(options.seeds);
else console.log(help);
