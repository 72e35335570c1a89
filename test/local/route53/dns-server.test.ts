import { execFile } from "node:child_process";
import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { promisify } from "node:util";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DnsServer, openDnsServer } from "../../../local/route53/dns-server.ts";
import { anyMessage, header, long, query, zones } from "./dns-fixture.ts";

let server: DnsServer;
let resolver: Resolver;
beforeAll(async () => {
  server = await openDnsServer(() => zones, 0);
  resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${server.port}`]);
});
afterAll(() => server.close());

describe("asked by Node's resolver", () => {
  test.each<[string, () => Promise<unknown>, unknown]>([
    [
      "A",
      () => resolver.resolve4("www.example.com", { ttl: true }),
      [
        { address: "192.0.2.10", ttl: 60 },
        { address: "192.0.2.11", ttl: 60 },
      ],
    ],
    ["AAAA", () => resolver.resolve6("www.example.com"), ["2001:db8::10"]],
    ["CNAME", () => resolver.resolveCname("alias.example.com"), ["www.example.com"]],
    ["A through a CNAME", () => resolver.resolve4("alias.example.com"), ["192.0.2.10", "192.0.2.11"]],
    ["A of a wildcard", () => resolver.resolve4("any.wild.example.com"), ["192.0.2.30"]],
    ["TXT", () => resolver.resolveTxt("txt.example.com"), [["two", "strings"], ['a "quote" \u0001'], [""]]],
    ["NS", () => resolver.resolveNs("example.com"), ["ns-1.route53.test", "ns-2.route53.test"]],
    [
      "SOA",
      () => resolver.resolveSoa("example.com"),
      {
        nsname: "ns-1.route53.test",
        hostmaster: "hostmaster.route53.test",
        serial: 1,
        refresh: 7200,
        retry: 900,
        expire: 1209600,
        minttl: 86400,
      },
    ],
    [
      "TXT too long for UDP, over TCP",
      () => resolver.resolveTxt("long.example.com"),
      long.map((text) => [text.slice(1, -1)]),
    ],
  ])("%s", async (_, ask, expected) => expect(await ask()).toEqual(expected));

  test.each([
    ["no such name", "no.example.com", "ENOTFOUND"],
    ["no such type", "txt.example.com", "ENODATA"],
    ["not our zone", "www.example.org", "EREFUSED"],
  ])("%s", async (_, name, code) => expect(resolver.resolve4(name)).rejects.toMatchObject({ code }));
});

const askUdp = async (...messages: Buffer[]) => {
  const socket = createSocket("udp4");
  const send = (message: Buffer) =>
    new Promise<void>((done) => socket.send(message, server.port, "127.0.0.1", () => done()));
  const answered = once(socket, "message");
  for (const message of messages) await send(message);
  const [answer] = (await answered) as [Buffer];
  socket.close();
  return answer;
};

test("UDP: nonsense gets no answer, and the question after it does", async () => {
  expect(
    header(await askUdp(Buffer.alloc(3), Buffer.alloc(0), query("txt.example.com", {}, 99))),
  ).toMatchObject({ id: 99 });
});

test("TCP: several questions on one connection, in pieces", async () => {
  const framed = [1, 2, 3].map((id) => {
    const message = query("txt.example.com", {}, id);
    return Buffer.concat([Buffer.from([0, message.length]), message]);
  });
  const all = Buffer.concat(framed);
  const socket = connect(server.port, "127.0.0.1");
  socket.setNoDelay(true);
  const ids: number[] = [];
  let pending = Buffer.alloc(0);
  const three = new Promise<void>((done) =>
    socket.on("data", (data) => {
      pending = Buffer.concat([pending, data]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        ids.push(pending.readUInt16BE(2));
        pending = pending.subarray(2 + pending.readUInt16BE(0));
      }
      if (ids.length === 3) done();
    }),
  );
  for (const end of [1, 30, all.length]) {
    const start = end === 1 ? 0 : end === 30 ? 1 : 30;
    await new Promise((done) => socket.write(all.subarray(start, end), done));
  }
  await three;
  expect(ids).toEqual([1, 2, 3]);
  socket.destroy();
});

test("TCP: a message that is none ends the connection", async () => {
  const socket = connect(server.port, "127.0.0.1");
  socket.resume();
  const closed = once(socket, "close");
  socket.write(Buffer.from([0, 3, 1, 2, 3]));
  await closed;
});

test("fuzz: the server still answers after any bytes, on UDP and TCP", async () => {
  const udp = createSocket("udp4");
  const some = fc.array(anyMessage, { minLength: 1, maxLength: 20 });
  const property = fc.asyncProperty(some, async (messages) => {
    for (const message of messages) {
      await new Promise<void>((done) => udp.send(message, server.port, "127.0.0.1", () => done()));
    }
    const tcp = connect(server.port, "127.0.0.1").on("error", () => {});
    await new Promise<void>((done) => tcp.end(messages[0] ?? new Uint8Array(), () => done()));
    tcp.destroy();
    expect(await resolver.resolve4("www.example.com")).toEqual(["192.0.2.10", "192.0.2.11"]);
    expect(await resolver.resolveTxt("long.example.com")).toHaveLength(20);
  });
  await fc.assert(property, { numRuns: 50 });
  udp.close();
});

describe("the port", () => {
  const bound = async (take: "udp" | "tcp", port: number) => {
    if (take === "tcp") {
      const tcp = createServer().listen(port, "127.0.0.1");
      await once(tcp, "listening");
      return () => tcp.close();
    }
    const udp = createSocket("udp4");
    udp.bind(port, "127.0.0.1");
    await once(udp, "listening");
    return () => udp.close();
  };

  test.each(["udp", "tcp"] as const)("busy on %s: gives way to a later one", async (protocol) => {
    const probe = await openDnsServer(() => zones, 0);
    const { port } = probe;
    await probe.close();
    const free = await bound(protocol, port);
    const moved = await openDnsServer(() => zones, port);
    expect(moved.port).toBeGreaterThan(port);
    await moved.close();
    free();
  });

  test("a port nobody may have is an error", async () => {
    await expect(openDnsServer(() => zones, 70_000)).rejects.toThrow("70000");
  });
});

const run = promisify(execFile);
const hasDig = await run("dig", ["-v"]).then(
  () => true,
  () => false,
);

describe("asked by dig", () => {
  const dig = async (...words: string[]) =>
    (await run("dig", ["@127.0.0.1", "-p", String(server.port), "+tries=1", ...words])).stdout;

  test.skipIf(!hasDig).each<[string, string[], RegExp[]]>([
    [
      "A",
      ["www.example.com", "A"],
      [/status: NOERROR/, /flags: qr aa rd;/, /^www\.example\.com\.\s+60\s+IN\s+A\s+192\.0\.2\.10$/m],
    ],
    [
      "A through a CNAME",
      ["alias.example.com"],
      [/^alias\.example\.com\.\s+60\s+IN\s+CNAME\s+www\.example\.com\.$/m, /ANSWER: 3/],
    ],
    ["TXT", ["txt.example.com", "TXT"], [/"two" "strings"/, /"a \\"quote\\" \\001"/]],
    [
      "NXDOMAIN with SOA",
      ["no.example.com"],
      [
        /status: NXDOMAIN/,
        /AUTHORITY: 1/,
        /^example\.com\.\s+900\s+IN\s+SOA\s+ns-1\.route53\.test\. hostmaster\.route53\.test\. 1 7200 900 1209600 86400$/m,
      ],
    ],
    ["NODATA with SOA", ["txt.example.com", "A"], [/status: NOERROR/, /ANSWER: 0, AUTHORITY: 1/]],
    ["REFUSED", ["www.example.org"], [/status: REFUSED/]],
    ["a long answer goes over TCP", ["long.example.com", "TXT", "+bufsize=512"], [/ANSWER: 20/, /\(TCP\)/]],
    ["without EDNS", ["www.example.com", "+noedns"], [/status: NOERROR/]],
    ["over TCP", ["www.example.com", "+tcp"], [/192\.0\.2\.11/]],
    ["an opcode it doesn't know", ["www.example.com", "+opcode=STATUS"], [/status: NOTIMP/]],
    ["a wildcard, literally", ["*.wild.example.com"], [/192\.0\.2\.30/]],
    ["ANY", ["www.example.com", "ANY"], [/ANSWER: 2/]],
  ])("%s (skipped without dig)", async (_, words, patterns) => {
    const out = await dig(...words);
    for (const pattern of patterns) expect(out).toMatch(pattern);
    expect(out).not.toMatch(/malformed|mismatch|FORMERR|extra bytes/i);
  });
});
