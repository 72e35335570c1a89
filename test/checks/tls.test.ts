import type { Socket } from "node:net";
import type { TlsOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openProber, type Prober } from "../../lambda/checks/registry.ts";
import type { HttpCheck } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { fixture, httpCheck, listenTls, never, page, saysAndCloses, withServer } from "./servers.ts";

const timeoutMs = 20_000;
const shows = (name: string): TlsOptions => ({ cert: fixture(`${name}.crt`), key: fixture(`${name}.key`) });

let prober: Prober;
beforeAll(() => {
  prober = openProber(fixture("ca.crt"));
});
afterAll(() => prober.close());

/** Probes https://shop.example.test/ pinned to a server with these options; also what the server saw. */
async function probe(options: TlsOptions, wanted: Partial<HttpCheck> = {}, by: Prober = prober, tries = 1) {
  const seen: { readonly sni: string | false | null; readonly reused: boolean }[] = [];
  const target = await listenTls(options, (socket) => {
    seen.push({ sni: socket.servername, reused: socket.isSessionReused() });
    saysAndCloses(page(200))(socket);
  });
  const check = httpCheck(target.port, {
    url: "https://shop.example.test/",
    connect: { host: "127.0.0.1", port: target.port },
    ...wanted,
  });
  let finding = await by.runCheck(check, timeoutMs, never());
  for (let left = tries - 1; left > 0; left -= 1) finding = await by.runCheck(check, timeoutMs, never());
  await target.closed();
  return { found: finding.ok ? "ok" : finding.reason, seen };
}

const lax = { verifyCertificate: false };
/** A fatal alert instead of a handshake (RFC 8446, 6). */
const alerts = (description: number) => (socket: Socket) => {
  socket.once("data", () => socket.end(Buffer.from([21, 3, 3, 0, 2, 2, description])));
};
const oldTls: TlsOptions = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };

describe("https", () => {
  it.each<[string, TlsOptions, Partial<HttpCheck>, Reason | "ok"]>([
    ["a certificate for the URL's name", shows("good"), {}, "ok"],
    ["TLS 1.2 only", { ...shows("good"), maxVersion: "TLSv1.2" }, {}, "ok"],
    ["one that has expired", shows("expired"), {}, "tls-expired"],
    ["one for another name", shows("other-name"), {}, "tls-name-mismatch"],
    ["one for the serverName", shows("other-name"), { serverName: "other.example.test" }, "ok"],
    ["one not for the serverName", shows("good"), { serverName: "other.example.test" }, "tls-name-mismatch"],
    ["a serverName that is an address in the certificate", shows("good"), { serverName: "127.0.0.1" }, "ok"],
    ["an address not in the certificate", shows("good"), { serverName: "127.0.0.2" }, "tls-name-mismatch"],
    ["a self-signed one", shows("self-signed"), {}, "tls-untrusted"],
    ["an expired one nobody looks at", shows("expired"), lax, "ok"],
    ["another name nobody looks at", shows("other-name"), lax, "ok"],
    ["a self-signed one nobody looks at", shows("self-signed"), lax, "ok"],
    ["one valid as long as wanted", shows("good"), { certificateDays: 1 }, "ok"],
    ["one that is not valid as long", shows("good"), { certificateDays: 100_000 }, "tls-expires-soon"],
    [
      "an expired one of which only the days are looked at",
      shows("expired"),
      { ...lax, certificateDays: 1 },
      "tls-expired",
    ],
    ["TLS older than 1.2", { ...shows("good"), ...oldTls }, {}, "tls-version"],
    ["a client certificate wanted", { ...shows("good"), requestCert: true }, {}, "tls-client-certificate"],
    ["another application protocol", { ...shows("good"), ALPNProtocols: ["h2"] }, {}, "tls-refused"],
  ])("%s", async (_name, options, wanted, expected) => {
    expect((await probe(options, wanted)).found).toBe(expected);
  });

  it("does not trust a private CA by itself", async () => {
    const ordinary = openProber();
    expect((await probe(shows("good"), {}, ordinary)).found).toBe("tls-untrusted");
  });

  it.each([
    [{}, "shop.example.test"],
    [{ serverName: "localhost" }, "localhost"],
    [{ url: "https://127.0.0.1/" }, false],
  ] as const)("asks by SNI for the name, never for an address: %j", async (wanted, name) => {
    const { found, seen } = await probe(shows("good"), wanted);
    expect(found).toBe("ok");
    expect(seen.map(({ sni }) => sni)).toEqual([name]);
  });

  it("offers TLS 1.3 and elliptic curves, and nothing that a server can make dear", async () => {
    let hello = Buffer.alloc(0);
    const serve = (socket: Socket) =>
      socket.once("data", (bytes) => {
        hello = Buffer.from(bytes);
        socket.end();
      });
    await withServer(serve, (port) =>
      prober.runCheck(httpCheck(port, { url: `https://127.0.0.1:${port}/` }), timeoutMs, never()),
    );
    // Two heads, a version, a random number and a session's id stand before the suites (RFC 8446, 4.1.2).
    const start = 44 + hello.readUInt8(43);
    const suites = hello.subarray(start + 2, start + 2 + hello.readUInt16BE(start));
    const offered = suites.toString("hex").match(/.{4}/g) ?? [];
    expect(offered).toEqual(expect.arrayContaining(["1301", "1302", "c02b", "c02f"]));
    // IANA's TLS_DHE_*, TLS Cipher Suites.
    const finiteFields = [
      "0033",
      "0039",
      "0067",
      "006b",
      "009e",
      "009f",
      "ccaa",
      "c09e",
      "c09f",
      "c0a2",
      "c0a3",
    ];
    expect(offered.filter((suite) => finiteFields.includes(suite))).toEqual([]);
  });

  it("shakes hands in full each time", async () => {
    const { seen } = await probe(shows("good"), {}, prober, 3);
    expect(seen.map(({ reused }) => reused)).toEqual([false, false, false]);
  });

  it.each([
    ["tls-not-spoken", "speaks plain http", saysAndCloses(page(200)), timeoutMs],
    [
      "tls-not-spoken",
      "speaks first, and not TLS",
      (socket) => socket.write("220 mail.example.test ESMTP\r\n"),
      timeoutMs,
    ],
    [
      "tls-closed",
      "closes during the handshake",
      (socket) => socket.once("data", () => socket.end()),
      timeoutMs,
    ],
    [
      "tls-closed",
      "resets during the handshake",
      (socket) => socket.once("data", () => socket.resetAndDestroy()),
      timeoutMs,
    ],
    ["tls-refused", "does not know the name", alerts(112), timeoutMs],
    ["tls-refused", "has an error of its own", alerts(80), timeoutMs],
    ["tls-timeout", "says nothing during the handshake", () => {}, 150],
  ] satisfies [Reason, string, Parameters<typeof withServer>[0], number][])(
    "%s: a server that %s",
    async (reason, _name, serve, ms) => {
      const finding = await withServer(serve, (port) =>
        prober.runCheck(httpCheck(port, { url: `https://127.0.0.1:${port}/` }), ms, never()),
      );
      expect(finding).toMatchObject({ ok: false, reason });
    },
  );
});
