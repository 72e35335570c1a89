import { isIPv6 } from "node:net";
import { beaconKey } from "../lambda/core/beacons.ts";
import type {
  Alias,
  Beacons,
  Check,
  Config,
  Endpoint,
  Heartbeat,
  Place,
  Policy,
  Service,
  SingleCheck,
  Target,
  TcpCheck,
} from "../lambda/core/config.ts";
import { normalHost, parsePlace } from "./address.ts";
import { zoneOfService } from "./aws-zones.ts";
import { type HttpOptions, httpCheck, known, websocketCheck } from "./compile-http.ts";
import { type PlaceOptions, placeCheck } from "./compile-place.ts";
import { defaultReferences, defaultReferencesIpv6, defaults } from "./defaults.ts";
import type { Draft } from "./draft.ts";
import { parseDuration } from "./duration.ts";
import { combinationIn } from "./parts.ts";
import {
  allProbes,
  endpointMap,
  endpointProbes,
  mergedCheck,
  type Planned,
  type Probed,
  targetProbes,
} from "./probes.ts";
import type { FileConfig, FilePolicy, FileService, FileTarget } from "./schema.ts";
import { type Combination, hasUrl } from "./schemes.ts";

/** Who is told, in SNS's words. */
export type Alert = {
  readonly protocol: "email" | "sms" | "https" | "sqs" | "lambda";
  readonly endpoint: string;
};

/** Where in a VPC a location's probe function is put. */
export type VpcPlace = {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  /** Whether the subnets are dual-stack. */
  readonly ipv6: boolean;
};

/** What the stacks need to know that a sweep does not. */
export type Settings = {
  readonly alerts: readonly Alert[];
  /** By Region; a location without one is in no VPC. */
  readonly vpcs: ReadonlyMap<string, VpcPlace>;
};

const ms = (written: string): number => known(parseDuration(written), `the duration ${written}`);

const policy = (own: Draft<FilePolicy>, common: Draft<FilePolicy> = {}): Policy => ({
  intervalMs: ms(own.interval ?? common.interval ?? defaults.interval),
  staggered: own.staggered ?? common.staggered ?? defaults.staggered,
  timeoutMs: ms(own.timeout ?? common.timeout ?? defaults.timeout),
  failureThreshold: own.failureThreshold ?? common.failureThreshold ?? defaults.failureThreshold,
  confirmWithinMs: ms(own.confirmWithin ?? common.confirmWithin ?? defaults.confirmWithin),
  recoverAfterMs: ms(own.recoverAfter ?? common.recoverAfter ?? defaults.recoverAfter),
});

const singleCheck = (probed: Probed, options: HttpOptions & PlaceOptions): SingleCheck => {
  if (!hasUrl(probed.scheme)) return placeCheck(probed, options);
  return probed.scheme.startsWith("ws") ? websocketCheck(probed, options) : httpCheck(probed, options);
};

const check = (planned: readonly Planned[], way: Combination | undefined, what: string): Check => {
  const checks = planned.map(({ probed, check: options }) => singleCheck(known(probed, what), options));
  if (way !== undefined) return { type: way, checks };
  return checks.length > 1 ? { type: "all", checks } : known(checks[0], what);
};

const targetEndpointId = (service: string, target: FileTarget): string => `${service}/${target.id}`;

const compileTarget = (id: string, target: FileTarget, service: FileService): Target => ({
  id: target.id,
  endpoint: targetEndpointId(id, target),
  ...(target.alias
    ? { values: [], alias: compileAlias(target.alias, service.dns.zoneId) }
    : { values: [target.value ?? []].flat().map(normalHost) }),
  ...(service.routing === "weighted" && { weight: target.weight ?? defaults.weight }),
});

/** Route 53 must not judge by itself what we judge: with its own idea of health it might answer nothing. */
const compileAlias = ({ name, zoneId }: NonNullable<FileTarget["alias"]>, own: string): Alias => ({
  name: `${normalHost(name)}.`,
  zoneId: zoneId ?? zoneOfService(normalHost(name)) ?? own,
  evaluateTargetHealth: false,
});

/** Sorted: written in another order they are the same records. */
const compileBeside = ({ name, type, also = [] }: FileService["dns"]): Place[] =>
  also
    .map((one) => ({ name: normalHost(one.name ?? name), type: one.type ?? type }))
    .sort((a, b) => (`${a.name} ${a.type}` < `${b.name} ${b.type}` ? -1 : 1));

