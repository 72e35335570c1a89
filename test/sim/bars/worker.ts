import { serve } from "../pool.ts";
import { bars } from "./all.ts";
import type { Sample } from "./bar.ts";

/** One world to run. */
export type Task = { readonly bar: string; readonly seed: number };

serve<Task, Sample>(async (task) => {
  const bar = bars.find(({ name }) => name === task.bar);
  if (bar === undefined) throw new Error(`there is no bar "${task.bar}"`);
  return bar.run(task.seed);
});
