import type { Service } from "./config.ts";
import { event } from "./event.ts";
import { generationName, generationRecord } from "./generation.ts";
import { partsOf, type RecordSet } from "./records.ts";
import type { ServiceState } from "./service-state.ts";

/**
 * Somebody else's change shows in what name servers answer. An answer that is not what we left is a suspicion and no
 * more: Route 53's API, or the beacons, are read, and only what they say counts.
 */

/** What name servers said was looked into, and all was as it was left: so often in a row, and until then it is let be. */
export type Doubt = { readonly times: number; readonly sinceMs: number; readonly untilMs: number };

/** The first time, then twice as long each time, up to the pace at which the API is read without any suspicion. */
const doubtMs = 60_000;
export const readEveryMs = 585_000;

/** Name servers may be behind for a minute; what they still answer after three of them is no lateness. */
const doubtsBeforeTold = 3;

/**
 * What to ask name servers, each as it is while nobody has touched the name. None where their answer would tell nothing:
 * a change of ours is on its way, we keep our hands off, only the servers know what an alias is answered with, or chance
 * says which of the weighted sets is answered.
 */
export function untouched(
  service: Service,
  state: ServiceState,
  owner: string,
): readonly RecordSet[] | undefined {
  const { written, generation } = state;
  if (written === null || state.intent || state.propagation || state.disarmed) return undefined;
  const parts = partsOf(written);
  if (parts.some(({ alias, weighted }) => alias !== undefined || weighted !== undefined)) return undefined;
  // Beacons hold the generation themselves.
  if (service.dns.beacons) return parts;
  const { name, type } = service.dns;
  const noTxt: RecordSet = { name: generationName(name, type), type: "TXT", ttlSeconds: 0, values: [] };
  return [...parts, generationRecord(service.dns, owner, generation) ?? noTxt];
}

/** Whether a suspicion is to be looked into now. */
export const isWorthALook = ({ doubt }: ServiceState, atMs: number): boolean =>
  doubt === undefined || atMs >= doubt.untilMs;

/**
 * The state after a suspicion came to nothing: the record is as we left it, and not what is answered. People are told
 * where that lasts. One that is long past does not count.
 *
 * @param why what was answered, by whom
 */
export function letBe(service: Service, state: ServiceState, why: string, atMs: number): ServiceState {
  const doubt = state.doubt && atMs - state.doubt.untilMs <= readEveryMs ? state.doubt : undefined;
  const times = (doubt?.times ?? 0) + 1;
  const sinceMs = doubt?.sinceMs ?? atMs;
  const untilMs = atMs + Math.min(doubtMs * 2 ** (times - 1), readEveryMs);
  const next = { ...state, doubt: { times, sinceMs, untilMs } };
  if (times !== doubtsBeforeTold) return next;
  const facts = { subject: service.id, name: service.dns.name, atMs, sinceMs, why, alert: true };
  return { ...next, outbox: [...state.outbox, event({ kind: "answers-differ", ...facts })] };
}
