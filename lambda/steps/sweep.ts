import { setMaxListeners } from "node:events";
import type { Config } from "../core/config.ts";
import { nextTickMs, tickMs } from "../core/due.ts";
import { type Held, keepLease, releaseLease, type Shift, takeLease } from "./lease.ts";
import { heed } from "./orders.ts";
import { publishRoster } from "./roster.ts";
import { saveRecords } from "./save.ts";
import { tick, watchClosely } from "./tick.ts";
import { inBackground, openWatch, type Sweep } from "./watch.ts";
import type { World } from "./world.ts";

/** What one sweep did, for the log. */
export type Report =
  | { readonly left: string }
  | {
      readonly epoch: number;
      readonly ended: "relieved" | "time" | "lost";
      readonly ticks: number;
      readonly probes: number;
      readonly confirms: number;
      readonly moves: number;
      /** Names whose change is saved or accepted and not yet on the name servers. */
      readonly pending: number;
    };

/**
 * Records are saved when the next sweep takes over, and in between only if that is this late: so a minute is
 * written once, whatever the jitter of deliveries (at most a minute each way).
 */
const saveEveryMs = 105_000;

/** What is left of the time for ending well: open confirms, the last save, the release. */
const endingMs = 10_000;

/**
 * One sweep: waits for the lease, then watches, tick after tick, until the sweep of a later minute relieves it.
 * It ends by itself only when nobody comes.
 */
export async function sweep(config: Config, world: World, owner: string, shift: Shift): Promise<Report> {
  const held = await takeLease(world, shift);
  if (typeof held === "string") return { left: held };
  const [stop, over] = [new AbortController(), new AbortController()];
  // Every followed change listens; Node takes more than ten listeners for a leak and says so.
  setMaxListeners(0, over.signal);
  const keeping = keepLease(world, held, stop.signal, over);
  try {
    const state = await openPatiently(config, world, owner, held, over.signal, shift.untilMs - endingMs);
    void keeping.then(({ lost }) => {
      if (lost) state.lost = true;
    });
    await watch(state, shift.untilMs - endingMs);
    over.abort();
    while (state.background.size > 0) await Promise.all(state.background);
    if (!state.lost) await handOver(state, held, stop, keeping);
    return reportOf(state, world.now() >= shift.untilMs - endingMs);
  } finally {
    stop.abort();
    over.abort();
    await keeping;
  }
}

const openAgainMs = 1_000;

/** A table that did not answer once is no reason to leave the watch to the next minute's sweep. */
async function openPatiently(
  config: Config,
  world: World,
  owner: string,
  held: Held,
  over: AbortSignal,
  untilMs: number,
): Promise<Sweep> {
  for (;;) {
    try {
      return await openWatch(config, world, owner, held, over);
    } catch (error) {
      if (over.aborted || world.now() + openAgainMs >= untilMs) throw error;
      world.log("warn", "state not read; tried again", { error: String(error) });
      await world.sleep(openAgainMs, over);
    }
  }
}

/** Tick after tick. Ticks may overlap; all of them are over when this returns. */
async function watch(state: Sweep, untilMs: number): Promise<void> {
  const { config, world, held, over } = state;
  const every = tickMs(config.endpoints, config.locations.length);
  const open = new Set<Promise<void>>();
  const start = (work: Promise<void>) => {
    // Nobody awaits it before the end: an exception unheard until then would end the process.
    const tracked = work
      .catch((error: unknown) => world.log("error", "tick failed", { error: String(error) }))
      .finally(() => open.delete(tracked));
    open.add(tracked);
  };
  state.tickedMs = firstFromMs(held, every, world.now());
  void inBackground(state, "roster", publishRoster(state));
  start(heed(state, untilMs));
  start(watchClosely(state, untilMs));
  while (!over.aborted && !state.lost && world.now() < untilMs) {
    const nowMs = world.now();
    if (nowMs >= nextTickMs(state.tickedMs, every)) {
      start(tick(state, state.tickedMs, nowMs));
      start(saveIfLate(state));
      state.tickedMs = nowMs;
    }
    await world.sleep(Math.min(nextTickMs(state.tickedMs, every), untilMs) - world.now(), over);
  }
  await Promise.all(open);
}

/** The last sweep's ticks go on here: nobody is asked twice or left out, unless too long nobody asked at all. */
function firstFromMs(held: Held, every: number, nowMs: number): number {
  const last = held.lease.tickedMs ?? 0;
  return last > nowMs ? nowMs : Math.max(last, nowMs - every);
}

async function saveIfLate(state: Sweep): Promise<void> {
  if (state.world.now() - state.savedMs < saveEveryMs) return;
  state.savedMs = state.world.now();
  try {
    await saveRecords(state, [...state.watched.keys()]);
  } catch (error) {
    state.world.log("error", "minute not saved yet", { error: String(error) });
  }
}

/** Everything is saved before the lease is given back; where it cannot be, the next sweep looks for it one by one. */
async function handOver(
  state: Sweep,
  held: Held,
  stop: AbortController,
  keeping: Promise<unknown>,
): Promise<void> {
  const saved = await saveRecords(state, [...state.watched.keys()]).then(
    () => true,
    (error: unknown) => {
      state.world.log("error", "minute not saved", { error: String(error) });
      return false;
    },
  );
  stop.abort();
  await keeping;
  if (!state.lost) await releaseLease(state.world, held, state.tickedMs, saved ? state.sequence : undefined);
}

function reportOf(state: Sweep, timeIsUp: boolean): Report {
  const ended = state.lost ? "lost" : timeIsUp ? "time" : "relieved";
  const pending = [...state.switches.values()].filter(
    (each) => each.state?.intent ?? each.state?.propagation,
  );
  return { epoch: state.held.lease.epoch, ended, ...state.done, pending: pending.length };
}
