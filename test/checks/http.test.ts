import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { userAgent } from "../../lambda/checks/http-request.ts";
import { runCheck } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/probe.ts";
import { httpCheck, never, page, repeats, says, saysAndCloses, withServer } from "./servers.ts";

// Long enough for any machine where the server answers, short where the test is that it never does.
const patientMs = 20_000;
const shortMs = 150;

type Case = {
  readonly name: string;
  readonly serve: (socket: Socket) => void;
  readonly check?: Partial<HttpCheck>;
  readonly timeoutMs?: number;
  readonly finds: Reason | "ok";
};

const chunked = (...chunks: string[]): string =>
  `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunks.join("")}`;
const big = "x".repeat(300 * 1024);
const head200 = "HTTP/1.1 200 OK\r\n\r\n";

const good: Case[] = [
  { name: "a plain 200", serve: says(page(200, "ok")), finds: "ok" },
  { name: "an empty body", serve: says(page(200)), finds: "ok" },
  { name: "a 204, which has no body", serve: says("HTTP/1.1 204 No Content\r\n\r\n"), finds: "ok" },
  {
    name: "a 304, whose length is that of a body not sent",
    serve: says("HTTP/1.1 304 Not Modified\r\nContent-Length: 500\r\n\r\n"),
    check: { status: [[304, 304]] },
    finds: "ok",
  },
  {
    name: "HEAD, whose answer has no body either",
    serve: says("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n"),
    check: { method: "HEAD" },
    finds: "ok",
  },
  { name: "no reason phrase", serve: says("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"), finds: "ok" },
  { name: "HTTP/1.0 until close", serve: saysAndCloses("HTTP/1.0 200 OK\r\n\r\nhello"), finds: "ok" },
  {
    name: "chunks",
    serve: says(chunked("5\r\nhello\r\n", "0\r\n\r\n")),
    check: { matches: "^hello$" },
    finds: "ok",
  },
  {
    name: "chunks with an extension and a trailer",
    serve: says(chunked("5;a=b\r\nhello\r\n", "0\r\nX-Sum: 1\r\n\r\n")),
    finds: "ok",
  },
  {
    name: "an informational answer first",
    serve: says(`HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${page(200)}`),
    finds: "ok",
  },
  {
    name: "a status wanted by a range",
    serve: says(page(404)),
    check: {
      status: [
        [200, 299],
        [400, 404],
      ],
    },
    finds: "ok",
  },
  { name: "a 403 that is wanted", serve: says(page(403)), check: { status: [[403, 403]] }, finds: "ok" },
  {
    name: "the text wanted",
    serve: says(page(200, '{"ok":true}')),
    check: { contains: '"ok":true' },
    finds: "ok",
  },
  {
    name: "a text that is not ASCII",
    serve: (s) => s.once("data", () => s.end(`${head200}Grüße`)),
    check: { contains: "Grüße" },
    finds: "ok",
  },
  {
    name: "the text among invalid UTF-8",
    serve: says(page(200, "zz").replace("zz", "\xffok\xfe").replace("2\r", "4\r")),
    check: { contains: "ok", matches: "ok" },
    finds: "ok",
  },
  {
    name: "the text, and then no end",
    serve: repeats(`${head200}all is well`, "x", 20),
    check: { contains: "all is well" },
    finds: "ok",
  },
  {
    name: "a pattern that matches",
    serve: says(page(200, "version 12")),
    check: { matches: "^version \\d+$" },
    finds: "ok",
  },
  { name: "a body longer than is read", serve: says(page(200, big)), finds: "ok" },
  { name: "an endless body, of which nothing is asked", serve: repeats(head200, big), finds: "ok" },
  {
    name: "more than the content-length",
    serve: says(`${page(200, "ok")}and more`),
    check: { matches: "^ok$" },
    finds: "ok",
  },
  {
    name: "a compressed body of which nothing is asked",
    serve: says(page(200, "gz", "Content-Encoding: gzip")),
    finds: "ok",
  },
  {
    name: "headers of just under 16 KB",
    serve: says(page(200, "", `X-Long: ${"x".repeat(16 * 1024 - 100)}`)),
    finds: "ok",
  },
];

