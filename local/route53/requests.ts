import { XMLParser, XMLValidator } from "fast-xml-parser";
import type { Alias } from "./alias.ts";
import { recordTypes } from "./values.ts";
import type { Weighted } from "./weighted.ts";
import type { Change, Failover, RecordSet } from "./zone.ts";

/** The body of a ChangeResourceRecordSets request: XML in, changes out, or why it makes no sense. */
export type ParsedBatch =
  | { readonly ok: true; readonly changes: readonly Change[]; readonly comment?: string }
  | {
      readonly ok: false;
      readonly code: "InvalidInput" | "MalformedInput";
      readonly messages: readonly string[];
    };

type Xml = { readonly [name: string]: unknown };

const lists = new Set(["Change", "ResourceRecord"]);
const parser = new XMLParser({
  ignoreDeclaration: true,
  parseTagValue: false,
  trimValues: false,
  isArray: (name) => lists.has(name),
});
const actions = ["CREATE", "DELETE", "UPSERT"] as const;
/** What a record set may hold here. Anything else (other routing policies) is refused rather than forgotten. */
const routingFields = ["SetIdentifier", "Failover", "Weight", "HealthCheckId"];
const knownFields = new Set([
  "Name",
  "Type",
  "TTL",
  "ResourceRecords",
  "AliasTarget",
  "#text",
  ...routingFields,
]);

/** Reads a change batch as API_ChangeResourceRecordSets spells it. */
export function parseBatch(body: string): ParsedBatch {
  const document = XMLValidator.validate(body) === true ? (parser.parse(body) as Xml) : {};
  const batch = child(child(document, "ChangeResourceRecordSetsRequest"), "ChangeBatch");
  if (!document["ChangeResourceRecordSetsRequest"]) {
    const message = "ChangeBatch is not valid, expected ChangeResourceRecordSetsRequest";
    return { ok: false, code: "MalformedInput", messages: [message] };
  }
  const changes: Change[] = [];
  const messages: string[] = [];
  for (const element of list(child(batch, "Changes"), "Change")) {
    const change = parseChange(element);
    if (typeof change === "string") messages.push(change);
    else changes.push(change);
  }
  if (messages.length > 0) return { ok: false, code: "InvalidInput", messages };
  const comment = text(batch, "Comment");
  return { ok: true, changes, ...(comment !== undefined && { comment }) };
}

function parseChange(element: Xml): Change | string {
  const action = actions.find((name) => name === text(element, "Action"));
  if (!action) return `Invalid request: Action must be one of ${actions.join(", ")}`;
  const set = parseSet(child(element, "ResourceRecordSet"));
  return typeof set === "string" ? set : { action, set };
}

function parseSet(element: Xml): RecordSet | string {
  const name = text(element, "Name");
  const type = recordTypes.find((known) => known === text(element, "Type"));
  const ttl = text(element, "TTL");
  if (!name) return "Invalid request: expected a Name in ResourceRecordSet";
  const unknown = Object.keys(element).find((field) => !knownFields.has(field));
  if (unknown) return `Invalid request: ${unknown} of ${name} is not supported by this local Route 53`;
  if (!type) return `Invalid request: Type of ${name} must be one of ${recordTypes.join(", ")}`;
  const values = list(child(element, "ResourceRecords"), "ResourceRecord").map(
    (record) => text(record, "Value") ?? "",
  );
  const alias = parseAlias(element);
  const routing = parseRouting(element, name);
  if (typeof routing === "string") return routing;
  if (alias)
    return { name, type, ttlSeconds: ttl === undefined ? 0 : Number(ttl), values, alias, ...routing };
  if (!ttl || values.length === 0)
    return `Invalid request: expected TTL and ResourceRecords in [Name=${name}, Type=${type}]`;
  const ttlSeconds = /^-?\d+$/.test(ttl) ? Number(ttl) : Number.NaN;
  return { name, type, ttlSeconds, values, ...routing };
}

const roles = ["PRIMARY", "SECONDARY"] as const;

type Routing = { readonly failover?: Failover; readonly weighted?: Weighted };

/** API_ResourceRecordSet: a set identifier of 1 to 128 characters for every set with a routing policy, for no other. */
function parseRouting(element: Xml, name: string): Routing | string {
  const setIdentifier = text(element, "SetIdentifier");
  const healthCheckId = text(element, "HealthCheckId");
  const role = roles.find((known) => known === text(element, "Failover"));
  const weight = text(element, "Weight");
  if (!routingFields.some((field) => field in element)) return {};
  if (!role && weight === undefined)
    return `Invalid request: expected a Weight or a Failover of ${roles.join(" or ")} in ${name}`;
  if (!setIdentifier || setIdentifier.length > 128)
    return `Invalid request: expected a SetIdentifier of 1 to 128 characters in ${name}`;
  if (role && weight === undefined)
    return { failover: { role, setIdentifier, ...(healthCheckId !== undefined && { healthCheckId }) } };
  if (role || healthCheckId !== undefined || !/^\d{1,3}$/.test(weight ?? ""))
    return `Invalid request: Weight of ${name} must be 0 to 255, without Failover and, here, without HealthCheckId`;
  return { weighted: { setIdentifier, weight: Number(weight) } };
}

function parseAlias(element: Xml): Alias | undefined {
  if (element["AliasTarget"] === undefined) return undefined;
  const target = child(element, "AliasTarget");
  return {
    name: text(target, "DNSName") ?? "",
    zoneId: text(target, "HostedZoneId") ?? "",
    evaluateTargetHealth: text(target, "EvaluateTargetHealth") === "true",
  };
}

function child(parent: Xml, name: string): Xml {
  const value = parent[name];
  return isXml(value) ? value : {};
}

function list(parent: Xml, name: string): readonly Xml[] {
  const value = parent[name];
  return Array.isArray(value) ? value.map((item) => (isXml(item) ? item : {})) : [];
}

function text(parent: Xml, name: string): string | undefined {
  const value = parent[name];
  return typeof value === "string" ? value : undefined;
}

function isXml(value: unknown): value is Xml {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
