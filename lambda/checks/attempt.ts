import { performance } from "node:perf_hooks";
import { calledOff, type Failure, type Phase, timedOut } from "./failure.ts";

/** One probe under way. Its check keeps it up to date, so that whoever ends it knows where and closes what is open. */
export type Attempt = {
  readonly startedMs: number;
  phase: Phase;
  /** What is being probed, to begin a sentence with. */
  where: string;
  /** What a deadline that passes now means, where the phase's own words would not be exact. */
  overdue: Failure | undefined;
  /** The one socket that is open; an earlier one (before a redirect) is closed by then. */
  socket: { readonly destroy: () => unknown } | undefined;
  /** Whether the verdict is in: nothing may be opened any more. */
  over: boolean;
};

/** `where` names what is probed until the check knows better. */
export const startAttempt = (where: string): Attempt => ({
  startedMs: performance.now(),
  phase: "dns",
  where,
  overdue: undefined,
  socket: undefined,
  over: false,
});

/** Milliseconds since the attempt started, on the monotonic clock. */
export const elapsedMs = (attempt: Attempt): number => performance.now() - attempt.startedMs;

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
    const timer = setTimeout(() => settle(timedOut(attempt.phase, timeoutMs, attempt.overdue)), timeoutMs);
    signal.addEventListener("abort", callOff);
    work(attempt).then(settle, (bug: unknown) => {
      close();
      reject(bug);
    });
  });
}
