import { isIPv4, isIPv6 } from "node:net";
import type { DnsType } from "../lambda/core/config.ts";
import { isHostname, normalHost } from "./address.ts";

/** What a DNS server is asked for. */
export type Ask = { readonly name: string; readonly recordType: DnsType };

const name = (text: string): string | undefined =>
  text === "." ? text : isHostname(text) ? normalHost(text) : undefined;

/** A fixed number of whole numbers and a name behind them. */
const numbersAndName = (count: number) => (text: string) => {
  const words = text.split(" ");
  const last = name(words.at(-1) ?? "");
  const numbers = words.slice(0, -1);
  if (numbers.length !== count || last === undefined || !numbers.every(isWord)) return undefined;
  return [...numbers.map(Number), last].join(" ");
};

const isWord = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 0xffff;

const soa = (text: string): string | undefined => {
  const [mname = "", rname = "", ...numbers] = text.split(" ");
  const names = [name(mname), name(rname)];
  if (names.includes(undefined) || numbers.length !== 5 || !numbers.every((one) => /^\d+$/.test(one)))
    return undefined;
  return [...names, ...numbers.map(Number)].join(" ");
};

const caa = (text: string): string | undefined => {
  const [, flags, tag, value] = /^(\d{1,3}) ([a-z0-9]+) "?([^"]*)"?$/i.exec(text) ?? [];
  return tag === undefined ? undefined : `${Number(flags)} ${tag.toLowerCase()} "${value}"`;
};

type Form = { readonly read: (text: string) => string | undefined; readonly example: string };

const forms: Readonly<Record<DnsType, Form>> = {
  A: { read: (text) => (isIPv4(text) ? text : undefined), example: "203.0.113.10" },
  AAAA: { read: (text) => (isIPv6(text) ? normalHost(text) : undefined), example: "2001:db8::10" },
  CAA: { read: caa, example: '0 issue "letsencrypt.org"' },
  CNAME: { read: name, example: "www.acme.com" },
  MX: { read: numbersAndName(1), example: "10 mail.acme.com" },
  NS: { read: name, example: "ns1.acme.com" },
  PTR: { read: name, example: "host.acme.com" },
  SOA: { read: soa, example: "ns1.acme.com admin.acme.com 1 7200 900 1209600 300" },
  SRV: { read: numbersAndName(3), example: "10 5 443 host.acme.com" },
  TXT: { read: (text) => text, example: "v=spf1 -all" },
};

/** The types of record that can be asked for. */
export const dnsTypes = Object.keys(forms) as DnsType[];

/** `acme.com A`; undefined for anything else. */
export const parseAsk = (text: string): Ask | undefined => {
  const [asked = "", type = "", ...more] = text.split(/ +/);
  const normal = name(asked);
  const recordType = dnsTypes.find((one) => one === type.toUpperCase());
  if (normal === undefined || recordType === undefined || more.length > 0) return undefined;
  return { name: normal, recordType };
};

/** A value as the check compares it (see `DnsAnswer`); undefined when no record of the type can have it. */
export const dnsValue = (type: DnsType, text: string): string | undefined => forms[type].read(text);

/** What a value of this type looks like. */
export const dnsExample = (type: DnsType): string => forms[type].example;
