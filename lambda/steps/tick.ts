import { isWatched, roundEveryMs } from "../core/brownout.ts";
import { alike, chunks } from "../core/chunks.ts";
import type { Config, Endpoint } from "../core/config.ts";
import { askEveryMs, due, spreadMs, type Turn } from "../core/due.ts";
import { isVoid, type Probe, type ProbeRequest } from "../core/probe.ts";
import { confirmTries, graceMs, type Tries } from "../core/vote.ts";
import { type Asking, type Confirmed, confirm } from "./confirm.ts";
import { runErrands } from "./errands.ts";
import { openOrder } from "./hands.ts";
import { listen } from "./heartbeats.ts";
import { judge, takeProbe } from "./judge.ts";
import { saveRecords } from "./save.ts";
import { activesOf, isBadNow } from "./scores.ts";
import { startTellingEndpoints } from "./tell.ts";
import type { Group, Sweep } from "./watch.ts";

/** More questions than these go to a location in several requests, so that each gets processor time of its own. */
const questionsPerRequest = 200;

/**
 * Begins to ask everybody who became due in (fromMs, toMs], and all locations about whoever gives reason to. Whose confirm
 * could take longer than there is time is left to the next sweep.
 */
export function tick(sweep: Sweep, fromMs: number, toMs: number): void {
  sweep.done.ticks += 1;
  const { work } = sweep;
  const turns = due(sweep.config.endpoints, sweep.config.locations, fromMs, toMs);
  const groupsOf = (ids: readonly { readonly id: string }[]) =>
    ids.flatMap(({ id }) => sweep.groupOf.get(id) ?? []);
  const inTime = turns.filter(({ endpoint }) => groupsOf([endpoint]).every(isInTime(sweep)));
  for (const request of requestsOf(sweep.config, inTime)) {
    const confirmed = async () => confirmAll(sweep, partsOf(sweep, await ask(sweep, request)));
    void work.begin(longest(groupsOf(request.questions)), confirmed);
  }
  startErrands(sweep, fromMs, toMs);
  void work.begin(0, () => listen(sweep, fromMs, toMs));
  void work.begin(0, () => catchUp(sweep));
}

/** How long a group's confirm can take, in milliseconds. */
export const patienceOf = ({ endpoints }: Group): number =>
  Math.max(...endpoints.map(({ policy }) => policy.timeoutMs + policy.confirmWithinMs));

const longest = (groups: readonly Group[]): number => Math.max(0, ...groups.map(patienceOf));

/** Whether there is time for a confirm of the group. */
export const isInTime =
  ({ work }: Sweep) =>
  (group: Group): boolean =>
    patienceOf(group) <= work.withinMs();

/**
 * The turns of one tick as requests: one location, one time-out's worth of questions, starts spread. A location answers when
 * its last question is over: nobody waits for somebody else's longer time-out.
 */
export function requestsOf(config: Config, turns: readonly Turn[]): ProbeRequest[] {
  const locations = [...new Set(turns.map(({ location }) => location))];
  return locations.flatMap((location) =>
    alike(
      turns.filter((turn) => turn.location === location),
      ({ endpoint }) => endpoint.policy.timeoutMs,
    )
      .flatMap((theirs) => chunks(theirs, questionsPerRequest))
      .map((chunk) => requestOf(config, location, chunk)),
  );
}

function requestOf({ locations }: Config, location: string, turns: readonly Turn[]): ProbeRequest {
  const everyMs = Math.min(...turns.map(({ endpoint }) => askEveryMs(endpoint.policy, locations.length)));
  const spread = spreadMs(turns.length, everyMs);
  const questions = turns.map(({ endpoint: { id, check, policy } }, i) => ({
    id,
    check,
    timeoutMs: policy.timeoutMs,
    triesAtMs: [Math.round((i * spread) / turns.length)],
  }));
  const timeoutMs = Math.max(...questions.map((question) => question.timeoutMs));
  return { location, questions, endMs: Math.round(spread) + timeoutMs + graceMs };
}

/**
 * Asks the location whose turn it is. What it could not see (it was late, or could not be asked at all) the next
 * location in turn is asked, once.
 *
 * @returns the endpoints that all locations should be asked about
 */
