import type { Trouble } from "../sim/simulation.ts";

/** Our own time-out is 3 s, and most calls are tried twice. */
const silentMs = 6_000;

/**
 * What may happen at any one effect of a sweep, by the names that the matrix and its cases use: the sweep dies, or the
 * call fails, is not heard of until we give it up, takes effect after all, is refused for a while, or the whole process
 * stands still.
 */
export const troubles = {
  "killed-before": "kill before",
  "killed-after": "kill after",
  "fails-before": "fail before",
  "fails-after": "fail after",
  "times-out-before": { silentMs, when: "before" },
  "times-out-after": { silentMs, when: "after" },
  throttled: { throttledMs: 10_000 },
  "late-30s": { lateMs: 30_000 },
  "paused-20s-before": { pauseMs: 20_000, when: "before" },
  "paused-60s-before": { pauseMs: 60_000, when: "before" },
  "paused-60s-after": { pauseMs: 60_000, when: "after" },
  "paused-200s-after": { pauseMs: 200_000, when: "after" },
} as const satisfies Record<string, Trouble>;

export type TroubleName = keyof typeof troubles;

export const troubleNames = Object.keys(troubles) as TroubleName[];

/** How long after it was struck a sweep, or a call of its, may still come back. */
export function backAfterMs(name: TroubleName): number {
  const trouble: Trouble = troubles[name];
  if (typeof trouble !== "object") return 0;
  if ("pauseMs" in trouble) return trouble.pauseMs;
  return "lateMs" in trouble ? trouble.lateMs : 0;
}
