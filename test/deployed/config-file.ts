/** What is probed for each target, and where the name points then. Addresses are for documentation. */
export const targets = {
  frankfurt: { id: "frankfurt", value: "192.0.2.10", site: "frankfurt" },
  ireland: { id: "ireland", value: "198.51.100.20", site: "ireland" },
  /** Ireland under another address. */
  "moved ireland": { id: "ireland", value: "198.51.100.99", site: "ireland" },
  ohio: { id: "ohio", value: "203.0.113.30", site: "ohio" },
} as const;

export const addressOf = (target: keyof typeof targets): string => targets[target].value;

export type Ports = Readonly<Record<"frankfurt" | "ireland" | "ohio", number>>;

/** A service of the file, where it is not as every other is. */
export type WrittenService = {
  readonly id: string;
  /** What it moves, below example.com. */
  readonly name: string;
  readonly ttl?: string;
  readonly targets?: readonly (keyof typeof targets)[];
};

export const zoneId = "Z0DEMO";

export const locations = ["eu-central-1", "eu-north-1", "us-east-2", "us-west-2", "ap-northeast-1"];

/** A file as a user would write it, with everything shortened as far as the config allows. */
export const configFile = (
  ports: Ports,
  services: readonly WrittenService[],
  regions = locations,
): string => `
locations: [${regions.join(", ")}]
references: []
defaults: { interval: 1s, timeout: 250ms, confirmWithin: 750ms, recoverAfter: 1s }
services:
${services.map((service) => serviceText(ports, service)).join("")}`;

const serviceText = (ports: Ports, service: WrittenService): string => `
  ${service.id}:
    mode: armed
    dns: { zoneId: ${zoneId}, name: ${service.name}.example.com, type: A, ttl: ${service.ttl ?? "15s"} }
    check: { http: /health, status: [200], contains: '"ok":true' }
    targets:
${(service.targets ?? ["frankfurt", "ireland"]).map((target) => targetText(ports, target)).join("")}
    failback: auto
    failbackAfter: 1s
`;

function targetText(ports: Ports, target: keyof typeof targets): string {
  const { id, value, site } = targets[target];
  return `      - { id: ${id}, value: ${value}, check: { connect: "127.0.0.1:${ports[site]}" } }\n`;
}
