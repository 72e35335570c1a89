import type { ServerResponse } from "node:http";
import type { LocalFunction } from "./functions.ts";
import { type LoopbackServer, serveLoopback } from "./loopback-server.ts";

/** What a handler behind a URL returns (Lambda Developer Guide, "Response payload format"). */
type Answer = {
  readonly statusCode?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

/** A function's URL: each request is an invocation, in the payload's format 2.0 as far as anybody here reads it. */
export const openFunctionUrl = (target: LocalFunction): Promise<LoopbackServer> =>
  serveLoopback((request, response) => {
    request.resume();
    const { pathname, search } = new URL(request.url ?? "/", "http://127.0.0.1");
    const http = { method: request.method ?? "GET", path: pathname };
    const event = {
      version: "2.0",
      rawPath: pathname,
      rawQueryString: search.slice(1),
      requestContext: { http },
    };
    target.invoke(event).then(
      (outcome) => send(response, outcome.ok ? (JSON.parse(outcome.payload) as Answer) : { statusCode: 502 }),
      () => request.socket.destroy(),
    );
  });

function send(response: ServerResponse, { statusCode = 200, headers = {}, body = "" }: Answer): void {
  response.writeHead(statusCode, headers);
  response.end(body);
}
