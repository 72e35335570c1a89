import type { Service } from "./config.ts";
import { type EventKind, event } from "./event.ts";
import type { ServiceState } from "./service-state.ts";

/** What could not be read is tried again every minute: what lasts this long is no hiccup of Route 53 or STS. */
export const unreadableMs = 300_000;

/**
 * Takes in that a zone, which was read before, could not be. A role or a permission that somebody took away would
 * show on the day of the move otherwise: people are told once. A name we keep our hands off was told of already.
 */
export function noteUnread(service: Service, state: ServiceState, why: string, atMs: number): ServiceState {
  const { unread } = state;
  if (state.disarmed || unread?.told) return state;
  if (unread === undefined) return { ...state, unread: { sinceMs: atMs, told: false } };
  if (atMs - unread.sinceMs < unreadableMs) return state;
  return tell(
    service,
    { ...state, unread: { ...unread, told: true } },
    "unreadable",
    unread.sinceMs,
    why,
    atMs,
  );
}

/** Takes in that the zone could be read. Who was told that it could not is told that, too. */
export function noteRead(service: Service, state: ServiceState, atMs: number): ServiceState {
  const { unread, ...rest } = state;
  if (unread === undefined) return state;
  if (!unread.told) return rest;
  return tell(service, rest, "readable-again", unread.sinceMs, "its zone can be read again", atMs);
}

function tell(
  service: Service,
  state: ServiceState,
  kind: EventKind,
  sinceMs: number,
  why: string,
  atMs: number,
): ServiceState {
  const facts = { kind, subject: service.id, name: service.dns.name, atMs, sinceMs, why, alert: true };
  return { ...state, outbox: [...state.outbox, event(facts)] };
}
