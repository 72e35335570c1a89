import type { Beacons, Service } from "./config.ts";
import type { Decision } from "./decide.ts";
import type { Event, MoveTimes } from "./event.ts";
import { readGeneration } from "./generation.ts";
import type { Doubt } from "./glance.ts";
import type { Freeze, Maintenance, Note, Order, Outcome } from "./hands.ts";
import type { Conversion } from "./pair.ts";
import type { Readiness } from "./readiness.ts";
import {
  partsOf,
  pointsTo,
  type RecordSet,
  type Standing,
  sameRecord,
  sameValues,
  sayContent,
} from "./records.ts";
import { stepped } from "./stepped.ts";

/** A change decided and saved, whose outcome is not known yet. */
export type Intent = {
  readonly kind: Extract<Decision, { do: "move" }>["kind"] | "adopted" | "converted" | "retired";
  /** Target ids, or how the load is spread; `from` may be `orphan`, and is missing where the name had no record. */
  readonly from?: string;
  readonly to: string;
  readonly why: string;
  readonly now: RecordSet | null;
  /** None only where a name without a record is adopted. */
  readonly want: RecordSet | null;
  /** The generation this change replaces; it writes the next one. */
  readonly generation: number;
  /** The operator's wish behind it, where it is not the automaton's own. */
  readonly by?: Order | Maintenance;
  /** Of an adoption, and of a conversion back: what stands in the place of the generation. */
  readonly txt?: RecordSet | null;
  /** A change that was under way: of an adoption, when the name was disarmed; of a conversion back, which ends it. */
  readonly replaces?: Intent;
  /** Of a conversion: the records that are replaced by others, which answer the same. */
  readonly conversion?: Conversion;
  /** When the verdict was reached that it rests on now: anew with each try. */
  readonly decidedMs: number;
  /** When the target that is left failed, and when that was found. */
  readonly failedMs?: number;
  readonly foundMs?: number;
  /** Whether the target that is left was up: such moves are limited. */
  readonly fromUp: boolean;
  /** Set once people were told that it does not get through. */
  readonly failingTold?: boolean;
};

/** An accepted change on its way to the name servers, until they answer it. */
export type Propagation = {
  readonly kind: Intent["kind"];
  readonly from?: string;
  readonly to: string;
  readonly want: RecordSet;
  /** How long a resolver may keep what was answered before. */
  readonly keptSeconds?: number;
  /** Route 53 gave the change this id; missing where its answer was lost and the zone shows the change. */
  readonly changeId?: string;
  /** `inSyncMs` is there once Route 53 said so; from then on only the name servers are asked. */
  readonly times: MoveTimes & { readonly acceptedMs: number };
  /** People were told that it takes too long. */
  readonly lateTold?: boolean;
};

/** A state of affairs people were told of, so that they are not told again every ten seconds. */
export type Condition = { readonly code: string; readonly sinceMs: number; readonly toldMs: number };

/** Where an operator has put a name: it is not moved back from there by itself, and if pinned not moved at all. */
export type Placed = Note & {
  readonly target: string;
  readonly pinned: boolean;
  readonly toldMs: number;
};

/** What may be unsound: the beacons, their records and health checks, the way that the config says. */
export type Part = "beacons" | "records" | "way";

export type Flaw = { readonly why: string; readonly sinceMs: number; readonly told: boolean };

