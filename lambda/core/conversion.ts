import { quorum, readSaying, type Saying, type Seen, sayingText, stepFor, wordOf } from "./beacons.ts";
import type { Beacons, Service } from "./config.ts";
import { type Decision, orphanWhy, stay } from "./decide.ts";
import type { Event } from "./event.ts";
import { readGeneration } from "./generation.ts";
import type { Order, Outcome } from "./hands.ts";
import type { Conversion, HealthCheck } from "./pair.ts";
import { type Destination, pointsTo, type RecordSet, recordFor, sayContent } from "./records.ts";
import { moveEvent } from "./report.ts";
import { droppedBy, type Intent, movedBy, type ServiceState } from "./service-state.ts";

/** By which beacons the name is moved as it stands; none where Route 53's API moves it. */
export const standsBy = (state: ServiceState | undefined): Beacons | undefined =>
  // While it is converted back, what became of that only Route 53's API can say.
  state?.intent?.kind === "retired" ? undefined : state?.beacons;

/** The service by the way it stands, whatever way the config says: a deploy converts nothing. */
export function asItStands(service: Service, state: ServiceState | undefined): Service {
  const by = standsBy(state);
  const { beacons, ...dns } = service.dns;
  if (by === beacons || (by && beacons && isSameWay(by, beacons))) return service;
  return { ...service, dns: { ...dns, ...(by && { beacons: by }) } };
}

/** Why the name cannot be taken there as it stands; none where it can. A deploy may have given a target another value. */
export function outOfReach(service: Service, to: Destination): string | undefined {
  const { beacons } = service.dns;
  const record = recordFor(service, to);
  if (beacons === undefined || wordOf(beacons, record) !== undefined) return undefined;
  return `its failover records hold ${beacons.in} and ${beacons.out}, and ${to.id} is ${sayContent(record)}: pointsman retire ${service.id}`;
}

/** What is decided, unless the name cannot be taken there: that would be tried for ever, and keep it from being retired. */
export function withinReach<To extends Destination>(service: Service, wish: Decision<To>): Decision<To> {
  const why = wish.do === "move" ? outOfReach(service, wish.to) : undefined;
  if (wish.do !== "move" || why === undefined) return wish;
  if (wish.from === "orphan") return stay("orphan", `${orphanWhy}; ${why}`);
  const isDown = !wish.fromUp && wish.by === undefined;
  return stay(isDown ? "not-proven" : "healthy", why);
}

/** Why an order to convert a name, or to convert it back, comes to nothing; none when it may be tried. */
export function conversionObstacle(
  service: Service,
  state: ServiceState,
  { what }: Pick<Order, "what">,
): string | undefined {
  if (state.intent && !(what === "retire" && isStuck(state))) return "a change is under way";
  if (state.propagation) return "the last change is not answered by its name servers yet";
  if (what === "retire") {
    return state.beacons ? undefined : "it is a simple record already, and moved by Route 53's API";
  }
  const { beacons } = service.dns;
  if (beacons === undefined)
    return "the deployed config says via: api; write via: beacons and deploy it first";
  if (beacons.check === undefined) return "its health checks do not exist yet: deploy via: beacons first";
  if (state.beacons === undefined) return undefined;
  return isSameWay(beacons, state.beacons) ? "it is moved by beacons already" : "retire it first";
}

/** A move that the beacons do not take: people were told. To retire the name ends it, and Route 53's API moves it. */
export const isStuck = ({ intent, beacons }: ServiceState): boolean =>
  beacons !== undefined && intent?.failingTold === true && !staysPut(intent);

const isSameWay = (a: Beacons, b: Beacons): boolean => sayWay(a) === sayWay(b);

const sayWay = ({ regions, key, record, in: primary, out, check }: Beacons): string =>
  [...regions, key, record.name, record.type, record.ttlSeconds, primary, out, check].join(" ");

