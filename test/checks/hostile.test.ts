import { describe, expect, it } from "vitest";
import { runCheck } from "../../lambda/checks/registry.ts";
import type { Check, StartTls } from "../../lambda/core/config.ts";
import type { Reason } from "../../lambda/core/reason.ts";
import { endless, type Hostility, hostile } from "./hostile.ts";
import { never, withServer } from "./servers.ts";

const host = "127.0.0.1";
const name = { serverName: host, verifyCertificate: true };
const starttls =
  (protocol: StartTls) =>
  (port: number): Check => ({ type: "tls", host, port, ...name, starttls: protocol });

/** What each type finds at each of them. A deadline of 400 ms where nothing else would end the probe. */
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
      "says nothing": "tls-timeout",
      drips: "tls-not-spoken",
      "talks nonsense": "tls-not-spoken",
      "closes at once": "tls-closed",
      resets: "tls-closed",
      floods: "tls-not-spoken",
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
      drips: "not-http",
      "talks nonsense": "not-http",
      "closes at once": "closed-early",
      resets: "reset",
      floods: "not-http",
    },
  ],
  grpc: [
    (port) => ({ type: "grpc", host, port, tls: false, ...name, service: "" }),
    {
      "says nothing": "first-byte-timeout",
      drips: "bad-response",
      "talks nonsense": "bad-response",
      "closes at once": "closed-early",
      resets: "reset",
      floods: "bad-response",
    },
  ],
  "grpc over TLS": [
    (port) => ({ type: "grpc", host, port, tls: true, ...name, service: "" }),
    {
      "says nothing": "tls-timeout",
      drips: "tls-not-spoken",
      "talks nonsense": "tls-not-spoken",
      "closes at once": "tls-closed",
      resets: "tls-closed",
      floods: "tls-not-spoken",
    },
  ],
  "tls after postgres": [
    starttls("postgres"),
    {
      "says nothing": "first-byte-timeout",
      drips: "starttls-refused",
      "talks nonsense": "starttls-refused",
      "closes at once": "closed-early",
      resets: "reset",
      floods: "starttls-refused",
    },
  ],
};

describe.each(Object.entries(found))("%s", (_type, [checkOf, reasons]) => {
  it.concurrent.each(Object.entries(reasons) as [Hostility, Reason][])(
    "a server that %s: %s",
    async (hostility, reason) => {
      // Five bytes are the head of a TLS record and nine that of an HTTP/2 frame, which tell that it is none.
      const isTold = reason === "tls-not-spoken" || reason === "bad-response";
      const timeoutMs = endless[hostility] && !isTold ? 400 : 20_000;
      const finding = await withServer(hostile[hostility], (port) =>
        runCheck(checkOf(port), timeoutMs, never()),
      );
      expect(finding.ok ? "ok" : finding.reason).toBe(reason);
      if (!finding.ok) expect(finding.detail).toMatch(/^127\.0\.0\.1:\d+ .{5,200}\.$/);
    },
  );
});
