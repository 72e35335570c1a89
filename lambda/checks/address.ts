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

/**
 * Why an address must not be connected to, or undefined if it may. A literal in the configuration is probed as
 * told. A redirect is a stranger's word and may lead to public addresses only: private, shared, documentation
 * and transition ranges are refused too. IPv4-mapped IPv6 addresses are judged as the IPv4 they carry.
 */
export function unfit(address: string, source: Source): string | undefined {
  if (source === "config") return undefined;
  if (!ipaddr.isValid(address)) return "not an address";
  const parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.match(awsLocal))
    return "an address of AWS's own local services";
  const range = parsed.range();
  const known = unfitFromDns.get(range);
  if (known !== undefined) return known;
  return source === "redirect" && range !== "unicast" ? "not a public address" : undefined;
}
