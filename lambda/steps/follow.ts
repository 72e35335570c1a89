import { inSync, syncLate } from "../core/move.ts";
import { tellService } from "./tell.ts";
import { type Sweep, type Switch, update } from "./watch.ts";

/** How often Route 53 is asked whether an accepted change has reached its name servers. */
const followEveryMs = 1_000;

/**
 * Follows an accepted change, beside the ticks, until its name servers have it or the sweep is over. The sweep does
 * not end before this has.
 */
export function startFollowing(sweep: Sweep, each: Switch): void {
  if (each.following || each.state?.propagation === undefined) return;
  each.following = true;
  const work = follow(sweep, each).finally(() => {
    each.following = false;
    sweep.background.delete(work);
  });
  sweep.background.add(work);
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
  try {
    const status = await sweep.world.dns.status(changeId);
    const atMs = sweep.world.now();
    await update(sweep, each, (state) => {
      if (state.propagation?.changeId !== changeId) return state;
      return status === "in-sync" ? inSync(service, state, atMs) : syncLate(service, state, atMs);
    });
    await tellService(sweep, each);
  } catch (error) {
    sweep.world.log("warn", "propagation not known", { service: service.id, error: String(error) });
  }
}
