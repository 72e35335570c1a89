import { setTimeout } from "node:timers/promises";

/** What EventBridge Scheduler hands to the function: the minute it was meant for. */
export type ScheduledEvent = { readonly scheduledTime: string };

export type Clock = {
  readonly now: () => number;
  /** Resolves after `ms` or as soon as the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
};

export type SchedulerOptions = {
  readonly deliver: (event: ScheduledEvent) => void;
  /** Shorter than a minute for a demonstration only. */
  readonly minuteMs?: number;
  /** How much later than its minute an event may come; the real one takes up to a minute. */
  readonly jitterMs?: () => number;
  readonly clock?: Clock;
};

export type Scheduler = { stop(): Promise<void> };

/** Timers stand still while a laptop sleeps: the wall clock is looked at this often. */
const lookEveryMs = 1_000;

const realClock: Clock = {
  now: Date.now,
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => {}),
};

/**
 * Delivers an event for the current minute at once and then for each minute. Minutes that a sleeping laptop missed
 * are not delivered.
 */
export function startScheduler(options: SchedulerOptions): Scheduler {
  const over = new AbortController();
  const running = run(options, over.signal);
  return {
    stop: async () => {
      over.abort();
      await running;
    },
  };
}

async function run(options: SchedulerOptions, over: AbortSignal): Promise<void> {
  const { deliver, minuteMs = 60_000, jitterMs = () => 0, clock = realClock } = options;
  const minuteOf = (ms: number) => Math.floor(ms / minuteMs) * minuteMs;
  let servedMs = 0;
  let lateMs = 0;
  while (!over.aborted) {
    const minute = minuteOf(clock.now() - lateMs);
    if (minute > servedMs) {
      servedMs = minute;
      deliver({ scheduledTime: new Date(minute).toISOString().replace(".000Z", "Z") });
      lateMs = jitterMs();
    }
    const nextMs = servedMs + minuteMs + lateMs;
    await clock.sleep(Math.min(lookEveryMs, Math.max(1, nextMs - clock.now())), over);
  }
}
