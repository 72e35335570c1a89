import type { Service } from "./config.ts";
import { generationName, generationRecord } from "./generation.ts";
import { partsOf, type RecordSet } from "./records.ts";
import type { ServiceState } from "./service-state.ts";

/**
 * Somebody else's change shows in what name servers answer. An answer that is not what we left is a suspicion and no
 * more: Route 53's API, or the beacons, are read, and only what they say counts.
 */

/** What name servers said was looked into, and all was as it was left: so often in a row, and until then it is let be. */
export type Doubt = { readonly times: number; readonly untilMs: number };

/** The first time, then twice as long each time, up to the pace at which the API is read without any suspicion. */
const doubtMs = 60_000;
export const readEveryMs = 585_000;

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

/** The state after a suspicion came to nothing. One that is long past does not count. */
export function letBe(state: ServiceState, atMs: number): ServiceState {
  const { doubt } = state;
  const times = doubt === undefined || atMs - doubt.untilMs > readEveryMs ? 1 : doubt.times + 1;
  const waitMs = Math.min(doubtMs * 2 ** (times - 1), readEveryMs);
  return { ...state, doubt: { times, untilMs: atMs + waitMs } };
}
