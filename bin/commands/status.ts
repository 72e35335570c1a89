import { clock } from "../../lambda/core/alert.ts";
import type { Event } from "../../lambda/core/event.ts";
import { type Freeze, type Hands, handsKey, sayNote } from "../../lambda/core/hands.ts";
import type { Roster } from "../../lambda/core/roster.ts";
import type { Desk } from "../operator/desk.ts";
import { readRoster, serviceCalled } from "../operator/roster.ts";
import { sayEndpoints, sayService } from "../operator/say.ts";
import { type EndpointView, endpointView, isStale, readService, type ServiceView } from "../operator/view.ts";
import { sayWouldMove, wouldMoves } from "../operator/would-move.ts";

/** So much of a shadowed service's history is looked through. */
const eventsLookedAt = 200;

type Shown = ServiceView & { readonly wouldHaveMoved?: readonly Event[] };

/**
 * Prints where every name points, who holds it, and how its targets are; or of one service alone.
 *
 * @returns the exit code: 1 when nobody has watched lately
 */
export async function status(
  desk: Desk,
  id: string | undefined,
  options: { readonly json?: boolean },
): Promise<number> {
  const roster = await readRoster(desk);
  const chosen: Roster =
    id === undefined ? roster : { ...roster, services: [serviceCalled(roster, id)], endpoints: [] };
  const [hands, services, records] = await Promise.all([
    desk.store.cell<Hands>(handsKey).read(),
    Promise.all(chosen.services.map((service) => shown(desk, service))),
    desk.store.newest(chosen.endpoints, undefined),
  ]);
  const atMs = desk.now();
  const endpoints = chosen.endpoints.map((endpoint) => endpointView(endpoint, records.get(endpoint)));
  const all: readonly EndpointView[] = [...services.flatMap(({ targets }) => targets), ...endpoints];
  const isWatched = all.some((view) => !isStale(view, atMs));
  const freeze = hands?.body.freeze;
  if (options.json) {
    const { locations } = roster;
    const frozen = freeze?.is === "frozen" ? freeze : undefined;
    desk.print(JSON.stringify({ atMs, isWatched, locations, frozen, services, endpoints }, undefined, 2));
  } else {
    desk.print(sayAll(services, endpoints, freeze, isWatched, atMs));
  }
  return isWatched ? 0 : 1;
}

async function shown(desk: Desk, service: Roster["services"][number]): Promise<Shown> {
  const view = await readService(desk, service);
  if (service.mode !== "shadow") return view;
  return { ...view, wouldHaveMoved: wouldMoves(await desk.history(service.id, eventsLookedAt)) };
}

function sayAll(
  services: readonly Shown[],
  endpoints: readonly EndpointView[],
  freeze: Freeze | undefined,
  isWatched: boolean,
  atMs: number,
): string {
  const head = [
    `${clock(atMs)}; ${isWatched ? "watched" : "NOT WATCHED: no minute was saved for three minutes; see `NoMinuteSaved` in docs/operations.md"}`,
    ...(freeze?.is === "frozen" ? [`every name is frozen ${sayNote(freeze)}`] : []),
  ];
  const blocks = [
    ...services.map((service) => [...sayService(service, atMs), ...shadowLines(service)].join("\n")),
    ...(endpoints.length > 0 ? [sayEndpoints(endpoints, atMs)] : []),
  ];
  return [head.join("\n"), ...blocks].join("\n\n");
}

function shadowLines({ wouldHaveMoved }: Shown): string[] {
  if (wouldHaveMoved === undefined) return [];
  const [last] = wouldHaveMoved;
  if (last === undefined) return ["  shadow  would not have moved so far"];
  const times = wouldHaveMoved.length === 1 ? "once" : `${wouldHaveMoved.length} times`;
  return [`  shadow  would have moved ${times}; the last: ${sayWouldMove(last)}`];
}
