import { parseArgs } from "node:util";
import { runAll } from "../pool.ts";
import { bars } from "./all.ts";
import { type Bar, type Sample, valuesOf } from "./bar.ts";
import type { Task } from "./worker.ts";

const help = `npm run simulate:bars -- [options]

Measures what detection promises, over many simulated worlds on all processors, and prints it as a table.

  --only <text>    only the bars whose name contains this
  --scale <share>  this share of the worlds: 0.1 is a tenth of the time

Ctrl-C ends it, and prints what is measured by then.
`;

const { values: options } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    scale: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});

const worldsOf = (bar: Bar, scale: number): number => Math.max(1, Math.round(bar.worlds * scale));

function printRow(bar: Bar, samples: readonly Sample[]): boolean {
  const { measured, isMet } = bar.judge(valuesOf(samples));
  console.log(
    `${isMet ? "met    " : "NOT MET"}  ${bar.name}\n         bar: ${bar.promise}\n         is:  ${measured}`,
  );
  return isMet;
}

async function main(): Promise<void> {
  if (options.help) return console.log(help);
  const scale = Number(options.scale);
  if (!(scale > 0)) throw new Error(`--scale ${options.scale} is no share`);
  const wanted = bars.filter(({ name }) => name.includes(options.only));
  const tasks = wanted.flatMap((bar) =>
    Array.from({ length: worldsOf(bar, scale) }, (_, i) => ({ bar: bar.name, seed: i + 1 })),
  );
  const samples = new Map<string, Sample[]>(wanted.map(({ name }) => [name, []]));
  const [startedMs, isTerminal] = [performance.now(), process.stderr.isTTY];
  let [done, simulatedMs, unmet] = [0, 0, 0];
  const tookS = () => (performance.now() - startedMs) / 1000;
  await runAll<Task, Sample>(new URL("./worker.ts", import.meta.url), tasks, (task, sample) => {
    done += 1;
    simulatedMs += sample.simulatedMs;
    const of = samples.get(task.bar) ?? [];
    of.push(sample);
    const progress = `${done} of ${tasks.length} worlds, ${tookS().toFixed(0)} s: ${task.bar}`;
    if (isTerminal) process.stderr.write(`\r\x1b[K${progress}`);
    else if (done % Math.ceil(tasks.length / 20) === 0) console.error(progress);
    const bar = wanted.find(({ name }) => name === task.bar);
    if (bar === undefined || of.length < worldsOf(bar, scale)) return;
    if (isTerminal) process.stderr.write("\r\x1b[K");
    if (!printRow(bar, of)) unmet += 1;
  });
  for (const bar of wanted) {
    const [of, all] = [samples.get(bar.name) ?? [], worldsOf(bar, scale)];
    if (of.length === 0 || of.length === all) continue;
    console.log(`stopped after ${of.length} of ${all} worlds:`);
    if (!printRow(bar, of)) unmet += 1;
  }
  const measured = wanted.filter(({ name }) => samples.get(name)?.length);
  const days = simulatedMs / 86_400_000;
  console.log(
    `${measured.length - unmet} of ${measured.length} bars met. ${days.toPrecision(3)} simulated days in ${tookS().toFixed(0)} s: ${(days / tookS()).toPrecision(2)} a second.`,
  );
  if (unmet > 0) process.exitCode = 1;
}

await main();
