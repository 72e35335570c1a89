import type { Check, Config, Endpoint, Service } from "../../lambda/core/config.ts";
import type { RecordSet } from "../../lambda/core/records.ts";

export const policy = {
  intervalMs: 10_000,
  staggered: false,
  timeoutMs: 3_000,
  failureThreshold: 3,
  confirmWithinMs: 5_000,
  recoverAfterMs: 60_000,
};

export const locations = ["eu-central-1", "eu-west-1", "us-east-2", "us-west-2", "ap-southeast-1"];

/** An endpoint whose simulated behaviour is looked up by `host`. */
export const endpoint = (id: string, host = id): Endpoint => ({
  id,
  check: check(host),
  policy,
});

const check = (host: string): Check => ({ type: "tcp", host, port: 443 });

export const shop: Service = {
  id: "shop",
  mode: "armed",
  dns: { zoneId: "Z1", name: "shop.example.com", type: "A", ttlSeconds: 15 },
  targets: [
    { id: "frankfurt", endpoint: "shop/frankfurt", values: ["192.0.2.10"] },
    { id: "ireland", endpoint: "shop/ireland", values: ["198.51.100.20"] },
  ],
  failback: "auto",
  failbackAfterMs: 120_000,
  maxMovesPerHour: 2,
  onForeign: "hold",
};

export const references = ["r1", "r2", "r3"].map((host) => ({ type: "tcp" as const, host, port: 443 }));

/** A shop with a primary and a standby, five locations, and three reference hosts. */
export const shopConfig = (over: Partial<Config> = {}): Config => ({
  locations,
  acceptSingleLocation: false,
  references,
  endpoints: [endpoint("shop/frankfurt", "frankfurt"), endpoint("shop/ireland", "ireland")],
  services: [shop],
  ...over,
});

export const shopRecord: RecordSet = {
  name: "shop.example.com",
  type: "A",
  ttlSeconds: 15,
  values: ["192.0.2.10"],
};
