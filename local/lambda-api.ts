import type { IncomingMessage, ServerResponse } from "node:http";
import { text } from "node:stream/consumers";
import type { ProbeAnswer, ProbeRequest } from "../lambda/core/probe.ts";
import type { LocalFunction } from "./functions.ts";
import { serveLoopback } from "./loopback-server.ts";
import { scopeOf } from "./signature.ts";

/** One request to a location and what came of it. */
export type LocationCall = {
  readonly location: string;
  readonly request: ProbeRequest;
  readonly startedMs: number;
  readonly endedMs: number;
  /** Its answer, or why there is none. */
  readonly answer: ProbeAnswer | string;
};

/** `throttled`: the account's concurrency is used up; `unreachable`: the connection breaks. */
export type LocationFault = "throttled" | "unreachable";

export type LambdaApi = {
  /** For `AWS_ENDPOINT_URL_LAMBDA`. */
  readonly url: string;
  /** Lets a location fail until told otherwise. */
  setFault(location: string, fault: LocationFault | undefined): void;
  close(): Promise<void>;
};

type Parts = {
  readonly probe: LocalFunction;
  readonly faults: ReadonlyMap<string, LocationFault>;
  readonly onCall: (call: LocationCall) => void;
  readonly now: () => number;
};

type Reply = { readonly status: number; readonly headers?: Record<string, string>; readonly body: string };

/**
 * Lambda's Invoke API (API_Invoke), one endpoint for the probe functions of all Regions. Which one is meant
 * stands where AWS looks for it too: in the signature's scope.
 */
export async function openLambdaApi(
  probe: LocalFunction,
  onCall: (call: LocationCall) => void = () => {},
  now: () => number = Date.now,
): Promise<LambdaApi> {
  const faults = new Map<string, LocationFault>();
  const parts: Parts = { probe, faults, onCall, now };
  const server = await serveLoopback((request, response) => {
    answer(request, response, parts).catch(() => request.socket.destroy());
  });
  return {
    url: server.url,
    setFault: (location, fault) => {
      if (fault === undefined) faults.delete(location);
      else faults.set(location, fault);
    },
    close: server.close,
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const reply = await replyTo(request, await text(request), parts);
  if (reply === "break") return void request.socket.destroy();
  response.writeHead(reply.status, { "content-type": "application/json", ...reply.headers });
  response.end(reply.body);
}

async function replyTo(request: IncomingMessage, body: string, parts: Parts): Promise<Reply | "break"> {
  const [, encoded] = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? "") ?? [];
  if (request.method !== "POST" || encoded === undefined)
    return failure(404, "UnknownOperationException", "");
  const name = decodeURIComponent(encoded);
  const { region, service } = scopeOf(request) ?? {};
  if (region === undefined || service !== "lambda")
    return failure(403, "MissingAuthenticationTokenException", "the request is not signed");
  if (name !== parts.probe.name) {
    const arn = `arn:aws:lambda:${region}:000000000000:function:${name}`;
    return failure(404, "ResourceNotFoundException", `Function not found: ${arn}`);
  }
  // API_Invoke: 6 MB for a synchronous request.
  if (Buffer.byteLength(body) > 6 * 1024 * 1024)
    return failure(413, "RequestTooLargeException", "more than 6 MB");
  return invoke(region, body, parts);
}

async function invoke(location: string, body: string, parts: Parts): Promise<Reply | "break"> {
  let request: ProbeRequest;
  try {
    request = JSON.parse(body) as ProbeRequest;
  } catch {
    return failure(400, "InvalidRequestContentException", "the payload is not JSON");
  }
  if (request.location !== location) {
    return failure(
      400,
      "InvalidParameterValueException",
      `${location} was asked what was meant for ${request.location}`,
    );
  }
  const startedMs = parts.now();
  const tell = (answer: LocationCall["answer"]) =>
    parts.onCall({ location, request, startedMs, endedMs: parts.now(), answer });
  const fault = parts.faults.get(location);
  if (fault !== undefined) {
    tell(fault);
    return fault === "throttled" ? failure(429, "TooManyRequestsException", "Rate Exceeded.") : "break";
  }
  const outcome = await parts.probe.invoke(request);
  tell(outcome.ok ? (JSON.parse(outcome.payload) as ProbeAnswer) : outcome.error.errorMessage);
  return outcome.ok
    ? { status: 200, headers: { "x-amz-executed-version": "$LATEST" }, body: outcome.payload }
    : { status: 200, headers: { "x-amz-function-error": "Unhandled" }, body: JSON.stringify(outcome.error) };
}

const failure = (status: number, type: string, message: string): Reply => ({
  status,
  headers: { "x-amzn-errortype": type },
  body: JSON.stringify({ Type: status < 500 ? "User" : "Service", Message: message }),
});