const unhappy: Case[] = [
  { name: "a 500", serve: says(page(500)), finds: "status-unexpected" },
  { name: "a 301, judged as it is", serve: says(page(301, "", "Location: /x")), finds: "status-unexpected" },
  {
    name: "a 200 where 500 is wanted",
    serve: says(page(200)),
    check: { status: [[500, 500]] },
    finds: "status-unexpected",
  },
  {
    name: "a 500 with an endless body",
    serve: repeats("HTTP/1.1 500 Oops\r\n\r\n", big),
    finds: "status-unexpected",
  },
  {
    name: "a protocol switched though nobody asked",
    serve: says("HTTP/1.1 101 Switching\r\n\r\n"),
    finds: "status-unexpected",
  },
  ...[401, 403, 407, 429].map(
    (status): Case => ({ name: `a ${status}`, serve: says(page(status)), finds: "refused-to-us" }),
  ),
  {
    name: "a body without the text",
    serve: says(page(200, "maintenance")),
    check: { contains: "ok" },
    finds: "body-mismatch",
  },
  {
    name: "a body without the pattern",
    serve: says(page(200, "version x")),
    check: { matches: "version \\d" },
    finds: "body-mismatch",
  },
  {
    name: "the text without the pattern",
    serve: says(page(200, "ok")),
    check: { contains: "ok", matches: "\\d" },
    finds: "body-mismatch",
  },
  {
    name: "the text behind the content-length",
    serve: says(`${page(200, "no")}ok`),
    check: { contains: "ok" },
    finds: "body-mismatch",
  },
  {
    name: "no body where text is wanted",
    serve: says("HTTP/1.1 204 No Content\r\n\r\n"),
    check: { contains: "ok" },
    finds: "body-mismatch",
  },
  {
    name: "the text behind what is read",
    serve: says(page(200, `${big}ok`)),
    check: { contains: "ok" },
    finds: "body-too-large",
  },
  {
    name: "an endless body without the text",
    serve: repeats(head200, big),
    check: { contains: "ok" },
    finds: "body-too-large",
  },
  {
    name: "an answer later than wanted",
    serve: (s) => s.once("data", () => setTimeout(() => s.end(page(200)), 30)),
    check: { withinMs: 5 },
    finds: "too-slow",
  },
];

