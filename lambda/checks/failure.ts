import type { Reason } from "../core/probe.ts";

/** Why a probe failed. `what` goes on where "203.0.113.10:443" began: "refused the connection". */
export type Failure = { readonly reason: Reason; readonly what: string };

/** How far a probe has come. */
export type Phase = "dns" | "connect" | "tls" | "first-byte" | "head" | "body";

export const isFailure = (value: object): value is Failure => "reason" in value && "what" in value;

const onTimeout: Readonly<Record<Phase, Failure>> = {
  dns: { reason: "dns-failed", what: "had no answer from DNS" },
  connect: { reason: "connect-timeout", what: "did not answer the connection attempt" },
  tls: { reason: "tls-failed", what: "did not finish the TLS handshake" },
  "first-byte": { reason: "first-byte-timeout", what: "took the request and sent nothing" },
  head: { reason: "body-timeout", what: "began to answer and did not finish its headers" },
  body: { reason: "body-timeout", what: "began to answer and did not finish the body" },
};

/** The deadline passed in this phase; `overdue` says more exactly what that means, if anybody knows. */
export const timedOut = (phase: Phase, timeoutMs: number, overdue: Failure = onTimeout[phase]): Failure => ({
  reason: overdue.reason,
  what: `${overdue.what} within ${timeoutMs} ms`,
});

/** Somebody stopped waiting for this probe: it says nothing about the endpoint. */
export const calledOff: Failure = {
  reason: "no-time",
  what: "had not answered yet when the time for all tries was up",
};

const tlsFailed = (what: string): Failure => ({ reason: "tls-failed", what });
const untrusted = (what: string): Failure => ({ reason: "tls-untrusted", what });
const connectFailed = (what: string): Failure => ({ reason: "connect-failed", what });
// Our own process is exhausted. That must never look like the endpoint's failure, so the reason is a void one.
const exhausted = (what: string): Failure => ({ reason: "prober-late", what: `was not probed: ${what}` });

const reset: Failure = { reason: "reset", what: "reset the connection" };
const unknownIssuer = untrusted("showed a certificate whose issuer is not trusted");
const noRoute = connectFailed("could not be reached: no route to it");

/** Codes of Node's sockets (errno) and of certificate verification (OpenSSL's X509_V_ERR_*). */
const byCode: ReadonlyMap<string, Failure> = new Map(
  Object.entries({
    ECONNREFUSED: { reason: "connect-refused", what: "refused the connection" },
    ECONNRESET: reset,
    ECONNABORTED: reset,
    EPIPE: reset,
    EHOSTUNREACH: noRoute,
    ENETUNREACH: noRoute,
    EHOSTDOWN: noRoute,
    EACCES: connectFailed("could not be reached: this machine forbids the connection"),
    EPERM: connectFailed("could not be reached: this machine forbids the connection"),
    EMFILE: exhausted("this process has no file descriptor left"),
    ENFILE: exhausted("this machine has no file descriptor left"),
    ENOBUFS: exhausted("this machine has no network buffer left"),
    ENOMEM: exhausted("this machine has no memory left"),
    EADDRNOTAVAIL: exhausted("this machine has no address or port to probe from"),
    CERT_HAS_EXPIRED: { reason: "tls-expired", what: "showed a certificate that has expired" },
    ERR_TLS_CERT_ALTNAME_INVALID: {
      reason: "tls-name-mismatch",
      what: "showed a certificate for another name",
    },
    CERT_NOT_YET_VALID: untrusted("showed a certificate that is not valid yet"),
    DEPTH_ZERO_SELF_SIGNED_CERT: untrusted("showed a self-signed certificate"),
    SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
    UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
    UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
    UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted("showed a certificate without the chain to its issuer"),
    CERT_UNTRUSTED: unknownIssuer,
    CERT_REJECTED: unknownIssuer,
    CERT_REVOKED: untrusted("showed a revoked certificate"),
    CERT_SIGNATURE_FAILURE: untrusted("showed a certificate with a wrong signature"),
    CERT_CHAIN_TOO_LONG: untrusted("showed too long a certificate chain"),
    INVALID_CA: untrusted("showed a certificate whose issuer may not issue"),
    INVALID_PURPOSE: untrusted("showed a certificate that is not for servers"),
    PATH_LENGTH_EXCEEDED: untrusted("showed a certificate whose issuer may not issue"),
  } satisfies Record<string, Failure>),
);

const inHandshake: ReadonlyMap<string, Failure> = new Map([
  ["ECONNRESET", tlsFailed("closed the connection during the TLS handshake")],
  ["EPIPE", tlsFailed("closed the connection during the TLS handshake")],
  ["EPROTO", tlsFailed("does not speak TLS as we do")],
]);

/** The `code` that Node gives an error, or the error's name. */
export const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : error.name;

/** What a socket's error in this phase says about the endpoint. */
export function failureOf(error: Error, phase: Phase): Failure {
  const code = codeOf(error);
  if (code === "ETIMEDOUT") return onTimeout[phase];
  // An alert may also come later: with TLS 1.3 a server judges the client's part after our handshake is done.
  if (code.startsWith("ERR_SSL_")) return tlsFailed(`failed the TLS handshake (${code})`);
  const known = (phase === "tls" && inHandshake.get(code)) || byCode.get(code);
  if (known) return known;
  if (phase === "connect") return connectFailed(`could not be reached (${code})`);
  if (phase === "tls") return tlsFailed(`failed the TLS handshake (${code})`);
  return { reason: "reset", what: `broke the connection (${code})` };
}
