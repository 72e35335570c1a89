import { loadConfig } from "../../../config/load.ts";
import type { Config, Service } from "../../../lambda/core/config.ts";
import { partsOf, type RecordSet, recordFor } from "../../../lambda/core/records.ts";
import { fullSpread } from "../../../lambda/core/shares.ts";
import { shopConfig } from "../config.ts";
import { hostOfEndpoint } from "../names.ts";

/** What a scenario happens to: one service of a config, and everything else that is probed beside it. */
export type Subject = {
  readonly config: Config;
  readonly service: Service;
  /** The host of its primary. */
  readonly host: string;
  readonly zone: string;
  readonly records: readonly RecordSet[];
  /** The config moves it by beacons. */
  readonly isOfBeacons: boolean;
};

/** A service with a primary and a standby, five locations, and the config's defaults. */
const example: Config = shopConfig();

/**
 * One service of a config file, or of an example where there is none. It is armed here whatever the file says: a name
 * that is only talked about does not move. One of beacons is moved through Route 53's API: what is decided is the same.
 *
 * @throws Error with every error of the file, or when it has no such service
 */
export function subjectOf(file?: string, id?: string): Subject {
  const config = file === undefined ? example : configOf(file);
  const found = config.services.find((service) => id === undefined || service.id === id);
  if (found === undefined) {
    const known = config.services.map((service) => service.id).join(", ") || "none";
    throw new Error(`${file ?? "the example"} has no service ${id ?? "at all"} (services: ${known})`);
  }
  const { beacons, ...dns } = found.dns;
  const service: Service = { ...found, mode: "armed", dns: { ...dns, zoneId: "Z1" } };
  const [primary] = service.targets;
  const host = primary && hostOfEndpoint([config], primary.endpoint);
  if (primary === undefined || host === undefined) throw new Error(`${service.id} has no primary`);
  return {
    config: { ...config, services: [service] },
    service,
    host,
    isOfBeacons: beacons !== undefined,
    zone: service.dns.name.split(".").slice(-2).join("."),
    records: partsOf(recordFor(service, service.weighted ? fullSpread(service) : primary)),
  };
}

function configOf(file: string): Config {
  const loaded = loadConfig(file);
  if (loaded.ok) return loaded.config;
  throw new Error(
    loaded.errors.map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`).join("\n"),
  );
}
