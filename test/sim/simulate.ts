import { parseArgs } from "node:util";
import { runSeed } from "./fuzz/run.ts";
import { storyLine } from "./fuzz/story.ts";

const help = `npm run simulate -- [options]

Runs the real sweep in a simulated world.

  --replay <seed>  one run of random trouble, told line by line; what it violates is said where it happens
  --seeds <a>-<b>  runs of random trouble with these seeds, and which of them violate something
`;

const { values: options } = parseArgs({
  options: {
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

if (options.replay !== undefined) await replay(numberOf(options.replay));
else if (options.seeds !== undefined) await search(options.seeds);
else console.log(help);
