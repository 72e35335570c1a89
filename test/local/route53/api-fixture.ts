import {
  type ChangeAction,
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
  type RRType,
} from "@aws-sdk/client-route-53";
import { openRoute53 } from "../../../local/route53/api.ts";
import { findSet, openZone } from "../../../local/route53/zone.ts";

/** The SDK's client, which tries once unless told otherwise. */
export const connectTo = (endpoint: string, maxAttempts = 1, accessKeyId = "dummy") =>
  new Route53Client({
    endpoint,
    region: "us-east-1",
    credentials: { accessKeyId, secretAccessKey: "dummy" },
    maxAttempts,
  });

/** A Route 53 whose clock stands still until `clock.atMs` is changed, a client of it, and what tests ask of them. */
export const openFixture = async (requestsPerSecond = Number.POSITIVE_INFINITY) => {
  const clock = { atMs: Date.UTC(2026, 10, 21), slept: [] as number[] };
  const route53 = await openRoute53({
    zones: [
      openZone("Z1", "example.com", [
        { name: "www.example.com", type: "A", ttlSeconds: 60, values: ["192.0.2.10"] },
        { name: "*.example.com", type: "TXT", ttlSeconds: 60, values: ['"<a> & \\"b\\""'] },
      ]),
      openZone("Z2", "a.example.org"),
      openZone("Z3", "b.example.net"),
    ],
    now: () => clock.atMs,
    propagationMs: 30_000,
    requestsPerSecond,
    port: 0,
    sleep: async (ms) => void clock.slept.push(ms),
  });
  const client = connectTo(route53.url);
  return {
    clock,
    route53,
    client,
    list: (more: object = {}) =>
      client.send(new ListResourceRecordSetsCommand({ HostedZoneId: "Z1", ...more })),
    current: () => findSet(route53.zone("Z1") ?? openZone("Z0", "none"), "www.example.com", "A")?.values,
    close: async () => {
      client.destroy();
      await route53.close();
    },
  };
};

export type Step = readonly [
  action: ChangeAction,
  name: string,
  type: RRType,
  values: string[],
  ttl?: number,
];

export const change = (...steps: Step[]) =>
  new ChangeResourceRecordSetsCommand({
    HostedZoneId: "Z1",
    ChangeBatch: {
      Comment: "gen <1>",
      Changes: steps.map(([Action, Name, Type, values, TTL = 60]) => ({
        Action,
        ResourceRecordSet: { Name, Type, TTL, ResourceRecords: values.map((Value) => ({ Value })) },
      })),
    },
  });

/** From 192.0.2.10 to 198.51.100.20 in one batch. */
export const swap = change(
  ["DELETE", "www.example.com", "A", ["192.0.2.10"]],
  ["CREATE", "www.example.com", "A", ["198.51.100.20"]],
);
