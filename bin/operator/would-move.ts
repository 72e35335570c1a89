import { clock, span } from "../../lambda/core/alert.ts";
import type { Event } from "../../lambda/core/event.ts";

/** What a service in shadow mode would have done, newest first. */
export const wouldMoves = (events: readonly Event[]): Event[] =>
  events.filter(({ kind }) => kind === "would-move");

/** `2026-11-21 09:00:00 UTC, to ireland away from frankfurt, 14.2 s after its first failed probe: down at 5 of 5` */
export function sayWouldMove({ atMs, from, to, times, why }: Event): string {
  const after =
    times?.failedMs === undefined
      ? ""
      : `, ${span(times.detectedMs - times.failedMs)} after its first failed probe`;
  return `${clock(atMs)}, to ${to} away from ${from}${after}: ${why}`;
}
