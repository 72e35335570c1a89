import {
  GetHealthCheckCommand,
  GetHealthCheckStatusCommand,
  NoSuchHealthCheck,
  type Route53Client,
} from "@aws-sdk/client-route-53";
import type { HealthCheck } from "../core/pair.ts";

/**
 * A health check as Route 53 has it, and its children. Of a CALCULATED one nobody tells by API how healthy it is (API
 * Reference, GetHealthCheckStatus): `seenMs` is when the checkers of those that look at an endpoint last asked.
 *
 * @param turn waits until a request may be sent
 */
export async function healthCheckOf(
  client: Route53Client,
  turn: () => Promise<unknown>,
  id: string,
  withTimes: boolean,
): Promise<HealthCheck | undefined> {
  await turn();
  const config = await client.send(new GetHealthCheckCommand({ HealthCheckId: id })).then(
    ({ HealthCheck: found }) => found?.HealthCheckConfig,
    (error: unknown) => {
      if (error instanceof NoSuchHealthCheck) return undefined;
      throw error;
    },
  );
  if (config?.Type === undefined) return undefined;
  const { ChildHealthChecks = [] } = config;
  const children: (HealthCheck | undefined)[] = [];
  for (const child of ChildHealthChecks) children.push(await healthCheckOf(client, turn, child, withTimes));
  return {
    type: config.Type,
    isDisabled: config.Disabled ?? false,
    isInverted: config.Inverted ?? false,
    ...(config.FullyQualifiedDomainName !== undefined && { host: config.FullyQualifiedDomainName }),
    ...(config.ResourcePath !== undefined && { path: config.ResourcePath }),
    ...(config.SearchString !== undefined && { searchString: config.SearchString }),
    ...(config.FailureThreshold !== undefined && { failureThreshold: config.FailureThreshold }),
    ...(config.HealthThreshold !== undefined && { healthThreshold: config.HealthThreshold }),
    children,
    seenMs: withTimes && config.Type !== "CALCULATED" ? await seenTimes(client, turn, id) : [],
  };
}

async function seenTimes(
  client: Route53Client,
  turn: () => Promise<unknown>,
  HealthCheckId: string,
): Promise<number[]> {
  await turn();
  const { HealthCheckObservations = [] } = await client.send(
    new GetHealthCheckStatusCommand({ HealthCheckId }),
  );
  return HealthCheckObservations.map(({ StatusReport }) => StatusReport?.CheckedTime?.getTime() ?? 0);
}
