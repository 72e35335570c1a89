import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { functionEnvironment } from "../../local/aws-environment.ts";
import { type LocalFunction, runFunction, type Sandbox } from "../../local/functions.ts";
import { type FunctionError, failed } from "../../local/invocation.ts";
import { openRuntimeApi, type RuntimeApi } from "./runtime-api.ts";

/** A function as Lambda runs it. */
export type LambdaFunction = {
  readonly name: string;
  readonly region: string;
  readonly runtime: string;
  readonly handler: string;
  /** What its zip is called: other code is another name. */
  readonly code: string;
  /** The folder its zip was unpacked to. */
  readonly taskRoot: string;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  readonly variables: Readonly<Record<string, string>>;
};

/** What surrounds a function. */
export type Surroundings = {
  readonly endpoints: Parameters<typeof functionEnvironment>[1];
  /** A line that the function wrote. */
  readonly onLog?: (line: string) => void;
};

/** Runs a function in processes of its own, each behind a Runtime API. Resolves when the first one is ready. */
export function startLambda(of: LambdaFunction, around: Surroundings): Promise<LocalFunction> {
  const env = functionEnvironment(of.region, around.endpoints, { ...lambdaVariables(of), ...of.variables });
  return runFunction({ name: of.name, env, timeoutMs: of.timeoutMs }, (onEnd) =>
    startProcess(of, env, around.onLog ?? (() => {}), onEnd),
  );
}

/** Lambda Developer Guide, "Defined runtime environment variables": those that a function can tell a difference by. */
const lambdaVariables = (of: LambdaFunction): Record<string, string> => ({
  _HANDLER: of.handler,
  AWS_DEFAULT_REGION: of.region,
  AWS_EXECUTION_ENV: `AWS_Lambda_${of.runtime}`,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(of.memoryMb),
  AWS_LAMBDA_FUNCTION_NAME: of.name,
  AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
  AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  AWS_SESSION_TOKEN: "local",
  LAMBDA_TASK_ROOT: of.taskRoot,
  LANG: "en_US.UTF-8",
  TZ: ":UTC",
});

const bootstrap = fileURLToPath(new URL("./bootstrap.mjs", import.meta.url));

/**
 * Node's own permissions keep the process from reading any file but the function's and the bootstrap: no source of
 * this project, no package, no settings. Later Nodes have the network among the permissions, too.
 */
function permissions(taskRoot: string): string[] {
  const known = process.allowedNodeEnvironmentFlags;
  return [
    known.has("--permission") ? "--permission" : "--experimental-permission",
    `--allow-fs-read=${taskRoot}/`,
    `--allow-fs-read=${bootstrap}`,
    ...(known.has("--allow-net") ? ["--allow-net"] : []),
  ];
}

// Those that stand still would outlive us.
const children = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of children) child.kill("SIGKILL");
});

function spawnRuntime(of: LambdaFunction, env: Readonly<Record<string, string>>, api: RuntimeApi) {
  const child = spawn(
    process.execPath,
    [...permissions(of.taskRoot), `--max-old-space-size=${of.memoryMb}`, bootstrap],
    {
      cwd: of.taskRoot,
      env: { ...env, AWS_LAMBDA_RUNTIME_API: api.host },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

function startProcess(
  of: LambdaFunction,
  env: Readonly<Record<string, string>>,
  onLog: (line: string) => void,
  onEnd: () => void,
): Sandbox {
  const pending: Sandbox["pending"] = new Map();
  const running = runProcess(of, env, pending, onEnd);
  const ready = running.then(({ child, ready }) => {
    for (const input of [child.stdout, child.stderr]) createInterface({ input }).on("line", onLog);
    return ready;
  });
  // Who waits for the first sandbox hears of it; of the others, what is pending there tells.
  ready.catch(() => undefined);
  return {
    ready,
    pending,
    send: (invocation) => {
      void running.then(({ api, child }) => {
        child.kill("SIGCONT");
        api.send(invocation);
      });
    },
    end: async () => {
      onEnd();
      const { child, ended } = await running;
      child.kill("SIGKILL");
      await ended;
    },
  };
}

async function runProcess(
  of: LambdaFunction,
  env: Readonly<Record<string, string>>,
  pending: Sandbox["pending"],
  onEnd: () => void,
) {
  let initError: FunctionError | undefined;
  let onReady = () => {};
  let onFailure = (_: Error) => {};
  const ready = new Promise<void>((resolve, reject) => {
    [onReady, onFailure] = [resolve, reject];
  });
  const api = await openRuntimeApi(`arn:aws:lambda:${of.region}:000000000000:function:${of.name}`, {
    // Between invocations Lambda lets nothing of a sandbox run.
    onIdle: () => {
      child.kill("SIGSTOP");
      onReady();
    },
    onInitError: (error) => {
      initError = error;
    },
    onOutcome: (id, outcome) => pending.get(id)?.(outcome),
  });
  const child = spawnRuntime(of, env, api);
  const ended = once(child, "exit").then(async ([status, signal]) => {
    onEnd();
    await api.close();
    const error = new Error(initError?.errorMessage ?? `${of.name} ended: ${signal ?? status}`);
    onFailure(error);
    for (const end of [...pending.values()]) end(failed(error));
  });
  return { api, child, ready, ended };
}
