import type { Socket } from "node:net";
import type { HttpCheck } from "../core/config.ts";
import { type Attempt, elapsedMs, enter } from "./attempt.ts";
import { dial, type Means } from "./dial.ts";
import { calledOff, type Failure, failureOf, isFailure } from "./failure.ts";
import { judgeResponse, type Outcome } from "./http-judge.ts";
import { firstHop, type Hop, nextHop, writeRequest } from "./http-request.ts";
import { type Reader, readResponse } from "./http-response.ts";

/**
 * Good when the answer is as the check wants it, after at most `redirects` redirects. A small client of our own over
 * a bare socket instead of node:http: probing is what this product exists for, it costs about half the CPU, and
 * every bound and every reason is in these files. Each request is a new connection.
 */
export async function checkHttp(
  check: HttpCheck,
  attempt: Attempt,
  means: Means,
): Promise<Failure | undefined> {
  const first = firstHop(check);
  if (isFailure(first)) return first;
  const pattern = compile(check.matches);
  if (pattern !== undefined && isFailure(pattern)) return pattern;

  let hop = first;
  for (let left = check.redirects; ; left -= 1) {
    const outcome = await visit(hop, check, pattern, attempt, means);
    if (outcome === "good") return tooSlow(check, attempt);
    if (isFailure(outcome)) return outcome;
    if (left === 0)
      return { reason: "redirect-limit", what: `redirected again after ${check.redirects} redirects` };
    const next = nextHop(outcome, hop, first, check);
    if (isFailure(next)) return next;
    hop = next;
  }
}

function compile(source: string | undefined): RegExp | Failure | undefined {
  if (source === undefined) return undefined;
  try {
    return new RegExp(source);
  } catch {
    return { reason: "bad-check", what: "has a pattern that is no regular expression" };
  }
}

async function visit(
  hop: Hop,
  check: HttpCheck,
  pattern: RegExp | undefined,
  attempt: Attempt,
  means: Means,
): Promise<Outcome> {
  const socket = await dial(hop.place, hop.tls, attempt, means);
  if (isFailure(socket)) return socket;
  return await exchange(
    socket,
    writeRequest(hop),
    readResponse(hop.method, judgeResponse(check, pattern)),
    attempt,
  );
}

function exchange(
  socket: Socket,
  request: string,
  reader: Reader<Outcome>,
  attempt: Attempt,
): Promise<Outcome> {
  return new Promise((resolve) => {
    socket.on("data", (bytes: Buffer) => {
      const outcome = reader.push(bytes);
      enter(attempt, reader.phase());
      if (outcome === undefined) return;
      // Nothing more is read, however much there is.
      socket.destroy();
      resolve(outcome);
    });
    socket.on("end", () => resolve(reader.end()));
    socket.on("error", (error) => resolve(failureOf(error, attempt.phase)));
    socket.on("close", () => resolve(calledOff));
    socket.write(request, "latin1");
  });
}

function tooSlow(check: HttpCheck, attempt: Attempt): Failure | undefined {
  const tookMs = elapsedMs(attempt);
  if (check.withinMs === undefined || tookMs <= check.withinMs) return undefined;
  return {
    reason: "too-slow",
    what: `took ${Math.ceil(tookMs)} ms for its answer instead of ${check.withinMs} ms`,
  };
}
