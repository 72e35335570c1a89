/** Virtual time: nothing happens between two timers, so the clock jumps from one to the next. */
export type Clock = {
  now(): number;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Lets everything happen that is due until `untilMs`. */
  run(untilMs: number): Promise<void>;
};

type Timer = { readonly atMs: number; readonly order: number; over: boolean; fire: () => void };

/** Lets everything happen that happens without time passing. */
export type Settle = () => Promise<unknown>;

/** For code that uses the event loop itself: after two of its rounds nothing is left. */
const settleEventLoop: Settle = async () => {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
};

/** So often the event loop itself gets a turn, for whoever waits for it outside the simulation. */
const turnsBetween = 4_096;

/** For code that only awaits: what Node runs once no promise is left to settle. Many times as fast. */
export function settlePromises(): Settle {
  let turns = 0;
  return () => new Promise(++turns % turnsBetween === 0 ? setImmediate : process.nextTick);
}

const isBefore = (a: Timer, b: Timer): boolean => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);

/** Puts a timer in its place among those that wait, the next one last. */
function insert(waiting: Timer[], timer: Timer): void {
  let [low, high] = [0, waiting.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const other = waiting[middle];
    if (other && isBefore(timer, other)) low = middle + 1;
    else high = middle;
  }
  waiting.splice(low, 0, timer);
}

export function openClock(startMs: number, settle: Settle = settleEventLoop): Clock {
  let nowMs = startMs;
  let order = 0;
  const waiting: Timer[] = [];
  const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (Number.isNaN(ms)) throw new RangeError("nobody can sleep for NaN ms");
      if (signal?.aborted) return resolve();
      const timer: Timer = { atMs: nowMs + Math.max(0, ms), order: order++, over: false, fire: resolve };
      insert(waiting, timer);
      if (signal === undefined) return;
      timer.fire = () => {
        timer.over = true;
        signal.removeEventListener("abort", timer.fire);
        resolve();
      };
      signal.addEventListener("abort", timer.fire);
    });
  const next = (): Timer | undefined => {
    while (waiting.at(-1)?.over) waiting.pop();
    return waiting.at(-1);
  };
  return {
    now: () => nowMs,
    sleep,
    run: async (untilMs) => {
      // Called from an event's handler, the first tick would come before the promises that are settled by then.
      await Promise.resolve();
      for (;;) {
        await settle();
        const timer = next();
        if (timer === undefined || timer.atMs > untilMs) break;
        waiting.pop();
        nowMs = timer.atMs;
        timer.fire();
      }
      nowMs = Math.max(nowMs, untilMs);
    },
  };
}
