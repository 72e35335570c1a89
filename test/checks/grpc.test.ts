import { once } from "node:events";
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readResponse, writeRequest } from "../../lambda/checks/grpc-health.ts";
import { openProber, type Prober } from "../../lambda/checks/registry.ts";
import type { GrpcCheck } from "../../lambda/core/config.ts";
import { earlyHints, pings, repeatsFrame, settings } from "./http2-frames.ts";
import { fixture, listenTls, never, page, says, withServer } from "./servers.ts";

const patientMs = 20_000;
const shortMs = 400;
const tls = { cert: fixture("good.crt"), key: fixture("good.key") };

let prober: Prober;
beforeAll(() => {
  prober = openProber(fixture("ca.crt"));
});
afterAll(() => prober.close());

const grpc = (port: number, wanted: Partial<GrpcCheck> = {}): GrpcCheck => ({
  type: "grpc",
  host: "127.0.0.1",
  port,
  tls: false,
  serverName: "shop.example.test",
  verifyCertificate: true,
  service: "",
  ...wanted,
});

const found = async (port: number, wanted: Partial<GrpcCheck> = {}, timeoutMs = patientMs) => {
  const finding = await prober.runCheck(grpc(port, wanted), timeoutMs, never());
  return finding.ok ? "ok" : `${finding.reason}: ${finding.detail.replace(/^127\.0\.0\.1:\d+ /, "")}`;
};

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

/** What Node's own HTTP/2 server is found to be when it does this to each call. */
async function foundAt(serve: Serve, wanted: Partial<GrpcCheck> = {}, timeoutMs = patientMs) {
  const server = wanted.tls ? createSecureServer(tls) : createServer();
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    serve(stream, headers);
  });
  server.on("session", (session) => session.on("error", () => {}));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const said = await found((server.address() as AddressInfo).port, wanted, timeoutMs);
  // Resolves only when no connection is left.
  await new Promise((resolve) => server.close(resolve));
  return said;
}

const ok: OutgoingHttpHeaders = { ":status": 200, "content-type": "application/grpc" };
const health = (hex: string): Buffer => Buffer.from(hex, "hex");
const serving = health("00000000020801");