/** What we know and did about one name. Never expires. */
export type ServiceState = {
  /** The record set we last wrote or found: the exact one a DELETE must name. None where the name has none. */
  readonly written: RecordSet | null;
  readonly generation: number;
  /** The name stands as their failover records, and is moved by them; by Route 53's API otherwise. */
  readonly beacons?: Beacons;
  readonly intent?: Intent;
  readonly propagation?: Propagation;
  /** Hands off: somebody else changed the record, or our own memory of it is lost. */
  readonly disarmed?: { readonly why: string; readonly sinceMs: number };
  readonly condition?: Condition;
  /** A freeze as it was taken in, of this service or of all. */
  readonly frozen?: Freeze & { readonly toldMs: number };
  readonly placed?: Placed;
  /** What became of the last order. */
  readonly lastOrder?: Outcome;
  /** When the name was moved, or found moved, to where it points; none while it is where it was found first. */
  readonly pointsSinceMs?: number;
  /** Since when its zone could not be read any more, and whether people were told. */
  readonly unread?: { readonly sinceMs: number; readonly told: boolean };
  /** What is not as it should be and keeps nothing from working yet, and whether people were told. */
  readonly unsound?: Readonly<Partial<Record<Part, Flaw>>>;
  /** What name servers answered was looked into in vain. */
  readonly doubt?: Doubt;
  /** Whether each target would take over, as last noted. */
  readonly readiness?: Readonly<Record<string, Readiness>>;
  /** When the weight of each target of a weighted name was last changed. */
  readonly steppedMs?: Readonly<Record<string, number>>;
  /** When the name was moved away from a target that was up, or one began to be brought back. */
  readonly movesFromUpMs: readonly number[];
  /** Events still to be told and filed. */
  readonly outbox: readonly Event[];
};

/** The state with something to be told and filed. */
export const withEvent = (state: ServiceState, event: Event): ServiceState => ({
  ...state,
  outbox: [...state.outbox, event],
});

/** The key of a service's state: what is moved, not what the config calls it today. */
export const serviceKey = (service: Service): string =>
  `service#${service.dns.zoneId}/${service.dns.name}/${service.dns.type}`;

/**
 * The state of a name seen for the first time. A record that is one of the targets' is adopted as it is, with its
 * own TTL. A generation TXT without a state means that our memory is lost: hands off.
 */
export function firstSight(service: Service, standing: Standing, owner: string, atMs: number): ServiceState {
  const { record } = standing;
  const state = {
    written: record,
    generation: 0,
    ...(record?.weighted && { steppedMs: stepped(null, record, {}, atMs) }),
    movesFromUpMs: [],
    outbox: [],
  };
  const why = strange(service, standing, owner);
  return why === undefined ? state : { ...state, disarmed: { why, sinceMs: atMs } };
}

function strange(service: Service, standing: Standing, owner: string): string | undefined {
  if (standing.generation !== null) {
    const writer = readGeneration(standing.generation)?.owner;
    return writer === owner
      ? `${standing.generation.name} says that this installation moved the name before, but the state of that is lost`
      : `${standing.generation.name} says that ${writer ?? "somebody else"} moves this name`;
  }
  if (pointsTo(service, standing.record) !== "orphan") return undefined;
  return `the record is ${show(standing.record)}, which is none of the targets`;
}

/** What to do about a saved change, given what stands in the zone now. */
export type Resumption =
  | { readonly is: "apply" }
  /** It took effect, whatever somebody made of the record since. */
  | { readonly is: "done" }
  /** The change was given up, and that took effect. */
  | { readonly is: "dropped" }
  /** Our own value under another TTL or in another spelling: adopt it and apply the change to that. */
  | { readonly is: "adopt"; readonly now: RecordSet }
  | { readonly is: "foreign"; readonly why: string };

/** How far the generation goes on with a move, and with one that is given up: the zone says which of them it was. */
export const [movedBy, droppedBy] = [1, 2] as const;

/**
 * Reads what a change whose outcome is unknown came to. The generation decides: only our own changes move it on, by
 * one step where the name was moved and by two where the change was given up, even when the answer was lost.
 */
export function resume(intent: Intent, standing: Standing, owner: string): Resumption {
  const generation = generationOf(standing, owner);
  const { record } = standing;
  if (generation === intent.generation + movedBy) return { is: "done" };
  if (generation === intent.generation + droppedBy) return { is: "dropped" };
  if (isAsRead(intent, standing, generation)) return { is: "apply" };
  const isOurs = intent.txt === undefined && generation === intent.generation;
  if (isOurs && record !== null && sameValues(record, intent.now)) return { is: "adopt", now: record };
  return { is: "foreign", why: difference(intent.now, intent.generation, standing, owner) };
}

/**
 * The zone is as the change expects it, letter by letter. What an operator asked to be taken over may stand at any
 * generation, or at none.
 */
