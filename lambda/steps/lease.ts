import {
  claim,
  isRelieved,
  type Lease,
  released,
  renewEveryMs,
  renewed,
  stalledAfterMs,
} from "../core/lease.ts";
import type { Cell, World } from "./world.ts";

/** The minute this sweep was scheduled for, and when it has to be over. */
export type Shift = { readonly holder: string; readonly scheduledMs: number; readonly untilMs: number };

/** The lease in a sweep's hands. */
export type Held = {
  lease: Lease;
  version: number;
  /** The last holder ended well: nothing of it can still be under way. */
  readonly clean: boolean;
};

const pollMs = 500;

const leaseCell = (world: World): Cell<Lease> => world.store.cell<Lease>("lease#0");

/**
 * Waits for the lease and takes it. A living holder sees the wish at its next renewal and leaves; a dead one is
 * recognised by a beat that stands still.
 *
 * @returns a sentence when there is nothing to do for this sweep
 */
export async function takeLease(world: World, shift: Shift): Promise<Held | string> {
  const waiter = { beat: "", sinceMs: world.elapsed() };
  while (world.now() < shift.untilMs) {
    try {
      const got = await tryToTake(world, shift, waiter);
      if (got !== undefined) return got;
    } catch (error) {
      world.log("warn", "lease not asked", { error: String(error) });
    }
    await world.sleep(pollMs);
  }
  return "the time was up before the lease was free";
}

/** One look at the lease. None means: wait and look again. */
async function tryToTake(
  world: World,
  shift: Shift,
  waiter: { beat: string; sinceMs: number },
): Promise<Held | string | undefined> {
  const cell = leaseCell(world);
  const seen = await cell.read();
  const version = seen?.version ?? 0;
  // A take whose answer was lost: nobody else uses this sweep's id.
  if (seen?.body.holder === shift.holder) return { lease: seen.body, version, clean: false };
  const beat = seen ? `${seen.body.epoch}/${seen.body.beat}` : "";
  if (beat !== waiter.beat) [waiter.beat, waiter.sinceMs] = [beat, world.elapsed()];
  const stalled = world.elapsed() - waiter.sinceMs >= stalledAfterMs;
  const wish = claim(seen?.body, shift, stalled, world.now());
  if (wish.is === "leave") return wish.why;
  if (wish.is === "wait" && wish.lease.wantedMs === seen?.body.wantedMs) return undefined;
  const saved = (await cell.put(wish.lease, version)) === "saved";
  if (wish.is === "wait" || !saved) return undefined;
  return { lease: wish.lease, version: version + 1, clean: wish.released };
}

/**
 * Renews the lease until `stop` is aborted, and aborts `relief` when somebody waits for it or has taken it.
 *
 * @returns whether the lease was lost
 */
export async function keepLease(
  world: World,
  held: Held,
  stop: AbortSignal,
  relief: AbortController,
): Promise<{ lost: boolean }> {
  while (!stop.aborted) {
    await world.sleep(renewEveryMs, stop);
    if (stop.aborted) break;
    try {
      if (!(await write(world, held, (lease) => renewed(lease, world.now())))) {
        relief.abort();
        return { lost: true };
      }
      if (isRelieved(held.lease)) relief.abort();
    } catch (error) {
      // The holder goes on: while the table cannot be asked nobody else can take the lease either.
      world.log("warn", "lease not renewed", { error: String(error) });
    }
  }
  return { lost: false };
}

/** Gives the lease back, so that the next sweep need not wait. */
export async function releaseLease(
  world: World,
  held: Held,
  tickedMs: number,
  sequence: number | undefined,
): Promise<void> {
  await write(world, held, (lease) => released(lease, tickedMs, sequence));
}

/** Writes the holder's row, taking in a waiter's mark that came between. False when somebody else holds it. */
async function write(world: World, held: Held, change: (lease: Lease) => Lease): Promise<boolean> {
  const cell = leaseCell(world);
  for (;;) {
    const next = change(held.lease);
    if ((await cell.put(next, held.version)) === "saved") {
      held.lease = next;
      held.version += 1;
      return true;
    }
    const seen = await cell.read();
    if (seen?.body.holder !== held.lease.holder || seen?.body.epoch !== held.lease.epoch) return false;
    held.lease = seen.body;
    held.version = seen.version;
  }
}
