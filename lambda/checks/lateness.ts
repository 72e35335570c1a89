/** How often our event loop was late so far. Ask before and after: a difference means it was late in between. */
export type Lateness = { readonly count: () => number; readonly stop: () => void };

// A probe that failed while we were this late says nothing (DESIGN.md, judging).
const toleratedMs = 100;
const beatMs = 25;

/**
 * Watches the event loop with one interval timer until `stop`. It reads the wall clock because the monotonic
 * one stands still while a laptop is suspended; a step of the wall clock counts as late once, which costs a void
 * probe and no more.
 */
export function watchLateness(nowMs: () => number = Date.now): Lateness {
  let lastBeatMs = nowMs();
  let late = 0;
  const beat = () => {
    const now = nowMs();
    if (now - lastBeatMs > beatMs + toleratedMs) late += 1;
    lastBeatMs = now;
  };
  const timer = setInterval(beat, beatMs);
  return {
    // Beats by itself: after a block, whoever asks may run before the timer does.
    count: () => {
      beat();
      return late;
    },
    stop: () => clearInterval(timer),
  };
}
