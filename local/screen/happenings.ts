import { headline, span } from "../../lambda/core/alert.ts";
import type { Event, EventKind, MoveTimes, Severity } from "../../lambda/core/event.ts";
import type { Happening, Note } from "../watch/model.ts";
import type { Line, Style } from "./text.ts";
import { timeOfDay } from "./words.ts";

const styles: Record<Severity, Style> = { critical: "bad", warning: "warn", info: "good" };

/** Measured times where there are any, else what it rests on. `happenings` come newest first. */
export function detailOf(event: Event, happenings: readonly Happening[]): string {
  const { kind, times } = event;
  if (times?.acceptedMs === undefined) return event.why;
  if (times.answeredMs !== undefined)
    return `${span(times.answeredMs - times.acceptedMs)} after it was accepted: ${event.why}`;
  if (times.inSyncMs !== undefined) return `${span(times.inSyncMs - times.acceptedMs)} after it was accepted`;
  if (!leavings.includes(kind) || times.failedMs === undefined) return event.why;
  const broke = happenings.find(
    (one): one is Note => "note" in one && one.isBreak === true && one.atMs < event.atMs,
  );
  const sinceBreak = broke ? `${span(times.acceptedMs - broke.atMs)} after the break: ` : "";
  return `${sinceBreak}${steps({ ...times, failedMs: times.failedMs, acceptedMs: times.acceptedMs })}`;
}

/** What leaves a target that failed. */
const leavings: readonly EventKind[] = ["failover", "taken-out"];

const steps = ({
  failedMs,
  detectedMs,
  acceptedMs,
}: Required<Omit<MoveTimes, "inSyncMs" | "answeredMs">>): string =>
  `probe failed, +${span(detectedMs - failedMs)} decided, +${span(acceptedMs - failedMs)} moved`;

/** The newest happenings in at most `rows` lines. */
export const happeningLines = (happenings: readonly Happening[], rows: number): Line[] =>
  happenings
    .filter((happening) => !isOver(happening, happenings))
    .slice(0, Math.max(0, rows))
    .flatMap((happening) => linesOf(happening, happenings))
    .slice(0, Math.max(0, rows));

/** What a started move can come to. */
const outcomes: readonly EventKind[] = [
  ...leavings,
  "failback",
  "reweighted",
  "moved",
  "created",
  "move-dropped",
];

/** That a move was started says nothing once it is known what came of it. */
const isOver = (happening: Happening, all: readonly Happening[]): boolean =>
  "event" in happening &&
  happening.event.kind === "move-started" &&
  all.some(
    (later) =>
      "event" in later &&
      later.event.subject === happening.event.subject &&
      later.atMs >= happening.atMs &&
      outcomes.includes(later.event.kind),
  );

function linesOf(happening: Happening, all: readonly Happening[]): Line[] {
  const time: Line = [[`${timeOfDay(happening.atMs)}  `, "dim"]];
  if ("note" in happening) return [[...time, [happening.note, "hand"]]];
  const { event } = happening;
  return [
    [...time, [headline(event), styles[event.severity]]],
    [" ".repeat(10), [detailOf(event, all), "dim"]],
  ];
}
