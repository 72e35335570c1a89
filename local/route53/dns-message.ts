import type { Question as AskedQuestion, DecodedPacket, OptAnswer, Answer as WireRecord } from "dns-packet";
import { decode, encode } from "dns-packet";
import { type Answer, answer, type DnsRecord } from "./answer.ts";
import { nameToWire, normalizeName } from "./names.ts";
import { soaFields, txtStrings } from "./values.ts";
import type { Zone } from "./zone.ts";

/**
 * A DNS message in, a DNS message out: pure. RFC 1035 section 4 for the format, RFC 6891 for EDNS0. dns-packet reads
 * and writes; what it leaves to its user (opcode, RCODE, AA, TC) is here.
 */

const headerBytes = 12;
const flagResponse = 0x8000;
const flagAuthoritative = 0x0400;
const flagTruncated = 0x0200;
const flagRecursionDesired = 0x0100;
const rcodes = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;
/** Lower bits 0, upper bits 1: BADVERS is 16, its upper part travels in the OPT record. */
const extendedBadVersion = 1;

/** Without EDNS a UDP answer holds 512 bytes (RFC 1035, 2.3.4); with it, what the client says, up to our 4096. */
const plainUdpBytes = 512;
const ednsUdpBytes = 4096;
const tcpBytes = 65_535;

/** The reply to a message, or undefined when none is due: less than a header, or itself a response. */
export function reply(
  message: Buffer,
  zones: readonly Zone[],
  over: "udp" | "tcp",
  random: () => number = Math.random,
): Buffer | undefined {
  if (message.length < headerBytes || message.readUInt16BE(2) & flagResponse) return undefined;
  if ((message.readUInt16BE(2) >> 11) & 0xf) return bare(message, "NOTIMP");
  const asked = read(message);
  if (!asked) return bare(message, "FORMERR");
  try {
    return replyTo(asked, over, (question) => answer(question, zones, random));
  } catch {
    return bare(message, "SERVFAIL"); // a record that dns-packet cannot write
  }
}

type Asked = { readonly packet: DecodedPacket; readonly question: AskedQuestion; readonly opt?: OptAnswer };

/** The query, if it has one question whose name dns-packet carries unharmed, so that it can be echoed as asked. */
function read(message: Buffer): Asked | undefined {
  try {
    const packet = decode(message);
    const [question, ...more] = packet.questions ?? [];
    if (!question || more.length > 0) return undefined;
    const echo = encode({ questions: [question] }).subarray(headerBytes);
    // No echo: a pointer, a dot or non-text bytes in a label, or a class that dns-packet does not know.
    if (!message.subarray(headerBytes, headerBytes + echo.length).equals(echo)) return undefined;
    const opt = packet.additionals?.find((record) => record.type === "OPT");
    return { packet, question, ...(opt && { opt }) };
  } catch {
    return undefined;
  }
}

function replyTo(
  { packet, question, opt }: Asked,
  over: "udp" | "tcp",
  answerTo: (question: AskedQuestion) => Answer,
): Buffer {
  const badVersion = (opt?.ednsVersion ?? 0) > 0;
  const found = badVersion || question.class !== "IN" ? nothing : answerTo(question);
  const additionals = opt ? [optRecord(badVersion ? extendedBadVersion : 0)] : [];
  const rcode = badVersion ? 0 : rcodes[found.rcode];
  const head = {
    type: "response" as const,
    id: packet.id,
    flags:
      ((packet.flags ?? 0) & flagRecursionDesired) | (found.authoritative ? flagAuthoritative : 0) | rcode,
    questions: [question],
    additionals,
  };
  const whole = encode({
    ...head,
    answers: found.answers.map(wireRecord),
    authorities: found.authorities.map(wireRecord),
  });
  if (whole.length <= limitBytes(opt, over)) return whole;
  return encode({ ...head, flags: head.flags | flagTruncated });
}

const nothing: Answer = { rcode: "REFUSED", authoritative: false, answers: [], authorities: [] };

function limitBytes(opt: OptAnswer | undefined, over: "udp" | "tcp"): number {
  if (over === "tcp") return tcpBytes;
  return opt ? Math.min(Math.max(opt.udpPayloadSize, plainUdpBytes), ednsUdpBytes) : plainUdpBytes;
}

function optRecord(extendedRcode: number): OptAnswer {
  const base = { type: "OPT" as const, name: ".", udpPayloadSize: ednsUdpBytes, extendedRcode };
  return { ...base, ednsVersion: 0, flags: 0, flag_do: false, options: [] };
}

function wireRecord({ name, type, ttlSeconds, value }: DnsRecord): WireRecord {
  const base = { name, ttl: ttlSeconds, class: "IN" as const };
  if (type === "TXT") return { ...base, type, data: [...(txtStrings(value) ?? [])] };
  if (type === "SOA") {
    const soa = soaFields(value);
    if (!soa) throw new Error(`SOA of ${name} is malformed: ${value}`);
    return { ...base, type, data: { ...soa, mname: wireName(soa.mname), rname: wireName(soa.rname) } };
  }
  return { ...base, type, data: type === "A" || type === "AAAA" ? value : wireName(value) };
}

function wireName(value: string): string {
  return nameToWire(normalizeName(value) ?? value);
}

/** A header alone, for a message that could not be understood. */
function bare(message: Buffer, rcode: keyof typeof rcodes): Buffer {
  const header = Buffer.alloc(headerBytes);
  const asked = message.readUInt16BE(2);
  header.writeUInt16BE(message.readUInt16BE(0), 0);
  header.writeUInt16BE(flagResponse | (asked & 0x7800) | (asked & flagRecursionDesired) | rcodes[rcode], 2);
  return header;
}
