import { randomUUID } from "node:crypto";
import { createInterface } from "node:readline";
import { Worker } from "node:worker_threads";
import { refuseElsewhere } from "./aws-environment.ts";
import { type FromSandbox, failed, type Invocation, type Outcome, type SandboxData } from "./invocation.ts";

type RunOptions = {
  readonly name: string;
  /** The whole environment: nothing of this process's own gets in. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Invocations one sandbox takes at a time: 1 in Lambda; more where that only costs a laptop's memory. */
  readonly perSandbox?: number;
};

export type FunctionOptions = RunOptions & {
  /** The file that exports `handler`. */
  readonly module: URL;
  /** A line that a handler wrote. */
  readonly onLog?: (line: string) => void;
};

export type LocalFunction = {
  readonly name: string;
  /** Calls the handler as Lambda does and waits for what comes of it; an error is an outcome, too. */
  invoke(event: unknown): Promise<Outcome>;
  /** Ends every sandbox at once, whatever it is doing. */
  kill(): Promise<void>;
};

/** What a handler runs in. */
export type Sandbox = {
  readonly ready: Promise<void>;
  /** Who waits for the outcome of each invocation; all of them are told when the sandbox ends. */
  readonly pending: Map<string, (outcome: Outcome) => void>;
  readonly send: (invocation: Invocation) => void;
  /** Takes no more invocations from now on, and is ended with what it is doing. */
  readonly end: () => Promise<unknown>;
};

/**
 * Runs a Lambda handler in worker threads. Resolves when the first one is ready.
 *
 * @throws when the environment names an AWS endpoint that is not on this machine, or the module cannot be loaded
 */
export const startFunction = (options: FunctionOptions): Promise<LocalFunction> =>
  runFunction(options, (onEnd) => startWorker(options, onEnd));

/** The same in sandboxes of any kind: an idle one is used again, else a new one starts. */
export async function runFunction(
  options: RunOptions,
  startSandbox: (onEnd: () => void) => Sandbox,
): Promise<LocalFunction> {
  refuseElsewhere(options.env);
  const sandboxes = new Set<Sandbox>();
  const start = (): Sandbox => {
    const sandbox = startSandbox(() => sandboxes.delete(sandbox));
    sandboxes.add(sandbox);
    return sandbox;
  };
  await start().ready;
  return {
    name: options.name,
    invoke: (event) => {
      const idle = [...sandboxes].find(({ pending }) => pending.size < (options.perSandbox ?? 1));
      return invokeIn(idle ?? start(), JSON.stringify(event), options.timeoutMs);
    },
    kill: async () => {
      await Promise.all([...sandboxes].map((sandbox) => sandbox.end()));
    },
  };
}

function startWorker({ name, module, env, onLog }: FunctionOptions, onEnd: () => void): Sandbox {
  const workerData: SandboxData = { name, module: module.href };
  const worker = new Worker(new URL("./sandbox-entry.js", import.meta.url), {
    execArgv: [],
    env: { ...env, AWS_LAMBDA_FUNCTION_NAME: name },
    stdout: true,
    stderr: true,
    workerData,
  });
  for (const input of [worker.stdout, worker.stderr]) {
    createInterface({ input }).on("line", (line) => onLog?.(line));
  }
  const pending: Sandbox["pending"] = new Map();
  const ready = listen(worker, name, pending, onEnd);
  // Who waits for the first sandbox hears of it; of the others, what is pending there tells.
  ready.catch(() => undefined);
  const end = () => {
    onEnd();
    return worker.terminate();
  };
  return { ready, pending, send: (invocation) => worker.postMessage(invocation), end };
}

/** Hands outcomes to those who wait for them, and an error to all of them when the sandbox ends. */
function listen(worker: Worker, name: string, pending: Sandbox["pending"], onEnd: () => void): Promise<void> {
  let failure: unknown;
  worker.on("error", (error) => {
    failure = error;
  });
  return new Promise((resolve, reject) => {
    worker.on("message", (message: FromSandbox) => {
      if ("ready" in message) resolve();
      else pending.get(message.id)?.(message.outcome);
    });
    worker.on("exit", () => {
      onEnd();
      const error = failure ?? new Error(`a sandbox of ${name} ended`);
      reject(error);
      for (const end of [...pending.values()]) end(failed(error));
    });
  });
}

/** At the time-out the sandbox is gone with everything it was doing, as in Lambda. */
function invokeIn(
  { pending, send, end: endSandbox }: Sandbox,
  event: string,
  timeoutMs: number,
): Promise<Outcome> {
  const id = randomUUID();
  return new Promise((resolve) => {
    const end = (outcome: Outcome) => {
      clearTimeout(timer);
      pending.delete(id);
      resolve(outcome);
    };
    const timer = setTimeout(() => {
      const errorMessage = `${id} Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
      end({ ok: false, error: { errorType: "Sandbox.Timedout", errorMessage, trace: [] } });
      void endSandbox();
    }, timeoutMs);
    pending.set(id, end);
    send({ id, event, timeoutMs });
  });
}
