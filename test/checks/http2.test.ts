import { createSecureServer, type IncomingHttpHeaders, type ServerHttp2Stream } from "node:http2";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startAttempt } from "../../lambda/checks/attempt.ts";
import { dial, sharedSecureContext } from "../../lambda/checks/dial.ts";
import { isFailure } from "../../lambda/checks/failure.ts";
import { judgeResponse } from "../../lambda/checks/http-judge.ts";
import { firstHop } from "../../lambda/checks/http-request.ts";
import { exchangeFrames } from "../../lambda/checks/http2.ts";
import { openProber, type Prober } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import type { Finding } from "../../lambda/core/probe.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { earlyHints, pings, repeatsFrame, settings } from "./http2-frames.ts";
import { fixture, httpCheck, listenTls, never, page, saysAndCloses } from "./servers.ts";

const patientMs = 20_000;
const shortMs = 400;
const identity = { cert: fixture("good.crt"), key: fixture("good.key") };

let prober: Prober;
beforeAll(() => {
  prober = openProber(fixture("ca.crt"));
});
afterAll(() => prober.close());

type Serve = (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => void;

const probePort = (port: number, wanted: Partial<HttpCheck>, timeoutMs: number): Promise<Finding> => {
  const place = { url: "https://shop.example.test/a?b", connect: { host: "127.0.0.1", port } };
  return prober.runCheck(httpCheck(port, { ...place, protocol: "h2", ...wanted }), timeoutMs, never());
};

/** Probes such a server, and waits until every connection to it is closed. */
async function probeServer(serve: Serve, wanted: Partial<HttpCheck>, timeoutMs: number): Promise<Finding> {
  const server = createSecureServer(identity);
  server.on("sessionError", () => {});
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    serve(stream, headers);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const finding = await probePort((server.address() as AddressInfo).port, wanted, timeoutMs);
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return finding;
}

const answers =
  (body: string, headers = {}): Serve =>
  (stream) => {
    stream.respond({ ":status": 200, ...headers });
    stream.end(body);
  };

/** Sends half of a body and goes on in another way. */
const halfThen =
  (go: (stream: ServerHttp2Stream) => void): Serve =>
  (stream) => {
    stream.respond({ ":status": 200, "content-length": 8 });
    stream.write("half", () => go(stream));
  };

const echo: Serve = (stream, headers) => {
  let body = "";
  stream.on("data", (piece) => {
    body += piece;
  });
  stream.on("end", () => {
    const said = [":method", ":path", ":authority", "x-key", "user-agent"].map((name) => headers[name]);
    stream.respond({ ":status": 200 });
    stream.end([...said, body].join(" "));
  });
};

const endless: Serve = (stream) => {
  const send = () => {
    while (stream.writable && stream.write("x".repeat(16_384)));
  };
  stream.on("drain", send);
  stream.respond({ ":status": 200 });
  send();
};

const flood = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`x-${i}`, "y".repeat(50)]));
const byServer = "^POST /a\\?b shop.example.test 1 pointsman/.* grüße$";

