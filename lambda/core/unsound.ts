import type { Service } from "./config.ts";
import { type EventKind, event } from "./event.ts";
import type { Unsound } from "./records.ts";
import type { Flaw, Part, ServiceState } from "./service-state.ts";

/** What is silent this long is no hiccup. */
const silentMs = 300_000;

/**
 * Takes in that a part of what moves the name is not as it should be, or is again. Nothing is kept from working by it
 * yet, and the second one would: people are told once, and that it is over.
 */
export function noteSoundness(
  service: Service,
  state: ServiceState,
  part: Part,
  found: Unsound | undefined,
  atMs: number,
): ServiceState {
  const { unsound: { [part]: before, ...others } = {}, ...rest } = state;
  if (found === undefined) return before ? soundAgain(service, state, part, before, atMs) : state;
  if (before?.told) return state;
  const sinceMs = before?.sinceMs ?? atMs;
  const told = !found.silent || atMs - sinceMs >= silentMs;
  if (before && !told) return state;
  const next = { ...rest, unsound: { ...others, [part]: { why: found.why, sinceMs, told } } };
  return told ? tell(service, next, part, "unsound", found.why, sinceMs, atMs) : next;
}

function soundAgain(
  service: Service,
  state: ServiceState,
  part: Part,
  before: Flaw,
  atMs: number,
): ServiceState {
  const { unsound: { [part]: _, ...others } = {}, ...rest } = state;
  const well = Object.keys(others).length > 0 ? { ...rest, unsound: others } : rest;
  return before.told ? tell(service, well, part, "sound", before.why, before.sinceMs, atMs) : well;
}

function tell(
  service: Service,
  state: ServiceState,
  part: Part,
  kind: EventKind,
  why: string,
  sinceMs: number,
  atMs: number,
): ServiceState {
  const told = event({
    kind: part === "way" && kind === "unsound" ? "to-convert" : kind,
    subject: service.id,
    name: service.dns.name,
    atMs,
    sinceMs,
    why: kind === "sound" ? `over: ${why}` : why,
    alert: true,
  });
  return { ...state, outbox: [...state.outbox, told] };
}
