import type { Socket } from "node:net";
import { performance } from "node:perf_hooks";
import type { Phases } from "../core/probe.ts";
import { calledOff, type Failure, type Phase, timedOut } from "./failure.ts";

type Times = { -readonly [phase in keyof Phases]: Phases[phase] };

/** One probe under way. Its check keeps it up to date, so that whoever ends it knows where and closes what is open. */
export type Attempt = {
  readonly startedMs: number;
  /** When its time is up, on the same monotonic clock. */
  endMs: number;
  /** Changed by `enter` alone, which keeps the time. */
  phase: Phase;
  enteredMs: number;
  readonly spentMs: Times;
  /** What is being probed, to begin a sentence with. */
  where: string;
  /** The one connection that is open; an earlier one (before a redirect) is closed by then. */
  socket: Socket | undefined;
  /** Whether the verdict is in: nothing may be opened any more. */
  over: boolean;
};

/** `where` names what is probed until the check knows better. */
export function startAttempt(where: string): Attempt {
  const startedMs = performance.now();
  return {
    startedMs,
    endMs: Number.POSITIVE_INFINITY,
    phase: "dns",
    enteredMs: startedMs,
    spentMs: {},
    where,
    socket: undefined,
    over: false,
  };
}

const toldAs: Readonly<Record<Phase, keyof Phases>> = {
  dns: "dns",
  connect: "connect",
  tls: "tls",
  "first-byte": "firstByte",
  head: "body",
  body: "body",
};

/** The probe comes to its next phase, or to an earlier one again. */
export function enter(attempt: Attempt, phase: Phase): void {
  if (phase === attempt.phase) return;
  const nowMs = performance.now();
  const ended = toldAs[attempt.phase];
  attempt.spentMs[ended] = (attempt.spentMs[ended] ?? 0) + nowMs - attempt.enteredMs;
  attempt.phase = phase;
  attempt.enteredMs = nowMs;
}

/** Milliseconds since the attempt started, on the monotonic clock. */
export const elapsedMs = (attempt: Attempt): number => performance.now() - attempt.startedMs;

/** How long the attempt took until now, and where that went: the phases add up to it, but for rounding. */
export function timesOf(attempt: Attempt): { readonly latencyMs: number; readonly phases: Phases } {
  const nowMs = performance.now();
  return { latencyMs: Math.round(nowMs - attempt.startedMs), phases: phasesOf(attempt, nowMs) };
}

function phasesOf({ spentMs, phase, enteredMs }: Attempt, nowMs: number): Phases {
  const phases: Times = {};
  for (const key in spentMs) phases[key as keyof Phases] = Math.round(spentMs[key as keyof Phases] ?? 0);
  const now = toldAs[phase];
  phases[now] = Math.round((spentMs[now] ?? 0) + nowMs - enteredMs);
  return phases;
}

/**
 * Runs `work` until it is done, `timeoutMs` have passed or `signal` aborts, whichever is first, and closes the
 * attempt's socket. This is the only deadline of a probe: no step below needs one of its own, and none can
 * overrun it. Rejects only if `work` does, which is a bug.
 */
export function untilDeadline(
  attempt: Attempt,
  timeoutMs: number,
  signal: AbortSignal,
  work: (attempt: Attempt) => Promise<Failure | undefined>,
): Promise<Failure | undefined> {
  if (signal.aborted) return Promise.resolve(calledOff);
  attempt.endMs = performance.now() + timeoutMs;
  return new Promise((resolve, reject) => {
    const close = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", callOff);
      attempt.over = true;
      attempt.socket?.destroy();
    };
    const settle = (failure: Failure | undefined) => {
      close();
      resolve(failure);
    };
    const callOff = () => settle(calledOff);
    const timer = setTimeout(() => settle(timedOut(attempt.phase, timeoutMs)), timeoutMs);
    signal.addEventListener("abort", callOff);
    work(attempt).then(settle, (bug: unknown) => {
      close();
      reject(bug);
    });
  });
}
