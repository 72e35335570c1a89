import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Server, Socket } from "node:net";
import type { Duplex } from "node:stream";
import { describe, expect, it } from "vitest";
import { openProber, runCheck } from "../../lambda/checks/registry.ts";
import { readFrames } from "../../lambda/checks/websocket-frames.ts";
import type { WebsocketCheck } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { fixture, never, page, repeats, says, saysAndCloses, withServer } from "./servers.ts";
import {
  acceptOf,
  frame,
  goesOver,
  message,
  type Received,
  saysFrames,
  websocketServer,
} from "./websocket-servers.ts";

const patientMs = 20_000;
const shortMs = 400;

const websocket = (port: number, wanted: Partial<WebsocketCheck> = {}): WebsocketCheck => ({
  type: "websocket",
  url: `ws://127.0.0.1:${port}/live?a=b`,
  headers: {},
  verifyCertificate: true,
  ...wanted,
});

const echo = websocketServer(({ opcode, payload }) => (opcode < 8 ? frame(opcode, payload) : undefined));
const silent = websocketServer(() => undefined);
const text = { expect: "well" };

type Case = [
  name: string,
  serve: (socket: Socket) => void,
  wanted: Partial<WebsocketCheck>,
  finds: Reason | "ok",
  timeoutMs?: number,
];

const good: Case[] = [
  ["goes over and says nothing, where nothing is expected", silent, {}, "ok"],
  ["says what is expected", saysFrames(message("all is well")), text, "ok"],
  ["says other things first", saysFrames(message("a"), frame(2, "b"), message("well")), text, "ok"],
  [
    "says it in parts",
    saysFrames(frame(1, "all is we", 0), frame(9), frame(0, "", 0), frame(0, "ll")),
    text,
    "ok",
  ],
  ["says much", saysFrames(message(`${"x".repeat(40_000)} well`)), text, "ok"],
  ["says it in bytes", saysFrames(frame(2, Buffer.of(1, 0xff))), { expect: "hex:ff" }, "ok"],
  ["answers a text", echo, { send: "all is well", ...text }, "ok"],
  ["answers a long text", echo, { send: `${"x".repeat(1000)} well`, ...text }, "ok"],
  ["answers bytes", echo, { send: "hex:00ff", expect: "hex:00ff" }, "ok"],
];

const instead = (answer: (request: string) => string) => websocketServer(() => undefined, answer);

const bad: Case[] = [
  ["answers 200", says(page(200)), {}, "status-unexpected"],
  ["answers 301", says(page(301, "", "Location: /x")), {}, "status-unexpected"],
  ["answers 403", says(page(403)), {}, "refused-to-us"],
  [
    "has a key of its own",
    instead((request) => goesOver(request, { "Sec-WebSocket-Accept": "x" })),
    {},
    "bad-response",
  ],
  ["goes over to h2c", instead((request) => goesOver(request, { Upgrade: "h2c" })), {}, "bad-response"],
  ["sends a malformed head", instead((request) => goesOver(request, { "a b": "c" })), {}, "bad-response"],
  ["sends an endless head", repeats("HTTP/1.1 101 Fine\r\n", "X-Flood: 1\r\n"), {}, "headers-too-large"],
  ["sends its head byte by byte", repeats("HTTP/1.1 101 Fine\r\nX: ", "x", 20), {}, "bad-response", shortMs],
  ["takes the request and is silent", () => {}, {}, "first-byte-timeout", shortMs],
  ["takes the request and closes", (socket) => socket.once("data", () => socket.end()), {}, "closed-early"],
  ["closes within its head", saysAndCloses("HTTP/1.1 101 Fi"), {}, "bad-response"],
  ["goes over and is silent", silent, text, "first-byte-timeout", shortMs],
  ["says something else", saysFrames(message("bad")), text, "answer-mismatch", shortMs],
  ["pings only", saysFrames(frame(9, "a"), frame(9, "b")), text, "answer-mismatch", shortMs],
  [
    "begins a message and stops",
    saysFrames(message("well").subarray(0, -1)),
    text,
    "answer-mismatch",
    shortMs,
  ],
  [
    "says too much",
    saysFrames(...Array.from({ length: 70 }, () => message("x".repeat(1000)))),
    text,
    "answer-mismatch",
  ],
  [
    "announces 2^63 bytes",
    saysFrames(Buffer.from("817f7fffffffffffffff", "hex"), Buffer.alloc(70_000)),
    text,
    "answer-mismatch",
  ],
  [
    "begins a message of nothing but empty parts",
    saysFrames(frame(1, "", 0), Buffer.alloc(70_000)),
    text,
    "answer-mismatch",
  ],
  ["pings without end", saysFrames(...Array.from({ length: 200 }, () => frame(9))), text, "bad-response"],
  ["pings often", saysFrames(...Array.from({ length: 50 }, () => frame(9)), message("well")), text, "ok"],
  ["ends the conversation", saysFrames(frame(8)), text, "closed-early"],
  ["masks", saysFrames(Buffer.from("818400000000", "hex"), Buffer.from("well")), text, "bad-response"],
  ["compresses unasked", saysFrames(frame(1, "well", 0xc0)), text, "bad-response"],
  ["says what no type stands for", saysFrames(frame(3, "well")), text, "bad-response"],
  ["goes on with what it has not begun", saysFrames(frame(0, "well")), text, "bad-response"],
  ["begins anew before the end", saysFrames(frame(1, "we", 0), frame(1, "well")), text, "bad-response"],
  ["sends a long ping", saysFrames(frame(9, "x".repeat(126))), text, "bad-response"],
  ["sends half a ping", saysFrames(frame(9, "x", 0)), text, "bad-response"],
];

