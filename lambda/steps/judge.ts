import {
  type Brownout,
  ballotsByScore,
  forgotten,
  isBad,
  isWatched,
  scoreProbe,
  scoreRound,
} from "../core/brownout.ts";
import type { Endpoint } from "../core/config.ts";
import { count, settle } from "../core/counters.ts";
import type { Evidence } from "../core/decide.ts";
import { askEveryMs } from "../core/due.ts";
import { keep, sayFailures, type Watched } from "../core/endpoint-record.ts";
import { conclude, maxGapMs, observe, wantsConfirm, withScores } from "../core/health.ts";
import { isRefusal, isVoid, type Probe } from "../core/probe.ts";
import { healthEvents } from "../core/report.ts";
import { sayTally, sighted, tally, type Verdict, verdict } from "../core/verdict.ts";
import type { Ballots } from "../core/vote.ts";
import { type Confirmed, referenceIds } from "./confirm.ts";
import { startFollowing } from "./follow.ts";
import { readHands, takeHolds, takeWork } from "./hands.ts";
import { act } from "./move.ts";
import { roleOf } from "./role.ts";
import { startTelling, startTellingEndpoints } from "./tell.ts";
import { type Group, healthsOf, type Sweep, saveRecords } from "./watch.ts";
import { wishFor } from "./wish.ts";

/** Takes in one location's probe of the rotation. True when all locations should be asked. */
export function takeProbe(
  sweep: Sweep,
  endpoint: Endpoint,
  location: string,
  probe: Probe,
  atMs: number,
): boolean {
  const watched = sweep.watched.get(endpoint.id);
  if (watched === undefined) return false;
  const counters = isVoid(probe)
    ? watched.counters
    : count(watched.counters, watched.health, atMs, maxGapMs(endpoint.policy));
  sweep.watched.set(endpoint.id, {
    ...withProbe(sweep, { ...watched, counters }, location, probe, atMs),
    health: observe(watched.health, probe, atMs),
    brownout: scored(sweep, endpoint, watched, location, probe, atMs),
  });
  return wantsConfirm(watched.health, probe);
}

/** While it is down, probes of the rotation say what is known; only what all locations find counts. */
function scored(
  sweep: Sweep,
  { policy }: Endpoint,
  { brownout, health }: Watched,
  location: string,
  probe: Probe,
  atMs: number,
): Brownout {
  if (health.state === "down" || health.maintenance || isVoid(probe) || isRefusal(probe)) return brownout;
  const { length } = sweep.config.locations;
  return scoreProbe(brownout, { location, ok: probe.ok }, askEveryMs(policy, length), length, atMs);
}

/** The probe in the minute's list, and in the counters. */
function withProbe(sweep: Sweep, watched: Watched, location: string, probe: Probe, atMs: number): Watched {
  sweep.done.probes += 1;
  const { counters } = watched;
  return {
    ...watched,
    probes: keep(watched, sweep.config.locations.indexOf(location), probe, atMs),
    counters: {
      ...counters,
      probes: counters.probes + 1,
      failedProbes: counters.failedProbes + (probe.ok || isVoid(probe) ? 0 : 1),
    },
  };
}

/**
 * Takes in what all locations found of a group: what is believed now, what follows for the name, and who is told. A
 * round, one try from everywhere, says nothing but what the scores say: that an endpoint is degraded, or bad enough to
 * be taken for down.
 */
export async function judge(
  sweep: Sweep,
  group: Group,
  confirmed: Confirmed,
  kind: "confirm" | "round",
): Promise<void> {
  const atMs = sweep.world.now();
  const ballots = takeScores(sweep, group, confirmed, atMs);
  const isFree = kind === "confirm" || !sweep.confirming.has(group.id);
  const bad = group.endpoints.filter(({ id }) => isFree && isBadNow(sweep, id));
  const judged = kind === "confirm" ? group.endpoints : bad;
  const changed = group.endpoints.filter((endpoint) =>
    believe(sweep, group, endpoint, judged.includes(endpoint) ? { ...confirmed, ballots } : undefined, atMs),
  );
  const ids = changed.map(({ id }) => id);
  const saving = saveRecords(sweep, ids).catch((error: unknown) => {
    sweep.world.log("error", "change of health not saved yet", { endpoints: ids, error: String(error) });
  });
  if (judged.length > 0) await actOn(sweep, group, ballots, atMs);
  await saving;
  startTellingEndpoints(sweep, ids);
}

const isBadNow = (sweep: Sweep, id: string): boolean => {
  const watched = sweep.watched.get(id);
  return watched !== undefined && isBad(watched.brownout, sweep.config.locations.length);
};

/**
 * Takes each location's first try into the scores, and every try into the minute's list.
 *
 * @returns the ballots, with the votes on whoever is bad enough as the scores have them
 */
