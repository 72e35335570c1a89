import type { Place, Service } from "./config.ts";
import { staysPut } from "./conversion.ts";
import { generationRecord, isGenerationText } from "./generation.ts";
import { isAtPlace, isThere, partsOf, placesOf, type RecordSet, sameValues } from "./records.ts";
import { moveEvent } from "./report.ts";
import { type Propagation, type ServiceState, withEvent } from "./service-state.ts";

/** What a server said of a record, `asked` as it should be: the values it answers, or why it said nothing of any. */
export type Said = Answer | Silence;
export type Answer = {
  readonly server: string;
  readonly asked: RecordSet;
  readonly values: readonly string[];
};
type Silence = { readonly server: string; readonly silent: string };

/** All that were asked at once: the zone's name servers, and public resolvers, which may keep the old answer for its TTL. */
export type Round = {
  readonly servers: readonly Said[];
  readonly resolvers: readonly Said[];
};

/** Route 53 says: normally within 60 s. Twice that is a reason to look. */
export const syncLateMs = 120_000;

/** INSYNC says that all name servers have the change: what they answer a minute later is not for lack of time. */
export const answerLateMs = 60_000;

/**
 * What is answered for an alias of an AWS service may be kept for 60 s (Developer Guide, "Values specific for simple alias
 * records"), and that there is no record for the 900 s of the SOA record that Route 53 makes (there, "NS and SOA records").
 */
const [aliasTtlSeconds, absentSeconds] = [60, 900];

/** How long a resolver may keep what stands before a change. */
export const keptSeconds = (before: RecordSet | null): number =>
  before === null ? absentSeconds : Math.max(...partsOf(before).map(keptOf));

function keptOf(part: RecordSet): number {
  if (part.alias) return aliasTtlSeconds;
  return isThere(part) ? part.ttlSeconds : absentSeconds;
}

/** One name server that says nothing for so long, while the others answer the new value, is not waited for. */
export const silentMs = 10_000;

/**
 * What shows that name servers have a change: the records themselves. Of an alias only they know what it is answered
 * with, and where the old answer may be like the new one, as that of a conversion is, they show nothing; there it is the
 * generation, which came in the same batch.
 */
export function witnesses(
  service: Service,
  written: RecordSet,
  generation: number,
  owner: string,
  mayLookAlike = false,
): RecordSet[] {
  const parts = partsOf(written).filter(isThere);
  const plain = parts.filter(({ alias, weighted }) => alias === undefined && weighted === undefined);
  const txt = generationRecord(service.dns, owner, generation);
  const shared = placesOf(service.dns).flatMap((place) => shareWitnesses(parts, place));
  const showsItself = plain.length === parts.length && !mayLookAlike;
  return showsItself || txt === null ? plain : [...plain, ...shared, txt];
}

/** How often each server is asked at once for a weighted name: it answers any of the values, and none that has no weight. */
const asksOfShares = 5;

/** Of a place that weighted sets share: those that are answered, as one record, of which any will do. */
function shareWitnesses(parts: readonly RecordSet[], place: Place): RecordSet[] {
  const here = parts.filter((part) => part.weighted !== undefined && isAtPlace(part, place));
  const some = here.filter(({ weighted }) => weighted !== undefined && weighted.weight > 0);
  const answered = some.length > 0 ? some : here;
  const [first, ...beside] = answered;
  if (first === undefined || answered.some(({ alias }) => alias !== undefined)) return [];
  return Array<RecordSet>(asksOfShares).fill({ ...first, beside });
}

/**
 * The state after Route 53 said INSYNC, or two of three beacons say it, for which nobody waits. Nobody outside can ask a
 * private zone's name servers: there it is the end.
 */
export function inSync(
  service: Service,
  state: ServiceState,
  atMs: number,
  isPrivate: boolean,
): ServiceState {
  const { propagation, ...rest } = state;
  if (propagation === undefined) return state;
  const { lateTold: _, ...open } = propagation;
  const times = { ...open.times, inSyncMs: atMs };
  const by = staysPut(open) ? undefined : service.dns.beacons;
  const why = isPrivate
    ? "Route 53 says INSYNC; the zone is private, so that its name servers cannot be asked"
    : by === undefined
      ? "Route 53 says INSYNC"
      : "two of three beacons say it";
  const alert = isPrivate && isTold(open);
  const event = moveEvent(service, "in-sync", open, { atMs, why, alert, times });
  return withEvent(isPrivate ? rest : { ...rest, propagation: { ...open, times } }, event);
}

/** That a step on the way back took effect is routine; that one takes too long is told all the same. */
const isTold = ({ kind }: Propagation): boolean => kind !== "reweighted";

/** People are told once that a change is accepted and Route 53 does not say that its name servers have it. */
export function syncLate(service: Service, state: ServiceState, atMs: number): ServiceState {
  const open = state.propagation;
  if (open === undefined || open.lateTold || atMs - open.times.acceptedMs < syncLateMs) return state;
  return late(
    service,
    state,
    open,
    "not-in-sync",
    "Route 53 accepted the change and still says PENDING",
    atMs,
  );
}

