import { parentPort, workerData } from "node:worker_threads";
import { type FromSandbox, failed, type Invocation, type Outcome, type SandboxData } from "./invocation.ts";

// What runs in a function's worker thread: the runtime between Lambda and a handler.

type Handler = (event: unknown, context: object) => Promise<unknown>;

const { name, module } = workerData as SandboxData;
const { handler } = (await import(module)) as { handler: Handler };

async function run({ id, event, timeoutMs }: Invocation): Promise<Outcome> {
  const endMs = performance.now() + timeoutMs;
  const context = {
    functionName: name,
    awsRequestId: id,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(endMs - performance.now())),
  };
  try {
    const result = await handler(JSON.parse(event), context);
    return { ok: true, payload: JSON.stringify(result ?? null) };
  } catch (error) {
    return failed(error);
  }
}

const tell = (message: FromSandbox): void => parentPort?.postMessage(message);

parentPort?.on("message", (invocation: Invocation) => {
  void run(invocation).then((outcome) => tell({ id: invocation.id, outcome }));
});
tell({ ready: true });
