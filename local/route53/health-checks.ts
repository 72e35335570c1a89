import type { RecordSet, Zone } from "./zone.ts";

/**
 * Route 53 health checks and what they make of failover record sets. Nothing here knows of time or the network. Pages
 * named are of the Route 53 Developer Guide, or of the API Reference where they begin with `API_`.
 */

/** What an endpoint is asked for, and how its answer counts (API_HealthCheckConfig). */
export type EndpointCheck = {
  readonly id: string;
  readonly type: "HTTP_STR_MATCH" | "HTTPS_STR_MATCH";
  readonly fullyQualifiedDomainName: string;
  readonly port: number;
  readonly resourcePath: string;
  readonly searchString: string;
  readonly inverted: boolean;
  /** In a row, to become unhealthy and to become healthy again; 1 to 10. */
  readonly failureThreshold: number;
};

/** Healthy when so many of others are. */
export type CalculatedCheck = {
  readonly id: string;
  readonly type: "CALCULATED";
  readonly childHealthChecks: readonly string[];
  readonly healthThreshold: number;
  readonly inverted: boolean;
};

export type HealthCheck = EndpointCheck | CalculatedCheck;

/** An endpoint's answer; none when there was none in time. */
export type Seen = { readonly status: number; readonly body: string } | undefined;

/** What the checkers hold of one endpoint, before any inversion. */
export type Believed = { readonly isHealthy: boolean; readonly otherwise: number };

/** "How Amazon Route 53 determines the status of health checks": healthy until there is enough data. */
export const believedFirst: Believed = { isHealthy: true, otherwise: 0 };

/** "…that monitor an endpoint": the string has to be in the first 5,120 bytes. */
const searchedBytes = 5_120;

/** Whether one request was answered well: status 2xx or 3xx, and the string in the body. TLS certificates do not count. */
export function isGood({ searchString }: EndpointCheck, seen: Seen): boolean {
  if (seen === undefined || seen.status < 200 || seen.status > 399) return false;
  return Buffer.from(seen.body).subarray(0, searchedBytes).includes(searchString);
}

/** Takes in one request; the status changes after `failureThreshold` in a row that say otherwise, either way. */
export function observe(check: EndpointCheck, believed: Believed, seen: Seen): Believed {
  if (isGood(check, seen) === believed.isHealthy) return { ...believed, otherwise: 0 };
  const otherwise = believed.otherwise + 1;
  return otherwise < check.failureThreshold
    ? { ...believed, otherwise }
    : { isHealthy: !believed.isHealthy, otherwise: 0 };
}

/**
 * Whether a check is healthy. Inversion comes last (API_HealthCheckConfig, Inverted), so that what nobody has asked
 * yet is unhealthy where it is inverted. A child that is unknown counts as unhealthy.
 */
export function isHealthy(
  id: string,
  checks: ReadonlyMap<string, HealthCheck>,
  believed: ReadonlyMap<string, Believed>,
): boolean {
  const check = checks.get(id);
  if (check === undefined) return false;
  if (check.type !== "CALCULATED") {
    return (believed.get(id) ?? believedFirst).isHealthy !== check.inverted;
  }
  const healthy = check.childHealthChecks.filter((child) => isHealthy(child, checks, believed));
  return healthy.length >= check.healthThreshold !== check.inverted;
}

/** The zone as it is answered while these checks are healthy: of each failover pair the set that speaks. */
export function routed(zone: Zone, isHealthyCheck: (id: string) => boolean): Zone {
  const names = new Map([...zone.names].map(([name, sets]) => [name, speaking(sets, isHealthyCheck)]));
  return { ...zone, names };
}

/**
 * API_ResourceRecordSet, Failover: the PRIMARY while it is healthy, or while the SECONDARY is not either; else the
 * SECONDARY. A set without a health check is healthy. One alone answers whatever its health.
 */
function speaking(sets: readonly RecordSet[], isHealthyCheck: (id: string) => boolean): readonly RecordSet[] {
  const isUp = ({ failover }: RecordSet): boolean =>
    failover?.healthCheckId === undefined || isHealthyCheck(failover.healthCheckId);
  return sets.filter((set) => {
    const other =
      set.failover && sets.find((each) => each !== set && each.failover && each.type === set.type);
    if (other === undefined) return true;
    return set.failover?.role === "PRIMARY" ? isUp(set) || !isUp(other) : !isUp(other) && isUp(set);
  });
}
