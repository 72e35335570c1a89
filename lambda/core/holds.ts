import { clock } from "./alert.ts";
import type { Policy, Service } from "./config.ts";
import { type Counters, count } from "./counters.ts";
import { maxGapMs } from "./due.ts";
import type { Watched } from "./endpoint-record.ts";
import { type Event, event } from "./event.ts";
import type { Freeze, Maintenance } from "./hands.ts";
import { foundAtEnd } from "./health.ts";
import { healthEvents, noteOf, type Role } from "./report.ts";
import { type ServiceState, withEvent } from "./service-state.ts";

/** How often people are reminded of a hold: one that was forgotten is remembered on the worst day. */
const remindMs = 86_400_000;

/** What counts for a service of the freezes that operators set and lifted. */
export type Word = {
  readonly freeze: Freeze | undefined;
  /** It was said of all services. */
  readonly isOfAll: boolean;
  /** Whether this service is the one that tells people: of a freeze of all they are told once. */
  readonly isTold: boolean;
};

/** Takes a freeze, or its end, into the service's state, so that it holds also when the operators' row cannot be read. */
export function takeFreeze(service: Service, state: ServiceState, word: Word, atMs: number): ServiceState {
  const { freeze } = word;
  // Nobody said anything, and the service is frozen: what they said was lost. Only who says so ends a hold.
  if (freeze === undefined) return state;
  const { frozen, ...rest } = state;
  if (freeze.is === "frozen") {
    const isKnown = frozen?.atMs === freeze.atMs && frozen.who === freeze.who;
    if (isKnown && atMs - frozen.toldMs < remindMs) return state;
    return withEvent(
      { ...state, frozen: { ...freeze, toldMs: atMs } },
      freezeEvent(service, "frozen", freeze, word, atMs),
    );
  }
  return frozen ? withEvent(rest, freezeEvent(service, "unfrozen", freeze, word, atMs)) : state;
}

const freezeEvent = (
  service: Service,
  kind: "frozen" | "unfrozen",
  freeze: Freeze,
  { isOfAll, isTold }: Word,
  atMs: number,
): Event =>
  event({
    kind,
    subject: service.id,
    name: isOfAll ? "every name" : service.dns.name,
    atMs,
    sinceMs: freeze.atMs,
    by: noteOf(freeze),
    why: freeze.why,
    alert: isTold,
  });

/** Reminds people of a name that is pinned. */
export function remind(service: Service, state: ServiceState, atMs: number): ServiceState {
  const { placed } = state;
  if (!placed?.pinned || atMs - placed.toldMs < remindMs) return state;
  const still = { ...placed, toldMs: atMs };
  return withEvent({ ...state, placed: still }, pinEvent(service, still, atMs));
}

export const pinEvent = (
  service: Service,
  placed: NonNullable<ServiceState["placed"]>,
  atMs: number,
): Event =>
  event({
    kind: "pinned",
    subject: service.id,
    name: service.dns.name,
    atMs,
    sinceMs: placed.atMs,
    to: placed.target,
    why: placed.why,
    by: noteOf(placed),
    alert: true,
  });

/**
 * Takes into an endpoint that somebody works on it, or does not any more: by the last word on it, whose time may be
 * over. What is down when the work ends is an outage from then on, and any trouble that there is then is told.
 */
export function takeMaintenance(
  watched: Watched,
  policy: Policy,
  role: Role,
  word: Maintenance | undefined,
  atMs: number,
): Watched {
  const { maintenance: before, ...rest } = watched.health;
  const now = word && atMs < word.untilMs ? word : undefined;
  if (before?.atMs === now?.atMs && before?.untilMs === now?.untilMs) return watched;
  const counters = count(watched.counters, watched.health, atMs, maxGapMs(policy));
  if (now) {
    const begun = workEvent(watched.endpoint, "maintenance", now, `until ${clock(now.untilMs)}`, atMs);
    const health = { ...rest, maintenance: now };
    return { ...watched, health, counters, outbox: [...watched.outbox, begun] };
  }
  const isEnded = word !== undefined && word.atMs !== before?.atMs;
  const why = isEnded ? "it was ended" : "its time is over";
  const over = workEvent(watched.endpoint, "maintenance-over", isEnded ? word : undefined, why, atMs);
  const { trouble: _, ...calm } = rest;
  const health = foundAtEnd(rest, atMs);
  const found = healthEvents(watched.endpoint, role, { ...calm, state: "up" }, health, atMs).map((each) => ({
    ...each,
    sinceMs: atMs,
  }));
  return {
    ...watched,
    health,
    counters: rest.state === "down" ? failed(counters) : counters,
    outbox: [...watched.outbox, over, ...found],
  };
}

const failed = (counters: Counters): Counters => ({ ...counters, failures: counters.failures + 1 });

const workEvent = (
  subject: string,
  kind: "maintenance" | "maintenance-over",
  by: Maintenance | undefined,
  why: string,
  atMs: number,
): Event =>
  event({
    kind,
    subject,
    atMs,
    why: by ? `${by.why}; ${why}` : why,
    ...(by && { by: noteOf(by) }),
    alert: true,
  });