for (const [title, cases] of [
  ["a server that is good", good],
  ["a server that is not", bad],
] as const) {
  describe(title, () => {
    it.concurrent.each<Case>(cases)("%s", async (_name, serve, wanted, finds, timeoutMs = patientMs) => {
      const finding = await withServer(serve, (port) =>
        runCheck(websocket(port, wanted), timeoutMs, never()),
      );
      expect(finding.ok ? "ok" : finding.reason).toBe(finds);
      if (!finding.ok) expect(finding.detail).toMatch(/^127\.0\.0\.1:\d+ .{5,200}\.$/);
    });
  });
}

async function listening(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

/** What a server hears from a check until the connection is closed. */
async function heardBy(wanted: Partial<WebsocketCheck>, say: (heard: Received) => Buffer | undefined) {
  const heard: Received[] = [];
  let request = "";
  const serve = websocketServer(
    (one) => {
      heard.push(one);
      return say(one);
    },
    (text) => {
      request = text;
      return Buffer.concat([Buffer.from(goesOver(text)), frame(9, "are you there?")]);
    },
  );
  const finding = await withServer(serve, (port) => runCheck(websocket(port, wanted), patientMs, never()));
  return { finding, request, heard };
}

describe("the conversation", () => {
  it("is asked for, masked, keeps alive, and is closed in good order", async () => {
    const { finding, request, heard } = await heardBy(
      { send: "hello", expect: "hello", headers: { origin: "https://acme.test", upgrade: "h2c" } },
      ({ opcode }) => (opcode === 10 ? message("hello") : undefined),
    );
    expect(finding.ok).toBe(true);
    expect(request).toMatch(/^GET \/live\?a=b HTTP\/1\.1\r\nhost: 127\.0\.0\.1:\d+\r\nuser-agent: pointsman/);
    expect(request).toContain("\r\norigin: https://acme.test\r\n");
    expect(request).toContain("\r\nconnection: Upgrade\r\n");
    expect(request).toContain("\r\nsec-websocket-version: 13\r\n");
    expect(request.match(/^upgrade: .*$/gim)).toEqual(["upgrade: websocket"]);
    expect(heard.map(({ opcode, payload, masked }) => [opcode, payload.toString("latin1"), masked])).toEqual([
      [1, "hello", true],
      [10, "are you there?", true],
      [8, "\x03\xe8", true],
    ]);
  });

  it("begins with another key each time", async () => {
    const accepts = new Set<string>();
    for (let i = 0; i < 3; i += 1) accepts.add(acceptOf((await heardBy({}, () => undefined)).request));
    expect(accepts.size).toBe(3);
  });

  it("works with Node's own servers, and over TLS by the name that is pinned", async () => {
    const asked: (string | undefined)[] = [];
    const serve = ({ headers }: IncomingMessage, socket: Duplex) => {
      asked.push(headers.host);
      const key = `sec-websocket-key: ${headers["sec-websocket-key"]}\r\n`;
      socket.end(Buffer.concat([Buffer.from(goesOver(key)), message("hello")]));
    };
    const tls = { cert: fixture("good.crt"), key: fixture("good.key") };
    const servers = [createServer().on("upgrade", serve), createTlsServer(tls).on("upgrade", serve)] as const;
    const ports = await Promise.all(servers.map(listening));
    const prober = openProber(fixture("ca.crt"));
    const probe = (wanted: Partial<WebsocketCheck>) =>
      prober.runCheck(websocket(ports[0] ?? 0, { expect: "hello", ...wanted }), patientMs, never());
    const connect = { host: "127.0.0.1", port: ports[1] ?? 0 };
    const pinned = { url: "wss://shop.example.test/", connect };
    const findings = [await probe({}), await probe(pinned), await probe({ ...pinned, serverName: "x.test" })];
    prober.close();
    for (const server of servers) server.close();
    expect(findings.map((one) => (one.ok ? "ok" : one.reason))).toEqual(["ok", "ok", "tls-name-mismatch"]);
    expect(asked).toEqual([`127.0.0.1:${ports[0]}`, "shop.example.test"]);
  });
});

it("a message in very many parts takes time in proportion to them, not to their square", () => {
  expect(readFrames()(Buffer.concat([frame(1, "", 0), Buffer.alloc(600_000)]))).toBeUndefined();
});

describe("a check that makes no sense", () => {
  it.each([
    ["a URL of another protocol", { url: "ftp://acme.test/" }],
    ["no URL", { url: "ws://[" }],
    ["a header that is ours to set", { headers: { connection: "close" } }],
    ["a header with a line break", { headers: { a: "1\r\nb: 2" } }],
  ])("%s", async (_name, wanted) => {
    expect(await runCheck(websocket(1, wanted), patientMs, never())).toMatchObject({ reason: "bad-check" });
  });
});
