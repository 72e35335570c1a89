import ipaddr from "ipaddr.js";
import type { DnsType, Rcode } from "../core/config.ts";

/**
 * As much of a DNS message as a check needs (RFC 1035, 4). A reader of our own: dns-packet would double the probe's
 * bundle, and takes 0.2 s for 64 KB of records that point at one long name, while no other probe is served.
 */

/** An answer as far as it is of interest: values as `dig +short` prints them, names lower-case without the last dot. */
export type DnsAnswer = {
  readonly rcode: string;
  /** It did not fit into a datagram and is to be asked for by TCP. */
  readonly truncated: boolean;
  readonly values: readonly string[];
};

const typeCodes: Readonly<Record<DnsType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  CAA: 257,
};

const rcodes: readonly Rcode[] = ["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"];

const headerBytes = 12;
const flagResponse = 0x8000;
const flagTruncated = 0x0200;
const flagRecursionDesired = 0x0100;
const opcodeMask = 0x7800;
const classIn = 1;

/** RFC 1035, 4.1.4 and 2.3.4: a byte from here on begins a pointer; how long a label and a name may be. */
const pointerMark = 0xc0;
const labelLimit = 63;
const nameLimit = 255;

/** More records of a type, and a name through more pointers, than any server has a reason to send. */
const valueLimit = 256;
const pointerLimit = 16;

/** A query for one name and type. Without EDNS: what does not fit into 512 bytes is asked for by TCP. */
export function writeQuery(id: number, name: string, type: DnsType): Buffer {
  const labels = name === "." ? [] : name.split(".").map((label) => Buffer.from(label, "latin1"));
  const header = Buffer.alloc(headerBytes);
  header.writeUInt16BE(id, 0);
  header.writeUInt16BE(flagRecursionDesired, 2);
  header.writeUInt16BE(1, 4);
  const end = Buffer.alloc(5);
  end.writeUInt16BE(typeCodes[type], 1);
  end.writeUInt16BE(classIn, 3);
  return Buffer.concat([header, ...labels.flatMap((label) => [Buffer.of(label.length), label]), end]);
}

/** Reads what answers `query`: `stray` when it is something else, `bad` when it cannot be read. */
export function readAnswer(message: Buffer, query: Buffer, type: DnsType): DnsAnswer | "stray" | "bad" {
  if (!answers(message, query)) return "stray";
  const flags = message.readUInt16BE(2);
  const code = flags & 0xf;
  const rcode = rcodes[code] ?? `code ${code}`;
  if (flags & flagTruncated) return { rcode, truncated: true, values: [] };
  try {
    return { rcode, truncated: false, values: readValues(message, query.length, type) };
  } catch (error) {
    // A length that leads out of the message, ours or Buffer's.
    if (error instanceof RangeError) return "bad";
    throw error;
  }
}

/** Whether a message has the query's id and question; an error may come without the question. */
function answers(message: Buffer, query: Buffer): boolean {
  if (message.length < headerBytes || message.readUInt16BE(0) !== query.readUInt16BE(0)) return false;
  const flags = message.readUInt16BE(2);
  if (!(flags & flagResponse) || flags & opcodeMask) return false;
  const questions = message.readUInt16BE(4);
  if (questions === 0) return (flags & 0xf) !== 0;
  return (
    questions === 1 && sameText(message.subarray(headerBytes, query.length), query.subarray(headerBytes))
  );
}

/** Case does not count in names, and the rest of a question has no letters. */
const sameText = (a: Buffer, b: Buffer): boolean =>
  a.toString("latin1").toLowerCase() === b.toString("latin1").toLowerCase();

function readValues(message: Buffer, start: number, type: DnsType): string[] {
  const values: string[] = [];
  let offset = start;
  for (let left = message.readUInt16BE(6); left > 0; left -= 1) {
    offset = afterName(message, offset);
    const size = message.readUInt16BE(offset + 8);
    const data = offset + 10;
    offset = data + size;
    if (offset > message.length) throw new RangeError("a record longer than its message");
    if (message.readUInt16BE(data - 10) !== typeCodes[type] || message.readUInt16BE(data - 8) !== classIn)
      continue;
    if (values.length === valueLimit) throw new RangeError("more records than are read");
    values.push(readers[type]({ message, offset: data, end: offset }));
  }
  return values;
}

