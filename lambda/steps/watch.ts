import { noBrownout, onlyOf } from "../core/brownout.ts";
import type { Config, Endpoint, Service } from "../core/config.ts";
import { asItStands, standsBy } from "../core/conversion.ts";
import { zeroCounters } from "../core/counters.ts";
import type { EndpointRecord, Watched } from "../core/endpoint-record.ts";
import type { Hands } from "../core/hands.ts";
import { type Health, neverSeen } from "../core/health.ts";
import { type ServiceState, serviceKey } from "../core/service-state.ts";
import type { Held } from "./lease.ts";
import type { Work } from "./work.ts";
import type { Versioned, World } from "./world.ts";

/** A service while a sweep runs. */
export type Switch = {
  /** As the config has it. */
  readonly configured: Service;
  /** As it stands: by beacons only while the name is converted to them. */
  readonly service: Service;
  /** Where in a span of time its turn is, from 0 to 1: each service has its own. */
  readonly phase: number;
  /** None until the zone was read for the first time. */
  state: ServiceState | undefined;
  version: number;
  /** Set when a write's outcome is unknown: what stands in the table has to be read before the next one. */
  unsure: boolean;
  /** Writes to one service follow one another. */
  queue: Promise<unknown>;
  /** Somebody follows its accepted change to the name servers. */
  following: boolean;
  /** First looks that failed. */
  failedLooks: number;
  /** A look at its record is due or under way. */
  looking: boolean;
  /** So is one at its failover records and their health checks. */
  lookingAtRecords: boolean;
  /** Somebody is converting it. */
  converting: boolean;
  /** A name server is being asked for it. */
  glancing: boolean;
  /** No name server could be asked for it, or answered, last time. */
  unheard: boolean;
};

/** Endpoints that are judged together: the targets of a service, or one that stands alone. */
export type Group = {
  readonly id: string;
  readonly endpoints: readonly Endpoint[];
  readonly service?: Service;
};

/** Everything one sweep holds in memory. */
export type Sweep = {
  readonly config: Config;
  readonly world: World;
  /** Who writes the generation TXT: one word. */
  readonly owner: string;
  readonly held: Held;
  readonly work: Work;
  readonly groups: readonly Group[];
  readonly groupOf: ReadonlyMap<string, Group>;
  readonly watched: Map<string, Watched>;
  /** Endpoints whose health changed and is not saved yet. */
  readonly unsaved: Set<string>;
  readonly switches: ReadonlyMap<string, Switch>;
  /** What operators want, as it was last read; none while it never could be. */
  hands?: Versioned<Hands>;
  /** It could not be read last time: what was ordered then may have been taken back since. */
  handsSilent?: boolean;
  /** Groups with an open confirm, or an adoption, and whatever follows from it. */
  readonly confirming: Set<string>;
  /** Looks at zones, one after the other in each role: one that hangs keeps only its own waiting. */
  readonly looks: Map<string | undefined, Promise<void>>;
  /** Events that are being told, and those that were published and could not be filed yet. */
  readonly telling: Set<string>;
  readonly published: Set<string>;
  /** What goes on beside the ticks and has to be over before the lease is given back. */
  readonly background: Set<Promise<void>>;
  sequence: number;
  /** When all endpoints were last saved. */
  savedMs: number;
  /** Until when everybody who was due was asked. */
  tickedMs: number;
  /** The lease is somebody else's: nothing may be changed any more. */
  lost: boolean;
  /** For the log line. */
  readonly done: { ticks: number; probes: number; confirms: number; moves: number };
};

/** What is left of a service's row: its state and the epoch of the sweep that wrote it. */
type ServiceRow = ServiceState & { readonly epoch: number };

const switchCell = (sweep: Pick<Sweep, "world">, service: Service) =>
  sweep.world.store.cell<ServiceRow>(serviceKey(service));

/** Loads what the last sweep left. After one that was not seen to end, every service is fenced first. */
export async function openWatch(
  config: Config,
  world: World,
  owner: string,
  held: Held,
  work: Work,
): Promise<Sweep> {
  const groups = groupsOf(config);
  const ids = [...config.endpoints, ...(config.heartbeats ?? [])].map(({ id }) => id);
  const nowMs = world.now();
  const [records, switches] = await Promise.all([
    world.store.newest(ids, held.lease.saved),
    Promise.all(
      config.services.map((service, i, { length }) => openSwitch(world, service, i / length, held)),
    ),
  ]);
  return {
    config,
    world,
    owner,
    held,
    work,
    groups,
    groupOf: new Map(groups.flatMap((group) => group.endpoints.map(({ id }) => [id, group] as const))),
    watched: new Map(
      ids.map((id) => [id, watchedFrom(records.get(id), id, config.locations, nowMs)] as const),
    ),
    unsaved: new Set(),
    switches: new Map(switches.map((each) => [each.service.id, each] as const)),
    confirming: new Set(),
    looks: new Map(),
    telling: new Set(),
    published: new Set(),
    background: new Set(),
    sequence: 0,
    savedMs: nowMs,
    tickedMs: nowMs,
    lost: switches.some(({ isOvertaken }) => isOvertaken),
    done: { ticks: 0, probes: 0, confirms: 0, moves: 0 },
  };
}

