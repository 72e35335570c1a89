import { isIP, isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";

/** Where a socket goes. */
export type Place = { readonly host: string; readonly port: number };

/** What sort of host this is for somebody who wants to connect to it. */
export type HostKind =
  | "public"
  | "private"
  | "placeholder"
  | "documentation"
  | "loopback"
  | "link-local"
  | "metadata"
  | "unusable";

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i;

/** A DNS name as RFC 1123 has it, underscores and one trailing dot allowed; not an address. */
export const isHostname = (text: string): boolean => {
  const labels = text.replace(/\.$/, "").split(".");
  return text.length <= 254 && labels.every((part) => label.test(part)) && !/^\d+$/.test(labels.at(-1) ?? "");
};

/** Lower-case, without the trailing dot, IPv6 in its canonical form (RFC 5952): equal hosts are equal texts. */
export const normalHost = (host: string): string =>
  isIPv6(host) ? ipaddr.parse(host).toString() : host.toLowerCase().replace(/\.$/, "");

/** `host`, `host:port`, `[2001:db8::1]:443` or a bare IPv6 address; undefined for anything else. */
export const parsePlace = (text: string): { host: string; port?: number } | undefined => {
  if (isIPv6(text) && !text.includes("%")) return { host: normalHost(text) };
  const [, bracketed, plain, port] = /^(?:\[([^\]%]+)\]|([^:\s]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? "";
  if (bracketed === undefined ? !isIPv4(host) && !isHostname(host) : !isIPv6(host)) return undefined;
  if (port === undefined) return { host: normalHost(host) };
  return isPort(Number(port)) ? { host: normalHost(host), port: Number(port) } : undefined;
};

export const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

/** The host of a URL without the brackets of an IPv6 address. */
export const hostOf = (url: URL): string => normalHost(url.hostname.replace(/^\[(.*)\]$/, "$1"));

/** The host as it stands in a URL. */
export const inUrl = (host: string): string => (isIPv6(host) ? `[${host}]` : host);

const within = (address: string, ranges: readonly string[]): boolean =>
  ranges.some((range) => {
    const [network, bits] = ipaddr.parseCIDR(range);
    const parsed = ipaddr.parse(address);
    return parsed.kind() === network.kind() && parsed.match([network, bits]);
  });

/** RFC 5737, RFC 3849 and RFC 9637: addresses for documentation; nothing answers there. */
const documentationRanges = [
  "192.0.2.0/24",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "2001:db8::/32",
  "3fff::/20",
];

/** EC2's, Lambda's and ECS's own services: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const metadataRanges = ["169.254.169.254/32", "169.254.170.2/32", "fd00:ec2::/32"];

const kindOfRange: Readonly<Record<string, HostKind>> = {
  unicast: "public",
  as112: "public",
  as112v6: "public",
  "6to4": "public",
  private: "private",
  carrierGradeNat: "private",
  uniqueLocal: "private",
  loopback: "loopback",
  linkLocal: "link-local",
};

const addressKind = (address: string): HostKind => {
  const real = ipaddr.process(address).toString();
  if (within(real, documentationRanges)) return "documentation";
  if (within(real, metadataRanges)) return "metadata";
  return kindOfRange[ipaddr.parse(real).range()] ?? "unusable";
};

/** Names that are nobody's (RFC 2606, RFC 6761) and the one our own samples use. */
const placeholderName = /(?:^|\.)(?:example\.(?:com|net|org)|your-company\.com|example|invalid|test)$/;
const privateName = /^[^.]+$|\.(?:local|internal|lan|home\.arpa)$/;

/** The kind of an IP address (the embedded one, when it is IPv4 inside IPv6) or of a name, by its ending. */
export const hostKind = (host: string): HostKind => {
  const name = normalHost(host);
  if (isIP(name)) return addressKind(name);
  if (/(?:^|\.)localhost$/.test(name)) return "loopback";
  if (placeholderName.test(name)) return "placeholder";
  return privateName.test(name) ? "private" : "public";
};
