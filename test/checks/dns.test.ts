import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { type Answer, decode, encode, type RecordType } from "dns-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sharedSecureContext } from "../../lambda/checks/dial.ts";
import { probe, runCheck } from "../../lambda/checks/registry.ts";
import type { DnsCheck } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { type DnsServer, openDnsServer } from "../../local/route53/dns-server.ts";
import { openZone } from "../../local/route53/zone.ts";
import { replies, type Serve, withDatagrams } from "./datagram-servers.ts";
import { endless, type Hostility, hostile } from "./hostile.ts";
import { never } from "./servers.ts";

const patientMs = 20_000;
const dns = (port: number, wanted: Partial<DnsCheck> = {}): DnsCheck => ({
  type: "dns",
  host: "127.0.0.1",
  port,
  name: "www.example.com",
  recordType: "A",
  rcode: "NOERROR",
  answers: [],
  anyAnswer: [],
  ...wanted,
});

describe("asked of a real server", () => {
  const long = Array.from({ length: 20 }, (_, i) => `${i}-${"x".repeat(200)}`);
  const set = (name: string, type: "A" | "CNAME" | "TXT", ...values: string[]) => ({
    name,
    type,
    ttlSeconds: 60,
    values,
  });
  const zones = [
    openZone("Z1", "example.com", [
      set("www.example.com", "A", "192.0.2.10", "192.0.2.11"),
      set("alias.example.com", "CNAME", "www.example.com."),
      set("long.example.com", "TXT", ...long.map((text) => `"${text}"`)),
    ]),
  ];
  let server: DnsServer;
  beforeAll(async () => {
    server = await openDnsServer(() => zones, 0);
  });
  afterAll(() => server.close());

  it.each<[string, Partial<DnsCheck>, string]>([
    ["any address", {}, "ok"],
    ["an address among others", { answers: ["192.0.2.11"] }, "ok"],
    ["all addresses", { answers: ["192.0.2.11", "192.0.2.10"] }, "ok"],
    ["one of some", { anyAnswer: ["192.0.2.99", "192.0.2.10"] }, "ok"],
    ["what is behind an alias", { name: "alias.example.com", answers: ["192.0.2.10"] }, "ok"],
    [
      "the alias itself",
      { name: "alias.example.com", recordType: "CNAME", answers: ["www.example.com"] },
      "ok",
    ],
    ["more than fits into a datagram", { name: "long.example.com", recordType: "TXT", answers: long }, "ok"],
    ["a name that is not there, as wanted", { name: "no.example.com", rcode: "NXDOMAIN" }, "ok"],
    ["a zone that is elsewhere, as wanted", { name: "acme.com", rcode: "REFUSED" }, "ok"],
    [
      "another address",
      { answers: ["192.0.2.10", "192.0.2.99"] },
      "dns-wrong-answer: answered without 192.0.2.99 for www.example.com A.",
    ],
    [
      "none of some",
      { anyAnswer: ["192.0.2.98", "192.0.2.99"] },
      "dns-wrong-answer: answered with none of 192.0.2.98, 192.0.2.99 for www.example.com A.",
    ],
    [
      "a record of a type that is not there",
      { recordType: "MX" },
      "dns-wrong-answer: has no MX record for www.example.com.",
    ],
    [
      "a name that is not there",
      { name: "no.example.com" },
      "dns-wrong-answer: answered NXDOMAIN instead of NOERROR for no.example.com A.",
    ],
    [
      "a name that is there and should not be",
      { rcode: "NXDOMAIN" },
      "dns-wrong-answer: answered NOERROR instead of NXDOMAIN for www.example.com A.",
    ],
  ])("%s", async (_name, wanted, found) => {
    const finding = await runCheck(dns(server.port, wanted), patientMs, never());
    const said = finding.ok ? "ok" : `${finding.reason}: ${finding.detail.replace(/^127\.0\.0\.1:\d+ /, "")}`;
    expect(said).toBe(found);
  });
});

