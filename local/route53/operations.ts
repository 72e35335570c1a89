import type { Account } from "./account.ts";
import type { Checkers } from "./checkers.ts";
import type { Operation } from "./faults.ts";
import { normalizeName, reversedLabels } from "./names.ts";
import { parseBatch } from "./requests.ts";
import {
  changeReply,
  checkReply,
  checkStatusReply,
  errorReply,
  type Reply,
  setsReply,
  zoneReply,
  zonesReply,
} from "./responses.ts";
import { listSets, sortKey, sortKeyOf, type Zone } from "./zone.ts";

/** One request of the REST API (API Reference, "Actions"). */
export type Call = {
  readonly operation: Operation;
  readonly id: string;
  readonly query: URLSearchParams;
  readonly body: string;
};

/** Pages hold 300 record sets (API_ListResourceRecordSets), 100 zones (API_ListHostedZonesByName) at most. */
const maxSets = 300;
const maxZones = 100;

const routes: readonly (readonly [method: string, path: RegExp, operation: Operation])[] = [
  ["POST", /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/, "ChangeResourceRecordSets"],
  ["GET", /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/, "ListResourceRecordSets"],
  ["GET", /^\/2013-04-01\/hostedzone\/([^/]+)\/?$/, "GetHostedZone"],
  ["GET", /^\/2013-04-01\/hostedzonesbyname\/?$/, "ListHostedZonesByName"],
  ["GET", /^\/2013-04-01\/change\/([^/]+)\/?$/, "GetChange"],
  ["GET", /^\/2013-04-01\/healthcheck\/([^/]+)\/?$/, "GetHealthCheck"],
  ["GET", /^\/2013-04-01\/healthcheck\/([^/]+)\/status\/?$/, "GetHealthCheckStatus"],
];

/** Which operation is meant; undefined when none is. */
export function route(method: string, url: URL, body: string): Call | undefined {
  for (const [verb, path, operation] of routes) {
    const match = verb === method && path.exec(url.pathname);
    if (match) return { operation, id: decodeURIComponent(match[1] ?? ""), query: url.searchParams, body };
  }
  return undefined;
}

const aboutChecks: readonly Operation[] = ["GetHealthCheck", "GetHealthCheckStatus"];

/** The zone that a call is about; none where it is about no one zone, or about a change nobody made. */
export function zoneOf({ operation, id }: Call, account: Account): string | undefined {
  if (operation === "ListHostedZonesByName" || aboutChecks.includes(operation)) return undefined;
  if (operation !== "GetChange") return id;
  return account.changes().find((change) => change.id === id)?.zoneId;
}

/** Does what is asked, at that time, and says so. */
export function run(
  call: Call,
  account: Account,
  atMs: number,
  checks: Pick<Checkers, "has" | "check" | "seenMs">,
): Reply {
  if (aboutChecks.includes(call.operation)) return getCheck(call, checks);
  if (call.operation === "GetChange") return getChange(call, account, atMs);
  if (call.operation === "ListHostedZonesByName") return listZones(call.query, account);
  const zone = account.zone(call.id);
  if (!zone) return errorReply("NoSuchHostedZone", `No hosted zone found with ID: ${call.id}`);
  if (call.operation === "GetHostedZone") return zoneReply(zone);
  if (call.operation === "ListResourceRecordSets") return listRecordSets(call.query, zone);
  return changeSets(call, account, atMs, checks);
}

/** API_GetHealthCheckStatus: of a CALCULATED check nobody tells that by API. */
function getCheck({ operation, id }: Call, checks: Pick<Checkers, "check" | "seenMs">): Reply {
  const check = checks.check(id);
  if (check === undefined) return errorReply("NoSuchHealthCheck", `No health check exists with id: ${id}`);
  if (operation === "GetHealthCheck") return checkReply(check);
  if (check.type === "CALCULATED") return errorReply("InvalidInput", `${id} is a calculated health check`);
  return checkStatusReply(checks.seenMs(id));
}

function changeSets(
  { id, body }: Call,
  account: Account,
  atMs: number,
  checks: Pick<Checkers, "has">,
): Reply {
  const batch = parseBatch(body);
  if (!batch.ok) return refusal(batch);
  // API_ChangeResourceRecordSets, Errors. What a DELETE names may have gone before it.
  const missing = batch.changes.flatMap(({ action, set }) =>
    action === "DELETE" || checks.has(set.failover?.healthCheckId ?? "")
      ? []
      : (set.failover?.healthCheckId ?? []),
  );
  if (missing.length > 0)
    return errorReply("NoSuchHealthCheck", `No health check exists with id: ${missing.join(", ")}`);
  const result = account.submit(id, batch.changes, atMs, batch.comment);
  return result.ok ? changeReply("ChangeResourceRecordSetsResponse", result.record, atMs) : refusal(result);
}

function refusal(refused: {
  readonly code: "InvalidChangeBatch" | "InvalidInput" | "MalformedInput";
  readonly messages: readonly string[];
}): Reply {
  const joined = refused.messages.join(", ");
  return errorReply(refused.code, refused.code === "InvalidChangeBatch" ? `[${joined}]` : joined);
}

function getChange({ id }: Call, account: Account, atMs: number): Reply {
  const record = account.changes().find((change) => change.id === id);
  if (!record) return errorReply("NoSuchChange", `Could not find resource with ID: ${id}`);
  return changeReply("GetChangeResponse", record, atMs);
}

function listRecordSets(query: URLSearchParams, zone: Zone): Reply {
  const maxItems = pageSize(query, maxSets);
  const name = query.get("name");
  const type = query.get("type");
  if (query.has("identifier") && type === null)
    return errorReply("InvalidInput", "StartRecordIdentifier without StartRecordType");
  if (type !== null && name === null)
    return errorReply("InvalidInput", "StartRecordType without StartRecordName");
  const start = name === null ? "" : normalizeName(name);
  if (start === undefined || maxItems === undefined)
    return errorReply("InvalidInput", "Invalid name or maxitems");
  // API_ListResourceRecordSets: an identifier continues a page within one name and type.
  const from = start === "" ? "" : sortKey(start, type ?? "", query.get("identifier") ?? "");
  const sets = listSets(zone).filter((set) => sortKeyOf(set) >= from);
  return setsReply(sets.slice(0, maxItems), maxItems, sets[maxItems]);
}

function listZones(query: URLSearchParams, account: Account): Reply {
  const maxItems = pageSize(query, maxZones);
  const asked = query.get("dnsname") ?? undefined;
  const start = asked === undefined ? "" : normalizeName(asked);
  if (start === undefined || maxItems === undefined)
    return errorReply("InvalidInput", "Invalid dnsname or maxitems");
  const from = start === "" ? "" : `${reversedLabels(start)} ${query.get("hostedzoneid") ?? ""}`;
  const keyed = account.zones().map((zone) => ({ zone, key: `${reversedLabels(zone.name)} ${zone.id}` }));
  const sorted = keyed.filter(({ key }) => key >= from).sort((a, b) => (a.key < b.key ? -1 : 1));
  const zones = sorted.map(({ zone }) => zone);
  return zonesReply(zones.slice(0, maxItems), maxItems, zones[maxItems], asked);
}

/** `maxitems`, never more than a page; undefined when it is no positive number. */
function pageSize(query: URLSearchParams, most: number): number | undefined {
  const asked = query.get("maxitems") ?? String(most);
  return /^[1-9]\d*$/.test(asked) ? Math.min(Number(asked), most) : undefined;
}
