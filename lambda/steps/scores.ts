import {
  type Brownout,
  ballotsByScore,
  ballotsWithout,
  type Heard,
  isBad,
  isDegraded,
  type Look,
  scoreProbe,
  scoreRound,
} from "../core/brownout.ts";
import type { Endpoint, Service } from "../core/config.ts";
import { countProbe } from "../core/counters.ts";
import { keep, type Watched } from "../core/endpoint-record.ts";
import { isAnswered, isVoid, type Probe } from "../core/probe.ts";
import { carriers } from "../core/records.ts";
import type { ServiceState } from "../core/service-state.ts";
import { isDown, provesUp, sightOf, tally } from "../core/verdict.ts";
import type { Ballots } from "../core/vote.ts";
import type { Confirmed } from "./confirm.ts";
import type { Group, Sweep } from "./watch.ts";

/** While it is down, probes of the rotation say what is known; only what all locations find counts. */
export function scored(
  sweep: Sweep,
  { policy }: Endpoint,
  { brownout, health }: Watched,
  location: string,
  probe: Probe,
  atMs: number,
): Brownout {
  if (health.state === "down" || health.maintenance || isVoid(probe)) return brownout;
  const locations = sweep.config.locations.length;
  return scoreProbe(brownout, { location, ok: isAnswered(probe) }, { atMs, policy, locations });
}

/** The minute's list with the probe in it. */
export function withProbe(
  sweep: Sweep,
  watched: Watched,
  location: string,
  probe: Probe,
  atMs: number,
): Watched["probes"] {
  sweep.done.probes += 1;
  return keep(watched, sweep.config.locations.indexOf(location), probe, atMs);
}

export function isBadNow(sweep: Sweep, id: string): boolean {
  const watched = sweep.watched.get(id);
  if (watched === undefined) return false;
  return isBad(watched.brownout, watched.health.state === "down", sweep.config.locations.length);
}

/** Takes each location's first try into the scores, and every try into the minute's list. */
export function takeScores(
  sweep: Sweep,
  group: Group,
  confirmed: Confirmed,
  kind: Heard["kind"],
  atMs: number,
): void {
  const canSee = sightOf(sweep.config);
  const blind = Object.entries(confirmed.ballots).flatMap(([at, votes]) => (canSee(votes) ? [] : [at]));
  const locations = sweep.config.locations.length;
  for (const { id, policy } of group.endpoints) {
    const watched = sweep.watched.get(id);
    if (watched === undefined) continue;
    const looks = looksOf(confirmed, id).filter(({ location }) => !blind.includes(location));
    const { state, maintenance } = watched.health;
    const brownout = maintenance
      ? watched.brownout
      : scoreRound(watched.brownout, { looks, blind, kind }, state, { atMs, policy, locations });
    sweep.watched.set(id, { ...withProbes(sweep, watched, confirmed), brownout });
  }
}

const looksOf = ({ looks }: Confirmed, id: string): readonly Look[] => looks.get(id) ?? [];

export const byScore = (sweep: Sweep, id: string, confirmed: Confirmed): Ballots => {
  const brownout = sweep.watched.get(id)?.brownout;
  const { ballots } = confirmed;
  return brownout && isBadNow(sweep, id)
    ? ballotsByScore(ballots, id, brownout, looksOf(confirmed, id))
    : ballots;
};

export const isDownIn = (sweep: Sweep, ballots: Ballots, id: string): boolean => {
  const { length } = sweep.config.locations;
  return isDown(tally(ballots, id, length, sightOf(sweep.config)), length);
};

function withProbes(sweep: Sweep, watched: Watched, { probes, startedMs }: Confirmed): Watched {
  let next = watched;
  for (const { location, probe } of probes) {
    if (probe.id !== watched.endpoint) continue;
    next = {
      ...next,
      probes: withProbe(sweep, next, location, probe, startedMs + probe.startedAfterMs),
      counters: countProbe(next.counters, probe),
    };
  }
  return next;
}

/** The endpoints of the targets that carry the name. */
export const activesOf = (service: Service, { written }: ServiceState): readonly string[] =>
  carriers(service, written).map(({ endpoint }) => endpoint);

/**
 * The ballots a decision rests on. Where an active target is bad without being plainly down, the votes on it are as the
 * scores have them, and nobody votes on another that is degraded as well: a name never leaves one for another just as
 * bad. Where it is plainly down, nobody votes on what is degraded, or believed down, while another is proven up.
 */
export function evidenceOf(
  sweep: Sweep,
  service: Service,
  active: readonly string[],
  confirmed: Confirmed,
): Ballots {
  const { ballots } = confirmed;
  const isOut = (id: string) => isDownIn(sweep, ballots, id);
  const bad = active.filter((id) => isBadNow(sweep, id) && !isOut(id));
  const others = service.targets.map(({ endpoint }) => endpoint).filter((id) => !bad.includes(id));
  if (bad.length > 0) {
    return without(
      bad.reduce((votes, id) => byScore(sweep, id, { ...confirmed, ballots: votes }), ballots),
      others.filter((id) => isDegradedNow(sweep, id)),
    );
  }
  if (!active.some(isOut)) return ballots;
  const health = (id: string) => sweep.watched.get(id)?.health;
  const waiting = others.filter((id) => !active.includes(id) && health(id)?.maintenance === undefined);
  const lesser = waiting.filter((id) => isDegradedNow(sweep, id) || health(id)?.state === "down");
  const { length } = sweep.config.locations;
  const isProven = (id: string) => provesUp(ballots, id, length, sightOf(sweep.config));
  return waiting.some((id) => !lesser.includes(id) && isProven(id)) ? without(ballots, lesser) : ballots;
}

const without = (ballots: Ballots, endpoints: readonly string[]): Ballots =>
  endpoints.reduce((votes, id) => ballotsWithout(votes, id), ballots);

const isDegradedNow = (sweep: Sweep, id: string): boolean => {
  const brownout = sweep.watched.get(id)?.brownout;
  return brownout !== undefined && isDegraded(brownout, false, sweep.config.locations.length);
};
