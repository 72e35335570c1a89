import type { Service } from "../core/config.ts";
import { wantsEvidence } from "../core/decide.ts";
import { letBe, readEveryMs, untouched } from "../core/glance.ts";
import { closed, noteLook } from "../core/move.ts";
import { oncePer } from "../core/once-per.ts";
import { noteReadiness } from "../core/readiness.ts";
import { placesOf } from "../core/records.ts";
import { firstSight, look, type ServiceState } from "../core/service-state.ts";
import { noteRead, noteUnread } from "../core/unread.ts";
import { wantsWeights } from "../core/weights.ts";
import { startFollowing } from "./follow.ts";
import { startGlancing } from "./glance.ts";
import { readZone } from "./move.ts";
import { startTelling } from "./tell.ts";
import { healthsOf, inBackground, type Sweep, type Switch, update } from "./watch.ts";
import { noteHow, noteWay, noticeConversion, readFirst, startLookingAtRecords } from "./ways.ts";

/**
 * What a service needs apart from probes: a look at its record, what is still to be told, somebody who follows an
 * accepted change. All of it goes on beside the ticks.
 *
 * @returns whether all locations should be asked, because a change waits for fresh evidence
 */
export function runErrands(sweep: Sweep, each: Switch, fromMs: number, toMs: number): boolean {
  if (isLookDue(sweep, each, fromMs, toMs)) startLooking(sweep, each);
  startGlancing(sweep, each, fromMs, toMs, (why) => startLooking(sweep, each, why));
  startNoting(sweep, each, toMs);
  startLookingAtRecords(sweep, each, fromMs, toMs);
  startTelling(sweep, each);
  startFollowing(sweep, each);
  if (each.state === undefined) return false;
  const wants = each.service.weighted ? wantsWeights : wantsEvidence;
  return wants(each.service, each.state, healthsOf(sweep, each.service), toMs);
}

/** Whether each standby would take over: noted and told where that changed. */
function startNoting(sweep: Sweep, each: Switch, atMs: number): void {
  const { service, state } = each;
  if (state === undefined) return;
  // Looked up when it is saved: what waited behind a move has to know what the move knew.
  const noted = (now: ServiceState) => noteReadiness(service, now, sweep.watched, atMs);
  if (noted(state) === state) return;
  void inBackground(
    sweep,
    service.id,
    update(sweep, each, noted).then(() => startTelling(sweep, each)),
  );
}

const isUnderWay = (state: ServiceState): boolean => state.intent !== undefined && !state.disarmed;

/**
 * Looks in one role follow one another, so that a change never waits behind many of them, and a sweep that is relieved leaves the
 * rest to the next one.
 */
function startLooking(sweep: Sweep, each: Switch, suspicion?: string): void {
  if (each.looking) return;
  each.looking = true;
  const { roleArn } = each.service.dns;
  const before = sweep.looks.get(roleArn) ?? Promise.resolve();
  const work = before.then(async () => {
    if (!sweep.work.over.aborted && !sweep.lost) {
      await (each.state === undefined ? lookFirst(sweep, each) : lookAgain(sweep, each, suspicion));
    }
  });
  const after = inBackground(sweep, each.service.id, work).then(() => {
    each.looking = false;
  });
  sweep.looks.set(roleArn, after);
}

const isUp = (sweep: Sweep, each: Switch, id: string): boolean => {
  const target = each.service.targets.find((target) => target.id === id);
  return target !== undefined && sweep.watched.get(target.endpoint)?.health.state === "up";
};

/**
 * How often a record is looked at that name servers cannot be asked for: every minute or so, or less often where many
 * names share Route 53's five requests a second (a look takes one for each record and one for the generation). Not in
 * whole minutes: the relief at the minute's turn would cut off the same looks for ever.
 */
const lookEveryMs = oncePer((services: readonly Service[]): number =>
  Math.max(55_000, services.reduce((requests, service) => requests + 1 + readsOf(service), 0) * 725),
);

