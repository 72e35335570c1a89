import { connect as connectTcp, isIP, type Socket } from "node:net";
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import { type Source, unfit } from "./address.ts";
import type { Attempt } from "./attempt.ts";
import { calledOff, type Failure, failureOf } from "./failure.ts";
import type { Resolve } from "./resolve.ts";

/** Where a connection goes, and whether the user or a redirect said so. */
export type Place = { readonly host: string; readonly port: number; readonly word: "config" | "redirect" };

/** How a connection is secured: the name asked for by SNI and expected in the certificate. */
export type Tls = {
  readonly serverName: string;
  readonly verify: boolean;
  /** The protocols offered (RFC 7301); http/1.1 unless said. */
  readonly alpn?: readonly string[];
};

/** What every check needs of the world. */
export type Means = { readonly resolve: Resolve; readonly secureContext: () => SecureContext };

/**
 * A context shared by all probes: loading the trusted roots is the dear part. Two classic curves instead of Node's
 * post-quantum default make the hello 633 instead of 1,865 bytes (FACTS.md); a probe carries no secret worth more.
 * `ca` replaces the trusted roots (NODE_EXTRA_CA_CERTS adds to them).
 */
export function sharedSecureContext(ca?: string): () => SecureContext {
  let context: SecureContext | undefined;
  return () => {
    context ??= createSecureContext({ ecdhCurve: "X25519:P-256", ...(ca === undefined ? {} : { ca }) });
    return context;
  };
}

/** Resolves, guards and connects: see `locate` and `connect`. */
export async function dial(
  place: Place,
  tls: Tls | undefined,
  attempt: Attempt,
  means: Means,
): Promise<Socket | Failure> {
  attempt.socket?.destroy();
  const address = await locate(place, attempt, means.resolve);
  if (typeof address !== "string") return address;
  return await connect(address, place.port, tls, attempt, means);
}

/**
 * Connects to an address that `locate` has judged; with `tls`, a full handshake follows (no session is ever resumed:
 * a check should see what a new visitor sees).
 */
export async function connect(
  address: string,
  port: number,
  tls: Tls | undefined,
  attempt: Attempt,
  means: Means,
): Promise<Socket | Failure> {
  attempt.phase = "connect";
  return await (tls ? secured(address, port, tls, attempt, means) : connected(address, port, attempt));
}

/** Makes an open connection a TLS one. The socket must be paused, with nothing left unread. */
export async function upgrade(
  socket: Socket,
  tls: Tls,
  attempt: Attempt,
  means: Means,
): Promise<TLSSocket | Failure> {
  attempt.phase = "tls";
  return await whenReady(connectTls({ socket, ...tlsOptions(tls, means) }), "secureConnect", attempt);
}

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65536;

const hostPort = (host: string, port: number): string =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

/** The address of a place, once it is known to be fit to connect to; whoever connects must connect to it. */
export async function locate(place: Place, attempt: Attempt, resolve: Resolve): Promise<string | Failure> {
  attempt.phase = "dns";
  if (!isPort(place.port))
    return { reason: "bad-check", what: `has no port between 1 and 65535 (${place.port})` };
  const name = hostPort(place.host, place.port);
  // A name out of a redirect is repeated only once DNS knows it: what is said here goes into alerts.
  if (place.word === "config") attempt.where = name;
  const literal = place.host === "localhost" ? "127.0.0.1" : isIP(place.host) ? place.host : undefined;
  const address = literal ?? (await resolve(place.host));
  if (typeof address !== "string") return place.word === "config" ? address : viaRedirect(address);
  if (attempt.over) return calledOff;
  const objection = unfit(address, sourceOf(place, literal !== undefined));
  if (objection !== undefined) return refused(place, address, objection);
  attempt.where = literal === place.host ? name : `${name} (${address})`;
  return address;
}

const refused = (place: Place, address: string, objection: string): Failure =>
  place.word === "redirect"
    ? { reason: "redirect-refused", what: `redirected to ${address}, ${objection}` }
    : { reason: "address-refused", what: `resolves to ${address}, ${objection}` };

const viaRedirect = (failure: Failure): Failure => ({
  ...failure,
  what: `redirected to a host that ${failure.what}`,
});

const sourceOf = (place: Place, literal: boolean): Source =>
  place.word === "redirect" ? "redirect" : literal ? "config" : "dns";

function connected(host: string, port: number, attempt: Attempt): Promise<Socket | Failure> {
  const socket = connectTcp({ host, port });
  return whenReady(socket, "connect", attempt);
}

function secured(
  host: string,
  port: number,
  tls: Tls,
  attempt: Attempt,
  means: Means,
): Promise<TLSSocket | Failure> {
  const socket = connectTls({ host, port, ...tlsOptions(tls, means) });
  socket.once("connect", () => {
    attempt.phase = "tls";
  });
  return whenReady(socket, "secureConnect", attempt);
}

const tlsOptions = (tls: Tls, means: Means): ConnectionOptions => ({
  secureContext: means.secureContext(),
  // SNI carries names only (RFC 6066, 3).
  servername: isIP(tls.serverName) ? "" : tls.serverName,
  rejectUnauthorized: tls.verify,
  checkServerIdentity: (_host, certificate) => checkServerIdentity(tls.serverName, certificate),
  ALPNProtocols: [...(tls.alpn ?? ["http/1.1"])],
});

function whenReady<S extends Socket>(socket: S, ready: string, attempt: Attempt): Promise<S | Failure> {
  attempt.socket = socket;
  return new Promise((resolve) => {
    socket.once(ready, () => {
      attempt.phase = "first-byte";
      resolve(socket);
    });
    // Stays for the socket's life: an error after the verdict has nobody else to hear it.
    socket.on("error", (error) => resolve(failureOf(error, attempt.phase)));
    socket.once("close", () => resolve(calledOff));
  });
}
