import type { Service, Target } from "../../lambda/core/config.ts";
import { availability } from "../../lambda/core/counters.ts";
import type { EndpointRecord } from "../../lambda/core/endpoint-record.ts";
import type { Maintenance, Note } from "../../lambda/core/hands.ts";
import type { Trouble } from "../../lambda/core/health.ts";
import type { Readiness } from "../../lambda/core/readiness.ts";
import { carriers, pointsTo, sayContent, sayTarget } from "../../lambda/core/records.ts";
import { noteOf } from "../../lambda/core/report.ts";
import { type ServiceState, serviceKey } from "../../lambda/core/service-state.ts";
import type { Desk } from "./desk.ts";

/** What is known of an endpoint, as people and scripts get it. Times are Unix milliseconds. */
export type EndpointView = {
  readonly id: string;
  readonly state: "up" | "down" | "unknown";
  readonly trouble?: Trouble;
  readonly sinceMs?: number;
  readonly why: string;
  readonly maintenance?: Maintenance;
  /** Until when it was watched, as far as that is saved. */
  readonly seenUntilMs?: number;
  /** Since it was first seen: up time over seen time, 0 to 1. */
  readonly availability?: number;
  readonly seenMs?: number;
};

export type TargetView = EndpointView & {
  readonly target: string;
  readonly value: string;
  readonly hasName: boolean;
  /** What the sweep last made of it; none before it was first judged. */
  readonly readiness?: Readiness;
};

export type ServiceView = {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly mode: Service["mode"];
  /** Its load is spread over its targets. */
  readonly routing?: "weighted";
  /** The target the name points to, or how its load is spread; `orphan` or none as the record is. */
  readonly pointsTo?: string;
  readonly record: readonly string[];
  readonly sinceMs?: number;
  readonly disarmed?: string;
  readonly frozen?: Note;
  readonly placed?: Note & { readonly target: string; readonly pinned: boolean };
  /** A change that is saved and not accepted yet, or accepted and not yet answered by its name servers. */
  readonly change?: { readonly to: string; readonly is: "being sent" | "on its way to the name servers" };
  /** Where the name is moved by beacons: their Regions. */
  readonly beacons?: readonly string[];
  /** What is not as it should be and holds nothing up yet. */
  readonly unsound?: readonly string[];
  /** What people were told that is the matter. */
  readonly condition?: { readonly code: string; readonly sinceMs: number };
  readonly targets: readonly TargetView[];
};

/** Later than this nobody may be watching: a sweep saves at least every two minutes. */
export const staleAfterMs = 180_000;

/** What a service's row says; none before its zone was first read. */
export const readState = async ({ store }: Desk, service: Service): Promise<ServiceState | undefined> =>
  (await store.cell<ServiceState>(serviceKey(service)).read())?.body;

/** All that is known of a service now. */
export async function readService(desk: Desk, service: Service): Promise<ServiceView> {
  const [state, records] = await Promise.all([
    readState(desk, service),
    desk.store.newest(
      service.targets.map(({ endpoint }) => endpoint),
      undefined,
    ),
  ]);
  return serviceView(service, state, records);
}

export function serviceView(
  service: Service,
  state: ServiceState | undefined,
  records: ReadonlyMap<string, EndpointRecord>,
): ServiceView {
  const active = state && pointsTo(service, state.written);
  const carrying = state ? carriers(service, state.written) : [];
  const change = changeOf(state);
  return {
    id: service.id,
    name: service.dns.name,
    type: service.dns.type,
    mode: service.mode,
    ...(service.weighted && { routing: "weighted" as const }),
    ...(active !== undefined && { pointsTo: active }),
    record: state?.written ? [sayContent(state.written)] : [],
    ...(state ? standOf(state) : { disarmed: "its zone was not read yet" }),
    ...(change && { change }),
    targets: service.targets.map((target) =>
      targetView(
        target,
        carrying.includes(target),
        state?.readiness?.[target.id],
        records.get(target.endpoint),
      ),
    ),
  };
}

/** Since when a service stands as it does, who holds it there, and what is the matter with it. */
const standOf = (state: ServiceState): Partial<ServiceView> => ({
  ...(state.pointsSinceMs !== undefined && { sinceMs: state.pointsSinceMs }),
  ...(state.disarmed && { disarmed: state.disarmed.why }),
  ...(state.frozen && { frozen: noteOf(state.frozen) }),
  ...(state.placed && {
    placed: { ...noteOf(state.placed), target: state.placed.target, pinned: state.placed.pinned },
  }),
  ...(state.beacons && { beacons: state.beacons.regions }),
  ...(state.unsound && { unsound: Object.values(state.unsound).map(({ why }) => why) }),
  ...(state.condition && { condition: { code: state.condition.code, sinceMs: state.condition.sinceMs } }),
});

function changeOf(state: ServiceState | undefined): ServiceView["change"] {
  if (state?.intent) return { to: state.intent.to, is: "being sent" };
  return state?.propagation && { to: state.propagation.to, is: "on its way to the name servers" };
}

function targetView(
  target: Target,
  hasName: boolean,
  readiness: Readiness | undefined,
  record: EndpointRecord | undefined,
): TargetView {
  return {
    ...endpointView(target.endpoint, record),
    target: target.id,
    value: sayTarget(target),
    hasName,
    ...(readiness && { readiness }),
  };
}

/** Why an order could not be expected to move a name there now; none when it could. */
export function objectionTo(view: EndpointView, atMs: number): string | undefined {
  if (view.maintenance) return sayWork(view.maintenance);
  if (view.state !== "up") return `${view.state}: ${view.why}`;
  if (view.trouble !== undefined) return `${view.trouble}: ${view.why}`;
  return isStale(view, atMs) ? "nobody has seen it lately" : undefined;
}

/** The first other target that an order could be expected to move the name to. */
export const standbyOf = ({ targets }: ServiceView, atMs: number): TargetView | undefined =>
  targets.find((target) => !target.hasName && objectionTo(target, atMs) === undefined);

export const sayWork = ({ who, why }: Maintenance): string => `${who} works on it: ${why}`;

export const isStale = ({ seenUntilMs }: EndpointView, atMs: number): boolean =>
  seenUntilMs === undefined || atMs - seenUntilMs > staleAfterMs;

export function endpointView(id: string, record: EndpointRecord | undefined): EndpointView {
  if (record === undefined) return { id, state: "unknown", why: "not seen yet" };
  const { health, counters } = record;
  const { ratio, seenMs } = availability(undefined, counters);
  return {
    id,
    state: health.state,
    ...(health.trouble && { trouble: health.trouble }),
    sinceMs: health.sinceMs,
    why: health.why,
    ...(health.maintenance && { maintenance: health.maintenance }),
    seenUntilMs: counters.untilMs,
    ...(ratio !== undefined && { availability: ratio }),
    seenMs,
  };
}
