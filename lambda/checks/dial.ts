import { connect as connectTcp, isIP, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import {
  type ConnectionOptions,
  checkServerIdentity,
  connect as connectTls,
  createSecureContext,
  DEFAULT_CIPHERS,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import type { ClientCertificate } from "../core/config.ts";
import { type Source, unfit } from "./address.ts";
import { type Attempt, enter } from "./attempt.ts";
import { calledOff, type Failure, failureOf, isFailure, timedOut } from "./failure.ts";
import type { Resolve } from "./resolve.ts";

/**
 * Where a connection goes, and whose word that is: the user's, or a redirect's, which is a stranger's. `inside` is a
 * redirect's, too, but of an endpoint in a private network that the user says may lead to others there.
 */
export type Place = {
  readonly host: string;
  readonly port: number;
  readonly word: "config" | "redirect" | "inside";
};

/** How a connection is secured: the name asked for by SNI and expected in the certificate. */
export type Tls = {
  readonly serverName: string;
  readonly verify: boolean;
  /** The protocols offered (RFC 7301); http/1.1 unless said. */
  readonly alpn?: readonly string[];
  /** What is shown to a server that asks who we are. */
  readonly identity?: ClientCertificate;
};

/** What every check needs of the world. */
export type Means = {
  readonly resolve: Resolve;
  /** @throws when the certificate or its key is none, or they do not belong together */
  readonly secureContext: (identity?: ClientCertificate) => SecureContext;
  /** Why an address must not be connected to: `unfit`, but where a test's servers are on loopback. */
  readonly objection?: typeof unfit;
};

/**
 * A context shared by all probes: loading the trusted roots is the dear part. Two classic curves instead of Node's
 * post-quantum default make the hello 633 instead of 1,865 bytes (FACTS.md); a probe carries no secret worth more.
 * Diffie-Hellman over finite fields is not offered, as browsers do not: with a server's 8,192 bits a handshake takes a
 * quarter of a second of CPU, in which no other probe is served.
 * `ca` replaces the trusted roots (NODE_EXTRA_CA_CERTS adds to them). Whoever has an identity gets a context of his
 * own, which is gone with the probe: secrets are not kept here.
 */
export function sharedSecureContext(ca?: string): Means["secureContext"] {
  const common = {
    ecdhCurve: "X25519:P-256",
    ciphers: `${DEFAULT_CIPHERS}:!DHE`,
    ...(ca === undefined ? {} : { ca }),
  };
  let context: SecureContext | undefined;
  return (identity) => {
    if (identity) return createSecureContext({ ...common, cert: identity.certificate, key: identity.key });
    context ??= createSecureContext(common);
    return context;
  };
}

// More dead addresses than these are no accident, and each takes its share of the time.
const addressesTried = 4;

/**
 * Resolves, guards and connects; with `tls`, a full handshake follows (no session is ever resumed: a check should
 * see what a new visitor sees). The addresses that were judged are those connected to. Of several the first that
 * accepts is taken, as browsers do it; one that has nothing to say for its share of the time left is given up.
 */
export async function dial(
  place: Place,
  tls: Tls | undefined,
  attempt: Attempt,
  means: Means,
): Promise<Socket | Failure> {
  attempt.socket?.destroy();
  const addresses = await locate(place, attempt, means);
  if (isFailure(addresses)) return addresses;
  const [address = "", ...others] = addresses.slice(0, addressesTried);
  if (others.length === 0) return await connect(address, place.port, tls, attempt, means);
  return await connectAny([address, ...others], place, tls, attempt, means);
}

async function connectAny(
  addresses: readonly string[],
  place: Place,
  tls: Tls | undefined,
  attempt: Attempt,
  means: Means,
): Promise<Socket | Failure> {
  let failure: Failure = calledOff;
  for (const [tried, address] of addresses.entries()) {
    attempt.where = `${hostPort(place.host, place.port)} (${addresses.slice(0, tried + 1).join(", ")})`;
    const left = addresses.length - tried;
    const shareMs = left === 1 ? undefined : (attempt.endMs - performance.now()) / left;
    const result = await connect(address, place.port, tls, attempt, means, shareMs);
    // Whatever comes after the connection is the server's answer, and the same name's other servers do not unsay it.
    if (!isFailure(result) || attempt.over || !result.reason.startsWith("connect-")) return result;
    failure = result;
  }
  return failure;
}

/** Connects to an address that `locate` has judged; gives up after `patienceMs` without a connection, if that is given. */
export async function connect(
  address: string,
  port: number,
  tls: Tls | undefined,
  attempt: Attempt,
  means: Means,
  patienceMs?: number,
): Promise<Socket | Failure> {
  if (attempt.over) return calledOff;
  enter(attempt, "connect");
  return await (tls
    ? secured(address, port, tls, attempt, means, patienceMs)
    : connected(address, port, attempt, patienceMs));
}

/** Makes an open connection a TLS one. The socket must be paused, with nothing left unread. */
export async function upgrade(
  socket: Socket,
  tls: Tls,
  attempt: Attempt,
  means: Means,
): Promise<TLSSocket | Failure> {
  enter(attempt, "tls");
  const options = tlsOptions(tls, means);
  if (isFailure(options)) return options;
  return await whenReady(connectTls({ socket, ...options }), "secureConnect", attempt);
}

const isPort = (port: number): boolean => Number.isInteger(port) && port > 0 && port < 65536;

const hostPort = (host: string, port: number): string =>
  isIP(host) === 6 ? `[${host}]:${port}` : `${host}:${port}`;

/** The addresses of a place that may be connected to, one at least; whoever connects must connect to one of them. */
async function locate(place: Place, attempt: Attempt, means: Means): Promise<readonly string[] | Failure> {
  enter(attempt, "dns");
  if (!isPort(place.port))
    return { reason: "bad-check", what: `has no port between 1 and 65535 (${place.port})` };
  const name = hostPort(place.host, place.port);
  // A name out of a redirect is repeated only once DNS knows it: what is said here goes into alerts.
  if (place.word === "config") attempt.where = name;
  const literal = place.host === "localhost" ? "127.0.0.1" : isIP(place.host) ? place.host : undefined;
  const addresses = literal === undefined ? await means.resolve(place.host) : [literal];
  if (isFailure(addresses)) return place.word === "config" ? addresses : viaRedirect(addresses);
  const { objection = unfit } = means;
  const source = sourceOf(place, literal !== undefined);
  const fit = addresses.filter((address) => objection(address, source) === undefined);
  const [first] = fit;
  if (first === undefined) return refuse(place, addresses[0] ?? "nothing", source, objection);
  attempt.where = literal === place.host ? name : `${name} (${first})`;
  return fit;
}

/** The first address of what a check without a connection asks. */
export async function locateFirst(
  { host, port }: Omit<Place, "word">,
  attempt: Attempt,
  means: Means,
): Promise<{ readonly address: string } | Failure> {
  const addresses = await locate({ host, port, word: "config" }, attempt, means);
  if (isFailure(addresses)) return addresses;
  const [address = ""] = addresses;
  return { address };
}

function refuse(place: Place, address: string, source: Source, objection: typeof unfit): Failure {
  const why = objection(address, source);
  return place.word === "config"
    ? { reason: "address-refused", what: `resolves to ${address}, ${why}` }
    : { reason: "redirect-refused", what: `redirected to ${address}, ${why}` };
}

const viaRedirect = (failure: Failure): Failure => ({
  ...failure,
  what: `redirected to a host that ${failure.what}`,
});

/** Within a private network a redirect is believed as much as DNS is. */
const sourceOf = ({ word }: Place, literal: boolean): Source =>
  word === "redirect" ? "redirect" : literal && word === "config" ? "config" : "dns";

function connected(
  host: string,
  port: number,
  attempt: Attempt,
  patienceMs: number | undefined,
): Promise<Socket | Failure> {
  return whenReady(connectTcp({ host, port }), "connect", attempt, patienceMs);
}

function secured(
  host: string,
  port: number,
  tls: Tls,
  attempt: Attempt,
  means: Means,
  patienceMs: number | undefined,
): Promise<TLSSocket | Failure> {
  const options = tlsOptions(tls, means);
  if (isFailure(options)) return Promise.resolve(options);
  const socket = connectTls({ host, port, ...options });
  socket.once("connect", () => enter(attempt, "tls"));
  return whenReady(socket, "secureConnect", attempt, patienceMs);
}

function tlsOptions(tls: Tls, means: Means): ConnectionOptions | Failure {
  const secureContext = contextOf(tls, means);
  if (isFailure(secureContext)) return secureContext;
  return {
    secureContext,
    // SNI carries names only (RFC 6066, 3).
    servername: isIP(tls.serverName) ? "" : tls.serverName,
    rejectUnauthorized: tls.verify,
    checkServerIdentity: (_host, certificate) => checkServerIdentity(tls.serverName, certificate),
    ALPNProtocols: [...(tls.alpn ?? ["http/1.1"])],
  };
}

/** What OpenSSL says of a key that is of no use is not repeated: it is about a secret. */
function contextOf({ identity }: Tls, { secureContext }: Means): SecureContext | Failure {
  if (identity === undefined) return secureContext();
  try {
    return secureContext(identity);
  } catch {
    return { reason: "bad-check", what: "has a client certificate or a key that is of no use" };
  }
}

function whenReady<S extends Socket>(
  socket: S,
  ready: string,
  attempt: Attempt,
  patienceMs?: number,
): Promise<S | Failure> {
  attempt.socket = socket;
  return new Promise((resolve) => {
    socket.once(ready, () => {
      enter(attempt, "first-byte");
      resolve(socket);
    });
    // Stays for the socket's life: an error after the verdict has nobody else to hear it.
    socket.on("error", (error) => resolve(failureOf(error, attempt.phase)));
    socket.once("close", () => resolve(calledOff));
    if (patienceMs === undefined) return;
    const timer = setTimeout(() => {
      resolve(timedOut("connect", Math.round(patienceMs)));
      socket.destroy();
    }, patienceMs);
    for (const event of ["connect", "close"]) socket.once(event, () => clearTimeout(timer));
  });
}
