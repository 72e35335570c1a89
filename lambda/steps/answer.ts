import { performance } from "node:perf_hooks";
import { setImmediate, setTimeout } from "node:timers/promises";
import pLimit, { type LimitFunction } from "p-limit";
import { type Lateness, watchLateness } from "../checks/lateness.ts";
import { openProber, type Prober } from "../checks/registry.ts";
import type { Finding, Probe, ProbeAnswer, ProbeRequest, Question } from "../core/probe.ts";

/** What answering needs of the world. */
export type AnswerPorts = {
  /** Monotonic. */
  readonly nowMs: () => number;
  /** Resolves after `ms`, or as soon as the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  readonly openProber: () => Prober;
  readonly watchLateness: () => Lateness;
};

export const realPorts: AnswerPorts = {
  nowMs: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => {}),
  openProber: () => openProber(),
  watchLateness: () => watchLateness(),
};

// A Lambda sandbox has 1,024 descriptors; the rest is for DNS, the SDK and the runtime.
const openSockets = 800;
// A try that was to end by itself exactly at the end starts a millisecond late like everything else. It is given
// this long to do so, so that a whole time-out without an answer counts as the failure it is.
const endGraceMs = 20;
// Starting hundreds of probes at once would itself make the event loop late, and their failures void: this many take
// a few milliseconds, and some 20 ms on a seventh of a core, which is what Lambda gives to 256 MB.
const startsPerTurn = 32;

// A reason of our own spares a DOMException with its stack for every probe: a tenth of what a probe costs.
const calledOff = "called off";

/** One request while it is answered. */
type Run = {
  readonly elapsedMs: () => number;
  readonly sleep: AnswerPorts["sleep"];
  readonly prober: Prober;
  readonly lateness: Lateness;
  /** A place is a socket that may be open. */
  readonly places: LimitFunction;
  readonly paced: () => Promise<void>;
};

/** One question while it is asked. */
type Asked = { readonly question: Question; readonly over: AbortController; succeeded: boolean };

/**
 * Asks every question of `request` and says what each try found. A try starts at its time whether or not an earlier
 * one is still open, none starts after a success, and a success calls off the tries still open: those are left
 * out. A try cut by the end is `no-time`; one that failed while this process was late is `prober-late`. When this
 * returns, every socket and timer of it is closed. Rejects on a bug of ours only.
 */
export async function answer(request: ProbeRequest, ports: AnswerPorts = realPorts): Promise<ProbeAnswer> {
  const asked = request.questions.map((question) => ({
    question,
    over: new AbortController(),
    succeeded: false,
  }));
  const stop = (of = asked) => {
    for (const { over } of of) over.abort(calledOff);
  };
  const run = startRun(ports);
  const done = new AbortController();
  for (const [endMs, these] of byEnd(asked, request.endMs)) {
    void ports.sleep(endMs + endGraceMs, done.signal).then(() => stop(these));
  }
  try {
    const probes = await Promise.all(asked.map((one) => ask(one, run)));
    return { location: request.location, probes: probes.flat() };
  } finally {
    stop();
    done.abort();
    run.lateness.stop();
    run.prober.close();
  }
}

/** The questions by when they end: few ends, as most checks have the same times. */
function byEnd(asked: readonly Asked[], endMs: number): Map<number, Asked[]> {
  const ends = new Map<number, Asked[]>();
  for (const one of asked) {
    const end = Math.min(endMs, one.question.endMs ?? endMs);
    ends.set(end, [...(ends.get(end) ?? []), one]);
  }
  return ends;
}

function startRun(ports: AnswerPorts): Run {
  const startedMs = ports.nowMs();
  return {
    elapsedMs: () => ports.nowMs() - startedMs,
    sleep: ports.sleep,
    prober: ports.openProber(),
    lateness: ports.watchLateness(),
    places: pLimit(openSockets),
    paced: pace(),
  };
}

/** Lets the event loop turn after every so many starts. */
function pace(): () => Promise<void> {
  let left = startsPerTurn;
  let turn: Promise<void> | undefined;
  const nextTurn = async () => {
    await setImmediate();
    left = startsPerTurn;
    turn = undefined;
  };
  return async () => {
    while (left === 0) {
      turn ??= nextTurn();
      await turn;
    }
    left -= 1;
  };
}

async function ask(asked: Asked, run: Run): Promise<Probe[]> {
  const tries = await Promise.all(asked.question.triesAtMs.map((atMs) => tryAt(atMs, asked, run)));
  return tries.filter((probe) => probe !== undefined);
}

async function tryAt(atMs: number, asked: Asked, run: Run): Promise<Probe | undefined> {
  const waitMs = atMs - run.elapsedMs();
  if (waitMs > 0) await run.sleep(waitMs, asked.over.signal);
  return await run.places(async () => {
    await run.paced();
    return asked.succeeded ? undefined : await tryNow(asked, run);
  });
}

async function tryNow(asked: Asked, run: Run): Promise<Probe | undefined> {
  const { check, id, timeoutMs } = asked.question;
  const startedAfterMs = Math.round(run.elapsedMs());
  const lateBefore = run.lateness.count();
  const found = await run.prober.runCheck(check, timeoutMs, asked.over.signal);
  const finding = run.lateness.count() === lateBefore ? found : voidIfFailed(found);
  if (finding.ok) {
    asked.succeeded = true;
    asked.over.abort(calledOff);
  } else if (asked.succeeded && finding.reason === "no-time") {
    return undefined;
  }
  return { ...finding, id, startedAfterMs };
}

const voidIfFailed = (finding: Finding): Finding =>
  finding.ok || finding.reason === "no-time"
    ? finding
    : {
        ...finding,
        reason: "prober-late",
        detail: `This process was more than 100 ms late, so this says nothing: ${finding.detail}`,
      };