const isAsRead = (intent: Intent, standing: Standing, generation: number | undefined): boolean =>
  sameRecord(standing.record, intent.now) &&
  (intent.txt === undefined ? generation === intent.generation : sameRecord(standing.generation, intent.txt));

/**
 * Takes in what stands in the zone while no change is under way. A name we never moved may be pointed to another
 * target, or given another TTL, by anybody. One we moved may be pointed to a target that is up: that is how a person
 * fails back by hand. Pointed to one that is not, it is somebody else's affair: two who move one name against each
 * other are worse than one who stops; unless `onForeign: retake` says that whoever applies an old plan is not meant.
 * What is strange disarms; what is as it was left arms again.
 */
export function look(
  service: Service,
  state: ServiceState,
  standing: Standing,
  owner: string,
  atMs: number,
  isUp: (target: string) => boolean,
): ServiceState {
  const { disarmed, ...rest } = state;
  const why =
    state.generation === 0
      ? unlike(service, state, standing, owner)
      : changed(service, state, standing, owner, isUp);
  if (why !== undefined && why === disarmed?.why) return state;
  if (why !== undefined) return { ...state, disarmed: { why, sinceMs: disarmed?.sinceMs ?? atMs } };
  const isAsLeft = disarmed === undefined && sameRecord(standing.record, state.written);
  if (isAsLeft) return state;
  // A change that is still saved is about the record as it stands now: about another one it would be refused for ever.
  const open = rest.intent && { intent: { ...rest.intent, now: standing.record } };
  const { record } = standing;
  const steps = record?.weighted && {
    steppedMs: stepped(state.written, record, state.steppedMs ?? {}, atMs),
  };
  return { ...rest, ...open, ...steps, written: record };
}

/** Why a name we never moved is none of ours to move: also when its record was there and is gone. */
function unlike(
  service: Service,
  state: ServiceState,
  standing: Standing,
  owner: string,
): string | undefined {
  if (standing.record === null && state.written !== null) {
    return `the record is gone; it was ${show(state.written)}`;
  }
  // It was a target's when it was adopted, and a deploy has given that another address.
  const isAdopted = standing.generation === null && state.disarmed === undefined;
  if (isAdopted && sameValues(standing.record, state.written)) return undefined;
  return strange(service, standing, owner);
}

/** Why the zone is not as we left it; none when only the TTL is another, or it points to a target it may point to. */
function changed(
  service: Service,
  state: ServiceState,
  standing: Standing,
  owner: string,
  isUp: (target: string) => boolean,
): string | undefined {
  const at = pointsTo(service, standing.record);
  // Whoever spreads the load of a weighted name by hand would have it spread anew.
  const mayBeThere = (target: string) =>
    (service.weighted === undefined && isUp(target)) ||
    (service.onForeign === "retake" && target !== "orphan");
  const isFine = sameValues(standing.record, state.written) || (at !== undefined && mayBeThere(at));
  if (isFine && generationOf(standing, owner) === state.generation) return undefined;
  return difference(state.written, state.generation, standing, owner);
}

function generationOf(standing: Standing, owner: string): number | undefined {
  if (standing.generation === null) return 0;
  const read = readGeneration(standing.generation);
  return read?.owner === owner ? read.generation : undefined;
}

function difference(left: RecordSet | null, generation: number, standing: Standing, owner: string): string {
  const found = generationOf(standing, owner);
  if (found === undefined) return `${standing.generation?.name} is not ours any more`;
  return `the record is ${show(standing.record)} at generation ${found}; it was left at ${show(left)} at generation ${generation}`;
}

/** A record as a person reads it. */
export const show = (record: RecordSet | null): string =>
  record === null ? "absent" : `${sayContent(record)}${sayTtl(record)}`;

const sayTtl = (record: RecordSet): string => {
  const seconds = partsOf(record).flatMap(({ alias, values, ttlSeconds }) =>
    alias === undefined && values.length > 0 ? [ttlSeconds] : [],
  );
  return seconds.length === 0 ? "" : ` (TTL ${[...new Set(seconds)].join(", ")} s)`;
};
