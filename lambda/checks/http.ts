import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { HttpCheck } from "../core/config.ts";
import type { Pattern } from "../core/pattern.ts";
import { unfit } from "./address.ts";
import { type Attempt, elapsedMs, enter } from "./attempt.ts";
import { expiry } from "./certificate.ts";
import { dial, type Means } from "./dial.ts";
import { calledOff, type Failure, failureOf, isFailure } from "./failure.ts";
import { judgeResponse, type Outcome } from "./http-judge.ts";
import { firstHop, type Hop, nextHop, writeRequest } from "./http-request.ts";
import { type Judge, readResponse } from "./http-response.ts";
import { exchangeFrames } from "./http2.ts";

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
  const pattern = await patternOf(check);
  if (pattern !== undefined && isFailure(pattern)) return pattern;
  const course: Course = { check, pattern, attempt, means, inside: undefined };
  return check.everyAddress ? await askEvery(first, course) : await ask(first, course);
}

/** One check under way. */
type Course = {
  readonly check: HttpCheck;
  readonly pattern: Pattern | undefined;
  readonly attempt: Attempt;
  readonly means: Means;
  /** Whether the endpoint is in a private network; known once it is connected to. */
  inside: boolean | undefined;
};

/** The engine is a third of a megabyte, so only those who need it load it. */
async function patternOf({ matches }: HttpCheck): Promise<Pattern | Failure | undefined> {
  if (matches === undefined) return undefined;
  const { compilePattern } = await import("../core/pattern.ts");
  const compiled = compilePattern(matches);
  return typeof compiled === "string"
    ? { reason: "bad-check", what: `has a pattern that is of no use: ${compiled}` }
    : compiled;
}

/** Asks every address of the check's host, one after the other, until one is not good. */
async function askEvery(first: Hop, course: Course): Promise<Failure | undefined> {
  const { means } = course;
  let left: readonly string[] | undefined;
  const resolve: Means["resolve"] = async (name) => {
    if (name !== first.place.host) return await means.resolve(name);
    const found = left ?? (await means.resolve(name));
    if (isFailure(found)) return found;
    left = found;
    return found.slice(0, 1);
  };
  for (;;) {
    const failure = await ask(first, { ...course, means: { ...means, resolve } });
    left = left?.slice(1) ?? [];
    if (failure || left.length === 0) return failure;
  }
}

async function ask(first: Hop, course: Course): Promise<Failure | undefined> {
  const { check, attempt } = course;
  const fromMs = elapsedMs(attempt);
  let hop = first;
  for (let left = check.redirects; ; left -= 1) {
    const outcome = await visit(hop, course);
    if (outcome === "good") return elsewhere(hop, check) ?? tooSlow(check, elapsedMs(attempt) - fromMs);
    if (isFailure(outcome)) return outcome;
    if (left === 0)
      return { reason: "redirect-limit", what: `redirected again after ${check.redirects} redirects` };
    const next = nextHop(outcome, hop, first, check, course.inside === true);
    if (isFailure(next)) return next;
    hop = next;
  }
}

async function visit(hop: Hop, course: Course): Promise<Outcome> {
  const { check, pattern, attempt, means } = course;
  const socket = await dial(hop.place, hop.tls, attempt, means);
  if (isFailure(socket)) return socket;
  course.inside ??= isInside(socket, means);
  return expiring(socket, check) ?? (await exchange(socket, hop, judgeResponse(check, pattern), attempt));
}

/** Whether this is where no stranger's redirect may lead. */
const isInside = ({ remoteAddress = "" }: Socket, { objection = unfit }: Means): boolean =>
  objection(remoteAddress, "redirect") !== undefined;

const expiring = (socket: Socket, { certificateDays }: HttpCheck): Failure | undefined =>
  certificateDays !== undefined && socket instanceof TLSSocket
    ? expiry(socket.getPeerCertificate().valid_to, certificateDays, Date.now())
    : undefined;

async function exchange(socket: Socket, hop: Hop, judge: Judge<Outcome>, attempt: Attempt): Promise<Outcome> {
  if (hop.protocol !== "h2") return await exchangeText(socket, hop, judge, attempt);
  return await exchangeFrames(socket, hop, judge, attempt);
}

/** One request and its answer by HTTP/1.1. */
function exchangeText(socket: Socket, hop: Hop, judge: Judge<Outcome>, attempt: Attempt): Promise<Outcome> {
  const reader = readResponse(hop.method, judge);
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
    socket.write(writeRequest(hop), "latin1");
  });
}

/** The URL itself is not repeated: it is the server's word. */
const elsewhere = (hop: Hop, { finalUrl }: HttpCheck): Failure | undefined =>
  finalUrl === undefined || hop.url.href === finalUrl
    ? undefined
    : { reason: "url-unexpected", what: "answered at another URL than the one wanted" };

function tooSlow({ withinMs }: HttpCheck, tookMs: number): Failure | undefined {
  if (withinMs === undefined || tookMs <= withinMs) return undefined;
  return {
    reason: "too-slow",
    what: `took ${Math.ceil(tookMs)} ms for its answer instead of ${withinMs} ms`,
  };
}
