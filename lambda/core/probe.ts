import type { Check } from "./config.ts";
import { isVoidReason, type Reason } from "./reason.ts";

/** Where a try's time went, in whole milliseconds, redirects included; what it never came to is left out. */
export type Phases = {
  readonly dns?: number;
  readonly connect?: number;
  readonly tls?: number;
  readonly firstByte?: number;
  /** The rest of the answer, its headers included. */
  readonly body?: number;
};

/** What one try found. A failed probe is a value, never an exception. */
export type Finding =
  | { readonly ok: true; readonly latencyMs: number; readonly phases?: Phases }
  | {
      readonly ok: false;
      readonly latencyMs: number;
      readonly phases?: Phases;
      readonly reason: Reason;
      /** One sentence for people: what was tried and what came instead. No header or body in it. */
      readonly detail: string;
    };

/** One endpoint's part of a request to a location. */
export type Question = {
  readonly id: string;
  readonly check: Check;
  readonly timeoutMs: number;
  /** When each try starts, in milliseconds after the request arrived, until one succeeds. */
  readonly triesAtMs: readonly number[];
  /** Its own end, where that is sooner than the request's. */
  readonly endMs?: number;
};

/** What home asks of a location: everything in one invocation. */
export type ProbeRequest = {
  readonly location: string;
  readonly questions: readonly Question[];
  /** A try without an answer by then, in milliseconds after the request arrived, had no time and says nothing. */
  readonly endMs: number;
};

/**
 * How long home waits for a location, in milliseconds: until the request's end, and for the way there and back and
 * a function that has to start first.
 */
export const patienceMs = (request: Pick<ProbeRequest, "endMs">): number => request.endMs + 1_500;

/** One try of one question, as its location saw it. */
export type Probe = Finding & {
  readonly id: string;
  /** Milliseconds after the request arrived. */
  readonly startedAfterMs: number;
};

export type ProbeAnswer = { readonly location: string; readonly probes: readonly Probe[] };

/** A try that says nothing about the endpoint. */
export const isVoid = (finding: Finding): boolean => !finding.ok && isVoidReason(finding.reason);

/** A firewall that dislikes us: no sign of a failure, and no sign of health. */
export const isRefusal = (finding: Finding): boolean => !finding.ok && finding.reason === "refused-to-us";
