import { type Failure, isFailure, type Phase } from "./failure.ts";
import { type BodyDecoder, decodeBody } from "./http-body.ts";
import { badResponse, type Head, notHttp, parseHead } from "./http-head.ts";

/** Reads one response and says, as soon as it can, what to make of it. */
export type Reader<Outcome> = {
  /** What the reader is waiting for. */
  readonly phase: () => Phase;
  /** Takes what arrived; the outcome once it is known. */
  readonly push: (bytes: Buffer) => Outcome | Failure | undefined;
  /** The server closed its side. */
  readonly end: () => Outcome | Failure;
};

/** What is to be known of a response. Each may give the outcome early; nothing more is read then. */
export type Judge<Outcome> = {
  readonly head: (head: Head) => Outcome | undefined;
  readonly body: (piece: Buffer) => Outcome | undefined;
  readonly end: () => Outcome;
};

/** Every head of a response together, the informational ones included. */
export const headLimit = 16 * 1024;

const tooManyHeaders: Failure = {
  reason: "headers-too-large",
  what: `sent more than ${headLimit / 1024} KB of headers`,
};
const closedEarly: Failure = {
  reason: "closed-early",
  what: "closed the connection before the answer was complete",
};

/** Reads the response to a request of this `method`, skipping informational ones (RFC 9110, 15.2). */
export function readResponse<Outcome>(method: string, judge: Judge<Outcome>): Reader<Outcome> {
  const heads = collectHead();
  let decode: BodyDecoder | undefined;
  let untilClose = false;

  const readBody = (bytes: Buffer): Outcome | Failure | undefined => {
    if (decode === undefined) return undefined;
    let outcome: Outcome | undefined;
    const progress = decode(bytes, (piece) => {
      outcome ??= judge.body(piece);
    });
    if (outcome !== undefined) return outcome;
    if (progress === "bad") return badResponse("a body with broken chunks");
    return progress === "done" ? judge.end() : undefined;
  };

  const readHead = (bytes: Buffer): Outcome | Failure | undefined => {
    const found = heads.push(bytes);
    if (found === undefined) return undefined;
    if (isFailure(found)) return found;
    const head = parseHead(found.text, method);
    if (isFailure(head)) return head;
    // 101 was not asked for, so nothing would follow it.
    if (head.status < 200 && head.status !== 101) return readHead(found.rest);
    const outcome = judge.head(head);
    if (outcome !== undefined) return outcome;
    decode = decodeBody(head.framing);
    untilClose = head.framing.kind === "until-close";
    return readBody(found.rest);
  };

  return {
    phase: () => (decode ? "body" : heads.started() ? "head" : "first-byte"),
    push: (bytes) => (decode ? readBody(bytes) : readHead(bytes)),
    end: () => (untilClose ? judge.end() : closedEarly),
  };
}

type HeadCollector = {
  readonly started: () => boolean;
  /** The next head and what came after it; what is wrong instead; undefined if more must come. */
  readonly push: (bytes: Buffer) => { readonly text: string; readonly rest: Buffer } | Failure | undefined;
};

/** Gathers bytes up to the empty line. Nearly always the first packet has it all and nothing is copied. */
function collectHead(): HeadCollector {
  let pending: Buffer = Buffer.alloc(0);
  let budget = headLimit;

  const push: HeadCollector["push"] = (bytes) => {
    const seen = pending.length;
    const all = seen === 0 ? bytes : Buffer.concat([pending, bytes]);
    // The empty line may have begun in what was seen before.
    const end = all.indexOf("\r\n\r\n", Math.max(0, seen - 3), "latin1");
    const size = end === -1 ? all.length : end + 4;
    if (size > budget) return tooManyHeaders;
    if (end === -1) {
      pending = all;
      return objectionTo(all);
    }
    budget -= size;
    pending = Buffer.alloc(0);
    return { text: all.toString("latin1", 0, end), rest: all.subarray(size) };
  };
  return { started: () => pending.length > 0 || budget < headLimit, push };
}

/** What is wrong already, so that another protocol's banner is told at once and not at the time-out. */
function objectionTo(start: Buffer): Failure | undefined {
  if (!"HTTP/1.".startsWith(start.toString("latin1", 0, 7))) return notHttp;
  const newline = start.indexOf(10);
  return newline > 0 && start[newline - 1] !== 13
    ? badResponse("lines that end without a carriage return")
    : undefined;
}
