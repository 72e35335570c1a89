import { readHistory } from "../lambda/aws/history.ts";
import { openStore } from "../lambda/aws/tables.ts";
import type { Service, Target } from "../lambda/core/config.ts";
import { availability } from "../lambda/core/counters.ts";
import type { EndpointRecord } from "../lambda/core/endpoint-record.ts";
import type { Event, EventKind } from "../lambda/core/event.ts";
import { holds, pointsTo, sayTarget } from "../lambda/core/records.ts";
import { type ServiceState, serviceKey } from "../lambda/core/service-state.ts";
import type { DemoSite } from "./demo-servers.ts";
import type { Outcome } from "./invocation.ts";
import type { Published } from "./sns-message.ts";
import type { Stack } from "./stack.ts";
import { type Timeline, until } from "./timeline.ts";
import { openResolver } from "./watch/names.ts";

/** What the scripted run has in its hands. */
export type DemoRun = {
  readonly stack: Stack;
  readonly service: Service;
  readonly primary: DemoSite;
  readonly alerts: readonly Published[];
  readonly sweeps: readonly Outcome[];
  readonly timeline: Timeline;
};

/** The last line of the run. */
export type DemoResult = {
  readonly ok: true;
  readonly detectedMs: number;
  readonly movedMs: number;
  readonly answeredMs: number;
  readonly failbackMs: number;
  readonly dnsBefore: readonly string[];
  readonly dnsDuring: readonly string[];
  readonly dnsAfter: readonly string[];
  readonly alerts: readonly string[];
  readonly availability: Readonly<Record<string, { readonly percent: number; readonly seenMs: number }>>;
  readonly writeUnitsPerEndpointMinute: number;
};

/** How long each thing is waited for: a machine with other work to do is slow. */
export const stepMs = 60_000;

/**
 * Healthy, primary broken, failover, healed, failback: each step is looked for in DNS, in the tables and among the
 * alerts.
 *
 * @throws NotHappened at the first step that does not happen in time
 */
export async function runDemo(run: DemoRun): Promise<DemoResult> {
  const { timeline, primary, alerts } = run;
  const dnsBefore = await healthy(run);
  await primary.break("refuse");
  const brokenMs = Date.now();
  timeline.tell(`${primary.name} is broken: it refuses connections`, brokenMs);
  const moved = await movedTo(run, "failover", brokenMs);
  await primary.heal();
  const healedMs = Date.now();
  timeline.tell(`${primary.name} is healed`, healedMs);
  const back = await movedTo(run, "failback", healedMs);
  const writeUnitsPerEndpointMinute = await writeUnits(run);
  return {
    ok: true,
    detectedMs: moved.times.detectedMs - brokenMs,
    movedMs: moved.times.acceptedMs - brokenMs,
    answeredMs: moved.times.answeredMs - brokenMs,
    failbackMs: back.times.acceptedMs - healedMs,
    dnsBefore,
    dnsDuring: moved.dns,
    dnsAfter: back.dns,
    alerts: alerts.map(({ attributes }) => attributes["event"] ?? "?"),
    availability: await availabilities(run),
    writeUnitsPerEndpointMinute,
  };
}

const storeOf = ({ client, tables }: Stack) =>
  openStore(client, tables, { lease: 0, services: 0, records: 0, history: 0 });

const recordsOf = ({ stack }: DemoRun): Promise<Map<string, EndpointRecord>> =>
  storeOf(stack).newest(
    stack.config.endpoints.map(({ id }) => id),
    undefined,
  );

/** Both targets are believed up, the service has its row, and the resolver answers the primary. */
async function healthy(run: DemoRun): Promise<readonly string[]> {
  const { service } = run;
  await everyTargetUp(run);
  await rowPointsTo(run, service.targets[0]?.id);
  return resolved(run, service.targets[0], "before the outage");
}

/** Every target has a record that says up. */
export async function everyTargetUp(run: DemoRun): Promise<void> {
  const { stack, timeline } = run;
  await until("every endpoint has a record and is up", stepMs, async () => {
    const records = [...(await recordsOf(run)).values()];
    return records.length === stack.config.endpoints.length &&
      records.every(({ health }) => health.state === "up")
      ? records
      : undefined;
  });
  timeline.tell("every target is up: seen from all locations, recorded in the results table");
}

