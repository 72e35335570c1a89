import { parseConfig } from "../config/load.ts";
import type { Config } from "../lambda/core/config.ts";

/** How fast the demonstration is; durations as a config file has them. */
export type Pace = {
  readonly interval: string;
  readonly timeout: string;
  readonly confirmWithin: string;
  readonly within: string;
  readonly recoverAfter: string;
  readonly failbackAfter: string;
};

/** Detection as everybody gets it by default; only what comes after is shortened, so that it can be watched. */
export const livePace: Pace = {
  interval: "10s",
  timeout: "3s",
  confirmWithin: "5s",
  within: "2s",
  recoverAfter: "15s",
  failbackAfter: "20s",
};

/** Everything shortened: for the scripted run. */
export const scriptedPace: Pace = {
  interval: "2s",
  timeout: "500ms",
  confirmWithin: "1s",
  within: "400ms",
  recoverAfter: "4s",
  failbackAfter: "4s",
};

/** How the name is moved. */
export type Via = "api" | "beacons";

export type DemoPorts = { readonly frankfurt: number; readonly ireland: number };

const locationsText =
  "locations: [eu-central-1, eu-west-1, us-east-2, us-west-2, ap-southeast-1]\nreferences: []";

const nameText = ({
  within,
}: Pace): string => `dns: { zoneId: Z0DEMO, name: shop.example.com, type: A, ttl: 15s }
    check: { http: /health, status: [200], contains: '"ok":true', within: ${within} }`;

const defaultsText = (pace: Pace): string => `defaults:
  interval: ${pace.interval}
  timeout: ${pace.timeout}
  confirmWithin: ${pace.confirmWithin}
  recoverAfter: ${pace.recoverAfter}
`;

/** The demonstration as a user would write it. Addresses are for documentation; checks connect to this machine. */
export const demoConfigText = (ports: DemoPorts, pace: Pace, via: Via = "api"): string => `
${locationsText}
beacons: [eu-south-1, ca-central-1, ap-south-1]
services:
  shop:
    mode: armed
    via: ${via}
    ${nameText(pace)}
    targets:
      - { id: frankfurt, value: 192.0.2.10, check: { connect: "127.0.0.1:${ports.frankfurt}" } }
      - { id: ireland, value: 198.51.100.20, check: { connect: "127.0.0.1:${ports.ireland}" } }
    failback: auto
    failbackAfter: ${pace.failbackAfter}
    maxMovesPerHour: 60
${defaultsText(pace)}`;

export type WeightedPorts = DemoPorts & { readonly virginia: number };

/** The same with its load spread over three targets. */
const weightedText = (ports: WeightedPorts, pace: Pace): string => `
${locationsText}
services:
  shop:
    mode: armed
    routing: weighted
    ${nameText(pace)}
    targets:
      - { id: frankfurt, value: 192.0.2.10, weight: 100, check: { connect: "127.0.0.1:${ports.frankfurt}" } }
      - { id: ireland, value: 198.51.100.20, weight: 100, check: { connect: "127.0.0.1:${ports.ireland}" } }
      - { id: virginia, value: 203.0.113.30, weight: 50, check: { connect: "127.0.0.1:${ports.virginia}" } }
    maxMovesPerHour: 60
${defaultsText(pace)}`;

/** @throws when the demonstration's own config is wrong: a bug */
export const demoConfig = (ports: DemoPorts, pace: Pace, via: Via = "api"): Config =>
  configOf(demoConfigText(ports, pace, via));

/**
 * @param stepForMs how long a target that comes back holds each step: a file takes no less than 30 s
 * @throws as `demoConfig` does
 */
export function weightedDemoConfig(ports: WeightedPorts, pace: Pace, stepForMs: number): Config {
  const config = configOf(weightedText(ports, pace));
  return {
    ...config,
    services: config.services.map(({ weighted, ...service }) => ({
      ...service,
      ...(weighted && { weighted: { ...weighted, stepForMs } }),
    })),
  };
}

function configOf(text: string): Config {
  const loaded = parseConfig(text, "demo.yaml", { laptop: true });
  if (loaded.ok) return loaded.config;
  throw new Error(
    loaded.errors.map(({ line, path, message }) => `demo.yaml:${line} ${path}: ${message}`).join("\n"),
  );
}