/**
 * Takes in what all servers said at once. The change has taken effect when they answer it, all of them in one round:
 * the measured times are told. A server that says nothing has not said the old value; where nobody says anything for
 * too long, nobody knows, and the asking ends. A name that was changed by somebody else since proves nothing.
 */
export function answered(service: Service, state: ServiceState, round: Round, atMs: number): ServiceState {
  const { propagation: open, ...rest } = state;
  if (open === undefined) return state;
  if (state.disarmed || !sameValues(state.written, open.want)) return rest;
  if (round.servers.length === 0) return unasked(service, rest, open, atMs);
  const all = [...round.servers, ...round.resolvers];
  const silent = all.flatMap((said) => ("silent" in said ? [said] : []));
  const others = all.flatMap((said) => ("silent" in said || isAsAsked(said) ? [] : [said]));
  const agreeing = all.flatMap((said) => ("values" in said && isAsAsked(said) ? [said] : []));
  const { acceptedMs, inSyncMs = acceptedMs + syncLateMs - answerLateMs } = open.times;
  if (agreeing.length > 0 && others.length === 0 && (silent.length === 0 || atMs >= inSyncMs + silentMs)) {
    const times = { ...open.times, answeredMs: atMs };
    const why = [sayAgreement(agreeing, silent.length), ...silent.map(saySilence)].join("; ");
    return withEvent(rest, moveEvent(service, "answered", open, { atMs, why, alert: isTold(open), times }));
  }
  const keptMs = round.resolvers.length > 0 ? (open.keptSeconds ?? service.dns.ttlSeconds) * 1000 : 0;
  if (open.lateTold || atMs < inSyncMs + answerLateMs + keptMs) return state;
  const why = [...new Set([...others.map(sayAnswer(service)), ...silent.map(saySilence)])].join("; ");
  if (others.length > 0) return late(service, state, open, "not-answered", why, atMs);
  return unproven(service, rest, open, why, atMs);
}

/** A private zone turned out to be one only now: INSYNC is all there is to know, where there was a change to ask about. */
const unasked = (service: Service, rest: ServiceState, open: Propagation, atMs: number): ServiceState =>
  open.times.inSyncMs === undefined
    ? unproven(service, rest, open, "the zone is private, so that its name servers cannot be asked", atMs)
    : rest;

function unproven(
  service: Service,
  rest: ServiceState,
  open: Propagation,
  why: string,
  atMs: number,
): ServiceState {
  return withEvent(rest, moveEvent(service, "unproven", open, { atMs, why, alert: true, times: open.times }));
}

/** How long to wait before the next look: what takes too long is not hurried by asking. */
export const followEveryMs = (open: Propagation): number => (open.lateTold ? 10_000 : 1_000);

function late(
  service: Service,
  state: ServiceState,
  open: Propagation,
  kind: "not-in-sync" | "not-answered",
  why: string,
  atMs: number,
): ServiceState {
  const event = moveEvent(service, kind, open, { atMs, why, alert: true, times: open.times });
  return withEvent({ ...state, propagation: { ...open, lateTold: true } }, event);
}

/** As a set, whatever the order and the spelling. Of several that are answered by turns any will do. */
export const isAsAsked = ({ values, asked }: Answer): boolean => {
  const { name, type, ttlSeconds } = asked;
  const bare = (of: readonly string[]): RecordSet => ({ name, type, ttlSeconds, values: of });
  const said = type === "TXT" && !isThere(asked) ? values.filter(isGenerationText) : values;
  return partsOf(asked).some((part) => sameValues(bare(said), bare(part.values)));
};

function sayAgreement(answers: readonly Answer[], silent: number): string {
  const agreeing = new Set(answers.map(({ server }) => server)).size;
  const asked = [...new Set(answers.map((answer) => answer.asked))];
  const said = asked.map((one) => {
    const values = partsOf(one).map((part) => part.values.join(", "));
    return `${asked.length === 1 ? "" : `${one.name} ${one.type} `}${values.join(" or ")}`;
  });
  return `${silent === 0 ? `all ${agreeing}` : `${agreeing} of ${agreeing + silent}`} servers answer ${said.join("; ")}`;
}

/** Which record it is about is said of those that are moved with the service's own. */
export const sayAnswer =
  ({ dns }: Service) =>
  ({ server, asked, values }: Answer): string => {
    const isOwn = asked.name === dns.name && asked.type === dns.type;
    const said = values.length > 0 ? values.join(", ") : "that there is no record";
    return `${server} answers ${said}${isOwn ? "" : ` for ${asked.name} ${asked.type}`}`;
  };

const saySilence = ({ server, silent }: Silence): string => `${server} did not answer us (${silent})`;
