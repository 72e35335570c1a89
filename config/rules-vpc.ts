import { isIP, isIPv6 } from "node:net";
import { hostKind } from "./address.ts";
import type { Draft } from "./draft.ts";
import { type Problem, quote } from "./finding.ts";
import { allProbes, type Probed } from "./probes.ts";
import type { FileConfig } from "./schema.ts";
import { suggestion } from "./suggest.ts";

/** A VPC is where a location is, and as large as Lambda takes it (its API's VpcConfig). */
export const vpcRule = (file: Draft<FileConfig>): Problem[] => {
  const locations = (file.locations ?? []).filter((region) => region !== undefined);
  return Object.entries(file.vpcs ?? {}).flatMap(([region, vpc]): Problem[] => {
    const path = ["vpcs", region];
    if (!locations.includes(region)) {
      const hint = suggestion(region, locations) ?? "a Region of locations";
      return [{ path, at: "key", message: `${quote(region)} is none of the locations`, hint }];
    }
    return sizes.flatMap(([key, most]) => {
      const count = vpc?.[key]?.length ?? 1;
      if (count >= 1 && count <= most) return [];
      return [{ path: [...path, key], message: `must hold 1 to ${most} ids` }];
    });
  });
};

const sizes = [
  ["subnets", 16],
  ["securityGroups", 5],
] as const;

/** Locations that do not get there, with the reason. */
type Outside = { readonly regions: readonly string[]; readonly why: string; readonly hint: string };

/** What a name resolves to is known when it is probed: it is taken for what it looks like. */
const outsideOf = ({ locations = [], vpcs = {} }: Draft<FileConfig>, { to, inside }: Probed): Outside[] => {
  const kind = hostKind(to.host);
  const regions = locations.filter((region) => region !== undefined);
  const isPrivate = kind === "private" || (inside && isIP(to.host) === 0);
  const isReachable = kind === "private" || kind === "public";
  return [
    {
      regions: isPrivate ? regions.filter((region) => !Object.hasOwn(vpcs, region)) : [],
      why: `${to.host} is private`,
      hint: "put each location into a VPC that reaches it (vpcs), or probe a public address",
    },
    {
      regions: isIPv6(to.host) && isReachable ? regions.filter((region) => !isDualStack(vpcs, region)) : [],
      why: `${to.host} is IPv6`,
      hint: "put each location into a dual-stack VPC (vpcs, ipv6: true), or connect to an IPv4 address",
    },
  ];
};

/** What is written wrong is complained of elsewhere, and passes here. */
const isDualStack = (vpcs: NonNullable<Draft<FileConfig>["vpcs"]>, region: string): boolean => {
  const vpc = vpcs[region];
  return vpc ? (vpc.ipv6 ?? Object.hasOwn(vpc, "ipv6")) : Object.hasOwn(vpcs, region);
};

/**
 * Every location is asked about everything: one that cannot get to an endpoint would find it down for ever. One
 * reference host that is reached is enough for a location to know that it sees.
 */
export const reachRule = (file: Draft<FileConfig>, options: { readonly laptop?: boolean }): Problem[] => {
  if (options.laptop) return [];
  const probes = allProbes(file).filter((probed) => !isMisfit(file, probed));
  return probes.flatMap((probed) => {
    const enough = probed.said[0] === "references" ? (file.locations?.length ?? 1) : 1;
    const found = outsideOf(file, probed).find(({ regions }) => regions.length >= enough);
    if (!found) return [];
    const { regions, why, hint } = found;
    return [{ path: probed.said, message: `${why}: not reached from ${someOf(regions)}`, hint }];
  });
};

/** An IPv6 address that the record cannot hold: another rule tells. */
const isMisfit = ({ services = {} }: Draft<FileConfig>, { to, said }: Probed): boolean => {
  const [section, id = ""] = said;
  const isValue = section === "services" && said.at(-1) === "value";
  return isValue && isIPv6(to.host) && services[id]?.dns?.type !== "AAAA";
};

const someOf = (regions: readonly string[]): string =>
  regions.length <= 3
    ? regions.join(", ")
    : `${regions.slice(0, 2).join(", ")} and ${regions.length - 2} more locations`;
