import { span } from "./alert.ts";
import type { Service } from "./config.ts";
import type { Decision, StayCode } from "./decide.ts";
import { type Event, type EventKind, event } from "./event.ts";
import type { Note } from "./hands.ts";
import type { Health, Trouble } from "./health.ts";
import type { Destination } from "./records.ts";
import type { Condition, Intent, ServiceState } from "./service-state.ts";
import { isNews } from "./told.ts";

/** What an endpoint is to its name: nothing, the target the name points to, or one that waits. */
export type Role = "alone" | "active" | "standby";

/**
 * What to tell of a change in what is believed of an endpoint. An outage of the active target is filed here and
 * told by its service, which knows what was done about it; so is that a standby would not take over (`noteReadiness`).
 * A trouble that comes and goes is filed, and told by the hour. While somebody works on it nothing is told, but that an
 * outage is over which people were told of before.
 */
export function healthEvents(
  endpoint: string,
  role: Role,
  before: Health,
  after: Health,
  atMs: number,
): Event[] {
  const events = [
    ...stateEvents(endpoint, role, before, after, atMs),
    ...troubleEvents(endpoint, role, before, after, atMs),
  ];
  if (after.maintenance === undefined) return events;
  const isNews = ({ kind }: Event) => kind === "up" && before.foundMs !== undefined;
  return events.map((each) => ({ ...each, alert: each.alert && isNews(each) }));
}

function stateEvents(endpoint: string, role: Role, before: Health, after: Health, atMs: number): Event[] {
  if (after.state === before.state) return [];
  const base = { subject: endpoint, atMs, sinceMs: after.sinceMs };
  if (after.state === "down") {
    return [event({ ...base, kind: "down", why: after.why, alert: role === "alone" })];
  }
  if (before.state !== "down") return [];
  // What was coming back when maintenance ended was not down since.
  const downMs = after.sinceMs - before.sinceMs;
  const why = downMs > 0 ? `${after.why}; it was down for ${span(downMs)}` : after.why;
  return [event({ ...base, kind: "up", why, alert: true })];
}

/** Troubles that keep a name from being moved to a standby: its service tells of them. */
const isOfService = (trouble: Trouble, role: Role): boolean =>
  role === "standby" && (trouble === "refused" || trouble === "partial");

function troubleEvents(endpoint: string, role: Role, before: Health, after: Health, atMs: number): Event[] {
  if (after.trouble === before.trouble) return [];
  const base = { subject: endpoint, atMs, why: after.why };
  if (after.trouble !== undefined) {
    const isOurs = after.state !== "down" && !isOfService(after.trouble, role);
    const isTold = isOurs && isNews(before, after.trouble, atMs);
    return [event({ ...base, kind: kindOfTrouble[after.trouble], alert: isTold })];
  }
  return after.state === "up" ? [event({ ...base, kind: "seen-again", alert: false })] : [];
}

const kindOfTrouble: Record<Trouble, EventKind> = {
  partial: "partial",
  refused: "refused",
  blind: "blind",
  degraded: "degraded",
};

/** How often people are reminded of a state of affairs that needs their hands. */
const repeatMs: Partial<Record<EventKind, number>> = { foreign: 3_600_000, "stays-down": 3_600_000 };

export const kindOfStay: Partial<Record<StayCode, EventKind>> = {
  "all-down": "stays-down",
  "not-proven": "stays-down",
  "too-few-locations": "stays-down",
  disarmed: "foreign",
  orphan: "orphan",
  limit: "limit",
  held: "stays-down",
};

/**
 * Takes in a decision that changes nothing in the zone: people are told once why a name stays or, in shadow mode,
 * where it would go, and reminded by the hour of what only they can end. The code counts, not the wording. What is
 * coming back may fail again: only once it is believed up is the state of affairs over.
 */
export function note(
  service: Service,
  state: ServiceState,
  decision: Decision<Destination>,
  atMs: number,
): ServiceState {
  if (decision.do === "stay" && decision.code === "coming-back") return state;
  const kind = decision.do === "move" ? "would-move" : kindOfStay[decision.code];
  if (kind === undefined) return withoutCondition(state);
  const code = decision.do === "move" ? wouldMove(decision) : decision.code;
  const same = isSame(state.condition, code, decision) ? state.condition : undefined;
  if (same && atMs - same.toldMs < (repeatMs[kind] ?? Number.POSITIVE_INFINITY)) return state;
  const sinceMs = same?.sinceMs ?? atMs;
  const told = event({
    kind,
    subject: service.id,
    name: service.dns.name,
    atMs,
    sinceMs,
    why: decision.why,
    alert: true,
    // Where every target is down, so is the name.
    ...(code !== "all-down" && spreadOf(service)),
    ...(decision.do === "move" ? wouldBe(decision, atMs) : {}),
  });
  return { ...state, condition: { code, sinceMs, toldMs: atMs }, outbox: [...state.outbox, told] };
}

/** Of an outage that began since, people were not told: that the one before was over may not have been saved. */
const isSame = (told: Condition | undefined, code: string, decision: Decision<Destination>): boolean =>
  told?.code === code && !(decision.do === "move" && (decision.failedMs ?? 0) > told.toldMs);

const wouldBe = (
  { from = "nothing", to, failedMs, foundMs }: Extract<Decision<Destination>, { do: "move" }>,
  atMs: number,
) => ({
  from,
  to: to.id,
  ...(failedMs !== undefined && { times: { failedMs, detectedMs: foundMs ?? atMs } }),
});

/** Away from a target that failed is other news than back from one that is well, also where both lead to the same. */
const wouldMove = ({ fromUp, to }: Extract<Decision<Destination>, { do: "move" }>): string =>
  `would-move/${fromUp ? "back" : "away"}/${to.id}`;

function withoutCondition(state: ServiceState): ServiceState {
  if (state.condition === undefined) return state;
  const { condition: _, ...rest } = state;
  return rest;
}

/** An event about a move: started, failing, given up, accepted. */
export function moveEvent(
  service: Service,
  kind: EventKind,
  move: Pick<Intent, "from" | "to" | "by">,
  facts: Pick<Event, "atMs" | "sinceMs" | "why" | "alert" | "times">,
): Event {
  const names = { subject: service.id, name: service.dns.name, from: move.from ?? "nothing", to: move.to };
  const by = move.by && { by: noteOf(move.by) };
  return event({ kind, ...names, ...spreadOf(service), ...by, ...facts });
}

const spreadOf = ({ weighted }: Service): Pick<Event, "spread"> => (weighted ? { spread: true } : {});

/** What an event says of an operator's wish. */
export const noteOf = ({ who, why, atMs }: Note): Note => ({ who, why, atMs });
