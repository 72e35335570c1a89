/** Virtual time: nothing happens between two timers, so the clock jumps from one to the next. */
export type Clock = {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets everything happen that is due until `untilMs`. */
  run(untilMs: number): Promise<void>;
};

type Timer = { readonly atMs: number; readonly order: number; fire(): void };

/** Rounds of the event loop after which nothing is left to happen without time passing. */
const settleRounds = 2;

export function openClock(startMs: number): Clock {
  let nowMs = startMs;
  let order = 0;
  const timers = new Set<Timer>();
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const end = () => {
        timers.delete(timer);
        signal?.removeEventListener("abort", end);
        resolve();
      };
      const timer = { atMs: nowMs + Math.max(0, ms), order: order++, fire: end };
      timers.add(timer);
      signal?.addEventListener("abort", end);
    });
  const settle = async () => {
    for (let i = 0; i < settleRounds; i++) await new Promise(setImmediate);
  };
  const next = (): Timer | undefined => {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (!first || timer.atMs < first.atMs || (timer.atMs === first.atMs && timer.order < first.order))
        first = timer;
    }
    return first;
  };
  return {
    now: () => nowMs,
    sleep,
    run: async (untilMs) => {
      for (;;) {
        await settle();
        const timer = next();
        if (timer === undefined || timer.atMs > untilMs) break;
        nowMs = timer.atMs;
        timer.fire();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
  };
}