it.each<[string, Serve, Partial<HttpCheck>, Reason | "ok", number?]>([
  ["a good answer", answers("all is well"), { matches: "^all is well$" }, "ok"],
  [
    "what the request says",
    echo,
    { method: "POST", headers: { "x-key": "1" }, body: "grüße", matches: byServer },
    "ok",
  ],
  ["a header of HTTP/1.1's connections", answers("ok"), { headers: { upgrade: "h2c", te: "gzip" } }, "ok"],
  [
    "HEAD",
    (s) => s.respond({ ":status": 200, "content-length": 9 }, { endStream: true }),
    { method: "HEAD" },
    "ok",
  ],
  [
    "a header",
    answers("", { "x-a": "1" }),
    { answerHeaders: [{ name: "x-a", is: "equal", text: "1" }] },
    "ok",
  ],
  [
    "a redirect",
    (stream, headers) => {
      const arrived = headers[":path"] === "/end";
      stream.respond(arrived ? { ":status": 200 } : { ":status": 302, location: "/end" }, {
        endStream: true,
      });
    },
    { redirects: 1, finalUrl: "https://shop.example.test/end" },
    "ok",
  ],
  [
    "an informational answer first",
    (s, h) => {
      s.additionalHeaders({ ":status": 103 });
      answers("ok")(s, h);
    },
    {},
    "ok",
  ],
  [
    "a farewell, and then the answer",
    (s, h) => {
      s.session?.close();
      answers("ok")(s, h);
    },
    { contains: "ok" },
    "ok",
  ],
  ["an endless body of which nothing is asked", endless, {}, "ok"],
  ["a 500", (s) => s.respond({ ":status": 500 }, { endStream: true }), {}, "status-unexpected"],
  ["a 403", (s) => s.respond({ ":status": 403 }, { endStream: true }), {}, "refused-to-us"],
  ["another text", answers("oh no"), { contains: "all is well" }, "body-mismatch"],
  ["an endless body without the text", endless, { contains: "all is well" }, "body-too-large"],
  ["no answer", () => {}, {}, "first-byte-timeout", shortMs],
  ["half a body", halfThen(() => {}), {}, "body-timeout", shortMs],
  ["half a body, and the connection is closed", halfThen((s) => s.session?.destroy()), {}, "closed-early"],
  ["half a body that ends like a whole one", halfThen((s) => s.end()), {}, "bad-response"],
  ["the request refused", (s) => s.close(7), {}, "reset"],
  ["the request ended without an answer", (s) => s.close(0), {}, "closed-early"],
  ["an error of the connection", (s) => s.session?.goaway(1), {}, "bad-response"],
  ["a flood of headers", answers("", flood), {}, "reset"],
])("%s", async (_name, serve, wanted, expected, timeoutMs = patientMs) => {
  const finding = await probeServer(serve, wanted, timeoutMs);
  expect(finding.ok ? "ok" : finding.reason).toBe(expected);
  if (!finding.ok) expect(finding.detail).toMatch(/^127\.0\.0\.1:\d+ .{5,200}\.$/);
});

it.each([
  ["chooses HTTP/1.1", ["http/1.1"]],
  ["knows nothing of such a choice", undefined],
])("protocol-unexpected: a server that %s", async (_name, ALPNProtocols) => {
  const options = ALPNProtocols === undefined ? identity : { ...identity, ALPNProtocols };
  const target = await listenTls(options, saysAndCloses(page(200)));
  const finding = await probePort(target.port, {}, patientMs);
  await target.closed();
  expect(finding).toMatchObject({ ok: false, reason: "protocol-unexpected" });
});

it("a server that promises HTTP/2 and sends something else", async () => {
  const target = await listenTls({ ...identity, ALPNProtocols: ["h2"] }, saysAndCloses(page(200)));
  const finding = await probePort(target.port, {}, patientMs);
  await target.closed();
  expect(finding).toMatchObject({ ok: false, reason: "bad-response" });
});

it.each(Object.entries({ pings, settings, "informational answers": earlyHints }))(
  "endless %s are given up",
  async (_name, frame) => {
    const target = await listenTls({ ...identity, ALPNProtocols: ["h2"] }, repeatsFrame(frame));
    const finding = await probePort(target.port, {}, patientMs);
    await target.closed();
    expect(finding).toMatchObject({ ok: false, reason: "bad-response" });
  },
);

it("a connection that is closed before anything is asked says so at once", async () => {
  const target = await listenTls({ ...identity, ALPNProtocols: ["h2"] }, () => {});
  const check = httpCheck(target.port, { url: "https://shop.example.test/", protocol: "h2" });
  const attempt = startAttempt("The check");
  const hop = firstHop({ ...check, connect: { host: "127.0.0.1", port: target.port } });
  if (isFailure(hop)) throw new Error(hop.what);
  const means = { resolve: async () => [], secureContext: sharedSecureContext(fixture("ca.crt")) };
  const socket = await dial(hop.place, hop.tls, attempt, means);
  if (isFailure(socket)) throw new Error(socket.what);
  socket.destroy();
  const outcome = await exchangeFrames(socket, hop, judgeResponse(check, undefined), attempt);
  await target.closed();
  expect(outcome).toMatchObject({ reason: "closed-early" });
});