/** Answers with this body, and with this status of gRPC in the trailers. */
const answers =
  (body: Buffer, status: string | null = "0"): Serve =>
  (stream) => {
    stream.respond(ok, { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers(status === null ? {} : { "grpc-status": status }));
    stream.end(body);
  };

/** Answers with headers alone. */
const says200 =
  (headers: OutgoingHttpHeaders): Serve =>
  (stream) =>
    stream.respond({ ...ok, ...headers }, { endStream: true });

const floods: Serve = (stream) => {
  stream.respond(ok);
  const send = () => {
    while (stream.writable && stream.write(Buffer.alloc(16 * 1024)));
  };
  stream.on("drain", send);
  send();
};

describe("a health service that", () => {
  it.concurrent.each<[string, Serve, string, number?]>([
    ["says SERVING", answers(serving), "ok"],
    [
      "says SERVING, and more that we do not know",
      answers(health("000000000c10051a0161080125000000ff")),
      "ok",
    ],
    ["says NOT_SERVING", answers(health("00000000020802")), "not-serving: says NOT_SERVING."],
    ["says UNKNOWN", answers(health("0000000000")), "not-serving: says UNKNOWN."],
    ["says SERVICE_UNKNOWN", answers(health("00000000020803")), "not-serving: says SERVICE_UNKNOWN."],
    [
      "is not there",
      says200({ "grpc-status": "12" }),
      "not-serving: answered UNIMPLEMENTED when asked for its health.",
    ],
    [
      "fails after its answer",
      answers(serving, "14"),
      "not-serving: answered UNAVAILABLE when asked for its health.",
    ],
    [
      "wants a login",
      says200({ "grpc-status": "16" }),
      "refused-to-us: answered UNAUTHENTICATED: it does not let us in.",
    ],
    [
      "ends without a status",
      answers(serving, null),
      "bad-response: ended the call without a status of gRPC.",
    ],
    [
      "has a status of its own",
      answers(serving, "99"),
      "bad-response: ended the call without a status of gRPC.",
    ],
    ["answers nothing", answers(Buffer.alloc(0)), "bad-response: sent something that is no health answer."],
    [
      "compresses",
      answers(health("01000000020801")),
      "bad-response: sent something that is no health answer.",
    ],
    [
      "says less than it announces",
      answers(health("00000000030801")),
      "bad-response: sent something that is no health answer.",
    ],
    [
      "says a status nobody knows",
      answers(health("00000000020809")),
      "bad-response: sent something that is no health answer.",
    ],
    ["floods", floods, "bad-response: sent more than a health answer."],
    ["answers 404", says200({ ":status": 404 }), "status-unexpected: answered HTTP 404 instead of 200."],
    ["answers 403", says200({ ":status": 403 }), "refused-to-us: answered 403: it does not let us in."],
    [
      "takes the call and is silent",
      () => {},
      `first-byte-timeout: took the request and sent nothing within ${shortMs} ms.`,
      shortMs,
    ],
    [
      "begins and stops",
      (stream) => void stream.respond(ok),
      `body-timeout: began to answer and did not finish the body within ${shortMs} ms.`,
      shortMs,
    ],
    [
      "resets the call",
      (stream) => stream.close(2),
      "bad-response: broke off the call (ERR_HTTP2_STREAM_ERROR).",
    ],
    [
      "goes away",
      (stream) => stream.session?.goaway(11),
      "bad-response: broke off the call (ERR_HTTP2_SESSION_ERROR).",
    ],
    [
      "begins and closes",
      (stream) => {
        stream.respond(ok);
        stream.write(serving, () => stream.session?.destroy());
      },
      "closed-early: closed the connection before it answered.",
    ],
    [
      "closes",
      (stream) => stream.session?.destroy(),
      "closed-early: closed the connection before it answered.",
    ],
  ])("%s", async (_name, serve, said, timeoutMs) => {
    expect(await foundAt(serve, {}, timeoutMs)).toBe(said);
  });

  it("is asked for the service that is named, by the name that is pinned", async () => {
    const asked: unknown[] = [];
    const serve: Serve = (stream, headers) => {
      stream.once("data", (bytes: Buffer) => {
        asked.push(headers[":authority"], headers[":path"], headers["te"], bytes.toString("latin1"));
        answers(health("00000000020802"))(stream, headers);
      });
    };
    expect(await foundAt(serve, { service: "acme.Orders" })).toBe(
      "not-serving: says NOT_SERVING for acme.Orders.",
    );
    expect(asked).toEqual([
      expect.stringMatching(/^shop\.example\.test:\d+$/),
      "/grpc.health.v1.Health/Check",
      "trailers",
      "\0\0\0\0\x0d\n\x0bacme.Orders",
    ]);
  });
});

describe("over TLS", () => {
  it("is good by its certificate's name, and not by another", async () => {
    expect(await foundAt(answers(serving), { tls: true })).toBe("ok");
    expect(await foundAt(answers(serving), { tls: true, serverName: "127.0.0.1" })).toBe("ok");
    expect(await foundAt(answers(serving), { tls: true, serverName: "x.test" })).toMatch(
      /^tls-name-mismatch/,
    );
    expect(
      await foundAt(answers(serving), { tls: true, serverName: "x.test", verifyCertificate: false }),
    ).toBe("ok");
  });

  it("is not good where the server speaks HTTP/1.1 only", async () => {
    const target = await listenTls({ ...tls, ALPNProtocols: ["http/1.1"] }, () => {});
    const refusing = await found(target.port, { tls: true });
    await target.closed();
    const plain = await listenTls(tls, () => {});
    const ignoring = await found(plain.port, { tls: true });
    await plain.closed();
    expect(refusing).toMatch(/^tls-(?:failed|refused)/);
    expect(ignoring).toBe("protocol-unexpected: does not offer HTTP/2.");
  });
});

const floodsOf = { pings, settings, "informational answers": earlyHints };

it.each(Object.entries(floodsOf))("endless %s are given up", async (_name, frame) => {
  expect(await withServer(repeatsFrame(frame), (port) => found(port))).toBe(
    "bad-response: sent more than a health answer.",
  );
});

it("an answer in HTTP/1.1 is no answer", async () => {
  expect(await withServer(says(page(200)), (port) => found(port))).toMatch(
    /^bad-response: broke off the call/,
  );
});

it("a service's name may be 127 bytes long and no longer", async () => {
  expect(writeRequest("x".repeat(127))).toHaveLength(5 + 2 + 127);
  expect(await found(1, { service: "x".repeat(128) })).toMatch(/^bad-check/);
});

it("junk is no health answer, and never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 30 }), (bytes) => {
      const prefix = Buffer.from([0, 0, 0, 0, bytes.length]);
      const said = readResponse(Buffer.concat([prefix, bytes]));
      expect([undefined, "UNKNOWN", "SERVING", "NOT_SERVING", "SERVICE_UNKNOWN"]).toContain(said);
      readResponse(Buffer.from(bytes));
    }),
    { numRuns: 2000 },
  );
});
