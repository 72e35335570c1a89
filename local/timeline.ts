import { setTimeout } from "node:timers/promises";

/** Something that was to happen within its time and did not. */
export class NotHappened extends Error {
  override readonly name = "NotHappened";
}

const pollMs = 50;

/**
 * Looks again and again until there is something to see.
 *
 * @throws NotHappened when there is nothing after `withinMs`
 */
export async function until<T>(
  what: string,
  withinMs: number,
  look: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    if (performance.now() > endMs) throw new NotHappened(`not within ${withinMs / 1000} s: ${what}`);
    await setTimeout(pollMs);
  }
}

export type Timeline = {
  /** Notes what happened; the time is now unless given. */
  tell(text: string, atMs?: number): void;
};

/** Prints what happens, with the seconds since its start. */
export function openTimeline(print: (line: string) => void, startMs: number = Date.now()): Timeline {
  return {
    tell: (text, atMs = Date.now()) => {
      print(`${((atMs - startMs) / 1000).toFixed(1).padStart(6)} s  ${text}`);
    },
  };
}