const broken: Case[] = [
  { name: "a black hole", serve: () => {}, timeoutMs: shortMs, finds: "first-byte-timeout" },
  {
    name: "one byte of the headers at a time",
    serve: repeats("HTTP/1.1 200 OK\r\nX-Slow: ", "x", 20),
    timeoutMs: shortMs,
    finds: "body-timeout",
  },
  {
    name: "one byte of the body at a time",
    serve: repeats("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n", "x", 20),
    timeoutMs: shortMs,
    finds: "body-timeout",
  },
  {
    name: "one chunk at a time",
    serve: repeats(chunked(), "1\r\nx\r\n", 20),
    timeoutMs: shortMs,
    finds: "body-timeout",
  },
  {
    name: "a body that stops",
    serve: says("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
    timeoutMs: shortMs,
    finds: "body-timeout",
  },
  {
    name: "one endless header",
    serve: repeats("HTTP/1.1 200 OK\r\nX-Long: ", "x".repeat(999)),
    finds: "bad-response",
  },
  {
    name: "a flood of headers",
    serve: repeats("HTTP/1.1 200 OK\r\n", "X-Flood: 1\r\n"),
    finds: "bad-response",
  },
  {
    name: "endless informational answers",
    serve: repeats("", "HTTP/1.1 100 Continue\r\n\r\n"),
    finds: "bad-response",
  },
  { name: "HTTP/0.9", serve: saysAndCloses("<html>hello</html>\r\n"), finds: "bad-response" },
  {
    name: "the banner of another protocol",
    serve: (s) => s.write("SSH-2.0-OpenSSH_9.9\r\n"),
    finds: "bad-response",
  },
  { name: "HTTP/2 by surprise", serve: says("HTTP/2 200\r\n\r\n"), finds: "bad-response" },
  { name: "a status that is no number", serve: says("HTTP/1.1 OK 200\r\n\r\n"), finds: "bad-response" },
  {
    name: "a header without a colon",
    serve: says("HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
    finds: "bad-response",
  },
  { name: "a folded header", serve: says("HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n"), finds: "bad-response" },
  { name: "bare line feeds only", serve: says("HTTP/1.1 200 OK\nA: b\n\nhello"), finds: "bad-response" },
  {
    name: "a bare line feed in the status line",
    serve: says("HTTP/1.1 200 OK\nA: b\r\n\r\n"),
    finds: "bad-response",
  },
  {
    name: "a bare line feed in a header",
    serve: says("HTTP/1.1 200 OK\r\nA: b\nC: d\r\n\r\n"),
    finds: "bad-response",
  },
  {
    name: "a content-length that is no number",
    serve: says("HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n"),
    finds: "bad-response",
  },
  {
    name: "two content-lengths",
    serve: says("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"),
    finds: "bad-response",
  },
  {
    name: "a length beside chunks",
    serve: says(chunked().replace("\r\n\r\n", "\r\nContent-Length: 1\r\n\r\n")),
    finds: "bad-response",
  },
  {
    name: "an unknown transfer-encoding",
    serve: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"),
    finds: "bad-response",
  },
  { name: "a chunk size that is no number", serve: says(chunked("zz\r\nhello\r\n")), finds: "bad-response" },
  { name: "a negative chunk size", serve: says(chunked("-5\r\nhello\r\n")), finds: "bad-response" },
  {
    name: "a chunk longer than it says",
    serve: says(chunked("3\r\nhello\r\n0\r\n\r\n")),
    finds: "bad-response",
  },
  { name: "an endless chunk size", serve: repeats(chunked(), "0"), finds: "bad-response" },
  { name: "endless trailers", serve: repeats(chunked("0\r\n"), "X-Trailer: 1\r\n"), finds: "bad-response" },
  {
    name: "a close instead of an answer",
    serve: (s) => s.once("data", () => s.end()),
    finds: "closed-early",
  },
  { name: "a close on connecting (half-open)", serve: (s) => s.end(), finds: "closed-early" },
  {
    name: "a close within the headers",
    serve: saysAndCloses("HTTP/1.1 200 OK\r\nCont"),
    finds: "closed-early",
  },
  {
    name: "a close within the body",
    serve: saysAndCloses("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"),
    finds: "closed-early",
  },
  { name: "a close within a chunk", serve: saysAndCloses(chunked("5\r\nhe")), finds: "closed-early" },
  {
    name: "a close before the last chunk",
    serve: saysAndCloses(chunked("5\r\nhello\r\n")),
    finds: "closed-early",
  },
  {
    name: "a reset instead of an answer",
    serve: (s) => s.once("data", () => s.resetAndDestroy()),
    finds: "reset",
  },
  {
    name: "a reset within the body",
    // Only once the headers are surely read: a reset drops what is still on the way.
    serve: (s) =>
      s.once("data", () => s.write(`${head200}half`, () => setTimeout(() => s.resetAndDestroy(), 50))),
    finds: "reset",
  },
];

describe.each([
  ["an answer that is good", good],
  ["an answer that is not as wanted", unhappy],
  ["a server that is broken or hostile", broken],
])("%s", (_title, cases) => {
  it.concurrent.each(cases)("$name: $finds", async ({ serve, check, timeoutMs = patientMs, finds }) => {
    const finding = await withServer(serve, (port) => runCheck(httpCheck(port, check), timeoutMs, never()));
    expect(finding.ok ? "ok" : `${finding.reason}`).toBe(finds);
    expect(Number.isInteger(finding.latencyMs)).toBe(true);
    if (!finding.ok) expect(finding.detail).toMatch(/^127\.0\.0\.1:\d+ .{5,200}\.$/);
  });
});

describe("a check that makes no sense", () => {
  const senseless: readonly (readonly [string, unknown])[] = [
    ["an unknown type", { type: "carrier-pigeon" }],
    ["a type that every object has", { type: "toString" }],
    ["a URL that cannot be parsed", httpCheck(1, { url: "http://[::1" })],
    ["a URL of another protocol", httpCheck(1, { url: "ftp://example.com/" })],
    ["a pattern that is none", httpCheck(1, { matches: "(" })],
    ["a method that is none", httpCheck(1, { method: "GET / HTTP/1.1\r\nX:" })],
    ["a header value with a line break", httpCheck(1, { headers: { "x-a": "1\r\nx-b: 2" } })],
    ["a header name with a space", httpCheck(1, { headers: { "x a": "1" } })],
    ["a header that is ours to set", httpCheck(1, { headers: { connection: "keep-alive" } })],
    ["port 0", httpCheck(1, { connect: { host: "127.0.0.1", port: 0 } })],
    ["a port that is none", { type: "tcp", host: "127.0.0.1", port: 70_000 }],
  ];
  it.each(senseless)("%s", async (_name, check) => {
    expect(await runCheck(check as HttpCheck, patientMs, never())).toMatchObject({
      ok: false,
      reason: "bad-check",
    });
  });
});

describe("the request", () => {
  const requestOf = async (wanted: Partial<HttpCheck>): Promise<string> => {
    let request = "";
    const serve = (socket: Socket) =>
      socket.once("data", (bytes) => {
        request = bytes.toString("latin1");
        socket.end(page(200));
      });
    await withServer(serve, (port) => {
      const connect = { host: "127.0.0.1", port };
      return runCheck(
        httpCheck(port, { connect, url: "http://shop.example.test/a b?q=ü", ...wanted }),
        patientMs,
        never(),
      );
    });
    return request;
  };

  it("goes to the pinned address with the name of the URL, asks for plain bytes and for no second use", async () => {
    expect(await requestOf({})).toBe(
      "GET /a%20b?q=%C3%BC HTTP/1.1\r\nhost: shop.example.test\r\n" +
        `user-agent: ${userAgent}\r\naccept: */*\r\naccept-encoding: identity\r\nconnection: close\r\n\r\n`,
    );
  });

  it("has the user's headers instead of ours, and a length where its method may have a body", async () => {
    const request = await requestOf({
      method: "POST",
      headers: { host: "other.example.test", "x-key": "1" },
    });
    expect(request).toMatch(/^POST /);
    expect(request).toContain("\r\nhost: other.example.test\r\n");
    expect(request).toContain("\r\nx-key: 1\r\n");
    expect(request).toContain("\r\ncontent-length: 0\r\n");
    expect(request).not.toContain("host: shop.example.test");
  });

  it("names the version of package.json", () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect(userAgent).toBe(`pointsman/${version}`);
  });
});

describe("a probe that is called off", () => {
  it("says nothing about the endpoint and closes its connection", async () => {
    const controller = new AbortController();
    const serve = (socket: Socket) => socket.once("data", () => controller.abort());
    const finding = await withServer(serve, (port) =>
      runCheck(httpCheck(port), patientMs, controller.signal),
    );
    expect(finding).toMatchObject({ ok: false, reason: "no-time" });
  });

  it("does not even connect when it was called off before", async () => {
    let connections = 0;
    const count = () => {
      connections += 1;
    };
    const finding = await withServer(count, (port) =>
      runCheck(httpCheck(port), patientMs, AbortSignal.abort()),
    );
    expect(finding).toMatchObject({ ok: false, reason: "no-time" });
    expect(connections).toBe(0);
  });
});