/** Where the bytes of a name end; a pointer ends it and is not followed. */
function afterName(message: Buffer, start: number): number {
  for (let offset = start; offset - start <= nameLimit; ) {
    const size = message.readUInt8(offset);
    if (size >= pointerMark) return offset + 2;
    if (size > labelLimit) break;
    offset += size + 1;
    if (size === 0) return offset;
  }
  throw new RangeError("an endless name");
}

/** A record's data: where it begins in its message, and where it ends. */
type Data = { readonly message: Buffer; readonly offset: number; readonly end: number };

const bytesOf = ({ message, offset, end }: Data): Buffer => message.subarray(offset, end);

const behind = (data: Data, size: number): Data => ({ ...data, offset: data.offset + size });

const numberAt = ({ message, offset }: Data, at: number): number => message.readUInt16BE(offset + at);

/** A name as text, lower-case; whatever is no visible ASCII is escaped as in a zone file (RFC 1035, 5.1). */
function readName({ message, offset: start }: Data): string {
  const labels: string[] = [];
  let offset = start;
  let pointers = 0;
  let length = 0;
  for (let size = message.readUInt8(offset); size !== 0; size = message.readUInt8(offset)) {
    if (size >= pointerMark) {
      pointers += 1;
      offset = message.readUInt16BE(offset) & 0x3fff;
    } else {
      labels.push(message.toString("latin1", offset + 1, offset + 1 + size));
      length += size + 1;
      offset += size + 1;
    }
    if (pointers > pointerLimit || length > nameLimit) throw new RangeError("an endless name");
  }
  return labels.length === 0 ? "." : labels.map(escaped).join(".").toLowerCase();
}

const escaped = (label: string): string =>
  label.replace(/[^!-~]|[.\\]/g, (char) => `\\${String(char.charCodeAt(0)).padStart(3, "0")}`);

function readAddress(data: Data, size: 4 | 16): string {
  const bytes = bytesOf(data);
  if (bytes.length !== size) throw new RangeError("an address of a wrong length");
  return ipaddr.fromByteArray([...bytes]).toString();
}

/** The strings of a TXT record are one text (RFC 7208, 3.3, for example, joins them without blanks). */
function readText(data: Data): string {
  const pieces: Buffer[] = [];
  for (let { offset } = data; offset < data.end; ) {
    const next = offset + 1 + data.message.readUInt8(offset);
    pieces.push(data.message.subarray(offset + 1, next));
    offset = next;
  }
  return Buffer.concat(pieces).toString();
}

function readSoa(data: Data): string {
  const rname = { ...data, offset: afterName(data.message, data.offset) };
  const numbers = afterName(data.message, rname.offset);
  const times = [0, 4, 8, 12, 16].map((at) => data.message.readUInt32BE(numbers + at));
  return [readName(data), readName(rname), ...times].join(" ");
}

function readCaa(data: Data): string {
  const [flags = 0, size = 0] = bytesOf(data);
  const text = bytesOf(behind(data, 2)).toString("latin1");
  return `${flags} ${text.slice(0, size).toLowerCase()} "${text.slice(size)}"`;
}

const readers: Readonly<Record<DnsType, (data: Data) => string>> = {
  A: (data) => readAddress(data, 4),
  AAAA: (data) => readAddress(data, 16),
  CNAME: readName,
  NS: readName,
  PTR: readName,
  MX: (data) => `${numberAt(data, 0)} ${readName(behind(data, 2))}`,
  SRV: (data) =>
    `${numberAt(data, 0)} ${numberAt(data, 2)} ${numberAt(data, 4)} ${readName(behind(data, 6))}`,
  TXT: readText,
  SOA: readSoa,
  CAA: readCaa,
};
