import type { Check } from "./config.ts";

/** Why a probe failed: a closed list, so that alerts and histories can be counted. */
export const reasons = [
  "dns-failed",
  "connect-refused",
  "connect-timeout",
  "connect-failed",
  "address-refused",
  "tls-failed",
  "tls-expired",
  "tls-name-mismatch",
  "tls-untrusted",
  "reset",
  "closed-early",
  "first-byte-timeout",
  "body-timeout",
  "body-too-large",
  "bad-response",
  "status-unexpected",
  "body-mismatch",
  "too-slow",
  "redirect-refused",
  "refused-to-us",
  "bad-check",
  "prober-late",
  "no-time",
  "answer-mismatch",
  "tls-expires-soon",
  "tls-too-old",
  "dns-wrong-answer",
  "not-serving",
] as const;

export type Reason = (typeof reasons)[number];

/** What one try found. A failed probe is a value, never an exception. */
export type Finding =
  | { readonly ok: true; readonly latencyMs: number }
  | {
      readonly ok: false;
      readonly latencyMs: number;
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

const voids: readonly Reason[] = ["prober-late", "no-time", "bad-check"];

/** Why a try says nothing about the endpoint: our process was late, the time was up, the check makes no sense. */
export const isVoidReason = (reason: Reason): boolean => voids.includes(reason);

/** A try that says nothing about the endpoint. */
export const isVoid = (finding: Finding): boolean => !finding.ok && isVoidReason(finding.reason);

/** A firewall that dislikes us: no sign of a failure, and no sign of health. */
export const isRefusal = (finding: Finding): boolean => !finding.ok && finding.reason === "refused-to-us";
