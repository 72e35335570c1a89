import ipaddr from "ipaddr.js";

/** Whose word an address is: the user wrote it, DNS answered it, or a redirect led to it. */
export type Source = "config" | "dns" | "redirect";

/** Ranges of ipaddr.js that no DNS answer may lead a probe into: they are this machine or its link, never a service. */
const unfitFromDns: ReadonlyMap<string, string> = new Map([
  ["loopback", "a loopback address"],
  ["linkLocal", "a link-local address"],
  ["unspecified", "an unspecified address"],
  ["multicast", "a multicast address"],
  ["broadcast", "a broadcast address"],
]);

// The instance metadata, DNS and time services of EC2 over IPv6 live here; as unique local addresses they would pass.
const awsLocal = ipaddr.IPv6.parseCIDR("fd00:ec2::/32");

/** Addresses that somebody on the way turns into the IPv4 they carry, and at which byte that begins. */
const carriers: ReadonlyMap<string, number> = new Map([
  ["rfc6052", 12], // NAT64
  ["rfc6145", 12],
  ["6to4", 2],
]);

function carriedBy(address: ipaddr.IPv4 | ipaddr.IPv6): string | undefined {
  const from = carriers.get(address.range());
  return from === undefined
    ? undefined
    : ipaddr.fromByteArray(address.toByteArray().slice(from, from + 4)).toString();
}

// All of IPv6 that IANA has given to the public so far.
const globalUnicast = ipaddr.IPv6.parseCIDR("2000::/3");

const isPublic = (address: ipaddr.IPv4 | ipaddr.IPv6): boolean =>
  address.range() === "unicast" && (address instanceof ipaddr.IPv4 || address.match(globalUnicast));

/**
 * Why an address must not be connected to, or undefined if it may. A literal in the configuration is probed as
 * told. A redirect is a stranger's word and may lead to public addresses only: private, shared, documentation
 * and transition ranges are refused too. IPv6 that carries an IPv4 address is judged by what it carries.
 */
export function unfit(address: string, source: Source): string | undefined {
  if (source === "config") return undefined;
  if (!ipaddr.isValid(address)) return "not an address";
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.match(awsLocal))
    return "an address of AWS's own local services";
  const known = unfitFromDns.get(parsed.range());
  if (known !== undefined) return known;
  if (source === "redirect") return isPublic(parsed) ? undefined : "not a public address";
  const carried = carriedBy(parsed);
  return carried === undefined ? undefined : unfit(carried, source);
}