async function rowPointsTo({ stack, service }: DemoRun, target: string | undefined): Promise<void> {
  await until(`the service's row says ${target}`, stepMs, async () => {
    const row = await storeOf(stack).cell<ServiceState>(serviceKey(service)).read();
    return row && row.body.intent === undefined && pointsTo(service, row.body.written) === target
      ? row
      : undefined;
  });
}

/** What a real resolver is answered, once it is what it should be. */
async function resolved(run: DemoRun, target: Target | undefined, when: string): Promise<readonly string[]> {
  const { stack, service, timeline } = run;
  const { name, type } = service.dns;
  const resolver = openResolver(stack.dns.port);
  const values = await until(`the resolver answers ${target && sayTarget(target)}`, stepMs, async () => {
    const answer = await resolver.ask(name, type);
    return target && holds(target, type, answer.values) ? answer.values : undefined;
  });
  resolver.close();
  timeline.tell(`a resolver asking for ${name} is answered ${values.join(", ")} (${when})`);
  return values;
}

type Moved = {
  readonly times: { readonly detectedMs: number; readonly acceptedMs: number; readonly answeredMs: number };
  readonly dns: readonly string[];
};

/** The move is in the history and in the service's row, was told, and reaches the resolver. */
async function movedTo(run: DemoRun, kind: "failover" | "failback", sinceMs: number): Promise<Moved> {
  const { service, timeline, alerts } = run;
  const event = await inHistory(run, kind, sinceMs);
  const target = service.targets.find(({ id }) => id === event.to);
  const { failedMs, detectedMs, acceptedMs = event.atMs } = event.times ?? { detectedMs: event.atMs };
  if (failedMs !== undefined)
    timeline.tell("the first probe fails; all locations are asked at once", failedMs);
  timeline.tell(`decided: ${event.why}`, detectedMs);
  const taker = service.dns.beacons ? "two of three beacons say" : "Route 53 accepted";
  timeline.tell(`${taker} the move to ${event.to}`, acceptedMs);
  await rowPointsTo(run, event.to);
  const alert = await until(`an alert of the ${kind}`, stepMs, () =>
    alerts.find(({ attributes }) => attributes["event"] === kind),
  );
  timeline.tell(`alert: ${alert.subject}`, alert.atMs);
  const dns = await resolved(run, target, kind === "failover" ? "during the outage" : "after it");
  const proof = await inHistory(run, "answered", acceptedMs);
  timeline.tell(`proven: ${proof.why}`, proof.atMs);
  return { times: { detectedMs, acceptedMs, answeredMs: proof.atMs }, dns };
}

/** @throws NotHappened when it is not there in time */
export const inHistory = ({ stack, service }: DemoRun, kind: EventKind, sinceMs: number): Promise<Event> =>
  until(`${kind} stands in the history`, stepMs, async () => {
    const events = await readHistory(stack.client, stack.tables.resultsTable, service.id, 20);
    return events.find((event) => event.kind === kind && event.atMs >= sinceMs);
  });

type SweepReport = { readonly confirms?: number; readonly writeUnits: { readonly records: number } };

/** What records cost when nothing happens: of a sweep in which no confirm was needed, by scheduled minute. */
async function writeUnits(run: DemoRun): Promise<number> {
  const quiet = await until("a sweep in which nothing happened", 2 * stepMs, () =>
    run.sweeps.map(reportOf).find((report) => report?.confirms === 0),
  );
  return quiet.writeUnits.records / run.stack.config.endpoints.length;
}

const reportOf = (outcome: Outcome): SweepReport | undefined =>
  outcome.ok ? (JSON.parse(outcome.payload) as SweepReport) : undefined;

/** Tells how long each target was up of what was seen of it. */
export async function availabilities(run: DemoRun): Promise<DemoResult["availability"]> {
  const records = await recordsOf(run);
  return Object.fromEntries(
    [...records].map(([id, { counters }]) => {
      const { ratio = 0, seenMs } = availability(undefined, counters);
      run.timeline.tell(
        `${id} was up ${Math.floor(ratio * 1000) / 10} % of ${(seenMs / 1000).toFixed(1)} s seen`,
      );
      return [id, { percent: Math.floor(ratio * 1000) / 10, seenMs }];
    }),
  );
}
