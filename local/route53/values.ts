import { isIPv4, isIPv6 } from "node:net";
import ipaddr from "ipaddr.js";
import { normalizeName } from "./names.ts";

/**
 * What may stand in a record set's values, type by type. Source: Developer Guide, "Supported DNS record types";
 * the 4,000 characters: API_ResourceRecord.
 */

export const recordTypes = ["A", "AAAA", "CNAME", "NS", "SOA", "TXT"] as const;
export type RecordType = (typeof recordTypes)[number];

const maxValueCharacters = 4000;
const maxTxtStringBytes = 255;

/** A start-of-authority record, field by field (RFC 1035, 3.3.13). */
export type Soa = {
  readonly mname: string;
  readonly rname: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
};

/** What is wrong with the value, in Route 53's style; undefined when nothing is. */
export function valueProblem(type: RecordType, value: string): string | undefined {
  if (value.length > maxValueCharacters) return "ValueTooLong (Value is longer than 4000 characters)";
  return problems[type](value);
}

/** One spelling for all values that are the same record on the wire. Only for valid values. */
export function canonicalValue(type: RecordType, value: string): string {
  if (type === "AAAA") return ipaddr.IPv6.parse(value).toNormalizedString();
  if (type === "CNAME" || type === "NS") return normalizeName(value) ?? value;
  if (type === "TXT") return JSON.stringify(txtStrings(value)?.map((bytes) => bytes.toString("latin1")));
  return value;
}

/**
 * The strings of a TXT value, or undefined when it is not one or more strings in double quotes with spaces
 * between. In a string `\"` is a quote and `\ooo` a byte.
 */
export function txtStrings(value: string): readonly Buffer[] | undefined {
  if (!/^"(?:[^"\\]|\\.)*"(?:[ \t]+"(?:[^"\\]|\\.)*")*$/.test(value)) return undefined;
  if (/[^\x20-\x7e\t]/.test(value)) return undefined;
  const quoted = value.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  return quoted.map((string) => txtBytes(string.slice(1, -1)));
}

/** A SOA value field by field, or undefined when it isn't one. */
export function soaFields(value: string): Soa | undefined {
  const [mname = "", rname = "", ...numbers] = value.split(/ +/);
  const [serial, refresh, retry, expire, minimum] = numbers.map(uint32);
  if (numbers.length !== 5 || !isName(mname) || !isName(rname)) return undefined;
  if (serial === undefined || refresh === undefined || retry === undefined) return undefined;
  if (expire === undefined || minimum === undefined) return undefined;
  return { mname, rname, serial, refresh, retry, expire, minimum };
}

const problems: Readonly<Record<RecordType, (value: string) => string | undefined>> = {
  A: (value) => (isIPv4(value) ? undefined : "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)"),
  AAAA: (value) =>
    isIPv6(value) && !value.includes("%")
      ? undefined
      : "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)",
  CNAME: nameProblem,
  NS: nameProblem,
  SOA: (value) => (soaFields(value) ? undefined : "SOARRDATAInvalid (Value is not a valid SOA record)"),
  TXT: txtProblem,
};

function nameProblem(value: string): string | undefined {
  return isName(value) ? undefined : "DomainNameInvalid (Value is not a valid domain name)";
}

function txtProblem(value: string): string | undefined {
  const strings = txtStrings(value);
  if (!strings) return "InvalidCharacterString (Value should be enclosed in quotation marks)";
  const tooLong = strings.some((bytes) => bytes.length > maxTxtStringBytes);
  return tooLong ? "CharacterStringTooLong (Value is too long)" : undefined;
}

function txtBytes(text: string): Buffer {
  const raw = text.replace(/\\(?:([0-3][0-7]{2})|(.))/g, (_, octal?: string, char?: string) =>
    octal ? String.fromCharCode(Number.parseInt(octal, 8)) : (char ?? ""),
  );
  return Buffer.from(raw, "latin1");
}

function isName(text: string): boolean {
  return normalizeName(text) !== undefined;
}

function uint32(text: string): number | undefined {
  return /^\d{1,10}$/.test(text) && Number(text) <= 0xffff_ffff ? Number(text) : undefined;
}
