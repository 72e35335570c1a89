import { describe, expect, it } from "vitest";
import { runCheck } from "../../lambda/checks/registry.ts";
import type { Check, StartTls } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/probe.ts";
import { endless, type Hostility, hostile } from "./hostile.ts";
import { never, withServer } from "./servers.ts";

const host = "127.0.0.1";
const name = { serverName: host, verifyCertificate: true };
const starttls =
  (protocol: StartTls) =>
  (port: number): Check => ({ type: "tls", host, port, ...name, starttls: protocol });

/** What each type finds at each of them. A deadline of 150 ms where nothing else would end the probe. */
const found: Readonly<
  Record<string, readonly [(port: number) => Check, Readonly<Record<Hostility, Reason>>]>
> = {
  "tcp that expects": [
    (port) => ({ type: "tcp", host, port, banner: "hello", send: "PING\r\n", expect: "PONG" }),
    {
      "says nothing": "first-byte-timeout",
      drips: "answer-mismatch",
      "talks nonsense": "answer-mismatch",
      "closes at once": "closed-early",
      resets: "reset",
      floods: "answer-mismatch",
    },
  ],
  tls: [
    (port) => ({ type: "tls", host, port, ...name }),
    {
      "says nothing": "tls-failed",
      drips: "tls-failed",
      "talks nonsense": "tls-failed",
      "closes at once": "tls-failed",
      resets: "tls-failed",
      floods: "tls-failed",
    },
  ],
  ...Object.fromEntries(
    (["smtp", "imap", "pop3", "ftp"] as const).map((protocol) => [
      `tls after ${protocol}`,
      [
        starttls(protocol),
        {
          "says nothing": "first-byte-timeout",
          drips: "answer-mismatch",
          "talks nonsense": "answer-mismatch",
          "closes at once": "closed-early",
          resets: "reset",
          floods: "answer-mismatch",
        },
      ],
    ]),
  ),
  websocket: [
    (port) => ({
      type: "websocket",
      url: `ws://${host}:${port}/`,
      headers: {},
      verifyCertificate: true,
      expect: "hello",
    }),
    {
      "says nothing": "first-byte-timeout",
      drips: "bad-response",
      "talks nonsense": "bad-response",
      "closes at once": "closed-early",
      resets: "reset",
      floods: "bad-response",
    },
  ],
  grpc: [
    (port) => ({ type: "grpc", host, port, tls: false, ...name, service: "" }),
    {
      "says nothing": "first-byte-timeout",
      drips: "first-byte-timeout",
      "talks nonsense": "bad-response",
      "closes at once": "closed-early",
      resets: "reset",
      floods: "bad-response",
    },
  ],
  "grpc over TLS": [
    (port) => ({ type: "grpc", host, port, tls: true, ...name, service: "" }),
    {
      "says nothing": "tls-failed",
      drips: "tls-failed",
      "talks nonsense": "tls-failed",
      "closes at once": "tls-failed",
      resets: "tls-failed",
      floods: "tls-failed",
    },
  ],
  "tls after postgres": [
    starttls("postgres"),
    {
      "says nothing": "first-byte-timeout",
      drips: "tls-failed",
      "talks nonsense": "tls-failed",
      "closes at once": "closed-early",
      resets: "reset",
      floods: "tls-failed",
    },
  ],
};

describe.each(Object.entries(found))("%s", (_type, [checkOf, reasons]) => {
  it.concurrent.each(Object.entries(reasons) as [Hostility, Reason][])(
    "a server that %s: %s",
    async (hostility, reason) => {
      const timeoutMs = endless[hostility] ? 150 : 20_000;
      const finding = await withServer(hostile[hostility], (port) =>
        runCheck(checkOf(port), timeoutMs, never()),
      );
      expect(finding.ok ? "ok" : finding.reason).toBe(reason);
      if (!finding.ok) expect(finding.detail).toMatch(/^127\.0\.0\.1:\d+ .{5,200}\.$/);
    },
  );
});
