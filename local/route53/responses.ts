import { XMLBuilder } from "fast-xml-parser";
import type { ChangeRecord } from "./account.ts";
import type { HealthCheck } from "./health-checks.ts";
import { identifierOf } from "./weighted.ts";
import type { RecordSet, Zone } from "./zone.ts";

/** Answers of the Route 53 API, version 2013-04-01, as XML. */
export type Reply = { readonly status: number; readonly body: string };

/** HTTP statuses: "Errors" of each action in the API Reference, and its "Common Errors". */
const statuses = {
  AccessDenied: 403,
  ExpiredToken: 403,
  InternalFailure: 500,
  InvalidChangeBatch: 400,
  InvalidInput: 400,
  MalformedInput: 400,
  NoSuchChange: 404,
  NoSuchHealthCheck: 404,
  NoSuchHostedZone: 404,
  PriorRequestNotComplete: 400,
  ServiceUnavailable: 503,
  Throttling: 400,
} as const;
export type ErrorCode = keyof typeof statuses;

const namespace = "https://route53.amazonaws.com/doc/2013-04-01/";
const builder = new XMLBuilder({ ignoreAttributes: false });

/** What the service says where it says always the same. */
const usualMessages: Partial<Record<ErrorCode, string>> = {
  AccessDenied: "The caller is not authorized to access this resource",
  ExpiredToken: "The security token included in the request is expired",
  InternalFailure: "The request processing has failed because of an unknown error, exception or failure.",
  PriorRequestNotComplete: "The request was rejected because Route 53 was still processing a prior request.",
  ServiceUnavailable: "The request has failed due to a temporary failure of the server.",
  Throttling: "Rate exceeded",
};

/**
 * An error. The service puts the messages of an InvalidChangeBatch in brackets into one Message (aws-sdk-kotlin pull
 * request 1435, October 2024); the list element of the API Reference is not sent.
 */
export function errorReply(code: ErrorCode, message = usualMessages[code] ?? code): Reply {
  const status = statuses[code];
  const error = { Type: status < 500 ? "Sender" : "Receiver", Code: code, Message: message };
  return { status, body: xml("ErrorResponse", { Error: error }) };
}

export function changeReply(root: string, record: ChangeRecord, atMs: number): Reply {
  const info = {
    Id: `/change/${record.id}`,
    Status: atMs >= record.inSyncAtMs ? "INSYNC" : "PENDING",
    SubmittedAt: new Date(record.submittedAtMs).toISOString(),
    ...(record.comment !== undefined && { Comment: record.comment }),
  };
  return { status: 200, body: xml(root, { ChangeInfo: info }) };
}

/** One page of record sets; `next` is where the following page starts. */
export function setsReply(sets: readonly RecordSet[], maxItems: number, next: RecordSet | undefined): Reply {
  const body = {
    ResourceRecordSets: { ResourceRecordSet: sets.map(setElement) },
    IsTruncated: next !== undefined,
    ...(next && { NextRecordName: next.name, NextRecordType: next.type }),
    ...(next && identifierOf(next) !== undefined && { NextRecordIdentifier: identifierOf(next) }),
    MaxItems: maxItems,
  };
  return { status: 200, body: xml("ListResourceRecordSetsResponse", body) };
}

export function zoneReply(zone: Zone): Reply {
  const servers = zone.names.get(zone.name)?.find((set) => set.type === "NS")?.values ?? [];
  const delegation = zone.isPrivate ? {} : { DelegationSet: { NameServers: { NameServer: servers } } };
  const body = { HostedZone: zoneElement(zone), ...delegation };
  return { status: 200, body: xml("GetHostedZoneResponse", body) };
}

/** One page of hosted zones; `from` echoes where it was to start, `next` is where the following page starts. */
export function zonesReply(
  zones: readonly Zone[],
  maxItems: number,
  next: Zone | undefined,
  from: string | undefined,
): Reply {
  const body = {
    HostedZones: { HostedZone: zones.map(zoneElement) },
    ...(from !== undefined && { DNSName: from }),
    IsTruncated: next !== undefined,
    ...(next && { NextDNSName: next.name, NextHostedZoneId: next.id }),
    MaxItems: maxItems,
  };
  return { status: 200, body: xml("ListHostedZonesByNameResponse", body) };
}

export function checkReply(check: HealthCheck): Reply {
  const config =
    check.type === "CALCULATED"
      ? {
          Type: check.type,
          Inverted: check.inverted,
          HealthThreshold: check.healthThreshold,
          ChildHealthChecks: { ChildHealthCheck: check.childHealthChecks },
        }
      : {
          Type: check.type,
          Port: check.port,
          ResourcePath: check.resourcePath,
          FullyQualifiedDomainName: check.fullyQualifiedDomainName,
          SearchString: check.searchString,
          RequestInterval: 10,
          FailureThreshold: check.failureThreshold,
          Inverted: check.inverted,
        };
  const body = { HealthCheck: { Id: check.id, CallerReference: "local", HealthCheckConfig: config } };
  return { status: 200, body: xml("GetHealthCheckResponse", body) };
}

/** One checker's word, where it has asked. */
export function checkStatusReply(seenMs: number | undefined): Reply {
  const report = seenMs !== undefined && {
    HealthCheckObservation: {
      Region: "eu-west-1",
      IPAddress: "127.0.0.1",
      StatusReport: { Status: "Asked", CheckedTime: new Date(seenMs).toISOString() },
    },
  };
  return {
    status: 200,
    body: xml("GetHealthCheckStatusResponse", { HealthCheckObservations: report || {} }),
  };
}

function setElement({ name, type, ttlSeconds, values, failover, weighted, alias }: RecordSet): object {
  const routing = {
    ...(failover && { SetIdentifier: failover.setIdentifier, Failover: failover.role }),
    ...(weighted && { SetIdentifier: weighted.setIdentifier, Weight: weighted.weight }),
  };
  if (alias) {
    const target = {
      HostedZoneId: alias.zoneId,
      DNSName: alias.name,
      EvaluateTargetHealth: alias.evaluateTargetHealth,
    };
    return { Name: name, Type: type, ...routing, AliasTarget: target };
  }
  const records = { ResourceRecord: values.map((value) => ({ Value: value })) };
  return {
    Name: name,
    Type: type,
    ...routing,
    TTL: ttlSeconds,
    ResourceRecords: records,
    ...(failover?.healthCheckId !== undefined && { HealthCheckId: failover.healthCheckId }),
  };
}

function zoneElement(zone: Zone): object {
  const count = [...zone.names.values()].reduce((sum, sets) => sum + sets.length, 0);
  return {
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: "local",
    Config: { PrivateZone: zone.isPrivate ?? false },
    ResourceRecordSetCount: count,
  };
}

function xml(root: string, body: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n${builder.build({ [root]: { "@_xmlns": namespace, ...body } })}`;
}