/** An answer to a query as it came, with these flags beside "response". */
const answered = (query: Buffer, flags = 0, answers: Answer[] = []): Buffer => {
  const { id = 0, questions = [] } = decode(query);
  return encode({ type: "response", id, questions, answers, flags });
};
const a: Answer = { type: "A" satisfies RecordType, name: "www.example.com", data: "192.0.2.1" };
const truncated = 0x0200;

const serves =
  (...made: ((query: Buffer) => Buffer)[]): Serve =>
  (message, socket, from) =>
    replies(...made.map((make) => make(message)))(message, socket, from);
const good = (query: Buffer) => answered(query, 0, [a]);
const stray = (query: Buffer) => {
  const message = Buffer.from(good(query));
  message.writeUInt16BE((message.readUInt16BE(0) + 1) & 0xffff, 0);
  return message;
};
const cut = (query: Buffer) => good(query).subarray(0, -1);
const many = Array.from({ length: 100 }, () => stray);

describe("asked by UDP of a server that", () => {
  it.concurrent.each<[string, Serve, Reason | "ok", number?]>([
    ["answers", serves(good), "ok"],
    ["answers after something else", serves(stray, () => Buffer.from("junk"), good), "ok"],
    ["answers something else only", serves(stray), "bad-response", 400],
    ["floods us with something else", serves(...many), "bad-response"],
    ["sends the query back", serves((query) => query), "bad-response", 400],
    ["cuts its answer", serves(cut), "bad-response"],
    ["sends one byte", replies("x"), "bad-response", 400],
    ["fails", serves((query) => answered(query, 2)), "dns-wrong-answer"],
    ["says nothing", () => {}, "first-byte-timeout", 400],
  ])("%s: %s", async (_name, serve, expected, timeoutMs = patientMs) => {
    const finding = await withDatagrams(serve, (port) => runCheck(dns(port), timeoutMs, never()));
    expect(finding.ok ? "ok" : finding.reason).toBe(expected);
  });

  it("is behind a name that leads to this machine: refused", async () => {
    const means = { resolve: async () => ["127.0.0.1"], secureContext: sharedSecureContext() };
    const check = dns(53, { host: "rebind.example.test" });
    expect(await probe(check, patientMs, never(), means)).toMatchObject({ reason: "address-refused" });
  });
});

/** Asks by UDP, where the answer is cut, and then by TCP on the same port. */
async function overTcp(serve: (socket: Socket) => void, timeoutMs: number) {
  const tcp = createServer((socket) => {
    socket.on("error", () => {});
    serve(socket);
    socket.resume();
  });
  tcp.listen(0, "127.0.0.1");
  await once(tcp, "listening");
  const address = tcp.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const udp = createSocket("udp4", (message, from) =>
    udp.send(answered(message, truncated), from.port, from.address),
  );
  udp.bind(port, "127.0.0.1");
  await once(udp, "listening");
  try {
    return await runCheck(dns(port), timeoutMs, never());
  } finally {
    udp.close();
    await new Promise((resolve) => tcp.close(resolve));
  }
}

describe("asked again by TCP of a server that", () => {
  const found: Readonly<Record<Hostility, Reason>> = {
    "says nothing": "first-byte-timeout",
    drips: "bad-response",
    "talks nonsense": "bad-response",
    "closes at once": "closed-early",
    resets: "reset",
    floods: "bad-response",
  };
  it.each(Object.entries(found) as [Hostility, Reason][])("%s: %s", async (hostility, reason) => {
    const finding = await overTcp(hostile[hostility], endless[hostility] ? 400 : patientMs);
    expect(finding.ok ? "ok" : finding.reason).toBe(reason);
  });

  const framed = (message: Buffer): Buffer => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(message.length);
    return Buffer.concat([length, message]);
  };
  it.each<[string, (query: Buffer) => Buffer, Reason | "ok"]>([
    ["answers", good, "ok"],
    ["answers something else", stray, "bad-response"],
    ["cuts its answer again", (query) => answered(query, truncated), "bad-response"],
  ])("%s: %3$s", async (_name, make, expected) => {
    const finding = await overTcp(
      (socket) => socket.once("data", (query) => socket.write(framed(make(query.subarray(2))))),
      patientMs,
    );
    expect(finding.ok ? "ok" : finding.reason).toBe(expected);
  });
});
