import type { ClientHttp2Session, IncomingHttpHeaders } from "node:http2";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import { limitAsides } from "./asides.ts";
import { type Attempt, enter } from "./attempt.ts";
import { calledOff, codeOf, type Failure, failureOf } from "./failure.ts";
import type { Head } from "./http-head.ts";
import type { Outcome } from "./http-judge.ts";
import { type Hop, requestFields } from "./http-request.ts";
import { headLimit, type Judge } from "./http-response.ts";

const notOffered: Failure = { reason: "protocol-unexpected", what: "does not offer HTTP/2" };
const broken: Failure = { reason: "bad-response", what: "broke the rules of HTTP/2" };
const tooMuch: Failure = { reason: "bad-response", what: "sent much that is no answer" };
const closedEarly: Failure = {
  reason: "closed-early",
  what: "closed the connection before the answer was complete",
};

// RFC 9113, 7.
const noError = 0;
const protocolError = 1;

/** One request is broken off. */
const resetWith = (code: number): Failure =>
  code === protocolError
    ? broken
    : { reason: "reset", what: `had the request broken off (HTTP/2 error ${code})` };

// What belongs to the connection in HTTP/1.1 has no place in HTTP/2 (RFC 9113, 8.2.2); Node's client throws at it.
const ofConnection: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
  "http2-settings",
  "te",
]);

/**
 * One request and its answer by HTTP/2, over a connection on which that was offered. Node's own client, as framing and
 * flow control are no business of ours; it keeps the bounds that are told to it, 1 MB in all.
 */
export async function exchangeFrames(
  socket: Socket,
  hop: Hop,
  judge: Judge<Outcome>,
  attempt: Attempt,
): Promise<Outcome> {
  if (!(socket instanceof TLSSocket) || socket.alpnProtocol !== "h2") return notOffered;
  // Loading it takes longer than everything else of a cold start: only those who ask by HTTP/2 do.
  const { connect } = await import("node:http2");
  // A session on a connection that was closed meanwhile would say nothing until the deadline.
  if (socket.destroyed) return socket.errored ? failureOf(socket.errored, attempt.phase) : closedEarly;
  const session = connect(hop.url.origin, {
    createConnection: () => socket,
    maxSessionMemory: 1,
    maxReservedRemoteStreams: 0,
    settings: { enablePush: false, maxHeaderListSize: headLimit },
  });
  try {
    return await new Promise((resolve) => converse(session, socket, hop, judge, attempt, resolve));
  } finally {
    // And with it the session.
    socket.destroy();
  }
}

function converse(
  session: ClientHttp2Session,
  socket: Socket,
  hop: Hop,
  judge: Judge<Outcome>,
  attempt: Attempt,
  resolve: (outcome: Outcome) => void,
): void {
  const fail = (error: Error) =>
    resolve(codeOf(error).startsWith("ERR_HTTP2_") ? broken : failureOf(error, attempt.phase));
  session.on("error", fail);
  session.on("goaway", (code: number) => code !== noError && resolve(broken));
  session.on("close", () => resolve(attempt.over ? calledOff : closedEarly));
  const stream = session.request(fieldsOf(hop), { endStream: hop.body === undefined });
  limitAsides(session, stream, () => resolve(tooMuch));
  let bytesLeft: number | undefined;
  // An error of the stream alone is in its code when it closes; any other is the session's, told here first.
  stream.on("error", (error) => codeOf(error) !== "ERR_HTTP2_STREAM_ERROR" && fail(error));
  stream.on("response", (headers) => {
    enter(attempt, "body");
    // Without a length the end is believed as it comes.
    bytesLeft = hop.method === "HEAD" ? 0 : Number(headers["content-length"] ?? 0);
    const outcome = judge.head(headOf(headers));
    if (outcome !== undefined) resolve(outcome);
  });
  stream.on("data", (piece: Buffer) => {
    if (bytesLeft !== undefined) bytesLeft -= piece.length;
    const outcome = judge.body(piece);
    if (outcome !== undefined) resolve(outcome);
  });
  // Not "end": that comes also when the server breaks off.
  stream.on("close", () => {
    if (stream.rstCode !== noError) resolve(socket.destroyed ? closedEarly : resetWith(stream.rstCode));
    else resolve(bytesLeft === undefined || bytesLeft > 0 ? closedEarly : judge.end());
  });
  if (hop.body !== undefined) stream.end(hop.body);
}

const fieldsOf = (hop: Hop): Record<string, string> => {
  const { host, ...fields } = requestFields(hop);
  return {
    ":method": hop.method,
    ":scheme": "https",
    ":authority": host ?? hop.url.host,
    ":path": `${hop.url.pathname}${hop.url.search}`,
    ...Object.fromEntries(Object.entries(fields).filter(([name]) => !ofConnection.has(name))),
  };
};

/** How long the body is, its frames say. */
const headOf = (headers: IncomingHttpHeaders & { readonly ":status"?: number | undefined }): Head => ({
  status: headers[":status"] ?? 0,
  headers: new Map(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : String(value)] as const],
    ),
  ),
  framing: { kind: "until-close" },
});
