import type { Event } from "./event.ts";
import type { Health, Trouble } from "./health.ts";

/** Of each trouble that people were told of within the hour: when that was, and when it last ended, or began. */
export type Told = { readonly [trouble in Trouble]?: { readonly toldMs: number; readonly thereMs: number } };

/** How often people are told of a trouble that comes and goes: as often as of a name that stays down. */
const againMs = 3_600_000;

/**
 * What was gone for so long, and is back, is news. Limits of requests, and paths that come and go, are back within minutes;
 * whoever looks after ten quiet ones takes it for over.
 */
const goneMs = 600_000;

/**
 * Whether people are to be told of a trouble that begins. One that comes and goes they know of: its end is never told,
 * so that nobody takes it for over.
 */
export function isNews({ told }: Health, trouble: Trouble, atMs: number): boolean {
  const last = told?.[trouble];
  return last === undefined || atMs - last.toldMs >= againMs || atMs - last.thereMs >= goneMs;
}

/**
 * Notes what a change's `events` tell people of, and what is over with it; what they were told an hour ago is forgotten.
 * What was kept from them (somebody worked on it, or its service tells it) is not noted.
 */
export function noteTold(before: Health, after: Health, events: readonly Event[], atMs: number): Health {
  if (before.trouble === after.trouble) return after;
  const { told: known = {}, ...rest } = after;
  const isTold = events.some(({ kind, alert }) => alert && kind === after.trouble);
  const over = before.trouble && known[before.trouble];
  const noted: Told = {
    ...known,
    ...(before.trouble && over && { [before.trouble]: { ...over, thereMs: atMs } }),
    ...(after.trouble && isTold && { [after.trouble]: { toldMs: atMs, thereMs: atMs } }),
  };
  const kept = Object.entries(noted).filter(([, { toldMs }]) => atMs - toldMs < againMs);
  return kept.length > 0 ? { ...rest, told: Object.fromEntries(kept) } : rest;
}
