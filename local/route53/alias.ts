import { isWithin, normalizeName } from "./names.ts";
import type { RecordSet, Zone } from "./zone.ts";

/**
 * What Route 53 asks of an alias record. Sources: API_AliasTarget; Developer Guide, "Choosing between alias and
 * non-alias records" and "Values specific for simple alias records"; the messages are the service's own, as users
 * report them.
 */

export type Alias = {
  readonly name: string;
  readonly zoneId: string;
  readonly evaluateTargetHealth: boolean;
};

/** Zones of AWS services that are the same for everybody (API_AliasTarget, HostedZoneId); a load balancer's is not. */
const cloudFront = "Z2FDTNDATAQYW2";

/** Below these names AWS keeps what an alias may lead to. */
const ofAws = ["amazonaws.com.", "cloudfront.net.", "awsglobalaccelerator.com."];

/** The alias as a zone has it, its name spelt as Route 53 spells it. */
export const normalizeAlias = ({ alias }: RecordSet): { alias: Alias } | object =>
  alias ? { alias: { ...alias, name: normalizeName(alias.name) ?? alias.name } } : {};

/** What makes no sense whatever the zone: an alias has no TTL and no values of its own, and a name to lead to. */
export function aliasInputProblem({ ttlSeconds, values, alias }: RecordSet): string[] {
  if (ttlSeconds !== 0 || values.length > 0)
    return ["expected no TTL and no ResourceRecords beside AliasTarget"];
  return normalizeName(alias?.name ?? "") === undefined ? ["expected a DNSName in AliasTarget"] : [];
}

/** Why the zone refuses the alias, as it would be after the changes before it. */
export function aliasProblem(
  zone: Pick<Zone, "id" | "name">,
  names: ReadonlyMap<string, readonly RecordSet[]>,
  { type, alias }: RecordSet,
): string | undefined {
  if (alias === undefined) return undefined;
  const tried = `Tried to create an alias that targets ${alias.name}, type ${type} in zone ${alias.zoneId}`;
  const outside = `${tried}, but the alias target name does not lie within the target zone`;
  if (alias.zoneId !== zone.id) {
    if (!ofAws.some((parent) => isWithin(alias.name, parent))) return outside;
    if (type !== "A" && type !== "AAAA") return `${tried}, but only A and AAAA lead to an AWS service`;
    const isUnjudged = alias.zoneId === cloudFront && alias.evaluateTargetHealth;
    return isUnjudged ? `EvaluateTargetHealth cannot be set to true for ${alias.name}` : undefined;
  }
  if (!isWithin(alias.name, zone.name)) return outside;
  const found = names.get(alias.name)?.some((set) => set.type === type);
  return found ? undefined : `${tried}, but that target was not found`;
}

/** A DELETE has to name the very alias. A final dot or capitals say nothing: a zone has one spelling of a name. */
export const isSameAlias = (a: Alias | undefined, b: Alias | undefined): boolean =>
  a?.name === b?.name && a?.zoneId === b?.zoneId && a?.evaluateTargetHealth === b?.evaluateTargetHealth;
