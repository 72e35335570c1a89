import type { World } from "./world.ts";

/** What a sweep has begun to ask, and what it may still begin. */
export type Work = {
  /** Aborted when the sweep is relieved or has lost the lease: nothing new is begun. */
  readonly over: AbortSignal;
  /** How long what is begun now may take, in milliseconds. */
  readonly withinMs: () => number;
  /**
   * Begins what takes so long at most, in milliseconds.
   *
   * @returns when it is over; what fails is logged
   */
  readonly begin: (mostMs: number, work: () => Promise<void>) => Promise<void>;
  /** When all of it is over. */
  readonly ended: () => Promise<void>;
};

type Open = { readonly endMs: number; readonly isAwaited: boolean };

/** What takes no longer, in milliseconds, is begun until the sweep is over: with the default times any confirm. */
const quickMs = 10_000;

/**
 * The work of a sweep until `untilMs`. One that is to be relieved is not over before what it has begun is: of a slow
 * endpoint that can take a minute and a half, in which all goes on that takes no longer. So nobody is left unwatched
 * meanwhile, and the relief comes by the time at which the last of it had to be over anyway.
 */
export function openWork(world: World, relief: AbortSignal, over: AbortController, untilMs: number): Work {
  const open = new Map<Promise<void>, Open>();
  const awaited = () => [...open].filter(([, { isAwaited }]) => isAwaited);
  const withinMs = () => {
    const leftMs = untilMs - world.now();
    if (!relief.aborted) return Math.max(quickMs, leftMs);
    const endMs = Math.max(...awaited().map(([, each]) => each.endMs));
    return Math.max(quickMs, Math.min(leftMs, endMs - world.now()));
  };
  const begin = (mostMs: number, work: () => Promise<void>) => {
    const tracked = work()
      // Nobody awaits it before the end: an exception unheard until then would end the process.
      .catch((error: unknown) => world.log("error", "work failed", { error: String(error) }))
      .finally(() => open.delete(tracked));
    // What is quick does not keep the next sweep waiting: while there are endpoints, some of it is always open.
    open.set(tracked, { endMs: world.now() + mostMs, isAwaited: !relief.aborted || mostMs > quickMs });
    return tracked;
  };
  const ended = async () => {
    while (open.size > 0) await Promise.all(open.keys());
  };
  const giveWay = async () => {
    for (let left = awaited(); left.length > 0; left = awaited())
      await Promise.all(left.map(([work]) => work));
    over.abort();
  };
  relief.addEventListener("abort", () => void giveWay(), { once: true });
  return { over: over.signal, withinMs, begin, ended };
}
