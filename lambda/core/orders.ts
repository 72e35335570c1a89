import { clock, span } from "./alert.ts";
import type { Config, Service, Target } from "./config.ts";
import { conversionObstacle, outOfReach } from "./conversion.ts";
import { type Decision, type Evidence, holdOn } from "./decide.ts";
import { type Event, event } from "./event.ts";
import { isOrder, type Order, type Outcome, sayNote } from "./hands.ts";
import type { Health } from "./health.ts";
import { pinEvent } from "./holds.ts";
import { pointsTo } from "./records.ts";
import { noteOf } from "./report.ts";
import type { Placed, ServiceState } from "./service-state.ts";
import { provesUp, sayTally, sightOf, tally } from "./verdict.ts";
import type { Ballots } from "./vote.ts";

/** How an order ends without a move. */
export type Closing = { readonly is: Outcome["is"]; readonly why: string };

/** What an order comes to on this evidence: a move, an end, or nothing until all locations have been heard. */
export type Answer = Extract<Decision, { do: "move" }> | ({ readonly do: "close" } & Closing) | "wait";

const refused = (why: string): Closing => ({ is: "refused", why });

const done = (why: string): Closing => ({ is: "done", why });

/**
 * An order is good for two minutes by the clock of who gave it. By one that is ahead it would be carried out that much
 * after he was told that nobody took it up.
 */
const mostAheadMs = 60_000;

const aheadWhy = (ms: number): string =>
  `the clock of whoever ordered it is ${Math.round(ms / 1000)} s ahead of ours: set it, and order again`;

/** The end of an order that takes no evidence; none where it is to be carried out. */
export function closing(
  service: Service,
  state: ServiceState,
  order: Order,
  healths: Evidence["healths"],
  atMs: number,
): Closing | undefined {
  if (atMs >= order.expiresMs) return { is: "expired", why: sayExpired(order) };
  if (order.atMs - atMs > mostAheadMs) return refused(aheadWhy(order.atMs - atMs));
  if (order.what === "release") {
    return done(state.placed ? `it is not held at ${state.placed.target} any more` : "nobody held it");
  }
  const unfit = unfitness(service, order);
  if (unfit !== undefined) return refused(unfit);
  if (order.what === "adopt") {
    return state.disarmed ? undefined : refused("the record is as it was left: there is nothing to adopt");
  }
  if (order.what === "convert" || order.what === "retire") return unconvertible(service, state, order);
  return objection(service, state, order) ?? obstacle(service, state, order, healths);
}

/** An operator's clock that is minutes behind lets everything expire: the time says so. */
const sayExpired = ({ who, atMs, expiresMs }: Order): string =>
  `it was not carried out in time: ${who} gave it at ${clock(atMs)}, and it was good for ${span(expiresMs - atMs)}`;

/** Why nobody may order that of such a service. */
function unfitness({ mode, weighted }: Service, { what }: Order): string | undefined {
  if (mode === "shadow") return "mode: shadow changes nothing in the zone; set mode: armed and deploy first";
  return weighted && what !== "adopt"
    ? "every target that is up carries its weight; `pointsman maintenance TARGET --for 2h` takes one out"
    : undefined;
}

function unconvertible(service: Service, state: ServiceState, order: Order): Closing | undefined {
  const why = frozenWhy(state) ?? conversionObstacle(service, state, order);
  return why === undefined ? undefined : refused(why);
}

/** Why nobody may touch the name now. */
function frozenWhy(state: ServiceState): string | undefined {
  if (state.disarmed) return `hands off: ${state.disarmed.why}; adopt it first`;
  return state.frozen ? `${holdOn(state)}; unfreeze it first` : undefined;
}

/** Why no order may move the name now. */
function objection(service: Service, state: ServiceState, order: Order): Closing | undefined {
  const why = frozenWhy(state);
  if (why !== undefined) return refused(why);
  if (state.placed?.pinned && order.pin !== true) return refused(`${holdOn(state)}; release it first`);
  if (order.to !== undefined && named(service, order) === undefined) {
    const ids = service.targets.map(({ id }) => id).join(", ");
    return refused(`the deployed config has no target ${order.to}; it has ${ids}`);
  }
  return undefined;
}

/** What stands in the way of the one target that an order names. */
function obstacle(
  service: Service,
  state: ServiceState,
  order: Order,
  healths: Evidence["healths"],
): Closing | undefined {
  const to = named(service, order);
  if (to === undefined) return order.force ? refused("without a target nothing is forced") : undefined;
  if (pointsTo(service, state.written) === to.id) {
    // A change that is under way may have taken it away: what became of that is known first.
    return state.intent ? undefined : done(`the name points to ${to.id} already`);
  }
  const work = healths[to.endpoint]?.maintenance;
  return work && !order.force ? refused(`${to.id} is being worked on ${sayNote(work)}`) : undefined;
}

