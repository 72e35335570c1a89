import type { Alert } from "../../lambda/core/alert.ts";
import type { Config } from "../../lambda/core/config.ts";
import type { Event } from "../../lambda/core/event.ts";
import type { Change, RecordSet } from "../../lambda/core/records.ts";
import { type Report, sweep } from "../../lambda/steps/sweep.ts";
import type { World } from "../../lambda/steps/world.ts";
import { applyBatch, findSet, openZone, type Zone } from "../../local/route53/zone.ts";
import { type Clock, openClock, settlePromises } from "./clock.ts";
import { type Memory, openMemory } from "./memory.ts";
import type { Nature } from "./nature.ts";
import { worldOf } from "./ports.ts";

/** What an endpoint does to a probe, from a location, at a time. */
export type Behaviour = "ok" | "refuse" | "black hole" | "forbid" | "error" | { readonly slowMs: number };

/** What happens to one effect: nothing, or trouble before or after it took effect. */
export type Trouble =
  | "fail before"
  | "fail after"
  | "kill before"
  | "kill after"
  | { readonly pauseMs: number; readonly when: "before" | "after" }
  /** The call fails, and takes effect so much later all the same. */
  | { readonly lateMs: number }
  /** Nothing is heard of the call for so long, until we give it up; it took effect at once, or never does. */
  | { readonly silentMs: number; readonly when: "before" | "after" }
  /** This call is refused, and all others of its kind for so long, whoever makes them. */
  | { readonly throttledMs: number };

/** One sweep's life: its effects are counted, so that trouble can strike at any of them. */
export type Life = {
  readonly number: number;
  readonly name: string;
  readonly config: Config;
  readonly effects: string[];
  effectCount: number;
  readonly trouble: Map<number, Trouble>;
  dead: boolean;
  frozenUntilMs: number;
  report?: Report | Error;
};

/** Something that really happened. */
export type Step =
  | { readonly is: "sent"; readonly by: Life; readonly changes: readonly Change[] }
  | { readonly is: "changed"; readonly by: Life | "user"; readonly change: ZoneChange; readonly before: Zone }
  | {
      readonly is: "put";
      readonly by: Life;
      readonly key: string;
      readonly before: unknown;
      readonly after: unknown;
    }
  | { readonly is: "published"; readonly by: Life; readonly alert: Alert; readonly wasSaved: boolean }
  | { readonly is: "filed"; readonly by: Life; readonly event: Event };

/** The zone after a change that Route 53 took. */
export type ZoneChange = {
  readonly atMs: number;
  /** When it was sent: evidence may grow old on the way. */
  readonly sentMs: number;
  readonly by: string;
  /** What the sweep was started with that made it. */
  readonly config?: Config;
  readonly zone: Zone;
};

export type Simulation = {
  /** What the next sweep is started with; a deploy changes it. */
  config: Config;
  /** Every config that a sweep was started with, in order. */
  readonly deployed: Config[];
  readonly seed: number;
  readonly clock: Clock;
  readonly memory: Memory;
  /** The zone after each change that Route 53 took, with when and by whom. */
  readonly zones: ZoneChange[];
  /** When which location was asked. */
  readonly asked: { atMs: number; location: string }[];
  /** When which location gave no answer, or too late a one. */
  readonly unasked: { atMs: number; location: string }[];
  readonly alerts: { atMs: number; alert: Alert; wasSaved: boolean }[];
  readonly lives: Life[];
  /** How many sweeps were started. */
  started: number;
  /** Every log line, for a readable trace. */
  readonly trace: string[];
  /** A line of the trace: nothing, in a quiet simulation. */
  readonly say: (by: Life | Speaker, text: () => string) => void;
  /** Told of every step, right after it. */
  observe: (step: Step) => void;
  behaviour: Nature["behaviour"];
  /** How things really are, apart from what networks lose by chance; none: as they behave. */
  truth?: Nature["truth"];
  /** The same of each host, though a location be blind; none: as it is to those that see. */
  own?: Nature["own"];
  /** How long a change takes to its name servers. */
  syncMs: number;
  /** Those of the zone; none where it is private. */
  nameServers: readonly string[];
  /** Until when effects of a kind are refused. */
  readonly throttled: Map<string, number>;
  /** Faults that strike every life: none, or why a call fails. */
  fault: (effect: string, atMs: number) => Trouble | undefined;
  /** How long a call takes. */
  takesMs: (effect: string, atMs: number) => number;
  /** The real line in front of Route 53. */
  line?: { turn(isWanted?: () => boolean): Promise<boolean>; waiting(): number };
  /** Route 53 is read in two calls, as it is in reality. */
  torn?: boolean;
  /** Trouble for one sweep, by its name and the number of the effect it strikes at. */
  troubleOf: (life: string) => Life["trouble"];
  /** What Route 53 makes of a batch. */
  apply: typeof applyBatch;
  /** The world as it is handed to a sweep: a variant that is broken on purpose changes it. */
  alter: (world: World, life: Life) => World;
  readonly isQuick: boolean;
  readonly isApart: boolean;
  readonly isQuiet: boolean;
};

