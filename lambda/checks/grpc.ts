import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from "node:http2";
import { isIPv6 } from "node:net";
import { TLSSocket } from "node:tls";
import type { GrpcCheck } from "../core/config.ts";
import { limitAsides } from "./asides.ts";
import { type Attempt, enter } from "./attempt.ts";
import { dial, type Means, type Tls } from "./dial.ts";
import { codeOf, type Failure, failureOf, isFailure } from "./failure.ts";
import { nameLimit, readResponse, writeRequest } from "./grpc-health.ts";
import { refusals } from "./http-judge.ts";
import { userAgent } from "./http-request.ts";

const bad = (what: string): Failure => ({ reason: "bad-response", what });

/** Good when the standard health service says that the server, or the service that is named, is SERVING. */
export async function checkGrpc(
  check: GrpcCheck,
  attempt: Attempt,
  means: Means,
): Promise<Failure | undefined> {
  if (Buffer.byteLength(check.service) > nameLimit)
    return { reason: "bad-check", what: `names a service with more than ${nameLimit} bytes` };
  // Loaded by the first check that needs it: it would add a third to the probe function's cold start.
  const { connect } = await import("node:http2");
  const place = { host: check.host, port: check.port, word: "config" } as const;
  const tls: Tls = { serverName: check.serverName, verify: check.verifyCertificate, alpn: ["h2"] };
  const socket = await dial(place, check.tls ? tls : undefined, attempt, means);
  if (isFailure(socket)) return socket;
  if (socket instanceof TLSSocket && socket.alpnProtocol !== "h2")
    return { reason: "protocol-unexpected", what: "does not offer HTTP/2" };
  const session = connect(authorityOf(check), { createConnection: () => socket, settings });
  const answer = await call(session, check.service, attempt);
  return isFailure(answer) ? answer : judge(answer, check.service);
}

type Answer = {
  readonly status: number;
  /** gRPC's own status, from the trailers or from headers without a body. */
  readonly code: unknown;
  readonly body: Buffer;
};

// A health answer has seven bytes.
const bodyLimit = 4 * 1024;
const tooMuch = bad("sent more than a health answer");
const settings = { enablePush: false, maxHeaderListSize: 16 * 1024 };

async function call(
  session: ClientHttp2Session,
  service: string,
  attempt: Attempt,
): Promise<Answer | Failure> {
  const outcome = await new Promise<Answer | Failure>((resolve) => {
    const fail = (error: Error) => resolve(failureIn(error, attempt));
    session.on("error", fail);
    const stream = session.request({
      ":method": "POST",
      ":path": "/grpc.health.v1.Health/Check",
      "content-type": "application/grpc",
      te: "trailers",
      "user-agent": userAgent,
    });
    stream.on("error", fail);
    limitAsides(session, stream, () => resolve(tooMuch));
    collect(stream, attempt, resolve);
    stream.end(writeRequest(service));
  });
  await leave(session, isFailure(outcome));
  return outcome;
}

/** The name that is asked for, as a URL's origin; the scheme's own port is left out (RFC 9113, 8.3.1). */
function authorityOf({ tls, serverName, port }: GrpcCheck): string {
  const host = isIPv6(serverName) ? `[${serverName}]` : serverName;
  return new URL(`${tls ? "https" : "http"}://${host}:${port}`).origin;
}

function collect(
  stream: ClientHttp2Stream,
  attempt: Attempt,
  resolve: (outcome: Answer | Failure) => void,
): void {
  let head: IncomingHttpHeaders | undefined;
  let trailers: IncomingHttpHeaders = {};
  let body = Buffer.alloc(0);
  stream.on("response", (headers) => {
    enter(attempt, "body");
    head = headers;
  });
  stream.on("trailers", (headers) => {
    trailers = headers;
  });
  stream.on("data", (bytes: Buffer) => {
    body = Buffer.concat([body, bytes]);
    if (body.length > bodyLimit) resolve(tooMuch);
  });
  stream.on("close", () => {
    const code = trailers["grpc-status"] ?? head?.["grpc-status"];
    // With an error when it is the server that breaks off.
    if (head === undefined || (code === undefined && stream.rstCode !== 0))
      return resolve({ reason: "closed-early", what: "closed the connection before it answered" });
    return resolve({ status: Number(head[":status"]), code, body });
  });
}

/** After an answer in good order; after a failure at once. */
function leave(session: ClientHttp2Session, failed: boolean): Promise<void> {
  if (session.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    session.once("close", resolve);
    if (failed) session.destroy();
    else session.close();
  });
}

function failureIn(error: Error, attempt: Attempt): Failure {
  const code = codeOf(error);
  return code.startsWith("ERR_HTTP2") ? bad(`broke off the call (${code})`) : failureOf(error, attempt.phase);
}

/** https://github.com/grpc/grpc/blob/master/doc/statuscodes.md */
const codes: readonly string[] = [
  "OK",
  "CANCELLED",
  "UNKNOWN",
  "INVALID_ARGUMENT",
  "DEADLINE_EXCEEDED",
  "NOT_FOUND",
  "ALREADY_EXISTS",
  "PERMISSION_DENIED",
  "RESOURCE_EXHAUSTED",
  "FAILED_PRECONDITION",
  "ABORTED",
  "OUT_OF_RANGE",
  "UNIMPLEMENTED",
  "INTERNAL",
  "UNAVAILABLE",
  "DATA_LOSS",
  "UNAUTHENTICATED",
];
const refused: ReadonlySet<string> = new Set(["PERMISSION_DENIED", "UNAUTHENTICATED"]);

function judge({ status, code, body }: Answer, service: string): Failure | undefined {
  if (refusals.has(status))
    return { reason: "refused-to-us", what: `answered ${status}: it does not let us in` };
  if (status !== 200) return { reason: "status-unexpected", what: `answered HTTP ${status} instead of 200` };
  const word = typeof code === "string" && /^\d{1,2}$/.test(code) ? codes[Number(code)] : undefined;
  if (word === undefined) return bad("ended the call without a status of gRPC");
  if (refused.has(word)) return { reason: "refused-to-us", what: `answered ${word}: it does not let us in` };
  const of = service === "" ? "" : ` for ${service}`;
  if (word !== "OK")
    return { reason: "not-serving", what: `answered ${word}${of} when asked for its health` };
  const serving = readResponse(body);
  if (serving === undefined) return bad("sent something that is no health answer");
  return serving === "SERVING" ? undefined : { reason: "not-serving", what: `says ${serving}${of}` };
}
