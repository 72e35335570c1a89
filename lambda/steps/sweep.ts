import { setMaxListeners } from "node:events";
import type { Config } from "../core/config.ts";
import { askEveryMs, nextTickMs, tickMs } from "../core/due.ts";
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

/**
 * Whose confirm takes no longer, in milliseconds, is asked also by a sweep that is relieved while it waits for what it has
 * begun to ask of a slower one.
 */
const quickMs = 10_000;

/**
 * Tick after tick. Ticks may overlap; all of them are over when this returns. A sweep that is relieved ends what it has
 * begun; that can take a minute and a half of a slow endpoint, and nobody else is left unwatched meanwhile.
 */
async function watch(state: Sweep, untilMs: number): Promise<void> {
  const { config, world, over } = state;
  const every = tickMs(config.endpoints, config.locations.length);
  const open = new Set<Promise<void>>();
  const start = (work: Promise<void>) => {
    // Nobody awaits it before the end: an exception unheard until then would end the process.
    const tracked = work
      .catch((error: unknown) => world.log("error", "tick failed", { error: String(error) }))
      .finally(() => open.delete(tracked));
    open.add(tracked);
  };
  state.tickedMs = firstFromMs(state, every, world.now());
  let tickedMs = state.tickedMs;
  void inBackground(state, "roster", publishRoster(state));
  start(heed(state, untilMs));
  start(watchClosely(state, untilMs));
  const ended = endOf(over, open);
  while (!ended.aborted && !state.lost && world.now() < untilMs) {
    const nowMs = world.now();
    if (nowMs >= nextTickMs(tickedMs, every)) {
      start(tick(state, tickedMs, nowMs, over.aborted ? quickMs : Math.max(quickMs, untilMs - nowMs)));
      start(saveIfLate(state));
      tickedMs = nowMs;
      // Where the next sweep goes on: what is left to it now would miss its turn.
      if (!over.aborted) state.tickedMs = nowMs;
    }
    const waitMs = Math.min(nextTickMs(tickedMs, every), untilMs) - world.now();
    await world.sleep(waitMs, over.aborted ? ended : over);
  }
  await Promise.all(open);
}

/** Aborted when a sweep is relieved and all that it had begun by then is over. */
function endOf(over: AbortSignal, open: ReadonlySet<Promise<void>>): AbortSignal {
  const ended = new AbortController();
  const end = () => void Promise.all(open).then(() => ended.abort("relieved"));
  if (over.aborted) end();
  else over.addEventListener("abort", end, { once: true });
  return ended.signal;
}

/**
 * The last sweep's ticks go on here: nobody is asked twice or left out, but for the turns of a time so long that everybody
 * missed one.
 */
function firstFromMs({ config, held }: Sweep, every: number, nowMs: number): number {
  const last = held.lease.tickedMs ?? 0;
  const slowestMs = config.endpoints.reduce(
    (most, { policy }) => Math.max(most, askEveryMs(policy, config.locations.length)),
    every,
  );
  return last > nowMs ? nowMs : Math.max(last, nowMs - slowestMs);
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
