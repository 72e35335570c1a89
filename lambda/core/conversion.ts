import { quorum, readSaying, type Saying, type Seen, sayingText, stepFor } from "./beacons.ts";
import type { Beacons, Service } from "./config.ts";
import { readGeneration } from "./generation.ts";
import type { Order, Outcome } from "./hands.ts";
import type { Conversion, HealthCheck } from "./pair.ts";
import { pointsTo, type RecordSet } from "./records.ts";
import { moveEvent } from "./report.ts";
import { type Intent, movedBy, type ServiceState } from "./service-state.ts";

/** The service by the way it stands, whatever way the config says: a deploy converts nothing. */
export function asItStands(service: Service, state: ServiceState | undefined): Service {
  // While it is converted back, what became of that only Route 53's API can say.
  const by = state?.intent?.kind === "retired" ? undefined : state?.beacons;
  if (by === service.dns.beacons) return service;
  const { beacons: _, ...dns } = service.dns;
  return { ...service, dns: { ...dns, ...(by && { beacons: by }) } };
}

/** Why an order to convert a name, or to convert it back, comes to nothing; none when it may be tried. */
export function conversionObstacle(
  service: Service,
  state: ServiceState,
  { what }: Pick<Order, "what">,
): string | undefined {
  if (state.intent) return "a change is under way";
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
  { in: primary, out }: Beacons,
  { written, generation }: ServiceState,
  owner: string,
): Saying | undefined {
  const [value] = written?.values ?? [];
  if (value !== primary && value !== out) return undefined;
  return { word: value === primary ? "IN" : "OUT", owner, generation: generation + movedBy };
}

/** Each checker asks every 10 s; S3 tells the second in which an object was written. */
const graceMs = 1_000;

/**
 * What the health checks have to be waited for: a new one counts as healthy before it has asked, an inverted one as
 * unhealthy, and the name would leave its primary. None when most of each one's checkers have read what is there now.
 */
export function unread(
  regions: readonly string[],
  seen: readonly Seen[],
  { children }: HealthCheck,
): string | undefined {
  const isRead = (each: Seen | undefined, region: string): boolean => {
    const writtenMs = each?.is === "read" ? (each.writtenMs ?? Number.POSITIVE_INFINITY) : 0;
    const { seenMs = [] } = children.find((child) => child?.host?.includes(`.s3.${region}.`)) ?? {};
    const fresh = seenMs.filter((ms) => ms > writtenMs + graceMs);
    return fresh.length * 2 > seenMs.length;
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

/** Why what the beacons say is not what the name was left at; none also where none of them can be read. */
export function contradiction(
  { in: primary, out }: Beacons,
  state: ServiceState,
  seen: readonly Seen[],
  owner: string,
): string | undefined {
  const { generation } = state;
  const word = state.written?.values[0] === out ? "OUT" : "IN";
  const sayings = seen.flatMap((each) => (each.is === "read" ? [readSaying(each.body)] : []));
  if (sayings.length === 0) return undefined;
  const left = sayingText({ word, owner, generation });
  const same = sayings.filter((saying) => saying !== undefined && sayingText(saying) === left).length;
  if (same >= quorum) return undefined;
  const at = word === "IN" ? primary : out;
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
  const intent: Intent = {
    kind: conversion.to === "beacons" ? "converted" : "retired",
    from: at,
    to: at,
    why: `it answers what it answered, ${at}`,
    now: state.written,
    want: state.written,
    // Above whatever stands: the next one would else be taken for this change's own.
    generation: Math.max(state.generation, (txt && readGeneration(txt)?.generation) ?? 0),
    ...(txt !== undefined && { txt }),
    conversion,
    decidedMs: atMs,
    fromUp: false,
    by: order,
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
    outbox: [...state.outbox, moveEvent(service, kind, intent, { atMs, why, alert: true, times })],
  };
}

/** The state after Route 53 refused a conversion for good: the records are not as they were read. */
export function unconverted(service: Service, state: ServiceState, why: string, atMs: number): ServiceState {
  const { intent, ...rest } = state;
  if (intent === undefined) return state;
  const told = moveEvent(service, "order", intent, { atMs, why: `refused; ${why}`, alert: false });
  return { ...rest, ...outcomeOf(intent, "refused", why, atMs), outbox: [...state.outbox, told] };
}
