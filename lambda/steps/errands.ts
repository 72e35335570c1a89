import { wantsEvidence } from "../core/decide.ts";
import type { Health } from "../core/health.ts";
import { noteLook } from "../core/move.ts";
import { firstSight, look, type ServiceState } from "../core/service-state.ts";
import { startFollowing } from "./follow.ts";
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
  else if (isUnderWay(each.state)) await lookAfter(sweep, group, each);
  else if (isLookDue(sweep, each)) await lookAgain(sweep, each);
  await tellService(sweep, each);
  startFollowing(sweep, each);
  if (each.state === undefined) return false;
  const healths: Record<string, Health> = {};
  for (const { id } of group.endpoints) {
    const watched = sweep.watched.get(id);
    if (watched) healths[id] = watched.health;
  }
  return wantsEvidence(each.service, each.state, healths, sweep.world.now());
}

const isUnderWay = (state: ServiceState): boolean => state.intent !== undefined && !state.disarmed;

/** A saved change that nobody is sending at the moment may have taken effect all the same. */
async function lookAfter(sweep: Sweep, group: Group, each: Switch): Promise<void> {
  if (each.state?.intent && !sweep.confirming.has(group.id))
    await afterRefusal(sweep, each, each.state.intent);
}

async function lookFirst(sweep: Sweep, each: Switch): Promise<void> {
  const standing = await readZone(sweep.world, each.service);
  const atMs = sweep.world.now();
  each.readMs = atMs;
  each.state = firstSight(each.service, standing, sweep.owner, atMs);
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
  const generation = each.state?.generation;
  const standing = await readZone(sweep.world, each.service);
  const atMs = sweep.world.now();
  each.readMs = atMs;
  await update(sweep, each, (state) => {
    // A move that began or ended meanwhile makes what was read old.
    if (isUnderWay(state) || state.generation !== generation) return state;
    const after = look(each.service, state, standing, sweep.owner, atMs);
    return noteLook(each.service, state, after, atMs);
  });
}
