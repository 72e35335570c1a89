import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { FunctionError, Invocation, Outcome } from "../../local/invocation.ts";
import { serveLoopback } from "../../local/loopback-server.ts";

export type RuntimeApi = {
  /** For `AWS_LAMBDA_RUNTIME_API`: host and port. */
  readonly host: string;
  /** Hands the invocation over when the runtime asks for the next one. */
  send(invocation: Invocation): void;
  close(): Promise<void>;
};

export type RuntimeListeners = {
  /** The runtime asks for an invocation, and there is none. */
  readonly onIdle: () => void;
  readonly onInitError: (error: FunctionError) => void;
  readonly onOutcome: (id: string, outcome: Outcome) => void;
};

/**
 * Lambda's Runtime API for one sandbox (Lambda Developer Guide, "Using the Lambda runtime API for custom runtimes"):
 * one invocation at a time, and the next one is waited for as long as it takes.
 */
export async function openRuntimeApi(functionArn: string, tell: RuntimeListeners): Promise<RuntimeApi> {
  const queue: Invocation[] = [];
  let waiting: ServerResponse | undefined;
  let running: string | undefined;
  const next = () => {
    const invocation = waiting && queue.shift();
    if (waiting === undefined || invocation === undefined) return;
    running = invocation.id;
    waiting.writeHead(200, headersOf(invocation, functionArn));
    waiting.end(invocation.event);
    waiting = undefined;
  };
  const wait = (response: ServerResponse) => {
    waiting = response;
    if (queue.length === 0) tell.onIdle();
    next();
  };
  /** Takes in what the runtime says, and with which status it is answered. */
  const take = (path: string, body: string): number => {
    if (path === "/init/error") {
      tell.onInitError(JSON.parse(body) as FunctionError);
      return 202;
    }
    const [, id, what] = /^\/invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (id === undefined) return 404;
    if (id !== running) return 400;
    running = undefined;
    tell.onOutcome(id, what === "response" ? { ok: true, payload: body } : failure(body));
    return 202;
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const [, path = ""] = /^\/2018-06-01\/runtime(\/.*)$/.exec(request.url ?? "") ?? [];
    if (request.method === "GET" && path === "/invocation/next") return wait(response);
    response.writeHead(request.method === "POST" ? take(path, await text(request)) : 404);
    response.end();
  };
  const server = await serveLoopback((request, response) => {
    answer(request, response).catch(() => request.socket.destroy());
  });
  return {
    host: new URL(server.url).host,
    send: (invocation) => {
      queue.push(invocation);
      next();
    },
    close: server.close,
  };
}

const headersOf = ({ id, timeoutMs }: Invocation, functionArn: string) => ({
  "content-type": "application/json",
  "lambda-runtime-aws-request-id": id,
  "lambda-runtime-deadline-ms": String(Date.now() + timeoutMs),
  "lambda-runtime-invoked-function-arn": functionArn,
});

const failure = (body: string): Outcome => ({ ok: false, error: JSON.parse(body) as FunctionError });
