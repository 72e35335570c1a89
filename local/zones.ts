import type { Config, Service } from "../lambda/core/config.ts";
import { partsOf, placesOf, recordFor } from "../lambda/core/records.ts";
import { fullSpread } from "../lambda/core/shares.ts";
import { standingPair } from "./beacons.ts";
import { home } from "./route53/access.ts";
import { openZone, type RecordSet, type Zone } from "./route53/zone.ts";

/**
 * The hosted zones a config speaks of, each name at its primary's value, or spread as it is while all is well. What a zone is called a config does not
 * say; it holds all of its names.
 */
export function zonesOf(config: Config): Zone[] {
  const ids = [...new Set(config.services.map(({ dns }) => dns.zoneId))];
  return ids.map((id) => {
    const services = config.services.filter(({ dns }) => dns.zoneId === id);
    const sets = services.flatMap((service): RecordSet[] => {
      const [primary] = service.targets;
      if (primary === undefined) return [];
      if (service.dns.beacons) return standingPair(service.dns.beacons);
      const to = service.weighted ? fullSpread(service) : primary;
      return [...standIns(service), ...partsOf(recordFor(service, to))];
    });
    return openZone(id, zoneName(services), sets);
  });
}

/** Names of the same zone that aliases lead to: what they hold a config does not say. */
const standIns = ({ dns, targets }: Service): RecordSet[] =>
  targets.flatMap(({ alias }, i) => {
    if (alias?.zoneId !== dns.zoneId) return [];
    const types = [...new Set(placesOf(dns).map(({ type }) => type))];
    return types.map((type) => ({
      name: alias.name.replace(/\.$/, ""),
      type,
      ttlSeconds: dns.ttlSeconds,
      values: [type === "A" ? `192.0.2.${i + 1}` : `2001:db8::${i + 1}`],
    }));
  });

/** Who may touch a zone: the role that the config names for it, else home. */
export const ownerIn =
  (config: Config) =>
  (zoneId: string): string =>
    config.services.find(({ dns }) => dns.zoneId === zoneId)?.dns.roleArn ?? home;

/** `example.com` for `shop.example.com`; for several names what they have in common, which a valid config sees to. */
function zoneName(services: readonly Service[]): string {
  const [first = [], ...others] = services.map(({ dns }) => parentOf(dns.name).split(".").reverse());
  const isCommon = (label: string, i: number) => others.every((labels) => labels[i] === label);
  const differs = first.findIndex((label, i) => !isCommon(label, i));
  const common = differs === -1 ? first : first.slice(0, differs);
  return common.reverse().join(".");
}

const parentOf = (name: string): string => (name.split(".").length > 2 ? name.replace(/^[^.]+\./, "") : name);
