import type { Reason } from "../core/reason.ts";

/** Why a probe failed. `what` goes on where "203.0.113.10:443" began: "refused the connection". */
export type Failure = { readonly reason: Reason; readonly what: string };

/** How far a probe has come. */
export type Phase = "dns" | "connect" | "tls" | "first-byte" | "head" | "body";

export const isFailure = (value: object): value is Failure => "reason" in value && "what" in value;

const onTimeout: Readonly<Record<Phase, Failure>> = {
  dns: { reason: "dns-timeout", what: "had no answer from DNS" },
  connect: { reason: "connect-timeout", what: "did not answer the connection attempt" },
  tls: { reason: "tls-timeout", what: "did not finish the TLS handshake" },
  "first-byte": { reason: "first-byte-timeout", what: "took the request and sent nothing" },
  head: { reason: "headers-timeout", what: "began to answer and did not finish its headers" },
  body: { reason: "body-timeout", what: "began to answer and did not finish the body" },
};

/** The deadline passed in this phase. */
export const timedOut = (phase: Phase, timeoutMs: number): Failure => ({
  reason: onTimeout[phase].reason,
  what: `${onTimeout[phase].what} within ${timeoutMs} ms`,
});

/** Somebody stopped waiting for this probe: it says nothing about the endpoint. */
export const calledOff: Failure = {
  reason: "no-time",
  what: "had not answered yet when the time for all tries was up",
};

const untrusted = (what: string): Failure => ({ reason: "tls-untrusted", what });
// Our own process or machine is at its end. That must never look like the endpoint's failure: the reason is a void one.
const unable = (what: string): Failure => ({ reason: "prober-unable", what: `was not probed: ${what}` });

const reset: Failure = { reason: "reset", what: "reset the connection" };
const unknownIssuer = untrusted("showed a certificate whose issuer is not trusted");
const noRoute: Failure = { reason: "connect-unreachable", what: "could not be reached: no route to it" };
const closed: Failure = { reason: "tls-closed", what: "closed the connection during the TLS handshake" };

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
    EACCES: unable("this machine forbids the connection"),
    EPERM: unable("this machine forbids the connection"),
    EMFILE: unable("this process has no file descriptor left"),
    ENFILE: unable("this machine has no file descriptor left"),
    ENOBUFS: unable("this machine has no network buffer left"),
    ENOMEM: unable("this machine has no memory left"),
    EADDRNOTAVAIL: unable("this machine has no address or port to probe from"),
    CERT_HAS_EXPIRED: { reason: "tls-expired", what: "showed a certificate that has expired" },
    ERR_TLS_CERT_ALTNAME_INVALID: {
      reason: "tls-name-mismatch",
      what: "showed a certificate for another name",
    },
    CERT_NOT_YET_VALID: { reason: "tls-not-yet-valid", what: "showed a certificate that is not valid yet" },
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
  ["ECONNRESET", closed],
  ["EPIPE", closed],
  ["EPROTO", { reason: "tls-not-spoken", what: "does not speak TLS" }],
]);

/** OpenSSL's names of errors (ERR_SSL_...), which differ a little from version to version. */
const bySslCode: readonly (readonly [RegExp, Failure])[] = [
  [
    /WRONG_VERSION_NUMBER|PACKET_LENGTH|HTTP_REQUEST/,
    { reason: "tls-not-spoken", what: "does not speak TLS" },
  ],
  [
    /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/,
    { reason: "tls-version", what: "speaks no version of TLS that we take, 1.2 at least" },
  ],
  [/CERTIFICATE_REQUIRED/, { reason: "tls-client-certificate", what: "wants a certificate of the client" }],
];

function tlsFailure(code: string): Failure {
  const known = bySslCode.find(([pattern]) => pattern.test(code))?.[1];
  if (known) return known;
  const isAlert = /ALERT|UNRECOGNIZED_NAME/.test(code);
  return {
    reason: isAlert ? "tls-refused" : "tls-failed",
    what: `${isAlert ? "refused" : "failed"} the TLS handshake (${code})`,
  };
}

/** The `code` that Node gives an error, or the error's name. */
export const codeOf = (error: Error): string =>
  "code" in error && typeof error.code === "string" ? error.code : error.name;

/** What a socket's error in this phase says about the endpoint. */
export function failureOf(error: Error, phase: Phase): Failure {
  const code = codeOf(error);
  if (code === "ETIMEDOUT") return onTimeout[phase];
  // An alert may also come later: with TLS 1.3 a server judges the client's part after our handshake is done.
  if (code.startsWith("ERR_SSL_")) return tlsFailure(code);
  const known = (phase === "tls" && inHandshake.get(code)) || byCode.get(code);
  if (known) return known;
  if (phase === "connect") return { reason: "connect-failed", what: `could not be reached (${code})` };
  if (phase === "tls") return tlsFailure(code);
  return { reason: "reset", what: `broke the connection (${code})` };
}
