import type { Event } from "../../lambda/core/event.ts";
import { placesOf } from "../../lambda/core/records.ts";
import { findSets } from "../../local/route53/zone.ts";
import { isMove, movesOf, unsaid, untrue, wrongChanges } from "../sim/oracle.ts";
import { startMs } from "../sim/simulation.ts";
import type { Move } from "./moves.ts";
import type { Open } from "./open.ts";

/** What must hold however a sweep was struck, each with what is wrong with it in a course of events. */
export const checks: Readonly<Record<string, (open: Open, move: Move) => string[]>> = {
  "one truth": ({ sim, service, unlike }) => [...untrue(sim, service), ...unlike()],
  "never an empty answer": emptied,
  "every event, once": unfiled,
  "every alert, under one id": untold,
  "moved as it should be": misled,
};

/** In no version of the zone is one of the names without its record, or without any weight. */
function emptied({ sim, service }: Open): string[] {
  return sim.zones.flatMap(({ zone, by, atMs }) =>
    placesOf(service.dns).flatMap(({ name, type }) =>
      findSets(zone, name, type).some(({ weighted }) => weighted?.weight !== 0)
        ? []
        : [`${by} left ${name} without ${type}, or any weight, at ${(atMs - startMs) / 1000} s`],
    ),
  );
}

/** Whatever was saved to be told is in the history in the end, and of each move there is one event. */
function unfiled({ sim }: Open): string[] {
  const { history, owed } = sim.memory;
  const lost = [...owed].filter((id) => !history.has(id)).map((id) => `${id} is not in the history`);
  const moved = movesOf(sim).filter(({ by }) => by !== "user").length;
  const filed = [...history.values()].filter(isMove).length;
  return filed === moved ? lost : [...lost, `${moved} moves, and ${filed} in the history`];
}

/** Whatever people are to be told of they are told, also twice, but only of what is in the history, by its id. */
function untold({ sim }: Open): string[] {
  const told = new Set(sim.alerts.map(({ alert }) => alert.id));
  const { history } = sim.memory;
  const isUntold = ({ id, alert }: Event) => alert && !told.has(id);
  return [
    ...[...history.values()].filter(isUntold).map(({ id }) => `${id} was never told`),
    ...[...told].filter((id) => !history.has(id)).map((id) => `${id} was told, and is not in the history`),
    ...unsaid(sim),
  ];
}

/** No sweep did what none may do, and the name was moved as it should be. */
function misled(open: Open, move: Move): string[] {
  const { sim, contents } = open;
  const moved = movesOf(sim).filter(({ by }) => by !== "user");
  const went = moved.map(({ to }) => to).join(", then ");
  const should = move.moves.map((to) => contents[to]).join(", then ");
  const isRight = went === should || (move.isBrief && went === "");
  const broken = Object.entries(move.rules?.(open) ?? {}).flatMap(([rule, isKept]) => (isKept ? [] : [rule]));
  const isOrdered = (what: string) => move.isOrdered === true && what.endsWith("which was not down (2)");
  return [
    ...wrongChanges(sim).filter((what) => !isOrdered(what)),
    ...(isRight ? [] : [`moved to ${went || "nothing"}, and not to ${should || "nothing"}`]),
    ...broken.map((rule) => `not so: ${rule}`),
  ];
}