/** What a deploy has made of the config that the name does not stand for yet, and which command ends it. */
export function wayFlaw({ id, dns }: Service, state: ServiceState): string | undefined {
  const { beacons } = state;
  if (dns.beacons === undefined) {
    return beacons && `via: api is deployed, and the name stands as beacons' records: pointsman retire ${id}`;
  }
  if (beacons === undefined) {
    return `via: beacons is deployed, and the name is a simple record that Route 53's API moves: pointsman convert ${id}`;
  }
  if (isSameWay(dns.beacons, beacons)) return undefined;
  const holds = ({ in: primary, out, record, regions, check }: Beacons) =>
    `${primary} and ${out} (TTL ${record.ttlSeconds} s, ${regions.join(", ")}, health check ${check})`;
  return `the records are of ${holds(beacons)}, the config of ${holds(dns.beacons)}: pointsman retire ${id}, then convert it`;
}

/** What the beacons have to say before the name depends on them; none where it is at none of their two values. */
export function sayingFor(
  beacons: Beacons,
  { written, generation }: ServiceState,
  owner: string,
): Saying | undefined {
  const word = wordOf(beacons, written);
  return word && { word, owner, generation: generation + movedBy };
}

/** Each checker asks every 10 s; S3 tells the second in which an object was written. */
const graceMs = 1_000;

/**
 * Route 53 takes for healthy what more than 18 % of the checkers do (Developer Guide, "How Route 53 determines whether a
 * health check is healthy"): so many that still hold an earlier OUT are enough for it.
 */
const mostBehind = 0.18;

/**
 * What the health checks have to be waited for: a new one counts as healthy before it has asked, an inverted one as
 * unhealthy, and the name would leave its primary. None when enough of each one's checkers have read what is there now.
 */
export function unread(
  regions: readonly string[],
  seen: readonly Seen[],
  { children }: HealthCheck,
): string | undefined {
  const isRead = (each: Seen | undefined, region: string): boolean => {
    const writtenMs = each?.is === "read" ? (each.writtenMs ?? Number.POSITIVE_INFINITY) : 0;
    const { seenMs = [] } = children.find((child) => child?.host?.includes(`.s3.${region}.`)) ?? {};
    const behind = seenMs.filter((ms) => ms <= writtenMs + graceMs);
    return seenMs.length > 0 && behind.length <= seenMs.length * mostBehind;
  };
  const behind = regions.filter((region, i) => !isRead(seen[i], region));
  return behind.length === 0
    ? undefined
    : `its checkers have not read the beacon in ${behind.join(", ")} yet`;
}

/** Why beacons cannot be brought to say that: somebody else's word, or a later one of ours. */
export function strangeAmong(
  regions: readonly string[],
  seen: readonly Seen[],
  want: Saying,
): string | undefined {
  const strange = regions.flatMap((region, i) => {
    const each = seen[i];
    return each?.is === "read" && stepFor(each, want) === "strange"
      ? [`${region} says ${each.body.trim().slice(0, 80)}`]
      : [];
  });
  return strange.length === 0 ? undefined : `a beacon is not ours to write: ${strange.join("; ")}`;
}

/**
 * Why what the beacons say is not what the name was left at. None where enough of them say it, and where none of those
 * that can be read speaks against it: then the name servers alone say where the name is. One that is gone says to the
 * checkers that the primary is in, and a move that did not get through may have got as far as one of them.
 */
export function contradiction(
  beacons: Beacons,
  state: ServiceState,
  seen: readonly Seen[],
  owner: string,
): string | undefined {
  const { generation } = state;
  const word = wordOf(beacons, state.written) ?? "IN";
  const left = sayingText({ word, owner, generation });
  const isHalfWay = (saying: Saying | undefined): boolean =>
    isStuck(state) && saying?.owner === owner && saying.generation - generation <= droppedBy;
  const sides = seen.map((each) => {
    if (each.is === "silent") return "unknown";
    if (each.is === "absent") return word === "OUT" ? "against" : "unknown";
    if (each.body === left) return "for";
    return isHalfWay(readSaying(each.body)) ? "half-way" : "against";
  });
  const count = (side: (typeof sides)[number]) => sides.filter((each) => each === side).length;
  if (count("for") >= quorum || (count("against") === 0 && count("half-way") < quorum)) return undefined;
  const at = word === "IN" ? beacons.in : beacons.out;
  return `the beacons do not say what the name was left at, ${left.trim()} (${at})`;
}

