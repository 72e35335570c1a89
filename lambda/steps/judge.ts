import type { Endpoint } from "../core/config.ts";
import { count, settle } from "../core/counters.ts";
import { decide, type Evidence } from "../core/decide.ts";
import { keep, type Watched } from "../core/endpoint-record.ts";
import { conclude, type Health, maxGapMs, observe, wantsConfirm } from "../core/health.ts";
import { isVoid, type Probe } from "../core/probe.ts";
import { pointsTo } from "../core/records.ts";
import { healthEvents, type Role } from "../core/report.ts";
import { sayTally, sighted, tally, type Verdict, verdict } from "../core/verdict.ts";
import type { Ballots } from "../core/vote.ts";
import { type Confirmed, referenceIds } from "./confirm.ts";
import { startFollowing } from "./follow.ts";
import { act } from "./move.ts";
import { startTelling, startTellingEndpoints } from "./tell.ts";
import { type Group, healthsOf, type Sweep, saveRecords } from "./watch.ts";

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
  });
  return wantsConfirm(watched.health, probe);
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

/** Takes in a confirm: what is believed now, what follows for the name, and who is told. */
export async function judge(sweep: Sweep, group: Group, confirmed: Confirmed): Promise<void> {
  const atMs = sweep.world.now();
  const changed: string[] = [];
  for (const endpoint of group.endpoints) {
    if (judgeEndpoint(sweep, group, endpoint, confirmed, atMs)) changed.push(endpoint.id);
  }
  const saving = saveRecords(sweep, changed).catch((error: unknown) => {
    sweep.world.log("error", "change of health not saved yet", { endpoints: changed, error: String(error) });
  });
  await actOn(sweep, group, confirmed.ballots, atMs);
  await saving;
  startTellingEndpoints(sweep, changed);
}

/** Decides for the group's service on this evidence, and does it. */
async function actOn(sweep: Sweep, group: Group, ballots: Ballots, atMs: number): Promise<void> {
  const each = group.service && sweep.switches.get(group.service.id);
  if (each?.state === undefined) return;
  const evidence: Evidence = { healths: healthsOf(sweep, group), ballots, atMs };
  const { intent: _, ...free } = each.state;
  await act(sweep, each, decide(sweep.config, each.service, free, evidence), atMs);
  startFollowing(sweep, each);
  startTelling(sweep, each);
}

/** True when what is believed of the endpoint changed in a way that is saved at once. */
function judgeEndpoint(
  sweep: Sweep,
  group: Group,
  endpoint: Endpoint,
  confirmed: Confirmed,
  atMs: number,
): boolean {
  const watched = sweep.watched.get(endpoint.id);
  if (watched === undefined) return false;
  const [is, why] = verdictOf(sweep, endpoint.id, confirmed);
  const before = watched.health;
  const after = conclude(before, is, confirmed.startedMs, endpoint.policy, why);
  const counted = count(watched.counters, before, atMs, maxGapMs(endpoint.policy));
  let next: Watched = { ...watched, health: after, counters: settle(counted, before, after) };
  for (const { location, probe } of confirmed.probes) {
    if (probe.id === endpoint.id) {
      next = withProbe(sweep, next, location, probe, confirmed.startedMs + probe.startedAfterMs);
    }
  }
  const events = healthEvents(endpoint.id, roleOf(sweep, group, endpoint), before, after, atMs);
  sweep.watched.set(endpoint.id, { ...next, outbox: [...next.outbox, ...events] });
  const isChange = hasChanged(before, after);
  if (isChange) sweep.unsaved.add(endpoint.id);
  return isChange;
}

const hasChanged = (before: Health, after: Health): boolean =>
  before.state !== after.state || before.trouble !== after.trouble;

function verdictOf(sweep: Sweep, endpoint: string, { ballots, probes }: Confirmed): [Verdict, string] {
  const { locations, references } = sweep.config;
  const votes = tally(ballots, endpoint, locations.length, sighted(referenceIds(references)));
  const is = verdict(votes, locations.length);
  const failure = probes.findLast(({ probe }) => probe.id === endpoint && !probe.ok && !isVoid(probe));
  const detail = failure && !failure.probe.ok && is !== "up" ? `: ${failure.probe.detail}` : "";
  const where = Object.keys(ballots).filter((location) => ballots[location]?.[endpoint] === "down");
  const from = where.length > 0 && is !== "up" ? ` (${where.join(", ")})` : "";
  const why = `${sayTally(votes, locations.length)}${from}${detail}`.slice(0, 240);
  return [is === "open" ? "unknown" : is, why];
}

function roleOf(sweep: Sweep, group: Group, endpoint: Endpoint): Role {
  const each = group.service && sweep.switches.get(group.service.id);
  // A disarmed service has told that it keeps its hands off; it would not tell of an outage besides.
  if (each?.state === undefined || each.state.disarmed) return "alone";
  const active = pointsTo(each.service, each.state.written);
  const target = each.service.targets.find((target) => target.endpoint === endpoint.id);
  return target !== undefined && target.id === active ? "active" : "standby";
}
