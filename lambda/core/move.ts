import type { Config, Service } from "./config.ts";
import { converted } from "./conversion.ts";
import { type Decision, orphanWhy } from "./decide.ts";
import type { MoveTimes } from "./event.ts";
import { generationRecord } from "./generation.ts";
import { isOrder, type Order } from "./hands.ts";
import { outcome, withPlace } from "./orders.ts";
import { conversionChanges } from "./pair.ts";
import { keptSeconds } from "./propagation.ts";
import { withCarriers } from "./readiness.ts";
import {
  type Change,
  type Destination,
  pointsTo,
  type RecordSet,
  recordFor,
  type Standing,
  sameRecord,
} from "./records.ts";
import { moveEvent, note } from "./report.ts";
import {
  type Condition,
  droppedBy,
  type Intent,
  movedBy,
  type Propagation,
  resume,
  type ServiceState,
  show,
  withEvent,
} from "./service-state.ts";
import { stepped } from "./stepped.ts";
import { swap } from "./swap.ts";

type Move = Extract<Decision<Destination>, { do: "move" }>;

/** The state with a change that is about to be sent. It is saved before anything is. */
export function intend(service: Service, state: ServiceState, decision: Move, atMs: number): ServiceState {
  const intent: Intent = {
    kind: decision.kind,
    ...(decision.from === undefined ? {} : { from: decision.from }),
    to: decision.to.id,
    why: decision.why,
    now: state.written,
    want: recordFor(service, decision.to),
    generation: state.generation,
    decidedMs: atMs,
    ...(decision.failedMs === undefined ? {} : { failedMs: decision.failedMs }),
    ...(decision.foundMs === undefined ? {} : { foundMs: decision.foundMs }),
    fromUp: decision.fromUp,
    ...(decision.by && { by: decision.by }),
  };
  const started = moveEvent(service, "move-started", intent, { atMs, why: intent.why, alert: false });
  const { condition: _, ...rest } = state;
  return { ...rest, intent, outbox: [...state.outbox, started] };
}

/**
 * The state with the adoption of what stands in the zone about to be sent. Its generation is the time of day, so that
 * it is above all those that a lost state, or somebody's restored record, may have known.
 */
export function intendAdoption(
  service: Service,
  state: ServiceState,
  { record, generation: txt }: Standing,
  by: Order,
  atMs: number,
): ServiceState {
  const { disarmed, condition: _, intent: replaces, ...rest } = state;
  const intent: Intent = {
    kind: "adopted",
    to: pointsTo(service, record) ?? "nothing",
    why: disarmed?.why ?? "",
    now: record,
    want: record,
    generation: Math.max(state.generation, Math.floor(atMs / 1000)),
    txt,
    decidedMs: atMs,
    fromUp: false,
    by,
    ...(replaces && { replaces }),
  };
  return { ...rest, intent };
}

/** The one atomic batch of a move: the record, and the generation that fences it. */
export const moveBatch = (service: Service, intent: Intent, owner: string): Change[] => [
  ...(intent.conversion ? conversionChanges(intent.conversion) : recordSwap(intent)),
  ...generationSwap(service, intent, owner, movedBy),
];

const recordSwap = ({ now, want }: Intent): Change[] => (want === null ? [] : swap(now, want));

/**
 * The batch that gives an intent up: the record stays as it is and the generation moves on, so that the move can
 * never take effect later. It fails as a whole when the move already did.
 */
export const dropBatch = (service: Service, intent: Intent, owner: string): Change[] => [
  ...(intent.now === null ? [] : swap(intent.now, intent.now)),
  ...generationSwap(service, intent, owner, droppedBy),
];

const generationSwap = ({ dns }: Service, { generation, txt }: Intent, owner: string, by: number): Change[] =>
  swap(
    txt === undefined ? generationRecord(dns, owner, generation) : txt,
    generationRecord(dns, owner, generation + by),
  );

/** The state after Route 53 took the change. `changeId` is missing where only the zone shows it. */
export function accepted(
  service: Service,
  state: ServiceState,
  intent: Intent,
  changeId: string | undefined,
  atMs: number,
): ServiceState {
  const { conversion } = intent;
  if (conversion) return converted(service, state, { ...intent, conversion }, changeId, atMs);
  const times = {
    ...(intent.failedMs === undefined ? {} : { failedMs: intent.failedMs }),
    detectedMs: intent.foundMs ?? intent.decidedMs,
    acceptedMs: atMs,
  };
  const why =
    changeId === undefined
      ? `${intent.why} (the answer was lost; the zone's generation shows the change)`
      : intent.why;
  const since = intent.failedMs === undefined ? {} : { sinceMs: intent.failedMs };
  const moved = moveEvent(service, intent.kind, intent, { atMs, ...since, why, alert: true, times });
  const { intent: _, propagation: __, placed: ___, ...rest } = state;
  const next = {
    ...rest,
    written: intent.want,
    readiness: withCarriers(service, state),
    generation: intent.generation + movedBy,
    pointsSinceMs: atMs,
    ...(intent.want?.weighted && {
      // What is adopted may be as somebody's hand has left it only now.
      steppedMs: stepped(state.written, intent.want, state.steppedMs ?? {}, atMs),
    }),
    movesFromUpMs: [...recent(state.movesFromUpMs, atMs), ...(intent.fromUp ? [atMs] : [])],
    outbox: [...state.outbox, moved],
    // Of an adoption nobody waits for the name servers: what they answer stays as it is.
    ...(intent.kind !== "adopted" &&
      intent.want !== null && { propagation: propagation(intent, intent.want, changeId, times) }),
  };
  return isOrder(intent.by) ? obeyed(service, next, intent, intent.by, why, atMs) : next;
}

