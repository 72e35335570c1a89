import type { Alert } from "../../lambda/core/alert.ts";
import type { Config } from "../../lambda/core/config.ts";
import type { Finding } from "../../lambda/core/probe.ts";
import type { RecordSet, Standing } from "../../lambda/core/records.ts";
import { answer } from "../../lambda/steps/answer.ts";
import { type Report, sweep } from "../../lambda/steps/sweep.ts";
import type { Cell, Dns, Store, World } from "../../lambda/steps/world.ts";
import { applyBatch, findSet, openZone, type Zone } from "../../local/route53/zone.ts";
import { type Clock, openClock } from "./clock.ts";
import { type Memory, openMemory } from "./memory.ts";
import { seeded } from "./seeded.ts";

/** What an endpoint does to a probe, from a location, at a time. */
export type Behaviour = "ok" | "refuse" | "black hole" | "forbid";

/** What happens to one effect: nothing, or trouble before or after it took effect. */
export type Trouble =
  | "fail before"
  | "fail after"
  | "kill before"
  | "kill after"
  | { readonly pauseMs: number; readonly when: "before" | "after" };

/** One sweep's life: its effects are counted, so that trouble can strike at any of them. */
export type Life = {
  readonly name: string;
  readonly effects: string[];
  readonly trouble: Map<number, Trouble>;
  dead: boolean;
  frozenUntilMs: number;
  report?: Report | Error;
};

export type Simulation = {
  /** What the next sweep is started with; a deploy changes it. */
  config: Config;
  readonly clock: Clock;
  readonly memory: Memory;
  /** The zone after each change that Route 53 took, with when and by whom. */
  readonly zones: { atMs: number; by: string; zone: Zone }[];
  /** When which location was asked. */
  readonly asked: { atMs: number; location: string }[];
  readonly alerts: { atMs: number; alert: Alert; wasSaved: boolean }[];
  readonly lives: Life[];
  /** Every log line, for a readable trace. */
  readonly trace: string[];
  behaviour: (endpoint: string, location: string, atMs: number) => Behaviour;
  /** How long a change takes to its name servers. */
  syncMs: number;
  /** Faults that strike every life: none, or why a call fails. */
  fault: (effect: string, atMs: number) => "fail before" | "fail after" | undefined;
  /** How long a call takes. */
  takesMs: (effect: string, atMs: number) => number;
  /** The real line in front of Route 53. */
  line?: { turn(isWanted?: () => boolean): Promise<boolean>; waiting(): number };
  /** Route 53 is read in two calls, as it is in reality. */
  torn?: boolean;
  /** Trouble for one sweep, by its name and the number of the effect it strikes at. */
  troubleOf: (life: string) => Life["trouble"];
};

/** Milliseconds that a call takes. */
const callMs = 10;

export const startMs = Date.parse("2026-11-21T09:00:00Z");

const never = new Promise<never>(() => {});

export function openSimulation(config: Config, records: readonly RecordSet[]): Simulation {
  const zone = openZone("Z1", "example.com", records);
  return {
    config,
    clock: openClock(startMs),
    memory: openMemory(),
    zones: [{ atMs: startMs, by: "user", zone }],
    asked: [],
    alerts: [],
    lives: [],
    trace: [],
    behaviour: () => "ok",
    syncMs: 1_000,
    fault: () => undefined,
    takesMs: () => callMs,
    troubleOf: () => new Map(),
  };
}

/** The zone as Route 53 holds it now. */
export const zoneNow = (sim: Simulation): Zone => {
  const last = sim.zones.at(-1);
  if (last === undefined) throw new Error("a simulation always has a zone");
  return last.zone;
};

/** What the name's record says now. */
export const valuesOf = (sim: Simulation, name = "shop.example.com"): readonly string[] =>
  findSet(zoneNow(sim), name, "A")?.values ?? [];

/** Somebody else changes the zone. */
export function changeZone(sim: Simulation, changes: Parameters<typeof applyBatch>[1]): void {
  const result = applyBatch(zoneNow(sim), changes);
  if (!result.ok) throw new Error(result.messages.join("; "));
  sim.zones.push({ atMs: sim.clock.now(), by: "user", zone: result.zone });
}

