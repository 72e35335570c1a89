import { wantsEvidence } from "../core/decide.ts";
import type { Health } from "../core/health.ts";
import { inSync, noteLook, syncLate } from "../core/move.ts";
import { firstSight, look } from "../core/service-state.ts";
import { afterRefusal, readZone } from "./move.ts";
import { tellService } from "./tell.ts";
import { type Group, type Sweep, type Switch, update } from "./watch.ts";

/**
 * What a service needs apart from probes: a first look at its record, an end for a change that was saved and not
 * seen to take effect, a look whether a disarmed name is as we left it, what is still to be told.
 *
 * @returns whether all locations should be asked, because a change waits for fresh evidence
 */
export async function runErrands(sweep: Sweep, group: Group, each: Switch): Promise<boolean> {
  if (each.state === undefined) await lookFirst(sweep, each);
  else if (each.state.intent) await afterRefusal(sweep, each, each.state.intent);
  else if (isLookDue(sweep, each)) await lookAgain(sweep, each);
  await tellService(sweep, each);
  if (each.state === undefined) return false;
  const healths: Record<string, Health> = {};
  for (const { id } of group.endpoints) {
    const watched = sweep.watched.get(id);
    if (watched) healths[id] = watched.health;
  }
  return wantsEvidence(each.service, each.state, healths, sweep.world.now());
}

async function lookFirst(sweep: Sweep, each: Switch): Promise<void> {
  const standing = await readZone(sweep.world, each.service);
  const atMs = sweep.world.now();
  each.readMs = atMs;
  each.state = firstSight(each.service, standing, sweep.deployment.owner, atMs);
  // Written even when there is nothing to tell, so that the next sweep need not look for the first time again.
  await update(sweep, each, (first) => noteLook(each.service, first, { ...first }, atMs));
}

/** A disarmed name is looked at every minute, the others in turn every five: Route 53 allows five requests a second. */
function isLookDue(sweep: Sweep, each: Switch): boolean {
  const minute = Math.floor(sweep.world.now() / 60_000);
  if (minute === Math.floor(each.readMs / 60_000)) return false;
  const turn = sweep.config.services.indexOf(each.service) % lookEveryMinutes;
  return each.state?.disarmed !== undefined || minute % lookEveryMinutes === turn;
}

const lookEveryMinutes = 5;

async function lookAgain(sweep: Sweep, each: Switch): Promise<void> {
  const standing = await readZone(sweep.world, each.service);
  const atMs = sweep.world.now();
  each.readMs = atMs;
  await update(sweep, each, (state) => {
    if (state.intent) return state;
    const after = look(each.service, state, standing, sweep.deployment.owner, atMs);
    return noteLook(each.service, state, after, atMs);
  });
}

/** How often Route 53 is asked whether an accepted change has reached its name servers. */
const followEveryMs = 2_000;

/** Follows an accepted change, off the hot path, until its name servers have it or the sweep is over. */
export async function follow(sweep: Sweep, each: Switch, over: AbortSignal): Promise<void> {
  if (each.following) return;
  each.following = true;
  try {
    while (!over.aborted && !sweep.lost && each.state?.propagation) {
      await followOnce(sweep, each);
      if (each.state?.propagation) await sweep.world.sleep(followEveryMs, over);
    }
  } finally {
    each.following = false;
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