function obeyed(
  service: Service,
  state: ServiceState,
  { kind, to }: Intent,
  order: Order,
  why: string,
  atMs: number,
): ServiceState {
  const next = { ...state, lastOrder: outcome(order, "done", why, atMs) };
  // To adopt moves nothing: what is none of the targets is not left by itself either.
  return kind === "adopted" && to !== "orphan" ? next : withPlace(service, next, order, to, atMs);
}

const propagation = (
  intent: Intent,
  want: RecordSet,
  changeId: string | undefined,
  times: MoveTimes & { acceptedMs: number },
): Propagation => ({
  kind: intent.kind,
  ...(intent.from === undefined ? {} : { from: intent.from }),
  to: intent.to,
  want,
  keptSeconds: keptSeconds(intent.now),
  ...(changeId === undefined ? {} : { changeId }),
  times,
});

const recent = (times: readonly number[], atMs: number): number[] =>
  times.filter((ms) => ms > atMs - 3_600_000);

/** People are told once that a saved change does not get through. */
export function failing(service: Service, state: ServiceState, why: string, atMs: number): ServiceState {
  const { intent } = state;
  if (intent === undefined || intent.failingTold) return state;
  const told = moveEvent(service, "move-failing", intent, { atMs, why, alert: true });
  return withEvent({ ...state, intent: { ...intent, failingTold: true } }, told);
}

/** The state after an intent was given up and fenced. */
export function dropped(service: Service, state: ServiceState, intent: Intent, atMs: number): ServiceState {
  const { intent: _, ...rest } = state;
  const why = "it was not seen to take effect in time, and today's probes do not ask for it";
  const told = moveEvent(service, "move-dropped", intent, { atMs, why, alert: true });
  return withEvent(
    { ...rest, ...notDone(intent, why, atMs), generation: intent.generation + droppedBy },
    told,
  );
}

const notDone = ({ by }: Intent, why: string, atMs: number): Pick<ServiceState, "lastOrder"> =>
  isOrder(by) ? { lastOrder: outcome(by, "refused", why, atMs) } : {};

/**
 * The state of a name that is not as we left it: hands off. A change that was under way stays saved: if the record is
 * ever put back it has to be fenced before it is forgotten. So does one that an adoption was to replace.
 */
export function disarm(state: ServiceState, why: string, atMs: number): ServiceState {
  const { intent, ...rest } = state;
  const kept = intent?.kind === "adopted" ? intent.replaces : intent;
  return {
    ...rest,
    ...(kept && { intent: kept }),
    ...(intent && notDone(intent, why, atMs)),
    disarmed: { why, sinceMs: atMs },
  };
}

/**
 * The state of a disarmed name whose saved change did take effect before or after somebody else's hand was at it, or
 * was given up: that is closed and told. As it was where nothing came of the change yet.
 */
export function closed(
  service: Service,
  state: ServiceState,
  standing: Standing,
  owner: string,
  atMs: number,
): ServiceState {
  const { intent } = state;
  if (intent === undefined) return state;
  switch (resume(intent, standing, owner).is) {
    case "done":
      return accepted(service, state, intent, undefined, atMs);
    case "dropped":
      return dropped(service, state, intent, atMs);
    default:
      return state;
  }
}

/** What people are told after a look at the zone: that the name was disarmed, armed again, or points to an orphan. */
export function noteLook(
  service: Service,
  before: ServiceState,
  after: ServiceState,
  atMs: number,
): ServiceState {
  if (after.disarmed)
    return note(service, after, { do: "stay", code: "disarmed", why: after.disarmed.why }, atMs);
  const [from, to] = [pointsTo(service, before.written), pointsTo(service, after.written)];
  const standing = from === to ? after : { ...unplaced(after), pointsSinceMs: atMs };
  if (before.disarmed) {
    const isAsLeft = sameRecord(before.written, after.written);
    const why = `the record is ${show(after.written)}, ${isAsLeft ? "as it was left" : "and is taken in"}`;
    const told = moveEvent(
      service,
      "armed-again",
      { from: "disarmed", to: "armed" },
      { atMs, why, alert: true },
    );
    const { condition: _, ...rest } = standing;
    return withEvent(rest, told);
  }
  if (to !== undefined && to !== "orphan" && from !== to) {
    const why = `the record is ${show(after.written)}; it was ${show(before.written)}`;
    const move = { to, ...(from === undefined ? {} : { from }) };
    return withEvent(standing, moveEvent(service, "repointed", move, { atMs, why, alert: true }));
  }
  if (to !== "orphan" || saysMore(service, after.condition)) return after;
  return note(service, after, { do: "stay", code: "orphan", why: orphanWhy }, atMs);
}

/** Whoever repoints a name ends that an operator had put it somewhere, and not a pin: the automaton stays held. */
function unplaced({ placed, ...free }: ServiceState): ServiceState {
  return placed?.pinned ? { ...free, placed } : free;
}

/**
 * People were told what would become of an orphan, or of the targets beside it: telling them again that it is one would go
 * back and forth.
 */
const saysMore = ({ weighted }: Service, condition: Condition | undefined): boolean =>
  weighted && condition
    ? condition.code !== "disarmed"
    : condition?.code === "limit" || condition?.code.startsWith("would-move/") === true;

/** The interval a service is judged at: its most patient target's. */
export const intervalOf = (config: Config, service: Service): number =>
  Math.max(
    0,
    ...config.endpoints
      .filter(({ id }) => service.targets.some(({ endpoint }) => endpoint === id))
      .map(({ policy }) => policy.intervalMs),
  );
