import { clock, span } from "../../lambda/core/alert.ts";
import type { StayCode } from "../../lambda/core/decide.ts";
import { sayNote } from "../../lambda/core/hands.ts";
import { sayReadiness } from "../../lambda/core/readiness.ts";
import { kindOfStay } from "../../lambda/core/report.ts";
import { table } from "../table.ts";
import { type EndpointView, isStale, type ServiceView, sayWork, type TargetView } from "./view.ts";

/** A service and its targets: what is known before anything is done. */
export const sayService = (view: ServiceView, atMs: number): string[] => [
  headOf(view),
  `  now     ${sayPlace(view)}`,
  ...(view.beacons ? [`  moved   by beacons in ${view.beacons.join(", ")}`] : []),
  ...(view.unsound ?? []).map((why) => `  unsound ${why}`),
  ...holdsOf(view).map((hold) => `  held    ${hold}`),
  ...(view.change ? [`  moving  to ${view.change.to}: ${view.change.is}`] : []),
  ...(view.condition ? [`  told    ${eventOf(view.condition)}, since ${clock(view.condition.sinceMs)}`] : []),
  indented(table([targetHead, ...view.targets.map((target) => targetRow(target, atMs))])),
];

export const headOf = ({ id, name, type, mode, routing }: ServiceView): string =>
  `${id}: ${name} ${type}, ${mode}${routing ? `, ${routing}` : ""}`;

/** `frankfurt (192.0.2.10), since 2026-11-21 09:00:00 UTC` */
export function sayPlace({ pointsTo, record, routing, sinceMs }: ServiceView): string {
  const since = sinceMs === undefined ? "" : `, since ${clock(sinceMs)}`;
  if (pointsTo === undefined) return "no record";
  // The record of a weighted name says by itself how it is spread.
  if (routing && pointsTo !== "orphan") return `${record.join(", ")}${since}`;
  const target = pointsTo === "orphan" ? "none of the targets" : pointsTo;
  return `${target} (${record.join(", ")})${since}`;
}

const holdsOf = ({ disarmed, frozen, placed }: ServiceView): string[] => [
  ...(disarmed === undefined ? [] : [`hands off: ${disarmed}`]),
  ...(frozen ? [`frozen ${sayNote(frozen)}`] : []),
  ...(placed ? [sayPlaced(placed)] : []),
];

/** `pinned to ireland by anna: she tries it` */
export function sayPlaced(placed: NonNullable<ServiceView["placed"]>): string {
  const where = placed.target === "orphan" ? "what stands there" : placed.target;
  return `${placed.pinned ? "pinned to" : "put at"} ${where} ${sayNote(placed)}`;
}

/** The event that people were told, as docs/operations.md has it. */
const eventOf = ({ code }: NonNullable<ServiceView["condition"]>): string =>
  kindOfStay[code as StayCode] ?? code.replace(/\/.*/, "");

const targetHead = ["TARGET", "VALUE", "STATE", "SINCE", "UP OF WHAT WAS SEEN", "LOOKED AT", "TO TAKE OVER"];

const targetRow = (view: TargetView, atMs: number): string[] => [
  `${view.target}${view.hasName ? " *" : ""}`,
  view.value,
  ...stateCells(view, atMs),
  sayTakeOver(view, atMs),
];

/** What the sweep made of it; before that, what it cannot know or leaves as it was. */
function sayTakeOver(view: TargetView, atMs: number): string {
  const { maintenance, readiness, state, trouble, why } = view;
  const isWell = state === "up" && trouble === undefined;
  return [
    ...(maintenance ? [sayWork(maintenance)] : []),
    ...(isStale(view, atMs) ? ["nobody has seen it lately"] : []),
    // What is being worked on is not judged.
    ...(maintenance && (readiness?.is ?? "unjudged") === "unjudged" ? [] : [sayReadiness(readiness)]),
    ...(readiness?.is === "active" && !isWell ? [`${state}: ${why}`] : []),
  ].join("; ");
}

const endpointHead = ["ENDPOINT", "STATE", "SINCE", "UP OF WHAT WAS SEEN", "LOOKED AT", "WHY"];

export const sayEndpoints = (views: readonly EndpointView[], atMs: number): string =>
  table([endpointHead, ...views.map((view) => [view.id, ...stateCells(view, atMs), view.why])]);

const stateCells = (view: EndpointView, atMs: number): string[] => [
  view.maintenance ? `${view.state}, worked on` : [view.state, view.trouble ?? ""].filter(Boolean).join(", "),
  view.sinceMs === undefined ? "" : clock(view.sinceMs),
  sayAvailability(view),
  view.seenUntilMs === undefined ? "never" : `${span(Math.max(0, atMs - view.seenUntilMs))} ago`,
];

/** `99.998 % of 5.0 h`; time nobody looked is in neither. */
const sayAvailability = ({ availability, seenMs = 0 }: EndpointView): string =>
  availability === undefined ? "" : `${(availability * 100).toFixed(3)} % of ${span(seenMs)}`;

/** One target in a sentence. */
export const sayTarget = ({ target, value, state, sinceMs, why }: TargetView): string =>
  `${target} (${value}), ${state}${sinceMs === undefined ? "" : ` since ${clock(sinceMs)}`}: ${why.replace(/\.$/, "")}`;

export const indented = (text: string): string => text.replaceAll(/^/gm, "  ");
