import { setTimeout } from "node:timers/promises";
import { readHistory } from "../../lambda/aws/history.ts";
import { openStore } from "../../lambda/aws/tables.ts";
import type { Config, Service } from "../../lambda/core/config.ts";
import { availability } from "../../lambda/core/counters.ts";
import type { EndpointRecord } from "../../lambda/core/endpoint-record.ts";
import type { Event } from "../../lambda/core/event.ts";
import { type ServiceState, serviceKey } from "../../lambda/core/service-state.ts";
import type { LocationCall } from "../lambda-api.ts";
import type { Published } from "../sns-message.ts";
import type { Stack, StackListeners } from "../stack.ts";
import type { Answer, EndpointView, Happening, Model, Note, Seen, ServiceView } from "./model.ts";
import { openResolver } from "./names.ts";
import { seenIn } from "./seen.ts";

/** Everything seen so far. */
type Sightings = {
  readonly config: Config;
  readonly answers: Map<string, Answer>;
  readonly states: Map<string, ServiceState>;
  readonly records: Map<string, EndpointRecord>;
  /** By endpoint and location. */
  readonly seen: Map<string, Map<string, Seen>>;
  readonly events: Map<string, Event>;
  readonly notes: Note[];
  readonly alerts: Published[];
  readonly log: string[];
  trouble: string | undefined;
};

export type Observer = {
  /** What the stack is to be started with. */
  readonly listeners: StackListeners;
  /** Looks at tables and names until the signal is aborted. */
  watch(stack: Stack, over: AbortSignal): Promise<void>;
  /** Adds a line of our own to what happened. */
  note(text: string, isBreak?: boolean): void;
  model(nowMs: number): Model;
  /** What the functions wrote lately. */
  log(): readonly string[];
};

const lookEveryMs = 1_000;

/** So many rows are read each second at most; with more of them, they take turns. */
const readsInALook = 40;

const keptEvents = 100;
const keptLines = 200;

/** Watches a stack from the outside: the tables, the DNS server, the alerts, what locations are asked. */
export function openObserver(config: Config, now: () => number = Date.now): Observer {
  const sightings: Sightings = {
    config,
    answers: new Map(),
    states: new Map(),
    records: new Map(),
    seen: new Map(),
    events: new Map(),
    notes: [],
    alerts: [],
    log: [],
    trouble: undefined,
  };
  let ports: Pick<Model, "dnsPort" | "dynamodbUrl"> = { dnsPort: 0 };
  return {
    listeners: listenersOf(sightings),
    watch: (stack, over) => {
      ports = { dnsPort: stack.dns.port, dynamodbUrl: stack.dynamodbUrl };
      return watch(sightings, stack, over, now);
    },
    note: (note, isBreak = false) => {
      sightings.notes.push({ atMs: now(), note, isBreak });
    },
    model: (nowMs) => ({ ...modelOf(sightings, nowMs), ...ports }),
    log: () => sightings.log,
  };
}

function listenersOf(sightings: Sightings): StackListeners {
  return {
    onCall: (call) => takeCall(sightings, call),
    onAlert: (alert) => {
      sightings.alerts.push(alert);
    },
    onSweep: (_event, outcome) => {
      sightings.trouble = outcome.ok ? undefined : `the sweep failed: ${outcome.error.errorMessage}`;
    },
    onLog: (line) => {
      sightings.log.push(line);
      sightings.log.splice(0, sightings.log.length - keptLines);
    },
  };
}

function takeCall({ seen }: Sightings, call: LocationCall): void {
  for (const [id, what] of seenIn(call)) {
    const locations = seen.get(id) ?? new Map<string, Seen>();
    seen.set(id, locations.set(call.location, what));
  }
}

async function watch(
  sightings: Sightings,
  stack: Stack,
  over: AbortSignal,
  now: () => number,
): Promise<void> {
  const resolver = openResolver(stack.dns.port);
  const ended = new Promise<void>((resolve) => over.addEventListener("abort", () => resolve()));
  try {
    for (let round = 0; !over.aborted; round++) {
      try {
        await Promise.race([look(sightings, stack, resolver, round, now), ended]);
      } catch (error) {
        sightings.trouble = `the tables could not be read: ${String(error)}`;
      }
      await setTimeout(lookEveryMs, undefined, { signal: over }).catch(() => {});
    }
  } finally {
    resolver.close();
  }
}

