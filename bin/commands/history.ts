import { clock, headline, took } from "../../lambda/core/alert.ts";
import type { Event } from "../../lambda/core/event.ts";
import { sayNote } from "../../lambda/core/hands.ts";
import type { Roster } from "../../lambda/core/roster.ts";
import type { Desk } from "../operator/desk.ts";
import { placeCalled, readRoster, serviceCalled } from "../operator/roster.ts";
import { sayWouldMove, wouldMoves } from "../operator/would-move.ts";
import { table } from "../table.ts";

/**
 * Prints what happened to a service and its targets, or to one endpoint, the newest last.
 *
 * @returns the exit code
 */
export async function history(
  desk: Desk,
  id: string,
  { limit, json }: { readonly limit: number; readonly json?: boolean },
): Promise<number> {
  const subjects = subjectsOf(await readRoster(desk), id);
  const found = await Promise.all(subjects.map((subject) => desk.history(subject, limit)));
  const newestFirst = found.flat().sort((a, b) => b.atMs - a.atMs);
  const events = newestFirst.slice(0, limit).reverse();
  if (json) desk.print(JSON.stringify(events, undefined, 2));
  else desk.print(events.length === 0 ? `nothing has happened to ${id} yet` : sayEvents(events));
  return 0;
}

/** A service's name stands for its targets as well. */
function subjectsOf(roster: Roster, id: string): string[] {
  const place = placeIn(roster, id);
  if (place !== undefined) return [place];
  const { id: service, targets } = serviceCalled(roster, id);
  return [service, ...targets.map(({ endpoint }) => endpoint)];
}

const placeIn = (roster: Roster, id: string): string | undefined =>
  id.includes("/") || roster.endpoints.includes(id) ? placeCalled(roster, id).endpoint : undefined;

function sayEvents(events: readonly Event[]): string {
  const shadow = wouldMoves(events);
  const report =
    shadow.length === 0
      ? []
      : [
          "",
          `In shadow mode, in this part of the history, it would have moved ${shadow.length === 1 ? "once" : `${shadow.length} times`}:`,
          ...shadow.map((event) => `  ${sayWouldMove(event)}`),
        ];
  return [table([["WHEN", "EVENT", "WHAT", "WHY"], ...events.map(rowOf)]), ...report].join("\n");
}

const rowOf = (event: Event): string[] => [
  clock(event.atMs),
  event.kind,
  headline(event),
  [whyOf(event), event.by ? sayNote(event.by) : "", event.times ? took(event.times) : ""]
    .filter(Boolean)
    .join("; "),
];

/** What an operator said stands once, behind who said it. */
function whyOf({ why, by }: Event): string {
  const own = why.replace(/\.$/, "");
  if (by === undefined) return own;
  return own === by.why ? "" : own.replace(`${by.why}; `, "");
}
