import type { Event } from "../../lambda/core/event.ts";
import { readGeneration } from "../../lambda/core/records.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { findSet, type Zone } from "../../local/route53/zone.ts";
import { type Simulation, startMs, valuesOf, zoneNow } from "./simulation.ts";

/** What really happened to the name: who pointed it where, and when. */
export type Move = { readonly atMs: number; readonly by: string; readonly from: string; readonly to: string };

const valueIn = (zone: Zone): string => findSet(zone, "shop.example.com", "A")?.values.join() ?? "";

export function movesOf(sim: Simulation): Move[] {
  return sim.zones.flatMap(({ atMs, by, zone }, i) => {
    const before = sim.zones[i - 1];
    if (before === undefined || valueIn(before.zone) === valueIn(zone)) return [];
    return [{ atMs, by, from: valueIn(before.zone), to: valueIn(zone) }];
  });
}

const hostOf: Record<string, string> = { "192.0.2.10": "frankfurt", "198.51.100.20": "ireland" };

/**
 * Checks the invariants of the design against what the simulated world really did, and says what is broken. It
 * looks at the zone, the endpoints and what was published; the product's own state is looked at only to see that it
 * tells the truth in the end.
 */
export function violations(sim: Simulation): string[] {
  return [...emptiness(sim), ...wrongMoves(sim), ...untold(sim), ...unsaid(sim), ...untrue(sim)];
}

/** 3. Never an empty answer. */
const emptiness = (sim: Simulation): string[] =>
  sim.zones.flatMap(({ atMs, by, zone }) =>
    valueIn(zone) === "" ? [`${by} left the name empty at ${atMs - startMs}`] : [],
  );

/**
 * How old a confirm may be when its move takes effect: the request is on its way, tried again, or held up while
 * nobody has taken over yet.
 */
const freshMs = 25_000;

/** 1, 2, 4. Every move of ours led to a target that was up, and away from one that was down (or back to the primary). */
function wrongMoves(sim: Simulation): string[] {
  return movesOf(sim).flatMap(({ atMs, by, from, to }) => {
    if (by === "user") return [];
    const was = (value: string, good: boolean) => {
      const host = hostOf[value] ?? value;
      const times = [0, 5_000, 10_000, 15_000, 20_000, freshMs].map((ageMs) => atMs - ageMs);
      return times.some((ms) =>
        sim.config.locations.every((location) => (sim.behaviour(host, location, ms) === "ok") === good),
      );
    };
    const wrong: string[] = [];
    if (!was(to, true)) wrong.push(`${by} moved to ${to} at ${atMs - startMs}, which was not up`);
    if (to !== "192.0.2.10" && !was(from, false)) {
      wrong.push(`${by} left ${from} at ${atMs - startMs}, which was not down`);
    }
    return wrong;
  });
}

/** 6. Every move of ours is in the history and was told, each under one id. */
function untold(sim: Simulation): string[] {
  const moves = movesOf(sim).filter(({ by }) => by !== "user").length;
  const isMove = ({ kind }: Event) => kind === "failover" || kind === "failback" || kind === "created";
  const filed = [...sim.memory.history.values()].filter(isMove);
  const told = new Set(
    sim.alerts
      .map(({ alert }) => JSON.parse(alert.json) as Event)
      .filter(isMove)
      .map(({ id }) => id),
  );
  const wrong: string[] = [];
  if (filed.length !== moves) wrong.push(`${moves} moves, but ${filed.length} in the history`);
  if (told.size !== moves) wrong.push(`${moves} moves, but ${told.size} told`);
  for (const { id } of filed) if (!told.has(id)) wrong.push(`${id} is in the history and was never told`);
  return wrong;
}

/** 6. An alert tells of a state that was saved before. */
const unsaid = (sim: Simulation): string[] =>
  sim.alerts.flatMap(({ alert, wasSaved }) => (wasSaved ? [] : [`${alert.id} was told before it was saved`]));

/** What is saved in the end is how the zone is: the record, the generation, nothing half done or untold. */
function untrue(sim: Simulation): string[] {
  const state = sim.memory.cells.get("service#Z1/shop.example.com/A")?.body as ServiceState | undefined;
  if (state === undefined) return ["the service was never saved"];
  const wrong: string[] = [];
  const txt = findSet(zoneNow(sim), "_pointsman-a.shop.example.com", "TXT");
  const generation = txt ? readGeneration({ ...txt, type: "TXT" })?.generation : 0;
  if (state.disarmed) return [`the name is disarmed: ${state.disarmed.why}`];
  if (state.written?.values.join() !== valuesOf(sim).join()) wrong.push("the saved record is not the zone's");
  if (state.generation !== generation)
    wrong.push(`saved generation ${state.generation}, zone has ${generation}`);
  if (state.intent) wrong.push("a change is still saved as open");
  if (state.propagation) wrong.push("a change is still followed");
  if (state.outbox.length > 0) wrong.push(`${state.outbox.length} events are still to be told`);
  return wrong;
}
