import { clock, span } from "../../lambda/core/alert.ts";
import { withMaintenance } from "../../lambda/core/hands.ts";
import { changeHands, type Desk, isAgreed, noteOf, type Say, until } from "../operator/desk.ts";
import { followChange } from "../operator/order.ts";
import { type Place, placeCalled, readRoster } from "../operator/roster.ts";
import { sayEndpoints, sayPlace, sayService } from "../operator/say.ts";
import { endpointView, objectionTo, readService, type ServiceView } from "../operator/view.ts";

/** As for a freeze: a sweep that died is replaced, and reads. */
const takenInByMs = 90_000;

/** A drain takes a confirm, and Route 53's answer. */
const drainedByMs = 60_000;

/** A shorter one would be over before a sweep has read of it. */
const shortestMs = 60_000;

/** So long a forgotten one keeps silent about an endpoint at the most. */
const longestDays = 30;

/**
 * Says that somebody works on a target or an endpoint, for so long or (0) not any more; waits until that is taken in, and
 * until the name is moved away and its name servers answer that.
 *
 * @returns the exit code: 1 when it is not known to be in force, or the name stays at what is being worked on
 * @throws when it is for longer than 30 days, or less than a minute
 */
export async function maintenance(desk: Desk, id: string, forMs: number, say: Say): Promise<number> {
  refuseOddTime(forMs);
  const place = placeCalled(await readRoster(desk), id);
  const view = place.service && (await readService(desk, place.service));
  const isActive = view !== undefined && carries(view, place);
  const lines = [
    ...(await known(desk, place, view)),
    `  will    ${forMs === 0 ? sayEnd(place, isActive) : sayPlan(place, forMs, view, isActive, desk.now())}`,
  ];
  if (!(await isAgreed(desk, lines, say))) return 1;
  const note = noteOf(desk, say);
  const untilMs = note.atMs + forMs;
  await changeHands(desk, (hands) => withMaintenance(hands, place.endpoint, { ...note, untilMs }));
  if (!(await isTakenIn(desk, place.endpoint, forMs > 0 ? untilMs : undefined))) {
    desk.print("written, and no sweep has taken it in yet; it counts as soon as one reads it");
    return 1;
  }
  const took = span(desk.now() - note.atMs);
  desk.print(
    forMs > 0
      ? `${place.endpoint} is being worked on until ${clock(untilMs)}, taken in after ${took}`
      : `${place.endpoint} is not being worked on any more, taken in after ${took}`,
  );
  return forMs > 0 && isActive && isMoved(view) ? drained(desk, place, note.atMs) : 0;
}

function refuseOddTime(forMs: number): void {
  if (forMs > longestDays * 86_400_000) {
    throw new Error(`nothing is worked on for longer than ${longestDays}d; say it again when that is over`);
  }
  if (forMs > 0 && forMs < shortestMs) {
    throw new Error(
      `a sweep takes seconds to read of it: work on something for ${span(shortestMs)} at least`,
    );
  }
}

async function known(desk: Desk, { endpoint }: Place, view: ServiceView | undefined): Promise<string[]> {
  if (view) return sayService(view, desk.now());
  const record = (await desk.store.newest([endpoint], undefined)).get(endpoint);
  return [sayEndpoints([endpointView(endpoint, record)], desk.now())];
}

function sayEnd({ endpoint, service, target }: Place, isActive: boolean): string {
  const end = `end the work on ${endpoint}: what is down now is an outage from now on`;
  if (service === undefined || isActive) return end;
  if (service.weighted) return `${end}; once it is proven up it comes back in steps`;
  const isAway = service.failback === "manual" && target?.id === service.targets[0]?.id;
  return isAway ? `${end}; \`pointsman failback ${service.id}\` takes ${service.dns.name} back to it` : end;
}

function sayPlan(
  { endpoint, target }: Place,
  forMs: number,
  view: ServiceView | undefined,
  isActive: boolean,
  atMs: number,
): string {
  const work = `let ${endpoint} be worked on for ${span(forMs)}: no alerts, not counted`;
  if (view === undefined) return work;
  if (!isActive) return `${work}, and ${view.name} is not moved to it`;
  if (!isMoved(view)) return `${work}; ${view.name} points to it and stays there`;
  const to = view.targets.find(
    (other) => other.target !== target?.id && objectionTo(other, atMs) === undefined,
  );
  if (to && view.routing) return `${work}, and take its weight away, if another target is proven up`;
  return to
    ? `${work}, and move ${view.name} away from it, to ${to.target} if that is proven up`
    : `${work}; ${view.name} points to it and no other target is ready: it stays`;
}

const carries = ({ targets }: ServiceView, { target }: Pick<Place, "target">): boolean =>
  targets.some((view) => view.hasName && view.target === target?.id);

/** Whether the automaton may move the name at all. */
const isMoved = ({ mode, disarmed, frozen, placed }: ServiceView): boolean =>
  mode === "armed" && disarmed === undefined && frozen === undefined && !placed?.pinned;

const isTakenIn = (desk: Desk, endpoint: string, untilMs: number | undefined): Promise<true | undefined> =>
  until(desk, desk.now() + takenInByMs, async () => {
    const record = (await desk.store.newest([endpoint], undefined)).get(endpoint);
    return record && record.health.maintenance?.untilMs === untilMs ? true : undefined;
  });

async function drained(desk: Desk, place: Place, startMs: number): Promise<number> {
  const { service, target } = place;
  if (service === undefined) return 0;
  const moved = await until(desk, desk.now() + drainedByMs, async () => {
    const view = await readService(desk, service);
    return carries(view, place) ? undefined : view;
  });
  if (moved) {
    const effect = await followChange(desk, service, startMs);
    if (effect !== undefined) desk.print(effect);
    desk.print(`${moved.name} now: ${sayPlace(moved)}`);
    return 0;
  }
  desk.print(
    `${service.dns.name} still points to ${target?.id}: no other target was proven up; see \`pointsman status\``,
  );
  return 1;
}