async function ask(sweep: Sweep, request: ProbeRequest): Promise<Endpoint[]> {
  const first = await askOnce(sweep, request);
  const { locations } = sweep.config;
  const next = locations[(locations.indexOf(request.location) + 1) % locations.length];
  if (first.unseen.size === 0 || next === undefined || next === request.location) return first.suspects;
  const questions = request.questions.filter(({ id }) => first.unseen.has(id));
  const second = await askOnce(sweep, { ...request, location: next, questions });
  return [...first.suspects, ...second.suspects];
}

async function askOnce(
  sweep: Sweep,
  request: ProbeRequest,
): Promise<{ suspects: Endpoint[]; unseen: Set<string> }> {
  const { world } = sweep;
  const startedMs = world.now();
  const unseen = new Set(request.questions.map(({ id }) => id));
  const suspects: Endpoint[] = [];
  let probes: readonly Probe[] = [];
  try {
    probes = (await world.ask(request)).probes;
  } catch (error) {
    world.log("warn", "location could not be asked", { location: request.location, error: String(error) });
  }
  const arrivedMs = Math.max(startedMs, world.now() - lastedMs(probes));
  for (const probe of probes) {
    const group = sweep.groupOf.get(probe.id);
    const endpoint = group?.endpoints.find(({ id }) => id === probe.id);
    if (endpoint === undefined) continue;
    if (!isVoid(probe)) unseen.delete(probe.id);
    const atMs = arrivedMs + probe.startedAfterMs;
    if (takeProbe(sweep, endpoint, request.location, probe, atMs)) suspects.push(endpoint);
  }
  return { suspects, unseen };
}

/** How long a location took over its answer: counted back from its arrival here, it is true also if home slept before. */
const lastedMs = (probes: readonly Probe[]): number =>
  probes.reduce((most, { startedAfterMs, latencyMs }) => Math.max(most, startedAfterMs + latencyMs), 0);

/**
 * What of their groups all locations are asked about. A standby alone says nothing about its name; but where a name may
 * have to move, every target is asked in the same breath.
 */
function partsOf(sweep: Sweep, suspects: readonly Endpoint[]): Group[] {
  const asked = new Set(suspects);
  if (asked.size === 0) return [];
  return sweep.groups.flatMap((group) => {
    const endpoints = group.endpoints.filter((endpoint) => asked.has(endpoint));
    if (endpoints.length === 0) return [];
    return [
      endpoints.every((endpoint) => isStandby(sweep, group, endpoint)) ? { ...group, endpoints } : group,
    ];
  });
}

/** Others carry the name, and nothing is the matter with them. */
function isStandby(sweep: Sweep, { service }: Group, { id }: Endpoint): boolean {
  const state = service && sweep.switches.get(service.id)?.state;
  const active = state ? activesOf(service, state) : [];
  const isWell = (endpoint: string): boolean => {
    const health = sweep.watched.get(endpoint)?.health;
    return health?.state === "up" && health.suspectedMs === undefined && !health.maintenance;
  };
  return active.length > 0 && !active.includes(id) && active.every(isWell);
}

/**
 * One confirm for all of these that have none open. For an order everybody is heard, whoever is asked for; and of a brown-out
 * those whose probes fail, who answer last.
 */
export async function confirmAll(sweep: Sweep, wanted: readonly Group[]): Promise<void> {
  const groups = wanted.filter(({ id }) => !sweep.confirming.has(id));
  if (groups.length === 0 || sweep.lost) return;
  const open = new Set(groups.map(({ id }) => id));
  for (const id of open) sweep.confirming.add(id);
  const close = (id: string) => {
    if (open.delete(id)) sweep.confirming.delete(id);
  };
  sweep.done.confirms += groups.length;
  const triesOf = triesIn(sweep, groups);
  try {
    const early = (group: Group) =>
      openOrder(sweep, group) === undefined && !group.endpoints.some(({ id }) => isBadNow(sweep, id));
    await askAll(sweep, groups, { triesOf, early }, async (group, confirmed) => {
      await guarded(sweep, group, async () => void (await judge(sweep, group, confirmed, "confirm")));
      // A group that was quick does not wait for the others of its request.
      close(group.id);
    });
  } finally {
    for (const id of [...open]) close(id);
  }
}

