import { encode, type Packet } from "dns-packet";
import fc from "fast-check";
import type { RecordType } from "../../../local/route53/values.ts";
import { openZone, type RecordSet } from "../../../local/route53/zone.ts";

const set = (name: string, type: RecordType, ...values: string[]): RecordSet => ({
  name,
  type,
  ttlSeconds: 60,
  values,
});
export const long = Array.from({ length: 20 }, (_, i) => `"${i}-${"x".repeat(200)}"`);
export const zones = [
  openZone("Z1", "example.com", [
    set("www.example.com", "A", "192.0.2.10", "192.0.2.11"),
    set("www.example.com", "AAAA", "2001:db8::10"),
    set("alias.example.com", "CNAME", "www.example.com."),
    set("txt.example.com", "TXT", '"two" "strings"', '"a \\"quote\\" \\001"', '""'),
    set("long.example.com", "TXT", ...long),
    set("some.example.com", "TXT", ...long.slice(0, 4)),
    set("*.wild.example.com", "A", "192.0.2.30"),
  ]),
];

export const query = (name: string, more: Packet = {}, id = 7): Buffer =>
  encode({ type: "query", id, questions: [{ type: "TXT", name }], ...more });
export const opt = (udpPayloadSize: number, ednsVersion = 0): Packet => ({
  additionals: [
    {
      type: "OPT",
      name: ".",
      udpPayloadSize,
      extendedRcode: 0,
      ednsVersion,
      flags: 0,
      flag_do: false,
      options: [],
    },
  ],
});
export const header = (message: Buffer | undefined) => {
  const flags = message?.readUInt16BE(2) ?? 0;
  const bits = { qr: 0x8000, aa: 0x0400, tc: 0x0200, rd: 0x0100, ra: 0x0080 };
  const set = Object.entries(bits).filter(([, bit]) => flags & bit);
  return { id: message?.readUInt16BE(0), rcode: flags & 0xf, flags: set.map(([name]) => name).join(" ") };
};

/** Random bytes, and queries with some bytes changed: the latter get deeper. */
export const anyMessage = fc.oneof(
  fc.uint8Array({ maxLength: 600 }),
  fc
    .tuple(
      fc.constantFrom(
        query("www.example.com"),
        query("some.example.com", opt(900)),
        query("*.wild.example.com"),
      ),
      fc.array(fc.tuple(fc.nat(80), fc.nat(255)), { minLength: 1, maxLength: 6 }),
    )
    .map(([message, edits]) => {
      const copy = Uint8Array.from(message);
      for (const [at, byte] of edits) if (at < copy.length) copy[at] = byte;
      return copy;
    }),
);
