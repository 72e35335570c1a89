import { availability, zeroCounters } from "../../../lambda/core/counters.ts";
import { type Event, type EventKind, event } from "../../../lambda/core/event.ts";
import type { Health } from "../../../lambda/core/health.ts";
import { demoConfig, livePace } from "../../../local/demo-config.ts";
import type { EndpointView, Model, Seen } from "../../../local/watch/model.ts";

export const nowMs = Date.parse("2026-11-21T09:05:00Z");

const config = demoConfig({ frankfurt: 8001, ireland: 8002 }, livePace);
const [shop] = config.services;
if (shop === undefined) throw new Error("the demonstration has a service");
export const service = shop;

export const good = (latencyMs: number, agoMs = 1_000): Seen => ({
  atMs: nowMs - agoMs,
  is: "good",
  said: latencyMs,
});

export const bad = (reason: string, agoMs = 1_000): Seen => ({
  atMs: nowMs - agoMs,
  is: "bad",
  said: reason,
});

export const health = (state: Health["state"], more: Partial<Health> = {}): Health => ({
  state,
  sinceMs: nowMs - 60_000,
  why: `${state} at 5 of 5 locations`,
  ...more,
});

/** Seen for five minutes, up for so much of it. */
const availabilityOf = (ratio: number) =>
  availability(undefined, { ...zeroCounters(nowMs), seenMs: 300_000, upMs: 300_000 * ratio });

export const endpoint = (name: string, more: Partial<EndpointView> = {}): EndpointView => ({
  id: `shop/${name}`,
  name,
  health: health("up"),
  availability: availabilityOf(1),
  seen: [good(12), good(25), good(110), good(140), good(170)],
  ...more,
});

export const happened = (kind: EventKind, agoMs: number, more: Partial<Event> = {}) => {
  const atMs = nowMs - agoMs;
  const facts = {
    kind,
    subject: "shop",
    name: "shop.example.com",
    atMs,
    why: "it was seen",
    alert: true,
    ...more,
  };
  return { atMs, event: event(facts) };
};

/** Two targets that are well, the name at the primary. */
export const model = (more: Partial<Model> = {}): Model => ({
  nowMs,
  locations: config.locations,
  services: [
    {
      service,
      endpoints: [endpoint("frankfurt"), endpoint("ireland")],
      answer: { atMs: nowMs - 400, values: ["192.0.2.10"], sinceMs: nowMs - 240_000 },
    },
  ],
  endpoints: [],
  happenings: [],
  alerts: [],
  dnsPort: 5300,
  ...more,
});

/** The primary is down and the name at the standby. */
export const failedOver = (): Model =>
  model({
    services: [
      {
        service,
        endpoints: [
          endpoint("frankfurt", {
            health: health("down", {
              why: "down at 5 of 5 locations: 127.0.0.1:8001 refused the connection.",
            }),
            availability: availabilityOf(0.9923),
            seen: [1, 2, 3, 4, 5].map(() => bad("connect-refused")),
          }),
          endpoint("ireland"),
        ],
        answer: { atMs: nowMs - 400, values: ["198.51.100.20"], sinceMs: nowMs - 3_000 },
      },
    ],
    happenings: [
      happened("failover", 4_000, {
        from: "frankfurt",
        to: "ireland",
        times: { failedMs: nowMs - 9_200, detectedMs: nowMs - 4_200, acceptedMs: nowMs - 4_100 },
      }),
      happened("move-started", 4_200, { from: "frankfurt", to: "ireland" }),
      { atMs: nowMs - 13_300, note: "you broke frankfurt: refuse", isBreak: true },
    ],
  });
