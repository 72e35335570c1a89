import { setMaxListeners } from "node:events";
import type { Config } from "../core/config.ts";
import { askEveryMs, nextTickMs, tickMs } from "../core/due.ts";
import { type Held, keepLease, releaseLease, type Shift, takeLease } from "./lease.ts";
import { heed } from "./orders.ts";
import { publishRoster } from "./roster.ts";
import { saveRecords } from "./save.ts";
import { patienceOf, tick, watchClosely } from "./tick.ts";
import { inBackground, openWatch, type Sweep } from "./watch.ts";
import { openWork, type Work } from "./work.ts";
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
  const [stop, relief, over] = [new AbortController(), new AbortController(), new AbortController()];
  // Every followed change listens; Node takes more than ten listeners for a leak and says so.
  setMaxListeners(0, over.signal);
  const untilMs = shift.untilMs - endingMs;
  const work = openWork(world, relief.signal, over, untilMs);
  const keeping = keepLease(world, held, stop.signal, relief);
  try {
    const state = await openPatiently(config, world, owner, held, work, untilMs);
    void keeping.then(({ lost }) => {
      if (!lost) return;
      state.lost = true;
      over.abort();
    });
    await watch(state, untilMs);
    over.abort();
    while (state.background.size > 0) await Promise.all(state.background);
    if (!state.lost) await handOver(state, held, stop, keeping);
    return reportOf(state, world.now() >= untilMs);
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
  work: Work,
  untilMs: number,
): Promise<Sweep> {
  for (;;) {
    try {
      return await openWatch(config, world, owner, held, work);
    } catch (error) {
      if (work.over.aborted || world.now() + openAgainMs >= untilMs) throw error;
      world.log("warn", "state not read; tried again", { error: String(error) });
      await world.sleep(openAgainMs, work.over);
    }
  }
}

/** Tick after tick, until the sweep is over; all that it asked is over when this returns. Ticks may overlap. */
async function watch(state: Sweep, untilMs: number): Promise<void> {
  const { config, world, work } = state;
  const { over } = work;
  const every = tickMs(config.endpoints, config.locations.length);
  const slowestMs = Math.max(0, ...state.groups.map(patienceOf));
  state.tickedMs = firstFromMs(state, every, world.now());
  let tickedMs = state.tickedMs;
  void inBackground(state, "roster", publishRoster(state));
  void inBackground(state, "orders", heed(state, untilMs));
  void inBackground(state, "rounds", watchClosely(state, untilMs));
  while (!over.aborted && !state.lost && world.now() < untilMs) {
    const nowMs = world.now();
    if (nowMs >= nextTickMs(tickedMs, every)) {
      // The next sweep goes on where everybody was asked: whoever is left to it now must not miss a turn.
      if (work.withinMs() >= slowestMs) state.tickedMs = nowMs;
      tick(state, tickedMs, nowMs);
      void work.begin(0, () => saveIfLate(state));
      tickedMs = nowMs;
    }
    await world.sleep(Math.min(nextTickMs(tickedMs, every), untilMs) - world.now(), over);
  }
  await work.ended();
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