/** Who speaks in a trace besides sweeps: people, what happens to the world, and who judges. */
export type Speaker = "user" | "world" | "ORACLE";

/** A line of a trace. */
export type Line = { readonly atMs: number; readonly by: string; readonly text: string };

export type Options = {
  readonly seed?: number;
  /** The name of the hosted zone. */
  readonly zone?: string;
  /**
   * Unless false, requests are answered at once by what `answer()` would answer, and time passes as fast as promises
   * settle. It makes no other run of it (answers.test.ts), and three times as fast a one.
   */
  readonly isQuick?: boolean;
  /** Unless false, the questions of a request begin a little apart, as those of a real one do: only when it is quick. */
  readonly isApart?: boolean;
  /** Nothing is kept of what only a person who reads the story wants: for runs of years. */
  readonly isQuiet?: boolean;
  /** Told of every line of the trace, also in a quiet simulation. */
  readonly onLine?: (line: Line) => void;
};

/** Milliseconds that a call takes. */
const callMs = 10;

export const startMs = Date.parse("2026-11-21T09:00:00Z");

export function openSimulation(
  config: Config,
  records: readonly RecordSet[],
  options: Options = {},
): Simulation {
  const { seed = 1, isQuick = true, isApart = true, isQuiet = false, onLine } = options;
  const zone = openZone("Z1", options.zone ?? "example.com", records);
  const clock = isQuick ? openClock(startMs, settlePromises()) : openClock(startMs);
  const trace: string[] = [];
  const isMute = isQuiet && onLine === undefined;
  return {
    config,
    deployed: [],
    seed,
    clock,
    memory: openMemory(isQuiet),
    zones: [{ atMs: startMs, sentMs: startMs, by: "user", zone }],
    asked: [],
    unasked: [],
    alerts: [],
    lives: [],
    started: 0,
    trace,
    say: (speaker, say) => {
      if (isMute) return;
      const [atMs, by, text] = [clock.now(), typeof speaker === "string" ? speaker : speaker.name, say()];
      if (!isQuiet) trace.push(`${atMs - startMs} ${by} ${text}`);
      onLine?.({ atMs, by, text });
    },
    observe: () => {},
    behaviour: () => "ok",
    syncMs: 1_000,
    nameServers: ["ns-1.route53.test", "ns-2.route53.test"],
    throttled: new Map(),
    fault: () => undefined,
    takesMs: () => callMs,
    troubleOf: () => new Map(),
    apply: applyBatch,
    alter: (world) => world,
    isQuick,
    isApart,
    isQuiet,
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
  const before = zoneNow(sim);
  const result = applyBatch(before, changes);
  if (!result.ok) throw new Error(result.messages.join("; "));
  const atMs = sim.clock.now();
  const change = { atMs, sentMs: atMs, by: "user", zone: result.zone };
  sim.zones.push(change);
  sim.say("user", () => `CHANGED ${JSON.stringify(changes)}`);
  sim.observe({ is: "changed", by: "user", change, before });
}

/** The events told so far, in order, each once. */
export const toldAll = (sim: Simulation): string[] => [
  ...new Map(sim.alerts.map(({ alert }) => [alert.id, alert.attributes.event] as const)).values(),
];

/** The same without the word that a move took effect, which follows every move that does. */
export const told = (sim: Simulation): string[] => toldAll(sim).filter((kind) => kind !== "answered");

/** Starts a sweep for a scheduled minute, now. It runs while the clock runs. */
export function startSweep(sim: Simulation, scheduledMs: number): Life {
  sim.started += 1;
  const name = `sweep ${sim.started}`;
  const { config } = sim;
  if (sim.deployed.at(-1) !== config) sim.deployed.push(config);
  const life: Life = {
    number: sim.started,
    name,
    config,
    effects: [],
    effectCount: 0,
    trouble: sim.troubleOf(name),
    dead: false,
    frozenUntilMs: 0,
  };
  sim.lives.push(life);
  const shift = { holder: name, scheduledMs, untilMs: scheduledMs + 270_000 };
  const end = (report: Report | Error) => {
    life.report = report;
    sim.say(life, () => `ENDED ${report instanceof Error ? report.message : JSON.stringify(report)}`);
    if (sim.isQuiet) sim.lives.splice(sim.lives.indexOf(life), 1);
  };
  void sweep(config, sim.alter(worldOf(sim, life), life), "test", shift).then(end, (error: unknown) =>
    end(error instanceof Error ? error : new Error(String(error))),
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
