import { decode, encode, type Packet, RECURSION_DESIRED } from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { reply } from "../../../local/route53/dns-message.ts";
import { anyMessage, header, opt, query, zones } from "./dns-fixture.ts";

describe("message by message", () => {
  test("the question comes back as it was asked, and so does the id", () => {
    const message = reply(query("wWw.eXample.Com", { flags: RECURSION_DESIRED }, 4711), zones, "udp");
    expect(message && decode(message).questions).toEqual([
      { name: "wWw.eXample.Com", type: "TXT", class: "IN" },
    ]);
    expect(header(message)).toEqual({ id: 4711, rcode: 0, flags: "qr aa rd" });
  });

  test.each<[string, Packet, "udp" | "tcp", string, number]>([
    ["512 bytes without EDNS", {}, "udp", "qr aa tc", 0],
    ["the size the client offers", opt(700), "udp", "qr aa tc", 0],
    ["a size that fits", opt(1232), "udp", "qr aa", 4],
    ["TCP", {}, "tcp", "qr aa", 4],
  ])("truncation: %s", (_, more, over, flags, answers) => {
    const message = reply(query("some.example.com", more), zones, over);
    expect(header(message).flags).toBe(flags);
    expect(message && decode(message).answers?.length).toBe(answers);
  });

  test("an offer beyond 4,096 bytes counts as 4,096; a truncated answer keeps its question and its OPT record", () => {
    const short = reply(query("long.example.com", opt(65_535)), zones, "udp");
    expect(header(short).flags).toBe("qr aa tc");
    const packet = short && decode(short);
    expect([packet?.questions?.length, packet?.additionals?.map(({ type }) => type)]).toEqual([1, ["OPT"]]);
  });

  test("an offer below 512 bytes counts as 512", () => {
    const message = reply(query("txt.example.com", opt(60)), zones, "udp");
    expect(message?.length).toBeGreaterThan(60);
    expect(header(message).flags).toBe("qr aa");
  });

  test("OPT only for those who sent one", () => {
    const types = [{}, opt(1232)].map((more) => {
      const message = reply(query("txt.example.com", more), zones, "udp");
      return message && decode(message).additionals?.map(({ type }) => type);
    });
    expect(types).toEqual([[], ["OPT"]]);
  });

  test("BADVERS for a later EDNS", () => {
    const message = reply(query("txt.example.com", opt(1232, 1)), zones, "udp");
    const record = message && decode(message).additionals?.[0];
    expect(record).toMatchObject({ type: "OPT", extendedRcode: 1, ednsVersion: 0 });
  });

  const flagged = (flags: number) => {
    const message = query("www.example.com");
    message.writeUInt16BE(flags, 2);
    return message;
  };
  const two: Packet = {
    questions: [
      { type: "A", name: "a.example.com" },
      { type: "A", name: "b.example.com" },
    ],
  };
  const chaos: Packet = { questions: [{ type: "TXT", class: "CH", name: "txt.example.com" }] };
  const dotted = Buffer.from(query("axb.example.com").toString("latin1").replace("axb", "a.b"), "latin1");
  const bytes = Buffer.from(query("axb.example.com").toString("latin1").replace("axb", "a\xffb"), "latin1");
  test.each<[string, Buffer, number | "no answer"]>([
    ["shorter than a header", Buffer.alloc(11), "no answer"],
    ["a response", flagged(0x8000), "no answer"],
    ["NOTIMP: opcode STATUS", flagged(0x1000), 4],
    ["NOTIMP: opcode UPDATE", flagged(0x2800), 4],
    ["FORMERR: no question", encode({ type: "query", questions: [] }), 1],
    ["FORMERR: two questions", encode({ type: "query", ...two }), 1],
    ["FORMERR: cut off", query("www.example.com").subarray(0, 20), 1],
    ["FORMERR: a dot in a label", dotted, 1],
    ["FORMERR: a label that is no text", bytes, 1],
    ["REFUSED: class CH", encode({ type: "query", ...chaos }), 5],
    ["REFUSED: outside our zones", query("example.org"), 5],
    ["NXDOMAIN", query("no.example.com"), 3],
  ])("%s", (_, message, rcode) => {
    const answer = reply(message, zones, "udp");
    expect(answer ? header(answer).rcode : "no answer").toBe(rcode);
  });
});

test("fuzz: any bytes: no exception, and whatever is answered is a readable response with the same id", () => {
  const seen = new Set<number>();
  fc.assert(
    fc.property(anyMessage, fc.constantFrom("udp" as const, "tcp" as const), (bytes, over) => {
      const message = Buffer.from(bytes);
      const answer = reply(message, zones, over);
      if (!answer) return;
      expect(decode(answer)).toMatchObject({ id: message.readUInt16BE(0), type: "response" });
      expect(answer.length).toBeLessThanOrEqual(over === "udp" ? 4096 : 65_535);
      seen.add(header(answer).rcode);
    }),
    { numRuns: 20_000 },
  );
  expect([...seen].sort()).toEqual(expect.arrayContaining([0, 1, 3, 4, 5]));
});
