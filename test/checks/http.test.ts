import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import { type Means, sharedSecureContext } from "../../lambda/checks/dial.ts";
import { userAgent } from "../../lambda/checks/http-request.ts";
import { probe, type RunCheck, runCheck } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import { broken } from "./http-broken-cases.ts";
import { type Case, good, patientMs, unhappy } from "./http-cases.ts";
import { content } from "./http-content-cases.ts";
import { astray } from "./http-redirect-cases.ts";
import { wishes } from "./http-wish-cases.ts";
import { httpCheck, never, page, repeats, withServer } from "./servers.ts";

/** The checks' own means, but for DNS. */
const knowing = (names: NonNullable<Case["names"]>): Means => ({
  resolve: async (name) => names[name] ?? { reason: "dns-nxdomain", what: "is not known to DNS" },
  secureContext: sharedSecureContext(),
});

describe.each([
  ["an answer that is good", good],
  ["an answer that is not as wanted", unhappy],
  ["what is asked besides", wishes],
  ["a server that is broken or hostile", broken],
  ["a body that is none of ours to read, or too much of it", content],
  ["a redirect", astray],
])("%s", (_title, cases) => {
  it.concurrent.each(cases)(
    "$name: $finds",
    async ({ serve, check, timeoutMs = patientMs, names, finds }) => {
      const run: RunCheck = names ? (...asked) => probe(...asked, knowing(names)) : runCheck;
      const finding = await withServer(serve, (port) => run(httpCheck(port, check), timeoutMs, never()));
      expect(finding.ok ? "ok" : `${finding.reason}`).toBe(finds);
      expect(Number.isInteger(finding.latencyMs)).toBe(true);
      if (!finding.ok) expect(finding.detail).toMatch(/^127\.0\.0\.1:\d+ .{5,200}\.$/);
    },
  );
});

describe("of a body without end", () => {
  // What the kernel takes off a server's hands before anybody reads it, on either side, is some megabytes.
  const kernelBytes = 32 * 1024 * 1024;

  it.each([
    ["nothing is asked", {}],
    ["a text is asked", { contains: "never" }],
    ["a pattern is asked", { matches: "never" }],
    ["a size is asked", { maxBytes: 1000 }],
  ])("no more than the beginning is taken when %s", async (_name, check) => {
    let sent = 0;
    const serve = (socket: Socket) => {
      socket.once("close", () => {
        sent = socket.bytesWritten;
      });
      repeats("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(64 * 1024))(socket);
    };
    await withServer(serve, (port) => runCheck(httpCheck(port, check), patientMs, never()));
    expect(sent).toBeLessThan(kernelBytes);
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

  it("has a body, as UTF-8, and its length", async () => {
    const request = await requestOf({ method: "POST", body: "grüße" });
    expect(Buffer.from(request, "latin1").toString("utf8")).toMatch(/\r\ncontent-length: 7\r\n\r\ngrüße$/);
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
