import { forgotten, isWatched } from "../core/brownout.ts";
import type { Endpoint } from "../core/config.ts";
import { count, countProbe, settle } from "../core/counters.ts";
import type { Evidence } from "../core/decide.ts";
import { maxGapMs } from "../core/due.ts";
import { sayFailures, type Watched } from "../core/endpoint-record.ts";
import {
  cleared,
  conclude,
  found,
  isLasting,
  observe,
  wantsConfirm,
  watchedAgain,
  withScores,
} from "../core/health.ts";
import { isVoid, type Probe } from "../core/probe.ts";
import { healthEvents } from "../core/report.ts";
import { noteTold } from "../core/told.ts";
import { sayTally, sightOf, tally, type Verdict, verdict } from "../core/verdict.ts";
import type { Ballots } from "../core/vote.ts";
import type { Confirmed } from "./confirm.ts";
import { startFollowing } from "./follow.ts";
import { readHands, takeHolds, takeWork } from "./hands.ts";
import { act } from "./move.ts";
import { roleOf } from "./role.ts";
import { saveRecords } from "./save.ts";
import {
  activesOf,
  byScore,
  evidenceOf,
  isBadNow,
  isDownIn,
  scored,
  takeScores,
  withProbe,
} from "./scores.ts";
import { startTelling, startTellingEndpoints } from "./tell.ts";
import { type Group, healthsOf, type Sweep } from "./watch.ts";
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
  const gapMs = maxGapMs(endpoint.policy);
  const counters = isVoid(probe) ? watched.counters : count(watched.counters, watched.health, atMs, gapMs);
  const health = isVoid(probe)
    ? watched.health
    : watchedAgain(watched.health, watched.counters.untilMs, atMs, gapMs);
  sweep.watched.set(endpoint.id, {
    ...watched,
    probes: withProbe(sweep, watched, location, probe, atMs),
    counters: countProbe(counters, probe),
    health: observe(health, probe, atMs),
    brownout: scored(sweep, endpoint, watched, location, probe, atMs),
  });
  return wantsConfirm(watched.health, probe);
}

/**
 * Takes in what all locations found of a group: what is believed now, what follows for the name, and who is told. A
 * round, one try from everywhere, says nothing but what the scores say: that an endpoint is degraded, or bad enough to
 * be taken for down.
 *
 * @returns whether all locations should be asked at length: a round found an endpoint bad enough to leave
 */
export async function judge(
  sweep: Sweep,
  group: Group,
  confirmed: Confirmed,
  kind: "confirm" | "round",
): Promise<boolean> {
  const atMs = sweep.world.now();
  takeScores(sweep, group, confirmed, kind, atMs);
  const isFree = kind === "confirm" || !sweep.confirming.has(group.id);
  const bad = group.endpoints.filter(({ id }) => isFree && isBadNow(sweep, id));
  // One failed try is no vote: what a round's votes say beside the scores would be that nobody can see.
  const down = bad.filter(({ id }) => isDownIn(sweep, byScore(sweep, id, confirmed), id));
  const judged = kind === "confirm" ? group.endpoints : down;
  const changed = group.endpoints.filter((endpoint) =>
    believe(sweep, group, endpoint, judged.includes(endpoint) ? confirmed : undefined, atMs),
  );
  const ids = changed.map(({ id }) => id);
  const saving = saveRecords(sweep, ids).catch((error: unknown) => {
    sweep.world.log("error", "change of health not saved yet", { endpoints: ids, error: String(error) });
  });
  // A round's single tries prove no other target up: whoever was judged by them is put to a confirm.
  if (kind === "confirm") await actOn(sweep, group, confirmed, atMs);
  await saving;
  startTellingEndpoints(sweep, ids);
  return kind === "round" && bad.length > 0;
}

/**
 * Decides for the group's service on this evidence, and does it. What operators want is read once more before: a hold
 * that was written by now is known.
 */
