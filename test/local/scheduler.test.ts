import { expect, test } from "vitest";
import { type Clock, startScheduler } from "../../local/scheduler.ts";

/** A clock that runs as fast as it is asked to, until `endMs`; `jumps` are naps of the laptop. */
function clockUntil(startMs: number, endMs: number, jumps: Record<number, number> = {}) {
  let nowMs = startMs;
  let onEnd = () => {};
  const ended = new Promise<void>((resolve) => {
    onEnd = resolve;
  });
  const clock: Clock = {
    now: () => nowMs,
    sleep: async (ms, signal) => {
      nowMs += ms;
      const jump = Object.entries(jumps).find(([atMs]) => Number(atMs) <= nowMs);
      if (jump) {
        nowMs += jump[1];
        delete jumps[Number(jump[0])];
      }
      if (nowMs < endMs) return;
      onEnd();
      await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
    },
  };
  return { clock, ended };
}

async function delivered(
  start: string,
  end: string,
  options: {
    readonly jumps?: Record<number, number>;
    readonly jitterMs?: () => number;
    readonly minuteMs?: number;
  } = {},
): Promise<[at: string, scheduled: string][]> {
  const { jumps, ...rest } = options;
  const { clock, ended } = clockUntil(Date.parse(start), Date.parse(end), jumps);
  const events: [string, string][] = [];
  const deliver = ({ scheduledTime }: { scheduledTime: string }) => {
    events.push([new Date(clock.now()).toISOString().slice(11, 19), scheduledTime]);
  };
  const scheduler = startScheduler({ deliver, clock, ...rest });
  await ended;
  await scheduler.stop();
  return events;
}

test("the current minute comes at once, then each minute as it begins", async () => {
  expect(await delivered("2026-11-21T09:00:20Z", "2026-11-21T09:02:10Z")).toEqual([
    ["09:00:20", "2026-11-21T09:00:00Z"],
    ["09:01:00", "2026-11-21T09:01:00Z"],
    ["09:02:00", "2026-11-21T09:02:00Z"],
  ]);
});

test("a late delivery names the minute it was meant for", async () => {
  const events = await delivered("2026-11-21T09:00:20Z", "2026-11-21T09:02:10Z", { jitterMs: () => 5_000 });
  expect(events).toEqual([
    ["09:00:20", "2026-11-21T09:00:00Z"],
    ["09:01:05", "2026-11-21T09:01:00Z"],
    ["09:02:05", "2026-11-21T09:02:00Z"],
  ]);
});

test("minutes that a sleeping laptop missed are not delivered", async () => {
  const nap = { [Date.parse("2026-11-21T09:00:40Z")]: 10 * 60_000 };
  const events = await delivered("2026-11-21T09:00:20Z", "2026-11-21T09:12:00Z", { jumps: nap });
  expect(events).toEqual(
    [
      ["09:00:20", "2026-11-21T09:00:00Z"],
      ["09:10:40", "2026-11-21T09:10:00Z"],
      ["09:11:00", "2026-11-21T09:11:00Z"],
      ["09:12:00", "2026-11-21T09:12:00Z"],
    ].slice(0, events.length),
  );
  expect(events.length).toBeGreaterThanOrEqual(3);
});

test("a shortened minute is named by its multiples", async () => {
  const events = await delivered("2026-11-21T09:00:13Z", "2026-11-21T09:00:25Z", { minuteMs: 10_000 });
  expect(events).toEqual([
    ["09:00:13", "2026-11-21T09:00:10Z"],
    ["09:00:20", "2026-11-21T09:00:20Z"],
  ]);
});