/** The events told so far, in order, each once. */
export const told = (sim: Simulation): string[] => [
  ...new Map(sim.alerts.map(({ alert }) => [alert.id, alert.attributes.event] as const)).values(),
];

/** Starts a sweep for a scheduled minute, now. It runs while the clock runs. */
export function startSweep(sim: Simulation, scheduledMs: number): Life {
  const name = `sweep ${sim.lives.length + 1}`;
  const life: Life = { name, effects: [], trouble: sim.troubleOf(name), dead: false, frozenUntilMs: 0 };
  sim.lives.push(life);
  const { config } = sim;
  const shift = { holder: name, scheduledMs, untilMs: scheduledMs + 150_000 };
  void sweep(config, worldOf(sim, life), "test", shift).then(
    (report) => {
      life.report = report;
    },
    (error: unknown) => {
      life.report = error instanceof Error ? error : new Error(String(error));
    },
  );
  return life;
}

/** Delivers a sweep every minute until `untilMs`, and lets them run. */
export async function runMinutes(sim: Simulation, untilMs: number): Promise<void> {
  while (sim.clock.now() < untilMs) {
    startSweep(sim, Math.floor(sim.clock.now() / 60_000) * 60_000);
    await sim.clock.run(Math.min(untilMs, (Math.floor(sim.clock.now() / 60_000) + 1) * 60_000));
  }
}

function worldOf(sim: Simulation, life: Life): World {
  const { clock } = sim;
  const random = seeded(sim.lives.length);
  const awake = async (): Promise<void> => {
    while (life.frozenUntilMs > clock.now()) await clock.sleep(life.frozenUntilMs - clock.now());
    if (life.dead) await never;
  };
  const effect = async <T>(name: string, work: () => T | Promise<T>): Promise<T> => {
    await awake();
    const trouble = life.trouble.get(life.effects.length) ?? sim.fault(name, clock.now());
    life.effects.push(name);
    const pause = (when: "before" | "after") => {
      if (typeof trouble === "object" && trouble.when === when)
        life.frozenUntilMs = clock.now() + trouble.pauseMs;
    };
    pause("before");
    await awake();
    if (trouble === "kill before") life.dead = true;
    await clock.sleep(sim.takesMs(name, clock.now()));
    await awake();
    if (trouble === "fail before") throw new Error(`${name}: simulated failure before it took effect`);
    const result = await work();
    if (trouble === "kill after") life.dead = true;
    pause("after");
    await awake();
    if (trouble === "fail after") throw new Error(`${name}: simulated failure after it took effect`);
    return result;
  };
  return {
    now: clock.now,
    elapsed: clock.now,
    random,
    sleep: async (ms, signal) => {
      await clock.sleep(ms, signal);
      await awake();
    },
    ask: (request) => {
      sim.asked.push({ atMs: clock.now(), location: request.location });
      return effect(`ask ${request.location}`, () => answer(request, answerPorts(sim, request.location)));
    },
    store: storeOf(sim.memory.store, effect),
    dns: dnsOf(sim, life, effect),
    publish: (alert) =>
      effect("publish", () => {
        sim.alerts.push({ atMs: clock.now(), alert, wasSaved: isSaved(sim.memory, alert.id) });
      }),
    log: (level, message, facts) => {
      sim.trace.push(
        `${clock.now() - startMs} ${life.name} ${level} ${message} ${JSON.stringify(facts ?? {})}`,
      );
    },
  };
}

/** Whether the tables hold an event that is being told: in an outbox, or filed already. */
function isSaved({ cells, records, history }: Memory, id: string): boolean {
  const bodies = [
    ...[...cells.values()].map(({ body }) => body),
    ...[...records.values()].flatMap((of) => [...of.values()]),
  ];
  return (
    history.has(id) ||
    bodies.some((body) => (body as { outbox?: { id: string }[] }).outbox?.some((event) => event.id === id))
  );
}

