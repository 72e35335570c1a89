import { bars } from "./all.ts";
import type { Sample } from "./bar.ts";

/** One world to run. */
export type Task = { readonly bar: string; readonly seed: number };
export type Done =
  | { readonly task: Task; readonly sample: Sample }
  | { readonly task: Task; readonly error: string };

async function run(task: Task): Promise<Done> {
  const bar = bars.find(({ name }) => name === task.bar);
  if (bar === undefined) return { task, error: `there is no bar "${task.bar}"` };
  try {
    return { task, sample: await bar.run(task.seed) };
  } catch (error) {
    return { task, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

process.on("message", (task: Task) => {
  void run(task).then((done) => process.send?.(done));
});
