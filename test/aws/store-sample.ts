import { randomUUID } from "node:crypto";
import { zeroCounters } from "../../lambda/core/counters.ts";
import type { EndpointRecord } from "../../lambda/core/endpoint-record.ts";
import { type Event, type EventKind, event as made } from "../../lambda/core/event.ts";

/** Far ahead: DynamoDB Local deletes what has expired by the machine's clock. */
export const savedMs = Date.UTC(2099, 0, 1, 9, 30);

/** A name no other test uses: the tables outlive a test. */
export const freshName = (kind: string): string => `${kind}#${randomUUID()}`;

/** An ordinary minute of an endpoint. */
export const record = (endpoint: string, epoch: number, sequence: number): EndpointRecord => ({
  endpoint,
  epoch,
  sequence,
  fromMs: savedMs - 60_000,
  savedMs,
  probes: [
    [0, 0, 21],
    [10_000, 1, 3_000, "connect-timeout"],
  ],
  health: { state: "up", sinceMs: savedMs - 3_600_000, why: "all 5 locations see it up" },
  counters: { ...zeroCounters(savedMs), seenMs: 3_600_000, upMs: 3_599_999, probes: 360 },
  brownout: { usual: 0.001, scores: { "eu-west-1": 2.3 } },
  outbox: [],
});

export const event = (subject: string, kind: EventKind, afterMs: number): Event =>
  made({ kind, subject, atMs: savedMs + afterMs, why: "5 of 5 locations say so", alert: true });