function groupsOf(config: Config): Group[] {
  const endpoints = new Map(config.endpoints.map((endpoint) => [endpoint.id, endpoint] as const));
  const services = config.services.map((service) => ({
    id: service.id,
    service,
    endpoints: service.targets.flatMap((target) => {
      const endpoint = endpoints.get(target.endpoint);
      endpoints.delete(target.endpoint);
      return endpoint ? [endpoint] : [];
    }),
  }));
  return [
    ...services,
    ...[...endpoints.values()].map((endpoint) => ({ id: endpoint.id, endpoints: [endpoint] })),
  ];
}

const watchedFrom = (
  record: EndpointRecord | undefined,
  id: string,
  locations: readonly string[],
  nowMs: number,
): Watched => ({
  endpoint: id,
  fromMs: record?.savedMs ?? nowMs,
  probes: [],
  health: record?.health ?? neverSeen(nowMs),
  counters: record?.counters ?? zeroCounters(nowMs),
  brownout: onlyOf(record?.brownout ?? noBrownout, locations),
  outbox: record?.outbox ?? [],
  ...(record?.unheard && { unheard: record.unheard }),
});

/** A later sweep has written the row: this one was paused since it took the lease. */
const isOvertaken = (row: ServiceRow, held: Held): boolean => row.epoch > held.lease.epoch;

/**
 * Reads a service. If the last sweep may still be alive its row is written anew under our epoch, so that whatever
 * that sweep still wants to write finds another version and fails.
 */
async function openSwitch(
  world: World,
  service: Service,
  phase: number,
  held: Held,
): Promise<Switch & { isOvertaken: boolean }> {
  const cell = switchCell({ world }, service);
  for (;;) {
    const row = await cell.read();
    const version = row?.version ?? 0;
    const overtaken = row !== undefined && isOvertaken(row.body, held);
    const opened = switchOf(service, phase, row?.body, version, overtaken);
    if (held.clean || row === undefined || overtaken) return opened;
    if ((await cell.put({ ...row.body, epoch: held.lease.epoch }, version)) === "saved") {
      opened.version += 1;
      return opened;
    }
  }
}

const switchOf = (
  configured: Service,
  phase: number,
  state: ServiceState | undefined,
  version: number,
  isOvertaken: boolean,
): Switch & { isOvertaken: boolean } => {
  let stands = { by: standsBy(state), service: asItStands(configured, state) };
  return {
    configured,
    // Made once: what is remembered of it would else be forgotten at once.
    get service() {
      const by = standsBy(this.state);
      if (by !== stands.by) stands = { by, service: asItStands(configured, this.state) };
      return stands.service;
    },
    phase,
    state,
    version,
    isOvertaken,
    unsure: false,
    queue: Promise.resolve(),
    following: false,
    failedLooks: 0,
    looking: false,
    glancing: false,
    unheard: false,
    lookingAtRecords: false,
    converting: false,
  };
};

/** What is believed of each target of a service now. */
export function healthsOf(sweep: Sweep, { targets }: Service): Record<string, Health> {
  const healths: Record<string, Health> = {};
  for (const { endpoint } of targets) {
    const watched = sweep.watched.get(endpoint);
    if (watched) healths[endpoint] = watched.health;
  }
  return healths;
}

/** Lets `work` go on beside the ticks; the sweep does not end before it. Never rejects. */
export function inBackground(sweep: Sweep, what: string, work: Promise<void>): Promise<void> {
  const tracked = work
    .catch((error: unknown) =>
      sweep.world.log("error", "not done; tried again", { what, error: String(error) }),
    )
    .finally(() => sweep.background.delete(tracked));
  sweep.background.add(tracked);
  return tracked;
}

/**
 * Changes a service's state where it is saved and then in memory. One at a time for each service.
 *
 * @returns false when a later sweep has taken over; this one must not act any more
 * @throws when the table could not be asked: nothing is certain then, and the next change reads first
 */
export function update(
  sweep: Sweep,
  each: Switch,
  change: (state: ServiceState) => ServiceState,
): Promise<boolean> {
  const run = each.queue.then(() => updateNow(sweep, each, change));
  each.queue = run.catch(() => undefined);
  return run;
}

async function updateNow(
  sweep: Sweep,
  each: Switch,
  change: (state: ServiceState) => ServiceState,
): Promise<boolean> {
  const cell = switchCell(sweep, each.service);
  for (;;) {
    if (sweep.lost) return false;
    if (each.unsure && !(await reread(sweep, each))) return false;
    if (each.state === undefined) return false;
    const next = change(each.state);
    if (next === each.state) return true;
    each.unsure = true;
    const outcome = await cell.put({ ...next, epoch: sweep.held.lease.epoch }, each.version);
    if (outcome === "conflict") continue;
    each.unsure = false;
    each.state = next;
    each.version += 1;
    return true;
  }
}

/** Takes in what stands in the table. False, for good, when a later sweep wrote it. */
async function reread(sweep: Sweep, each: Switch): Promise<boolean> {
  const row = await switchCell(sweep, each.service).read();
  if (row && row.body.epoch > sweep.held.lease.epoch) {
    sweep.lost = true;
    return false;
  }
  if (row) each.state = row.body;
  each.version = row?.version ?? 0;
  each.unsure = false;
  return true;
}