const named = (service: Service, { what, to }: Order): Target | undefined =>
  what === "failback" ? service.targets[0] : service.targets.find(({ id }) => id === to);

/**
 * What an order to move comes to. Like every move it goes only to what all locations together see up now, unless it is
 * forced; other than the automaton's it may leave what is up, as often as somebody likes.
 */
export function obey(
  config: Config,
  service: Service,
  state: ServiceState,
  order: Order,
  evidence: Evidence,
): Answer {
  const end = closing(service, state, order, evidence.healths, evidence.atMs);
  if (end) return { do: "close", ...end };
  const { length } = config.locations;
  const from = pointsTo(service, state.written);
  const wanted = named(service, order);
  const others = wanted
    ? [wanted]
    : service.targets.filter((target) => isChoice(target, from, evidence.healths));
  if (!isHeard(evidence.ballots, others, length)) return "wait";
  const isProven = ({ endpoint }: Target) => provesUp(evidence.ballots, endpoint, length, sightOf(config));
  const to = others.find(isProven) ?? (order.force ? wanted : undefined);
  const seen = (target: Target) =>
    `${target.id} ${sayTally(
      tally(evidence.ballots, target.endpoint, length, () => true),
      length,
    )}`;
  if (to === undefined) {
    return { do: "close", ...refused(["no target to move to is proven up", ...others.map(seen)].join("; ")) };
  }
  const far = outOfReach(service, to);
  if (far !== undefined) return { do: "close", ...refused(far) };
  const why = isProven(to) ? seen(to) : `forced: ${seen(to)}`;
  return { do: "move", kind: "moved", from, to, why, fromUp: false, by: order };
}

/** A confirm may end early, or ask for some targets alone, when that says enough for the automaton. */
const isHeard = (ballots: Ballots, targets: readonly Target[], locations: number): boolean =>
  Object.keys(ballots).length === locations &&
  Object.values(ballots).every((votes) => targets.every(({ endpoint }) => endpoint in votes));

const isChoice = (
  { id, endpoint }: Target,
  from: string | undefined,
  healths: Readonly<Record<string, Health>>,
): boolean => id !== from && !healths[endpoint]?.maintenance;

/** Whether it is known what became of an order. */
export const isAnswered = ({ lastOrder }: ServiceState, { number }: Order): boolean =>
  lastOrder !== undefined && lastOrder.number >= number;

/** Whether a change is saved that carries the order out: what becomes of that becomes of the order. */
export const isUnderWay = ({ intent }: ServiceState, { number }: Order): boolean =>
  isOrder(intent?.by) && intent.by.number === number;

/** The state after an order ended without a move: what became of it, for whoever waits, and for the history. */
export function close(
  service: Service,
  state: ServiceState,
  order: Order,
  { is, why }: Closing,
  atMs: number,
): ServiceState {
  if (isAnswered(state, order) || isUnderWay(state, order)) return state;
  const isReleased = is === "done" && order.what === "release" && state.placed !== undefined;
  const told = isReleased
    ? orderEvent(service, order, "released", why, atMs)
    : orderEvent(service, order, "order", `${order.what}: ${is}; ${why}`, atMs);
  const { placed: _, ...free } = state;
  const closed = {
    ...(is === "done" ? free : state),
    lastOrder: outcome(order, is, why, atMs),
    outbox: [...state.outbox, told],
  };
  if (is !== "done" || order.what === "release") return closed;
  return withPlace(service, closed, order, pointsTo(service, state.written), atMs);
}

export const outcome = ({ number }: Order, is: Outcome["is"], why: string, atMs: number): Outcome => ({
  number,
  is,
  why,
  atMs,
});

const orderEvent = (
  service: Service,
  order: Order,
  kind: "order" | "released",
  why: string,
  atMs: number,
): Event =>
  event({
    kind,
    subject: service.id,
    name: service.dns.name,
    atMs,
    why,
    by: noteOf(order),
    alert: kind === "released",
  });

/**
 * The state with the name where an order has put it. At the primary it is the automaton's again, unless it is pinned.
 */
export function withPlace(
  service: Service,
  state: ServiceState,
  order: Order,
  target: string | undefined,
  atMs: number,
): ServiceState {
  const pinned = order.pin === true;
  if (target === undefined || (!pinned && target === service.targets[0]?.id)) return state;
  const placed: Placed = { ...noteOf(order), target, pinned, toldMs: atMs };
  const outbox = pinned ? [...state.outbox, pinEvent(service, placed, atMs)] : state.outbox;
  return { ...state, placed, outbox };
}
