import { inSync, syncLate } from "../core/move.ts";
import { startTelling } from "./tell.ts";
import { inBackground, type Sweep, type Switch, update } from "./watch.ts";
import type { Dns } from "./world.ts";

/** How often Route 53 is asked whether an accepted change has reached its name servers. */
const followEveryMs = 1_000;

/**
 * Follows an accepted change, beside the ticks, until its name servers have it or the sweep is over. The sweep does
 * not end before this has.
 */
export function startFollowing(sweep: Sweep, each: Switch): void {
  if (each.following || each.state?.propagation === undefined) return;
  each.following = true;
  void inBackground(sweep, each.service.id, follow(sweep, each)).then(() => {
    each.following = false;
  });
}

async function follow(sweep: Sweep, each: Switch): Promise<void> {
  while (!sweep.over.aborted && !sweep.lost && each.state?.propagation) {
    await sweep.world.sleep(followEveryMs, sweep.over);
    await followOnce(sweep, each);
  }
}

async function followOnce(sweep: Sweep, each: Switch): Promise<void> {
  const { service } = each;
  const { changeId } = each.state?.propagation ?? {};
  if (changeId === undefined) return;
  const status = await statusOf(sweep, each, changeId);
  if (status === "not asked") return;
  const atMs = sweep.world.now();
  await update(sweep, each, (state) => {
    if (state.propagation?.changeId !== changeId) return state;
    return status === "in-sync" ? inSync(service, state, atMs) : syncLate(service, state, atMs);
  });
  startTelling(sweep, each);
}

/** Whoever cannot be asked has not said that it is in sync: people are told of that as of any other delay. */
async function statusOf(sweep: Sweep, each: Switch, changeId: string): ReturnType<Dns["status"]> {
  try {
    return await sweep.world.dns.status(each.service.dns, changeId);
  } catch (error) {
    sweep.world.log("warn", "propagation not known", { service: each.service.id, error: String(error) });
    return "pending";
  }
}