const compileDns = (service: FileService, regions: readonly string[]): Service["dns"] => {
  const { zoneId, roleArn, name, type, ttl = defaults.ttl } = service.dns;
  const record = { name: normalHost(name), type, ttlSeconds: ms(ttl) / 1000 };
  return {
    zoneId,
    ...(roleArn !== undefined && { roleArn }),
    ...record,
    ...(service.dns.also?.length && { beside: compileBeside(service.dns) }),
    ...(service.via === "beacons" && { beacons: compileBeacons(service, record, regions) }),
  };
};

function compileBeacons(
  service: FileService,
  record: Beacons["record"],
  regions: readonly string[],
): Beacons {
  const [primary, standby] = service.targets.map(({ value }) => [value ?? []].flat().map(normalHost)[0]);
  return {
    regions,
    key: beaconKey(record),
    record,
    in: known(primary, "a primary"),
    out: known(standby, "a standby"),
  };
}

const compileService = (id: string, service: FileService, regions: readonly string[]): Service => ({
  id,
  mode: service.mode ?? defaults.mode,
  dns: compileDns(service, regions),
  targets: service.targets.map((target) => compileTarget(id, target, service)),
  ...(service.routing === "weighted" && {
    weighted: {
      stepsPercent: service.steps ?? defaults.steps,
      stepForMs: ms(service.stepFor ?? defaults.stepFor),
    },
  }),
  failback: service.failback ?? defaults.failback,
  failbackAfterMs: ms(service.failbackAfter ?? defaults.failbackAfter),
  maxMovesPerHour: service.maxMovesPerHour ?? defaults.maxMovesPerHour,
  onForeign: service.onForeign ?? defaults.onForeign,
});

const targetEndpoints = (
  [id, service]: readonly [string, FileService],
  common?: Draft<FilePolicy>,
): Endpoint[] =>
  service.targets.map((target, index) => ({
    id: targetEndpointId(id, target),
    check: check(
      targetProbes(service, target, ["services", id, "targets", index]),
      combinationIn(mergedCheck(service, target)),
      `target ${target.id}`,
    ),
    policy: policy(service, common),
  }));

const loneEndpoints = (file: FileConfig): Endpoint[] =>
  Object.entries(file.endpoints ?? {}).map(([id, endpoint]) => {
    const options = endpointMap(endpoint);
    const planned = endpointProbes(endpoint, ["endpoints", id]);
    return {
      id,
      check: check(planned, combinationIn(options), `endpoint ${id}`),
      policy: policy(options, file.defaults),
    };
  });

const references = (file: FileConfig): TcpCheck[] => {
  const ipv6 = allProbes(file).some(({ to }) => isIPv6(to.host));
  const written = file.references ?? [...defaultReferences, ...(ipv6 ? defaultReferencesIpv6 : [])];
  return written.map((reference) => {
    const place = parsePlace(reference);
    return { type: "tcp", host: known(place?.host, reference), port: known(place?.port, reference) };
  });
};

const heartbeats = (written: NonNullable<FileConfig["heartbeats"]>): Heartbeat[] =>
  Object.entries(written).map(([id, { interval, grace }]) => ({
    id,
    intervalMs: ms(interval),
    graceMs: ms(grace ?? defaults.grace),
  }));

/** The config that runs, of a file in which nothing is wrong. */
export const compileConfig = (file: FileConfig): Config => {
  const services = Object.entries(file.services ?? {});
  return {
    locations: file.locations,
    acceptSingleLocation: file.acceptSingleLocation ?? defaults.acceptSingleLocation,
    references: references(file),
    ...(file.resolvers ? { resolvers: file.resolvers } : {}),
    endpoints: [
      ...loneEndpoints(file),
      ...services.flatMap((service) => targetEndpoints(service, file.defaults)),
    ],
    services: services.map(([id, service]) => compileService(id, service, file.beacons ?? [])),
    ...(file.heartbeats !== undefined && { heartbeats: heartbeats(file.heartbeats) }),
  };
};

const protocols = ["email", "sms", "https", "sqs", "lambda"] as const;

/** What synth needs beside the config. */
export const compileSettings = (file: FileConfig): Settings => ({
  alerts: (file.alerts ?? []).flatMap((alert) =>
    protocols.flatMap((protocol) => {
      const endpoint = alert[protocol];
      return endpoint === undefined ? [] : [{ protocol, endpoint }];
    }),
  ),
  vpcs: new Map(
    Object.entries(file.vpcs ?? {}).map(([region, vpc]) => [
      region,
      { ...vpc, ipv6: vpc.ipv6 ?? defaults.ipv6 },
    ]),
  ),
});