/** The state with a conversion that is about to be sent. It is saved before anything is. */
export function intendConversion(
  service: Service,
  state: ServiceState,
  order: Order,
  conversion: Conversion,
  txt: RecordSet | null | undefined,
  atMs: number,
): ServiceState {
  const at = pointsTo(service, state.written) ?? "nothing";
  const { intent: replaces } = state;
  const lastGeneration = state.generation + (replaces ? droppedBy : 0);
  const intent: Intent = {
    kind: conversion.to === "beacons" ? "converted" : "retired",
    from: at,
    to: at,
    why: `it answers what it answered, ${at}`,
    now: state.written,
    want: state.written,
    // Above whatever stands, or a move may still write: that would else be taken for this change's own.
    generation: Math.max(lastGeneration, (txt && readGeneration(txt)?.generation) ?? 0),
    ...(txt !== undefined && { txt }),
    conversion,
    decidedMs: atMs,
    fromUp: false,
    by: order,
    ...(replaces && { replaces }),
  };
  return { ...state, intent };
}

/** Whether a change leaves the answer as it is: nobody is moved by it, and it needs no evidence to go on. */
export const staysPut = ({ kind }: Pick<Intent, "kind">): boolean =>
  kind === "adopted" || kind === "converted" || kind === "retired";

const outcomeOf = (
  intent: Intent,
  is: Outcome["is"],
  why: string,
  atMs: number,
): Pick<ServiceState, "lastOrder"> =>
  intent.by && "number" in intent.by ? { lastOrder: { number: intent.by.number, is, why, atMs } } : {};

/** The state after Route 53 took a conversion. */
export function converted(
  service: Service,
  state: ServiceState,
  intent: Intent & { readonly conversion: Conversion },
  changeId: string | undefined,
  atMs: number,
): ServiceState {
  const { kind, conversion, want, to } = intent;
  const { intent: _, beacons: __, unsound: ___, ...rest } = state;
  const times = { detectedMs: intent.decidedMs, acceptedMs: atMs };
  const why = changeId === undefined ? `${intent.why}; the zone's generation shows the change` : intent.why;
  return {
    ...rest,
    ...outcomeOf(intent, "done", why, atMs),
    ...(conversion.to === "beacons" && { beacons: conversion.beacons }),
    generation: intent.generation + movedBy,
    ...(want && {
      propagation: { kind, from: to, to, want, ...(changeId === undefined ? {} : { changeId }), times },
    }),
    outbox: [
      ...state.outbox,
      ...endOf(service, intent.replaces, atMs),
      moveEvent(service, kind, intent, { atMs, why, alert: true, times }),
    ],
  };
}

/** People were told that the move does not get through. */
const endOf = (service: Service, move: Intent | undefined, atMs: number): Event[] =>
  move ? [moveEvent(service, "move-dropped", move, { atMs, why: "the name is retired", alert: true })] : [];

/**
 * The state after Route 53 refused a conversion for good: the records are not as they were read. A move that it was to end
 * goes on.
 */
export function unconverted(service: Service, state: ServiceState, why: string, atMs: number): ServiceState {
  const { intent, ...rest } = state;
  if (intent === undefined) return state;
  const told = moveEvent(service, "order", intent, { atMs, why: `refused; ${why}`, alert: false });
  const { replaces } = intent;
  return {
    ...rest,
    ...(replaces && { intent: replaces }),
    ...outcomeOf(intent, "refused", why, atMs),
    outbox: [...state.outbox, told],
  };
}
