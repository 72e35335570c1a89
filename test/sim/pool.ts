import { fork } from "node:child_process";
import { availableParallelism } from "node:os";

type Done<Result> = { readonly result: Result } | { readonly error: string };

/**
 * Hands the tasks to one process for each processor, the next one when one is done, until somebody stops it.
 *
 * @param worker a module that calls `serve`
 * @throws when a task throws, or a process dies; the others end what they have begun before
 */
export async function runAll<Task, Result>(
  worker: URL,
  tasks: readonly Task[],
  onDone: (task: Task, result: Result) => void,
): Promise<void> {
  const queue = tasks.values();
  const stop = () => {
    for (const _ of queue);
  };
  process.once("SIGINT", stop).once("SIGTERM", stop);
  const work = async () => {
    // In a group of its own: Ctrl-C is for us alone, and a worker finishes its task.
    const child = fork(worker, { serialization: "advanced", detached: true });
    try {
      for (const task of queue) {
        const done = await new Promise<Done<Result>>((resolve, reject) => {
          child.once("message", (message) => resolve(message as Done<Result>));
          child.once("exit", (code) => reject(new Error(`a worker ended with ${code}`)));
          child.send(task as object);
        });
        child.removeAllListeners("exit");
        if ("error" in done) throw new Error(`${JSON.stringify(task)}: ${done.error}`);
        onDone(task, done.result);
      }
    } catch (error) {
      stop();
      throw error;
    } finally {
      child.kill();
    }
  };
  const count = Math.min(availableParallelism(), tasks.length);
  for (const ended of await Promise.allSettled(Array.from({ length: count }, work)))
    if (ended.status === "rejected") throw ended.reason;
}

/** Makes this process a worker: it answers every task with what `run` makes of it. */
export function serve<Task, Result>(run: (task: Task) => Promise<Result>): void {
  const answer = async (task: Task): Promise<Done<Result>> => {
    try {
      return { result: await run(task) };
    } catch (error) {
      return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    }
  };
  process.on("message", (task: Task) => {
    void answer(task).then((done) => process.send?.(done));
  });
}