async function actOn(sweep: Sweep, group: Group, confirmed: Confirmed, atMs: number): Promise<void> {
  const each = group.service && sweep.switches.get(group.service.id);
  if (each?.state === undefined) return;
  await readHands(sweep);
  takeWork(sweep, group);
  await takeHolds(sweep, each);
  const ballots = evidenceOf(sweep, each.service, activesOf(each.service, each.state), confirmed);
  const evidence: Evidence = { healths: healthsOf(sweep, each.service), ballots, atMs };
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
  const said = sayFailures(watched.probes);
  const now = withScores(judged.health, before.trouble, judged.brownout, length, said);
  const after = found(before, cleared(before, now, atMs), atMs);
  const events = healthEvents(endpoint.id, roleOf(sweep, group, endpoint), before, after, atMs);
  const health = noteTold(before, after, events, atMs);
  sweep.watched.set(endpoint.id, { ...judged, health, outbox: [...judged.outbox, ...events] });
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
  const { brownout } = watched;
  const gapMs = maxGapMs(policy);
  const before = watchedAgain(watched.health, watched.counters.untilMs, atMs, gapMs);
  const { is, why, isByScore } = verdictOf(sweep, id, confirmed, watched);
  const suspectedMs = isByScore ? brownout.sinceMs : before.suspectedMs;
  const health = conclude(
    { ...before, ...(suspectedMs !== undefined && { suspectedMs }) },
    is,
    confirmed.startedMs,
    policy,
    why,
  );
  const counted = count(watched.counters, before, atMs, gapMs);
  const isOutage = before.state !== "down" && health.state === "down";
  return {
    ...watched,
    health,
    counters: settle(counted, before, health),
    // What an outage broke says nothing about how the endpoint is after it.
    brownout: isOutage && !isByScore ? forgotten(brownout) : brownout,
  };
}

type Judgement = { readonly is: Verdict; readonly why: string; readonly isByScore: boolean };

/** The scores can only add that an endpoint is down; and one that was is not up while they say that it may fail again. */
function verdictOf(
  sweep: Sweep,
  id: string,
  confirmed: Confirmed,
  { health, brownout, probes }: Watched,
): Judgement {
  const { length } = sweep.config.locations;
  const plain = verdict(tally(confirmed.ballots, id, length, sightOf(sweep.config)), length);
  const ballots = byScore(sweep, id, confirmed);
  const isByScore = plain !== "down" && isDownIn(sweep, ballots, id);
  if (isByScore) {
    const why = `${sayFailures(probes)}; ${sayVotes(sweep, id, ballots, confirmed, "down")}`;
    return { is: "down", why: why.slice(0, mostChars), isByScore };
  }
  if (health.state === "down" && (plain === "up" || plain === "partial") && isWatched(brownout, length)) {
    return { is: "down", why: `it answers, but ${sayFailures(probes)}`, isByScore };
  }
  const is = plain === "open" ? "unknown" : plain;
  const why = sayVotes(sweep, id, confirmed.ballots, confirmed, is).slice(0, mostChars);
  return { is, why, isByScore };
}

/** A sentence in an alert, a record and an SMS. */
const mostChars = 240;

function sayVotes(sweep: Sweep, id: string, ballots: Ballots, { probes }: Confirmed, is: Verdict): string {
  const { length } = sweep.config.locations;
  const said = sayTally(tally(ballots, id, length, sightOf(sweep.config)), length);
  if (is === "up") return said;
  const failures = probes.filter(({ probe }) => probe.id === id && !probe.ok);
  const failure =
    failures.findLast(({ probe }) => !isVoid(probe)) ?? failures.findLast(({ probe }) => isLasting(probe));
  const detail = failure && !failure.probe.ok ? `: ${failure.probe.detail}` : "";
  const where = Object.keys(ballots).filter((location) => ballots[location]?.[id] === "down");
  return `${said}${where.length > 0 ? ` (${where.join(", ")})` : ""}${detail}`;
}
