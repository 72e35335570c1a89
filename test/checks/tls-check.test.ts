import type { TlsOptions } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expiry } from "../../lambda/checks/certificate.ts";
import { openProber, type Prober } from "../../lambda/checks/registry.ts";
import type { StartTls, TlsCheck } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { fixture, listenTls, never, withServer } from "./servers.ts";
import { startTlsServer, type Turn } from "./starttls-servers.ts";

const timeoutMs = 20_000;
const shows = (name: string): TlsOptions => ({ cert: fixture(`${name}.crt`), key: fixture(`${name}.key`) });

let prober: Prober;
beforeAll(() => {
  prober = openProber(fixture("ca.crt"));
});
afterAll(() => prober.close());

const tlsCheck = (port: number, wanted: Partial<TlsCheck> = {}): TlsCheck => ({
  type: "tls",
  host: "127.0.0.1",
  port,
  serverName: "shop.example.test",
  verifyCertificate: true,
  ...wanted,
});

const lax = { verifyCertificate: false };
const only12: TlsOptions = { ...shows("good"), maxVersion: "TLSv1.2" };

describe("tls", () => {
  it.each<[string, TlsOptions, Partial<TlsCheck>, Reason | "ok"]>([
    ["a certificate for the name", shows("good"), {}, "ok"],
    ["an address in the certificate", shows("good"), { serverName: "127.0.0.1" }, "ok"],
    ["one for another name", shows("other-name"), {}, "tls-name-mismatch"],
    ["one that has expired", shows("expired"), {}, "tls-expired"],
    ["a self-signed one", shows("self-signed"), {}, "tls-untrusted"],
    ["a self-signed one nobody looks at", shows("self-signed"), lax, "ok"],
    ["one that is valid for long", shows("good"), { certificateDays: 14 }, "ok"],
    ["one that is not valid for as long", shows("good"), { certificateDays: 36_500 }, "tls-expires-soon"],
    [
      "one that has expired, looked at for its days only",
      shows("expired"),
      { ...lax, certificateDays: 1 },
      "tls-expired",
    ],
    ["TLS 1.3", shows("good"), { minVersion: "1.3" }, "ok"],
    ["TLS 1.2 where that will do", only12, { minVersion: "1.2" }, "ok"],
    ["TLS 1.2 where 1.3 is wanted", only12, { minVersion: "1.3" }, "tls-version"],
    ["the text that is expected", shows("good"), { send: "PING", expect: "+PONG" }, "ok"],
    ["another text, and the end", shows("good"), { send: "QUIT", expect: "+PONG" }, "answer-mismatch"],
  ])("%s", async (_name, options, wanted, expected) => {
    const target = await listenTls(options, (socket) =>
      socket.once("data", (said) => socket.end(String(said) === "PING" ? "+PONG" : "-ERR")),
    );
    const finding = await prober.runCheck(tlsCheck(target.port, wanted), timeoutMs, never());
    await target.closed();
    expect(finding.ok ? "ok" : finding.reason).toBe(expected);
  });

  it.each(["TLSv1.2", "TLSv1.3"] as const)("lets the server finish its handshake: %s", async (maxVersion) => {
    const finished: unknown[] = [];
    const target = await listenTls({ ...shows("good"), maxVersion }, (socket) =>
      finished.push(socket.getProtocol()),
    );
    const probes = Array.from({ length: 20 }, () =>
      prober.runCheck(tlsCheck(target.port), timeoutMs, never()),
    );
    await Promise.all(probes);
    await target.closed();
    expect(finished).toEqual(probes.map(() => maxVersion));
  });

  it("offers no protocol, so that no server has to refuse it", async () => {
    const offered: string[][] = [];
    const ALPNCallback = ({ protocols }: { protocols: string[] }) => {
      offered.push(protocols);
      return undefined;
    };
    const target = await listenTls({ ...shows("good"), ALPNCallback }, () => {});
    const finding = await prober.runCheck(tlsCheck(target.port), timeoutMs, never());
    await target.closed();
    expect([finding.ok, offered]).toEqual([true, []]);
  });
});

describe("the days a certificate is valid", () => {
  const nowMs = Date.UTC(2026, 0, 1);
  it.each([
    ["Jan 15 00:00:00 2026 GMT", undefined],
    ["Jan 14 23:59:59 2026 GMT", "expires in 13 days, sooner than in 14"],
    ["Jan  1 00:00:00 2026 GMT", "expires in 0 days, sooner than in 14"],
    ["Dec 31 23:59:59 2025 GMT", "has expired"],
  ])("until %s", (validTo, words) => {
    const what = words && { what: `showed a certificate that ${words}` };
    expect(expiry(validTo, 14, nowMs)).toEqual(what && expect.objectContaining(what));
  });
});

const protocols: readonly StartTls[] = ["smtp", "imap", "pop3", "ftp", "postgres"];

describe.each(protocols)("tls after %s", (starttls) => {
  const probe = (turn: Turn, wanted: Partial<TlsCheck> = {}) =>
    withServer(startTlsServer(starttls, turn), (port) =>
      prober.runCheck(tlsCheck(port, { starttls, ...wanted }), timeoutMs, never()),
    );

  it.each<[string, Turn, Partial<TlsCheck>, Reason | "ok"]>([
    ["a handshake", {}, {}, "ok"],
    ["what is said behind it", {}, { expect: "220 secured" }, "ok"],
    ["a certificate that is valid for long", {}, { certificateDays: 14 }, "ok"],
    ["one that is not valid for as long", {}, { certificateDays: 36_500 }, "tls-expires-soon"],
    ["one for another name", { shows: "other-name" }, {}, "tls-name-mismatch"],
    ["a refusal", { instead: "502 no\r\n" }, {}, "starttls-refused"],
    ["plain text where the handshake should be", { plain: true }, {}, "tls-not-spoken"],
    ["more plain text than was asked for", { more: "250 hello\r\n" }, {}, "bad-response"],
  ])("%s", async (_name, turn, wanted, expected) => {
    const finding = await probe(turn, wanted);
    expect(finding.ok ? "ok" : finding.reason).toBe(expected);
  });
});