/** Whoever is asked only beside those whose probe failed is asked no longer than they are. */
function triesIn(sweep: Sweep, groups: readonly Group[]): Asking["triesOf"] {
  const nowMs = sweep.world.now();
  const ofSuspect = ({ id, policy }: Endpoint): Tries | undefined => {
    const sinceMs = sweep.watched.get(id)?.health.suspectedMs;
    return sinceMs === undefined ? undefined : confirmTries(policy, nowMs - sinceMs);
  };
  const overByMs = new Map(
    groups.flatMap(({ endpoints }) => {
      const ends = endpoints.flatMap((endpoint) => ofSuspect(endpoint)?.endMs ?? []);
      return endpoints.map(({ id }) => [id, Math.min(...ends)] as const);
    }),
  );
  return (endpoint) => ofSuspect(endpoint) ?? confirmTries(endpoint.policy, 0, overByMs.get(endpoint.id));
}

/** Groups are asked about with those that take as long: what was seen of one must not grow old behind another. */
async function askAll(
  sweep: Sweep,
  groups: readonly Group[],
  asking: Omit<Asking, "isCandidate">,
  conclude: (group: Group, confirmed: Confirmed) => Promise<void>,
): Promise<void> {
  const { config, world } = sweep;
  const isCandidate = ({ id }: Endpoint) => sweep.watched.get(id)?.health.maintenance === undefined;
  await Promise.all(
    alike(groups, patienceOf)
      .flatMap((patient) => chunks(patient, questionsPerRequest))
      .map((chunk) => confirm(config, world, chunk, { ...asking, isCandidate }, conclude)),
  );
}

/**
 * One try from everywhere, every few seconds, of each endpoint whose scores say that something may be the matter. Who takes
 * long has rounds of its own.
 */
export async function watchClosely(sweep: Sweep, untilMs: number): Promise<void> {
  const open = new Set<string>();
  for (let beat = 0; !sweep.work.over.aborted && !sweep.lost && sweep.world.now() < untilMs; beat += 1) {
    const slept = sweep.world.sleep(roundEveryMs / 2, sweep.work.over);
    const isTurn = beat % 2 === 0;
    const watched = sweep.config.endpoints.filter(({ id }) => isWatchedClosely(sweep, id, isTurn));
    const groups = partsOf(sweep, watched).filter(isInTime(sweep));
    const idle = groups.filter(({ id }) => !open.has(id));
    for (const these of alike(idle, patienceOf)) {
      for (const { id } of these) open.add(id);
      void sweep.work
        .begin(longest(these), () => round(sweep, these))
        .then(() => {
          for (const { id } of these) open.delete(id);
        });
    }
    await slept;
  }
}

async function round(sweep: Sweep, groups: readonly Group[]): Promise<void> {
  const triesOf = ({ policy }: Endpoint) => ({ triesAtMs: [0], endMs: policy.timeoutMs + graceMs });
  const down: Endpoint[] = [];
  await askAll(sweep, groups, { triesOf, early: () => false }, (group, heard) =>
    guarded(sweep, group, async () => {
      if (await judge(sweep, group, heard, "round")) down.push(...group.endpoints);
    }),
  );
  if (!sweep.work.over.aborted) await confirmAll(sweep, partsOf(sweep, down));
}

/** What is degraded is asked twice as often: it may be bad enough to leave. */
function isWatchedClosely(sweep: Sweep, id: string, isTurn: boolean): boolean {
  const { health, brownout } = sweep.watched.get(id) ?? {};
  if (health === undefined || brownout === undefined || health.state === "down") return false;
  if (health.trouble === "degraded") return true;
  return isTurn && isWatched(brownout, sweep.config.locations.length);
}

/** What nobody expected of one service must not stop the others. */
async function guarded(sweep: Sweep, group: Group, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    sweep.world.log("error", "group not handled; tried again", { group: group.id, error: String(error) });
  }
}

function startErrands(sweep: Sweep, fromMs: number, toMs: number): void {
  const wanted = sweep.groups.filter((group) => {
    const each = group.service && sweep.switches.get(group.service.id);
    return each !== undefined && runErrands(sweep, each, fromMs, toMs);
  });
  const groups = wanted.filter(isInTime(sweep));
  void sweep.work.begin(longest(groups), () => confirmAll(sweep, groups));
}

/** Saves and tells what could not be saved or told before. */
async function catchUp(sweep: Sweep): Promise<void> {
  try {
    await saveRecords(sweep, [...sweep.unsaved]);
  } catch (error) {
    sweep.world.log("error", "records not saved yet", { error: String(error) });
  }
  startTellingEndpoints(sweep, sweep.watched.keys());
}
