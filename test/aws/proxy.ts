import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import { serveLoopback } from "../../local/loopback-server.ts";

/** A request as it came over the wire. */
export type Seen = {
  /** DynamoDB's: `PutItem`. Empty where the service names its operations elsewhere. */
  readonly operation: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

export type Answer = { readonly status: number; readonly type: string; readonly body: string };

/**
 * What becomes of one request on its way. `forward` lets it take effect, with another body if one is given. The
 * caller gets an answer, a broken connection, or nothing at all.
 */
export type Meddle = (
  seen: Seen,
  forward: (body?: string) => Promise<Answer>,
) => Promise<Answer | "break" | "silence">;

export type HttpProxy = {
  readonly url: string;
  /** Every request, oldest first. */
  readonly seen: Seen[];
  /** The next request of that operation, for which nothing else waits, is met with this. */
  meetNext(operation: string, meddle: Meddle): void;
  /** Takes back what waits for requests that did not come, and what was seen. */
  forget(): void;
  close(): Promise<void>;
};

/** A server on 127.0.0.1 that stands before another one, notes what passes, and meddles when told to. */
export async function openProxy(target: string): Promise<HttpProxy> {
  const seen: Seen[] = [];
  const waiting: { readonly operation: string; readonly meddle: Meddle }[] = [];
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const now = await read(request);
    seen.push(now);
    const met = waiting.find(({ operation }) => operation === now.operation);
    if (met) waiting.splice(waiting.indexOf(met), 1);
    const forward = (body = now.body) => send(target, { ...now, body });
    const answer = await (met ? met.meddle(now, forward) : forward());
    if (answer === "silence") return;
    if (answer === "break") return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": answer.type }).end(answer.body);
  };
  const server = await serveLoopback((request, response) => {
    handle(request, response).catch(() => request.socket.destroy());
  });
  return {
    url: server.url,
    seen,
    meetNext: (operation, meddle) => void waiting.push({ operation, meddle }),
    forget: () => {
      waiting.length = 0;
      seen.length = 0;
    },
    close: server.close,
  };
}

async function read(request: IncomingMessage): Promise<Seen> {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, String(value)] as const),
  );
  return {
    operation: headers["x-amz-target"]?.split(".")[1] ?? "",
    method: request.method ?? "",
    path: request.url ?? "",
    headers,
    body: await text(request),
  };
}

async function send(target: string, { method, path, headers, body }: Seen): Promise<Answer> {
  const kept = Object.entries(headers).filter(([name]) => /^(x-amz|authorization|content-type)/.test(name));
  const response = await fetch(`${target}${path}`, { method, headers: Object.fromEntries(kept), body });
  return {
    status: response.status,
    type: response.headers.get("content-type") ?? "",
    body: await response.text(),
  };
}

/** It takes effect, and the connection breaks before its answer. */
export const loseAnswer: Meddle = async (_, forward) => {
  await forward();
  return "break";
};

/** It takes effect, and nothing comes back. */
export const swallowAnswer: Meddle = async (_, forward) => {
  await forward();
  return "silence";
};