async function look(
  sightings: Sightings,
  stack: Stack,
  resolver: ReturnType<typeof openResolver>,
  round: number,
  now: () => number,
): Promise<void> {
  const { services, endpoints, heartbeats = [] } = sightings.config;
  const itsTurn = turn(services, round);
  const theirTurn = turn([...endpoints, ...heartbeats], round);
  const store = openStore(stack.client, stack.tables, { lease: 0, services: 0, records: 0, history: 0 });
  const subjects = [...itsTurn, ...theirTurn].map(({ id }) => id);
  await Promise.all([
    ...itsTurn.map(async (service) => {
      const { name, type } = service.dns;
      takeAnswer(sightings, service, { atMs: now(), ...(await resolver.ask(name, type)) });
      const row = await store.cell<ServiceState>(serviceKey(service)).read();
      if (row) sightings.states.set(service.id, row.body);
    }),
    ...subjects.map(async (subject) => {
      const events = await readHistory(stack.client, stack.tables.resultsTable, subject, 10);
      for (const event of events) sightings.events.set(event.id, event);
    }),
    store
      .newest(
        theirTurn.map(({ id }) => id),
        undefined,
      )
      .then((records) => {
        for (const [id, record] of records) sightings.records.set(id, record);
      }),
  ]);
  forgetOld(sightings.events);
}

function turn<T>(list: readonly T[], round: number): readonly T[] {
  const turns = Math.max(1, Math.ceil(list.length / readsInALook));
  return list.filter((_, i) => i % turns === round % turns);
}

function takeAnswer({ answers }: Sightings, { id }: Service, now: Omit<Answer, "sinceMs">): void {
  const before = answers.get(id);
  const isSame = before?.values.join() === now.values.join() && before?.error === now.error;
  answers.set(id, { ...now, sinceMs: isSame ? before.sinceMs : now.atMs });
}

function forgetOld(events: Map<string, Event>): void {
  const oldestFirst = [...events.values()].sort((a, b) => a.atMs - b.atMs);
  for (const { id } of oldestFirst.slice(0, -keptEvents)) events.delete(id);
}

function modelOf(sightings: Sightings, nowMs: number): Omit<Model, "dnsPort"> {
  const { config, events, notes, alerts, trouble } = sightings;
  const targets = new Set(
    config.services.flatMap((service) => service.targets.map(({ endpoint }) => endpoint)),
  );
  const happenings: Happening[] = [
    ...notes,
    ...[...events.values()].map((event) => ({ atMs: event.atMs, event })),
  ];
  return {
    nowMs,
    locations: config.locations,
    services: config.services.map((service) => serviceView(sightings, service)),
    endpoints: [
      ...config.endpoints
        .filter(({ id }) => !targets.has(id))
        .map(({ id }) => endpointView(sightings, id, id)),
      ...(config.heartbeats ?? []).map(({ id }) => ({
        ...endpointView(sightings, id, id),
        isJob: true as const,
      })),
    ],
    happenings: happenings.sort((a, b) => b.atMs - a.atMs),
    alerts: [...alerts],
    ...(trouble === undefined ? {} : { trouble }),
  };
}

function serviceView(sightings: Sightings, service: Service): ServiceView {
  const answer = sightings.answers.get(service.id);
  const state = sightings.states.get(service.id);
  const disarmed = state?.disarmed?.why;
  return {
    service,
    endpoints: service.targets.map(({ id, endpoint }) => endpointView(sightings, endpoint, id)),
    ...(answer ? { answer } : {}),
    ...(state?.written ? { written: state.written } : {}),
    ...(disarmed === undefined ? {} : { disarmed }),
  };
}

function endpointView({ config, records, seen }: Sightings, id: string, name: string): EndpointView {
  const record = records.get(id);
  const known = record
    ? { health: record.health, availability: availability(undefined, record.counters) }
    : {};
  return { id, name, ...known, seen: config.locations.map((location) => seen.get(id)?.get(location)) };
}
