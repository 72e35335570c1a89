import type { Socket } from "node:net";
import { encode } from "dns-packet";
import fc from "fast-check";
import { expect, it } from "vitest";
import { runCheck } from "../../lambda/checks/registry.ts";
import type { Check } from "../../lambda/core/config.ts";
import { isVoidReason } from "../../lambda/core/reason.ts";
import { withDatagrams } from "./datagram-servers.ts";
import { settings } from "./http2-frames.ts";
import { httpCheck, never, page, withServer } from "./servers.ts";
import { frame, goesOver, message } from "./websocket-servers.ts";

// Good answers with some of their bytes changed, always the same ones. A longer run with other seeds is worth its
// time after a change to a parser.
const seed = 20_261_121;
const answersOfEach = 60;

type Edit = {
  readonly kind: "set" | "cut" | "insert" | "repeat";
  readonly at: number;
  readonly bytes: Buffer;
};

const edits = fc.array(
  fc.record({
    kind: fc.constantFrom<Edit["kind"]>("set", "cut", "insert", "repeat"),
    /** Where in what is there, from 0 to 1. */
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 12 }).map((bytes) => Buffer.from(bytes)),
  }),
  { minLength: 1, maxLength: 4 },
);

const edited = (answer: Buffer, changes: readonly Edit[]): Buffer => changes.reduce(change, answer);

function change(all: Buffer, { kind, at, bytes }: Edit): Buffer {
  const from = Math.floor(at * all.length);
  const [before, behind] = [all.subarray(0, from), all.subarray(from)];
  const instead: Readonly<Record<Edit["kind"], readonly Buffer[]>> = {
    set: [bytes, behind.subarray(bytes.length)],
    cut: [behind.subarray(bytes.length)],
    insert: [bytes, behind],
    repeat: [...Array.from({ length: 20 }, () => behind.subarray(0, 30)), behind],
  };
  return Buffer.concat([before, ...instead[kind]]);
}

const host = "127.0.0.1";
const named = { host, serverName: host, verifyCertificate: true };
const json = '{"status":"ok"}';
const wish = { text: "status", path: ["status"], op: "exists" } as const;
const chunks = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8;a=b\r\n{"status\r\n7\r\n":"ok"}\r\n0\r\nX: y\r\n\r\n`;
// Headers, a message that says SERVING, trailers: literals without an index (RFC 7541, 6.2.2).
const served = `${settings}000001010400000001880000070000000000010000000002080100000f010500000001000b677270632d7374617475730130`;
const frames = Buffer.concat([
  frame(9, "a"),
  frame(1, "all is", 0),
  frame(0, " well"),
  message("z".repeat(300)),
]);
const websocket = { type: "websocket", headers: {}, verifyCertificate: true, expect: "well" } as const;

type Kind = readonly [(port: number) => Check, (request: Buffer) => Buffer];

const kinds: Readonly<Record<string, Kind>> = {
  http: [(port) => httpCheck(port, { json: [wish], redirects: 1 }), () => Buffer.from(page(200, json))],
  "http in chunks": [(port) => httpCheck(port, { matches: "ok" }), () => Buffer.from(chunks)],
  redirects: [
    (port) => httpCheck(port, { redirects: 2 }),
    () => Buffer.from(page(302, "", "Location: http://127.0.0.1:1/a?b")),
  ],
  tcp: [
    (port) => ({ type: "tcp", host, port, send: "PING\r\n", expect: "+PONG" }),
    () => Buffer.from("+PONG\r\n"),
  ],
  websocket: [
    (port) => ({ ...websocket, url: `ws://${host}:${port}/` }),
    (request) => Buffer.concat([Buffer.from(goesOver(String(request))), frames]),
  ],
  grpc: [
    (port) => ({ type: "grpc", port, tls: false, service: "", ...named }),
    () => Buffer.from(served, "hex"),
  ],
};

// Also what waits for more is a finding by then.
const timeoutMs = 200;

const found = async (check: Check): Promise<void> => {
  const finding = await runCheck(check, timeoutMs, never());
  if (finding.ok) return;
  // A server that could make it our own fault could never be found down.
  expect([finding.reason, isVoidReason(finding.reason)]).toEqual([finding.reason, false]);
  expect(finding.detail).toMatch(/^[\x20-\x7e]{5,300}$/);
};

it.each(Object.entries(kinds))("%s: the answer itself is good", async (name, [checkOf, answer]) => {
  const serve = (socket: Socket) => socket.once("data", (request) => socket.end(answer(request)));
  const finding = await withServer(serve, (port) => runCheck(checkOf(port), 20_000, never()));
  expect(finding.ok ? "ok" : finding.reason).toBe(name === "redirects" ? "connect-refused" : "ok");
});

it.each(Object.entries(kinds))(
  "%s: whatever becomes of it is a finding",
  async (_name, [checkOf, answer]) => {
    for (const changes of fc.sample(edits, { seed, numRuns: answersOfEach })) {
      const serve = (socket: Socket) => {
        socket.once("data", (request) => socket.end(edited(answer(request), changes)));
      };
      await withServer(serve, (port) => found(checkOf(port)));
    }
  },
);

it("dns: whatever becomes of the answer is a finding", async () => {
  const name = "www.example.com";
  const answers = [
    { type: "CNAME" as const, name, data: "a.example.com" },
    { type: "SOA" as const, name, data: { mname: "a.b", rname: "c.d", serial: 1 } },
    { type: "TXT" as const, name, data: ["one", "two"] },
  ];
  const samples = fc.sample(edits, { seed, numRuns: answersOfEach });
  const one = (changes: readonly Edit[], recordType: "CNAME" | "SOA" | "TXT") =>
    withDatagrams(
      (query, socket, from) => {
        const flags = { type: "response" as const, id: query.readUInt16BE(0), answers };
        const answer = encode({ ...flags, questions: [{ type: recordType, name }] });
        // What is asked stays as it is: another question is nobody's answer, and waited for until the deadline.
        const start = query.length;
        socket.send(
          Buffer.concat([answer.subarray(0, start), edited(answer.subarray(start), changes)]),
          from.port,
          from.address,
        );
      },
      (port) => {
        const wanted = { name, recordType, rcode: "NOERROR", answers: [], anyAnswer: [] } as const;
        return found({ type: "dns", host, port, ...wanted });
      },
    );
  for (const changes of samples) {
    for (const type of ["CNAME", "SOA", "TXT"] as const) await one(changes, type);
  }
});
