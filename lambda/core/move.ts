import type { Config, Service } from "./config.ts";
import { type Decision, orphanWhy } from "./decide.ts";
import type { Event, MoveTimes } from "./event.ts";
import { type Change, generationRecord, pointsTo, recordFor, type Standing, swap } from "./records.ts";
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
} from "./service-state.ts";

type Move = Extract<Decision, { do: "move" }>;

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
    fromUp: decision.fromUp,
  };
  const started = moveEvent(service, "move-started", intent, { atMs, why: intent.why, alert: false });
  const { condition: _, ...rest } = state;
  return { ...rest, intent, outbox: [...state.outbox, started] };
}

/** The one atomic batch of a move: the record, and the generation that fences it. */
export const moveBatch = (service: Service, intent: Intent, owner: string): Change[] => [
  ...swap(intent.now, intent.want),
  ...generationSwap(service, owner, intent.generation, movedBy),
];

/**
 * The batch that gives an intent up: the record stays as it is and the generation moves on, so that the move can
 * never take effect later. It fails as a whole when the move already did.
 */
export const dropBatch = (service: Service, intent: Intent, owner: string): Change[] => [
  ...(intent.now === null ? [] : swap(intent.now, intent.now)),
  ...generationSwap(service, owner, intent.generation, droppedBy),
];

const generationSwap = (service: Service, owner: string, generation: number, by: number): Change[] =>
  swap(
    generationRecord(service.dns, owner, generation),
    generationRecord(service.dns, owner, generation + by),
  );

/** The state after Route 53 took the change. `changeId` is missing where only the zone shows it. */
export function accepted(
  service: Service,
  state: ServiceState,
  intent: Intent,
  changeId: string | undefined,
  atMs: number,
): ServiceState {
  const times = {
    ...(intent.failedMs === undefined ? {} : { failedMs: intent.failedMs }),
    detectedMs: intent.decidedMs,
    acceptedMs: atMs,
  };
  const why =
    changeId === undefined
      ? `${intent.why} (the answer was lost; the zone's generation shows the change)`
      : intent.why;
  const since = intent.failedMs === undefined ? {} : { sinceMs: intent.failedMs };
  const moved = moveEvent(service, intent.kind, intent, { atMs, ...since, why, alert: true, times });
  const { intent: _, propagation: __, ...rest } = state;
  return {
    ...rest,
    written: intent.want,
    generation: intent.generation + movedBy,
    movesFromUpMs: [...recent(state.movesFromUpMs, atMs), ...(intent.fromUp ? [atMs] : [])],
    outbox: [...state.outbox, moved],
    propagation: propagation(intent, changeId, times),
  };
}

const propagation = (
  intent: Intent,
  changeId: string | undefined,
  times: MoveTimes & { acceptedMs: number },
): Propagation => ({
  kind: intent.kind,
  ...(intent.from === undefined ? {} : { from: intent.from }),
  to: intent.to,
  want: intent.want,
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
  return tellOf({ ...state, intent: { ...intent, failingTold: true } }, told);
}

/** The state after an intent was given up and fenced. */
export function dropped(service: Service, state: ServiceState, intent: Intent, atMs: number): ServiceState {
  const { intent: _, ...rest } = state;
  const why = "it was not seen to take effect in time, and today's probes do not ask for it";
  const told = moveEvent(service, "move-dropped", intent, { atMs, why, alert: true });
  return tellOf({ ...rest, generation: intent.generation + droppedBy }, told);
}

/**
 * The state of a name that is not as we left it: hands off. A change that was under way stays saved: if the record is
 * ever put back it has to be fenced before it is forgotten.
 */
export const disarm = (state: ServiceState, why: string, atMs: number): ServiceState => ({
  ...state,
  disarmed: { why, sinceMs: atMs },
});

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
  if (before.disarmed) {
    const why = `the record is ${show(after.written)}, as it was left`;
    const told = moveEvent(
      service,
      "armed-again",
      { from: "disarmed", to: "armed" },
      { atMs, why, alert: true },
    );
    const { condition: _, ...rest } = after;
    return tellOf(rest, told);
  }
  const [from, to] = [pointsTo(service, before.written), pointsTo(service, after.written)];
  if (to !== undefined && to !== "orphan" && from !== to) {
    const why = `the record is ${show(after.written)}; it was ${show(before.written)}`;
    const move = { to, ...(from === undefined ? {} : { from }) };
    return tellOf(after, moveEvent(service, "repointed", move, { atMs, why, alert: true }));
  }
  if (to !== "orphan" || saysMore(after.condition)) return after;
  return note(service, after, { do: "stay", code: "orphan", why: orphanWhy }, atMs);
}

/** People were told what would become of an orphan: telling them again that it is one would go back and forth. */
const saysMore = (condition: Condition | undefined): boolean =>
  condition?.code === "limit" || condition?.code.startsWith("would-move/") === true;

const tellOf = (state: ServiceState, event: Event): ServiceState => ({
  ...state,
  outbox: [...state.outbox, event],
});

/** The interval a service is judged at: its most patient target's. */
export const intervalOf = (config: Config, service: Service): number =>
  Math.max(
    0,
    ...config.endpoints
      .filter(({ id }) => service.targets.some(({ endpoint }) => endpoint === id))
      .map(({ policy }) => policy.intervalMs),
  );
