import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { TlsCheck } from "../core/config.ts";
import type { Attempt } from "./attempt.ts";
import { expiry } from "./certificate.ts";
import { dial, type Means, type Tls, upgrade } from "./dial.ts";
import { type Failure, isFailure } from "./failure.ts";
import { hangUp } from "./hang-up.ts";
import { startTls } from "./starttls.ts";
import { talk } from "./talk.ts";

/**
 * Good when a TLS handshake succeeds (at once, or after STARTTLS), the certificate is trusted, for the right name and
 * valid long enough, the version is new enough and, where something is expected, the server says it.
 */
export async function checkTls(
  check: TlsCheck,
  attempt: Attempt,
  means: Means,
): Promise<Failure | undefined> {
  const socket = await secured(check, attempt, means);
  if (isFailure(socket)) return socket;
  const objection = socket instanceof TLSSocket ? objectionTo(socket, check, Date.now()) : undefined;
  return objection ?? (await talk(socket, check, attempt)) ?? (await hangUp(socket));
}

async function secured(check: TlsCheck, attempt: Attempt, means: Means): Promise<Socket | Failure> {
  const place = { host: check.host, port: check.port, word: "config" } as const;
  // What is spoken is not known, and a server may refuse a protocol that is offered and not its own.
  const tls: Tls = { serverName: check.serverName, verify: check.verifyCertificate, alpn: [] };
  if (check.starttls === undefined) return await dial(place, tls, attempt, means);
  const socket = await dial(place, undefined, attempt, means);
  if (isFailure(socket)) return socket;
  return (await startTls(socket, check.starttls, attempt)) ?? (await upgrade(socket, tls, attempt, means));
}

type Wanted = Pick<TlsCheck, "certificateDays" | "minVersion">;

function objectionTo(
  socket: TLSSocket,
  { certificateDays, minVersion }: Wanted,
  nowMs: number,
): Failure | undefined {
  // TLS 1.2 is the oldest that Node agrees to.
  if (minVersion === "1.3" && socket.getProtocol() !== "TLSv1.3")
    return { reason: "tls-version", what: "speaks TLS 1.2 at most instead of 1.3" };
  return certificateDays === undefined
    ? undefined
    : expiry(socket.getPeerCertificate().valid_to, certificateDays, nowMs);
}
