import { span } from "./alert.ts";
import type { Heartbeat } from "./config.ts";
import type { Health } from "./health.ts";

/** What a job can say of itself: that it begins, that it has succeeded, that it has failed. */
export type Signal = "started" | "succeeded" | "failed";

/** When a job last said each of them, in Unix milliseconds of whoever took it in. */
export type Beats = { readonly [signal in `${Signal}Ms`]?: number };

/** A time in which no signal could get through, as home was not there: from, to. */
export type Unheard = readonly [fromMs: number, toMs: number];

/** A minute is taken in late where deliveries are lost; after so long home was gone, and with it what takes signals. */
const goneMs = 180_000;

/** Adds what happened between two looks to what was not heard before: only the last such time counts. */
export const unheardSince = (
  before: Unheard | undefined,
  lastMs: number,
  nowMs: number,
): Unheard | undefined => (nowMs - lastMs > goneMs ? [lastMs, nowMs] : before);

/** When a job is late, without and with what home may not have heard; none while nothing is expected of it. */
type Deadline = { readonly dueMs: number; readonly patientMs: number };

/**
 * A signal is due `interval` after the last success, and the job may be `grace` late. What has begun must be over
 * within `grace`. A signal that was due while home could not hear may have been given: then it takes another interval.
 */
function deadlineOf(
  { intervalMs, graceMs }: Heartbeat,
  { startedMs = 0, succeededMs = 0 }: Beats,
  unheard: Unheard | undefined,
): Deadline | undefined {
  const expected = [
    ...(succeededMs > 0 ? [succeededMs + intervalMs] : []),
    ...(startedMs > succeededMs ? [startedMs] : []),
  ];
  if (expected.length === 0) return undefined;
  const dueMs = Math.min(...expected) + graceMs;
  const [fromMs, toMs] = unheard ?? [0, 0];
  const isHeard = unheard === undefined || fromMs > dueMs || toMs < dueMs - 2 * graceMs;
  return { dueMs, patientMs: isHeard ? dueMs : Math.max(dueMs, toMs + intervalMs + graceMs) };
}

type Judged = Pick<Health, "state" | "sinceMs" | "why" | "trouble">;

/**
 * What is believed of a job by its signals. It is unknown until the first; one that said that it failed is down until
 * it succeeds; one that is late is down since it was.
 */
export function hear(
  heartbeat: Heartbeat,
  beats: Beats,
  unheard: Unheard | undefined,
  before: Health,
  nowMs: number,
): Health {
  const { outagesMs, told } = before;
  const after = judge(heartbeat, beats, unheard, before, nowMs);
  const sinceMs = after.state === before.state ? before.sinceMs : after.sinceMs;
  return { ...after, sinceMs, ...(outagesMs && { outagesMs }), ...(told && { told }) };
}

function judge(
  heartbeat: Heartbeat,
  beats: Beats,
  unheard: Unheard | undefined,
  before: Health,
  nowMs: number,
): Judged {
  const { startedMs = 0, succeededMs = 0, failedMs = 0 } = beats;
  if (failedMs > succeededMs) return { state: "down", sinceMs: failedMs, why: "it said that it failed" };
  const deadline = deadlineOf(heartbeat, beats, unheard);
  if (deadline === undefined) return { state: "unknown", sinceMs: nowMs, why: "no signal yet" };
  const isRunning = startedMs > succeededMs;
  if (nowMs > deadline.patientMs)
    return { state: "down", sinceMs: deadline.dueMs, why: late(heartbeat, isRunning) };
  if (nowMs > deadline.dueMs) {
    const why = "home was not there when a signal was due: it may have been given";
    return { state: before.state, sinceMs: before.sinceMs, why, trouble: "blind" };
  }
  if (succeededMs > 0) return { state: "up", sinceMs: succeededMs, why: "it said that it succeeded" };
  return { state: "unknown", sinceMs: nowMs, why: "it has begun and said no more yet" };
}

const late = ({ intervalMs, graceMs }: Heartbeat, isRunning: boolean): string =>
  isRunning
    ? `it began and did not end within ${span(graceMs)}`
    : `no signal: one is due every ${span(intervalMs)}, ${span(graceMs)} later at the latest`;

/** Where the key stands that all tokens are made with; made once, by the command that shows the URLs. */
export const heartbeatKeyCell = "heartbeat-key";

/** Where a job's signals stand. */
export const beatsCell = (id: string): string => `heartbeat#${id}`;

const signals: Readonly<Record<string, Signal>> = { "": "succeeded", "/start": "started", "/fail": "failed" };

/** Reads `/<id>/<token>`, with `/start` or `/fail` behind it or nothing; undefined for any other path. */
export function readPath(
  path: string,
): { readonly id: string; readonly token: string; readonly signal: Signal } | undefined {
  const [, id, token, end] =
    /^\/([a-z0-9][a-z0-9-]{0,40})\/([\w-]{22})(\/start|\/fail|)\/?$/.exec(path) ?? [];
  const signal = signals[end ?? "none"];
  return id === undefined || token === undefined || signal === undefined ? undefined : { id, token, signal };
}