type Effect = <T>(name: string, work: () => T | Promise<T>) => Promise<T>;

const storeOf = (store: Store, effect: Effect): Store => ({
  cell: <T extends object>(key: string): Cell<T> => {
    const cell = store.cell<T>(key);
    const kind = key.split("#")[0];
    return {
      read: () => effect(`read ${kind}`, () => cell.read()),
      put: (body, seen) => effect(`put ${kind}`, () => cell.put(body, seen)),
    };
  },
  newest: (endpoints, saved) => effect("newest", () => store.newest(endpoints, saved)),
  putRecords: (records) => effect("put records", () => store.putRecords(records)),
  file: (event) => effect("file", () => store.file(event)),
});

const dnsOf = (sim: Simulation, life: Life, effect: Effect): Dns => ({
  change: async (_zoneId, changes, _comment, isWanted) => {
    if (sim.line ? !(await sim.line.turn(isWanted)) : !isWanted()) return { is: "withheld" };
    return effect("change", () => {
      const sets = changes.map(({ action, record }) => ({ action, set: record }));
      const result = applyBatch(zoneNow(sim), sets);
      if (!result.ok) {
        sim.trace.push(`${sim.clock.now() - startMs} ${life.name} refused ${result.messages.join("; ")}`);
        return { is: "refused" as const };
      }
      sim.zones.push({ atMs: sim.clock.now(), by: life.name, zone: result.zone });
      return { is: "accepted" as const, changeId: `C${sim.zones.length - 1}` };
    });
  },
  read: async (_zoneId, { name, type }, generation): Promise<Standing> => {
    if (sim.line || sim.torn) {
      await sim.line?.turn();
      const record = await effect("read zone", () => plain(sim, name, type));
      await sim.line?.turn();
      return { record, generation: await effect("read generation", () => plain(sim, generation, "TXT")) };
    }
    return effect("read zone", (): Standing => {
      return { record: plain(sim, name, type), generation: plain(sim, generation, "TXT") };
    });
  },
  status: async (changeId) => {
    if (sim.line && sim.line.waiting() > 0) return "not asked";
    await sim.line?.turn();
    return effect("status", () => {
      const change = sim.zones[Number(changeId.slice(1))];
      return change && sim.clock.now() - change.atMs >= sim.syncMs ? "in-sync" : "pending";
    });
  },
});

function plain(sim: Simulation, name: string, type: RecordSet["type"]): RecordSet | null {
  const found = findSet(zoneNow(sim), name, type);
  return found ? { name, type, ttlSeconds: found.ttlSeconds, values: found.values } : null;
}

/** How long a good or failing answer takes. */
const answerMs = 20;

/** The product's own answering of a request, over simulated endpoints. */
const answerPorts = (sim: Simulation, location: string): Parameters<typeof answer>[1] => ({
  nowMs: sim.clock.now,
  sleep: sim.clock.sleep,
  watchLateness: () => ({ count: () => 0, stop: () => {} }),
  openProber: () => ({
    runCheck: async (check, timeoutMs, signal) => {
      const id = "url" in check ? new URL(check.url).hostname : "host" in check ? check.host : check.type;
      return probe(sim, id, location, timeoutMs, signal);
    },
    close: () => {},
  }),
});

async function probe(
  sim: Simulation,
  id: string,
  location: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Finding> {
  const behaviour = sim.behaviour(id, location, sim.clock.now());
  const takesMs = behaviour === "black hole" ? timeoutMs : answerMs;
  const startedMs = sim.clock.now();
  await sim.clock.sleep(takesMs, signal);
  const latencyMs = sim.clock.now() - startedMs;
  if (latencyMs < takesMs) return { ok: false, latencyMs, reason: "no-time", detail: "cut short." };
  if (behaviour === "ok") return { ok: true, latencyMs };
  if (behaviour === "forbid") return { ok: false, latencyMs, reason: "refused-to-us", detail: "status 403." };
  const reason = behaviour === "refuse" ? "connect-refused" : "connect-timeout";
  return { ok: false, latencyMs, reason, detail: `${id} ${behaviour}.` };
}
