import type { ErrorCode } from "./responses.ts";

export type Operation =
  | "ChangeResourceRecordSets"
  | "GetChange"
  | "GetHealthCheck"
  | "GetHealthCheckStatus"
  | "GetHostedZone"
  | "ListHostedZonesByName"
  | "ListResourceRecordSets";

/** Something that goes wrong with requests to come. */
export type Fault = {
  /** Of this operation only. */
  readonly operation?: Operation;
  /** `before` the request takes effect; `after`: it took effect, and its answer is what suffers. */
  readonly when: "before" | "after";
  /** How many requests; 1 unless said. */
  readonly times?: number;
  /** The request stands still that long first: a stale batch (`before`) or a slow answer (`after`). */
  readonly delayMs?: number;
  /** An error of the API, `reset` (the connection breaks, no answer; the default), or `none`: only the delay. */
  readonly error?: ErrorCode | "reset" | "none";
};

export type Faults = {
  /** Faults wait in line; a request meets the first one that fits it. */
  failNext(fault: Fault): void;
  /** While true every connection is broken before anything takes effect. */
  setUnreachable(unreachable: boolean): void;
  /** No more faults, reachable. */
  clear(): void;
};

export type FaultPlan = Faults & { next(operation: Operation): Fault | undefined; isUnreachable(): boolean };

/** What is to go wrong, kept for the server that asks it. */
export function openFaults(): FaultPlan {
  let waiting: { readonly fault: Fault; left: number }[] = [];
  let unreachable = false;
  return {
    failNext: (fault) => {
      waiting.push({ fault, left: fault.times ?? 1 });
    },
    setUnreachable: (value) => {
      unreachable = value;
    },
    clear: () => {
      waiting = [];
      unreachable = false;
    },
    next(operation) {
      const met = waiting.find(({ fault }) => (fault.operation ?? operation) === operation);
      if (!met) return undefined;
      met.left--;
      waiting = waiting.filter(({ left }) => left > 0);
      return met.fault;
    },
    isUnreachable: () => unreachable,
  };
}
