import { type Loaded, parseConfig } from "../../config/load.ts";

const regions = ["eu-central-1", "eu-north-1", "us-east-2", "us-west-2", "ap-northeast-1"] as const;

/** The head of a file without a fault. */
export const head = `locations: [${regions.join(", ")}]
alerts: [{ email: ops@acme.com }, { sms: "+4915112345678" }]
`;

/** More of a file: these of its locations, or all, are in a VPC. */
export const vpcs = (ipv6 = false, some: readonly string[] = regions): string =>
  `vpcs:\n${some.map((region) => `  ${region}: { subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d], ipv6: ${ipv6} }\n`).join("")}`;

/** A file with one endpoint, `docs`, written as given. */
export const withEndpoint = (endpoint: string): string => `${head}endpoints:\n  docs: ${endpoint}\n`;

export type ServiceParts = {
  readonly mode?: string;
  readonly dns?: string;
  readonly check?: string;
  readonly first?: string;
  readonly second?: string;
  readonly more?: string;
};

/** A file with one service, `shop`, without a fault but for the parts given. */
export const withService = (parts: ServiceParts = {}): string => `${head}services:
  shop:
    mode: ${parts.mode ?? "armed"}
    dns: ${parts.dns ?? "{ zoneId: Z0SHOP, name: shop.acme.com, type: A, ttl: 15s }"}
    check: ${parts.check ?? "{ https: /health }"}
    targets:
      - ${parts.first ?? "{ id: frankfurt, value: 3.120.0.10 }"}
      - ${parts.second ?? "{ id: ireland, value: 34.240.0.20 }"}
${parts.more ?? ""}`;

/** The text without the mark ▸, and the line and column it stood at. */
export const unmark = (marked: string): { text: string; line: number; column: number } => {
  const lines = marked.slice(0, marked.indexOf("▸")).split("\n");
  return { text: marked.replace("▸", ""), line: lines.length, column: (lines.at(-1) ?? "").length + 1 };
};

export const parse = (text: string, options = {}): Loaded => parseConfig(text, "pointsman.yaml", options);

/** Parses what is expected to be valid; what is wrong with it otherwise is in the message of the error. */
export const parseValid = (text: string, options = {}): Extract<Loaded, { ok: true }> => {
  const loaded = parse(text, options);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors, null, 2));
  return loaded;
};