/** Weighted sets are seen to be several before all of them are asked for. */
const readsOf = ({ dns, weighted }: Service): number => placesOf(dns).length * (weighted ? 2 : 1);

/**
 * Whether name servers tell of somebody else's change, so that the API need not be asked for it. Of beacons they do not
 * tell which one fell behind, nor whether a name was converted by hand, and what could not be read, or was not as it should
 * be, is to be looked at again.
 */
const isHeard = (sweep: Sweep, { service, configured, state, unheard }: Switch): boolean =>
  state !== undefined &&
  service === configured &&
  !unheard &&
  !state.unread &&
  !state.unsound &&
  !service.dns.beacons &&
  untouched(service, state, sweep.owner) !== undefined;

/** Each at a time of its own; a disarmed name every minute. */
function isLookDue(sweep: Sweep, each: Switch, fromMs: number, toMs: number): boolean {
  if (each.state === undefined) return true;
  if (isUnderWay(each.state)) return false;
  const paceMs = each.state.disarmed ? 55_000 : lookEveryMs(sweep.config.services);
  const turn = (ms: number, everyMs: number) => Math.floor((ms - each.phase * everyMs) / everyMs);
  const isTurn = (everyMs: number) => turn(toMs, everyMs) > turn(fromMs, everyMs);
  const [soon, late] = [isTurn(paceMs), isTurn(Math.max(readEveryMs, paceMs))];
  // Whether it is heard takes longer to say, and mostly it is not its turn either way.
  return soon !== late && isHeard(sweep, each) ? late : soon;
}

/** A zone that cannot be read again and again, and never was, leaves a name unguarded: people are told. */
const looksBeforeTold = 3;

const unreadable = (why: string, atMs: number): ServiceState => ({
  written: null,
  generation: 0,
  movesFromUpMs: [],
  outbox: [],
  disarmed: { why, sinceMs: atMs },
});

async function lookFirst(sweep: Sweep, each: Switch): Promise<void> {
  const first = await readFirst(sweep, each).catch((error: unknown) => {
    each.failedLooks += 1;
    if (each.failedLooks < looksBeforeTold) throw error;
    return String(error);
  });
  const atMs = sweep.world.now();
  each.state =
    typeof first === "string"
      ? unreadable(`its zone cannot be read: ${first}`, atMs)
      : { ...firstSight(each.configured, first.standing, sweep.owner, atMs), ...first.by };
  // Written even when there is nothing to tell, so that the next sweep need not look for the first time again.
  await update(sweep, each, (state) =>
    noteHow(each.configured, noteLook(each.service, state, { ...state }, atMs), undefined, atMs),
  );
}

async function lookAgain(sweep: Sweep, each: Switch, suspicion: string | undefined): Promise<void> {
  await noticeConversion(sweep, each);
  const generation = each.state?.generation;
  const standing = await readZone(sweep.world, each.service).catch(async (error: unknown) => {
    const failedMs = sweep.world.now();
    await update(sweep, each, (found) => {
      const state = noteUnread(each.service, found, String(error), failedMs);
      const noted = noteWay(each.configured, state, failedMs);
      // What is answered nobody can explain then, and people have to know of it all the sooner.
      return suspicion && !isUnderWay(noted) ? letBe(each.service, noted, suspicion, failedMs) : noted;
    });
    throw error;
  });
  const atMs = sweep.world.now();
  await update(sweep, each, (found) => {
    const state = noteRead(each.service, found, atMs);
    // A move that began or ended meanwhile makes what was read old.
    if (isUnderWay(state) || state.generation !== generation) return state;
    const isTargetUp = (target: string) => isUp(sweep, each, target);
    const said = closed(each.service, state, standing, sweep.owner, atMs);
    const after = look(each.service, said, standing, sweep.owner, atMs, isTargetUp);
    const noted = noteHow(each.configured, noteLook(each.service, said, after, atMs), standing, atMs);
    return suspicion && noted === found ? letBe(each.service, noted, suspicion, atMs) : noted;
  });
}
