import { networkInterfaces } from "node:os";
import { describe, expect, it } from "vitest";
import { failureOf, timedOut } from "../../lambda/checks/failure.ts";
import { runCheck } from "../../lambda/checks/registry.ts";
import { isVoid } from "../../lambda/core/probe.ts";
import { listen, never, withServer } from "./servers.ts";

const timeoutMs = 20_000;
const hasIpv6 = Object.values(networkInterfaces())
  .flat()
  .some((at) => at?.address === "::1");

describe("tcp", () => {
  it("is good when the port accepts, even if nothing is said", async () => {
    const finding = await withServer(
      () => {},
      (port) => runCheck({ type: "tcp", host: "127.0.0.1", port }, timeoutMs, never()),
    );
    expect(finding.ok).toBe(true);
  });

  it("takes localhost as the user's word", async () => {
    const finding = await withServer(
      () => {},
      (port) => runCheck({ type: "tcp", host: "localhost", port }, timeoutMs, never()),
    );
    expect(finding.ok).toBe(true);
  });

  it("says that a closed port refused", async () => {
    const { port, closed } = await listen(() => {});
    await closed();
    expect(await runCheck({ type: "tcp", host: "127.0.0.1", port }, timeoutMs, never())).toMatchObject({
      ok: false,
      reason: "connect-refused",
      detail: `127.0.0.1:${port} refused the connection.`,
    });
  });

  it.skipIf(!hasIpv6)("reaches an IPv6 literal (skipped where ::1 is missing)", async () => {
    const { port, closed } = await listen(() => {}, "::1");
    const finding = await runCheck({ type: "tcp", host: "::1", port }, timeoutMs, never());
    await closed();
    expect(finding.ok).toBe(true);
  });
});

describe("what an error says", () => {
  const error = (code: string) => Object.assign(new Error("made up"), { code });

  it.each([
    ["ECONNREFUSED", "connect", "connect-refused"],
    ["ETIMEDOUT", "connect", "connect-timeout"],
    ["ETIMEDOUT", "body", "body-timeout"],
    ["EHOSTUNREACH", "connect", "connect-unreachable"],
    ["ENETUNREACH", "connect", "connect-unreachable"],
    ["EWHATEVER", "connect", "connect-failed"],
    ["ECONNRESET", "tls", "tls-closed"],
    ["ECONNRESET", "first-byte", "reset"],
    ["EPIPE", "first-byte", "reset"],
    ["EWHATEVER", "body", "reset"],
    ["EWHATEVER", "tls", "tls-failed"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "first-byte", "tls-client-certificate"],
    ["ERR_SSL_UNSUPPORTED_PROTOCOL", "tls", "tls-version"],
    ["ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC", "body", "tls-failed"],
    ["CERT_NOT_YET_VALID", "tls", "tls-not-yet-valid"],
    ["CERT_REVOKED", "tls", "tls-untrusted"],
  ] as const)("%s while waiting for %s: %s", (code, phase, reason) => {
    expect(failureOf(error(code), phase).reason).toBe(reason);
  });

  it.each(["EMFILE", "ENFILE", "ENOBUFS", "ENOMEM", "EADDRNOTAVAIL", "EPERM"])(
    "%s is our own lack: void",
    (code) => {
      const { reason, what } = failureOf(error(code), "connect");
      expect(isVoid({ ok: false, latencyMs: 0, reason, detail: what })).toBe(true);
    },
  );

  it.each([
    ["dns", "dns-timeout"],
    ["connect", "connect-timeout"],
    ["tls", "tls-timeout"],
    ["first-byte", "first-byte-timeout"],
    ["head", "headers-timeout"],
    ["body", "body-timeout"],
  ] as const)("the deadline while waiting for %s: %s", (phase, reason) => {
    expect(timedOut(phase, 3000)).toMatchObject({ reason, what: expect.stringContaining("within 3000 ms") });
  });
});