function takeScores(sweep: Sweep, group: Group, confirmed: Confirmed, atMs: number): Ballots {
  const canSee = sighted(referenceIds(sweep.config.references));
  const blind = Object.entries(confirmed.ballots).flatMap(([at, votes]) => (canSee(votes) ? [] : [at]));
  const { length } = sweep.config.locations;
  let { ballots } = confirmed;
  for (const { id } of group.endpoints) {
    const watched = sweep.watched.get(id);
    if (watched === undefined) continue;
    const looks = (confirmed.looks.get(id) ?? []).filter(({ location }) => !blind.includes(location));
    const { state, maintenance } = watched.health;
    const brownout = maintenance
      ? watched.brownout
      : scoreRound(watched.brownout, looks, blind, length, atMs, state);
    sweep.watched.set(id, withProbes(sweep, { ...watched, brownout }, confirmed));
    if (isBadNow(sweep, id)) ballots = ballotsByScore(ballots, id, brownout, looks);
  }
  return ballots;
}

function withProbes(sweep: Sweep, watched: Watched, { probes, startedMs }: Confirmed): Watched {
  let next = watched;
  for (const { location, probe } of probes) {
    if (probe.id === watched.endpoint) {
      next = withProbe(sweep, next, location, probe, startedMs + probe.startedAfterMs);
    }
  }
  return next;
}

/**
 * Decides for the group's service on this evidence, and does it. What operators want is read once more before: a hold
 * that was written by now is known.
 */
async function actOn(sweep: Sweep, group: Group, ballots: Ballots, atMs: number): Promise<void> {
  const each = group.service && sweep.switches.get(group.service.id);
  if (each?.state === undefined) return;
  await readHands(sweep);
  takeWork(sweep, group);
  await takeHolds(sweep, each);
  const evidence: Evidence = { healths: healthsOf(sweep, group), ballots, atMs };
  const wish = await wishFor(sweep, group, each, evidence);
  if (wish) await act(sweep, each, wish, atMs);
  startFollowing(sweep, each);
  startTelling(sweep, each);
}

/**
 * What is believed of an endpoint now, by what was confirmed, or by its scores alone.
 *
 * @returns true when that changed in a way that is saved at once
 */
function believe(
  sweep: Sweep,
  group: Group,
  endpoint: Endpoint,
  confirmed: Confirmed | undefined,
  atMs: number,
): boolean {
  const watched = sweep.watched.get(endpoint.id);
  if (watched === undefined) return false;
  const before = watched.health;
  const judged = confirmed ? concluded(sweep, endpoint, watched, confirmed, atMs) : watched;
  const { length } = sweep.config.locations;
  const after = withScores(
    judged.health,
    before.trouble,
    judged.brownout,
    length,
    sayFailures(watched.probes),
  );
  const events = healthEvents(endpoint.id, roleOf(sweep, group, endpoint), before, after, atMs);
  sweep.watched.set(endpoint.id, { ...judged, health: after, outbox: [...judged.outbox, ...events] });
  const isChange = before.state !== after.state || before.trouble !== after.trouble;
  if (isChange) sweep.unsaved.add(endpoint.id);
  return isChange;
}

/** The endpoint after a verdict: its health, and the time until now in the counters. */
function concluded(
  sweep: Sweep,
  { id, policy }: Endpoint,
  watched: Watched,
  confirmed: Confirmed,
  atMs: number,
): Watched {
  const { health: before, brownout } = watched;
  const [is, why] = verdictOf(sweep, id, confirmed, watched);
  const isByScore = is === "down" && isBadNow(sweep, id);
  const suspectedMs = isByScore ? brownout.sinceMs : before.suspectedMs;
  const health = conclude(
    { ...before, ...(suspectedMs !== undefined && { suspectedMs }) },
    is,
    confirmed.startedMs,
    policy,
    why,
  );
  const counted = count(watched.counters, before, atMs, maxGapMs(policy));
  const isOutage = before.state !== "down" && health.state === "down";
  return {
    ...watched,
    health,
    counters: settle(counted, before, health),
    // What an outage broke says nothing about how the endpoint is after it.
    brownout: isOutage && !isByScore ? forgotten(brownout) : brownout,
  };
}

function verdictOf(
  sweep: Sweep,
  id: string,
  { ballots, probes }: Confirmed,
  { health, brownout, probes: kept }: Watched,
): [Verdict, string] {
  const { locations, references } = sweep.config;
  const votes = tally(ballots, id, locations.length, sighted(referenceIds(references)));
  const is = verdict(votes, locations.length);
  if (health.state === "down" && is === "up" && isWatched(brownout, locations.length)) {
    return ["down", `it answers, but ${sayFailures(kept)}`];
  }
  const failure = probes.findLast(({ probe }) => probe.id === id && !probe.ok && !isVoid(probe));
  const detail = failure && !failure.probe.ok && is !== "up" ? `: ${failure.probe.detail}` : "";
  const where = Object.keys(ballots).filter((location) => ballots[location]?.[id] === "down");
  const from = where.length > 0 && is !== "up" ? ` (${where.join(", ")})` : "";
  const share = is === "down" && isBadNow(sweep, id) ? `${sayFailures(kept)}; ` : "";
  const why = `${share}${sayTally(votes, locations.length)}${from}${detail}`.slice(0, 240);
  return [is === "open" ? "unknown" : is, why];
}
