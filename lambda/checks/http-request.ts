import type { HttpCheck } from "../core/config.ts";
import type { Place, Tls } from "./dial.ts";
import type { Failure } from "./failure.ts";
import type { Redirect } from "./http-judge.ts";

/** One request of a check: the first, or one that a redirect led to. */
export type Hop = {
  readonly url: URL;
  readonly place: Place;
  readonly tls: Tls | undefined;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly protocol: "h2" | undefined;
};

/** Stable, so that people can allow it and find it in their logs; a test keeps it at package.json's version. */
export const userAgent = "pointsman/0.1.0";

/** Names that frame the request or end the connection: they are ours to set. */
const ours: ReadonlySet<string> = new Set(["connection", "content-length", "transfer-encoding"]);
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const fieldValue = /^[\t\x20-\x7e\x80-\xff]*$/;
const methodsWithBody: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

const bad = (what: string): Failure => ({ reason: "bad-check", what });
const unread = (why: string): Failure => ({
  reason: "secret-unreadable",
  what: `names a secret that could not be read: ${why}`,
});

/** The first request of `check`, or why there can be none. */
export function firstHop(check: HttpCheck): Hop | Failure {
  if (check.unread !== undefined || check.secrets !== undefined)
    return unread(check.unread ?? "nobody tried");
  if (!URL.canParse(check.url)) return bad("has a URL that cannot be parsed");
  const url = new URL(check.url);
  if (!isHttp(url)) return bad("has a URL that is neither http nor https");
  if (!token.test(check.method)) return bad("has a method that is no HTTP token");
  const objection = objectionTo(check.headers);
  if (objection !== undefined) return bad(objection);
  const place: Place = { ...(check.connect ?? { host: hostOf(url), port: portOf(url) }), word: "config" };
  return {
    url,
    place,
    tls: tlsOf(url, check, check.serverName, true),
    method: check.method,
    headers: check.headers,
    body: check.body,
    protocol: check.protocol,
  };
}

/** A value is not repeated: it may be a secret. */
function objectionTo(headers: HttpCheck["headers"]): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    if (ours.has(name)) return `sets the header ${name}, which the probe sets itself`;
    if (!token.test(name) || !fieldValue.test(value)) return "has a header that cannot be sent";
  }
  return undefined;
}

/**
 * The request that a redirect leads to. The check's own host stays where the check is pinned; any other host is a
 * stranger's word, gets neither the user's headers nor the body, and is resolved. From https to http is never followed.
 *
 * @param inside whether the endpoint is in a private network: what is not may not lead there, by its own name neither,
 * whose address may have changed since
 */
export function nextHop(
  redirect: Redirect,
  hop: Hop,
  first: Hop,
  check: HttpCheck,
  inside: boolean,
): Hop | Failure {
  const url = URL.canParse(redirect.location, hop.url.href)
    ? new URL(redirect.location, hop.url.href)
    : undefined;
  const objection = objectionToUrl(url, hop);
  if (url === undefined || objection !== undefined)
    return { reason: "redirect-refused", what: `redirected to ${objection}` };
  const home = url.hostname === first.url.hostname;
  // `host` has the port, unless it is the scheme's own: an upgrade to https keeps it. Another port is another server.
  const same = url.host === first.url.host;
  const method = methodAfter(redirect.status, hop.method);
  return {
    url,
    place: home ? placeAtHome(url, first, inside) : placeAway(url, inside && check.private === true),
    tls: tlsOf(url, check, home ? check.serverName : undefined, same),
    method,
    headers: same ? check.headers : {},
    body: same && method === hop.method ? hop.body : undefined,
    protocol: url.protocol === "https:" ? check.protocol : undefined,
  };
}

function objectionToUrl(url: URL | undefined, hop: Hop): string | undefined {
  if (url === undefined) return "something that is not a URL";
  if (!isHttp(url)) return "a URL that is neither http nor https";
  if (hop.tls && url.protocol === "http:") return "plain http, from https";
  return portOf(url) === 0 ? "port 0" : undefined;
}

const isHttp = (url: URL): boolean => url.protocol === "http:" || url.protocol === "https:";

const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "");

const portOf = (url: URL): number =>
  url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port);

function placeAtHome(url: URL, { place, url: own }: Hop, inside: boolean): Place {
  const port = portOf(url) === portOf(own) ? place.port : portOf(url);
  return { ...place, port, word: inside ? place.word : "redirect" };
}

const placeAway = (url: URL, inside: boolean): Place => ({
  host: hostOf(url),
  port: portOf(url),
  word: inside ? "inside" : "redirect",
});

function tlsOf(url: URL, check: HttpCheck, serverName: string | undefined, isOwn: boolean): Tls | undefined {
  if (url.protocol !== "https:") return undefined;
  return {
    ...(isOwn && check.clientCertificate && { identity: check.clientCertificate }),
    serverName: serverName ?? hostOf(url).replace(/\.$/, ""),
    verify: check.verifyCertificate,
    // A server without HTTP/2 says so by choosing the other.
    alpn: check.protocol === "h2" ? ["h2", "http/1.1"] : ["http/1.1"],
  };
}

/** RFC 9110, 15.4: 303 turns everything but HEAD into GET, and browsers do the same to POST after 301 and 302. */
function methodAfter(status: number, method: string): string {
  const toGet = status === 303 ? method !== "HEAD" : status < 303 && method === "POST";
  return toGet ? "GET" : method;
}

/** What every request says, and what the user says instead or besides. */
export const requestFields = ({ url, headers }: Hop): Record<string, string> => ({
  host: url.host,
  "user-agent": userAgent,
  accept: "*/*",
  "accept-encoding": "identity",
  ...headers,
});

/** The request as it goes over the wire by HTTP/1.1, in Latin-1: a body is in there as the bytes of its UTF-8. */
export function writeRequest(hop: Hop): string {
  const { method, url, body } = hop;
  const fields: Record<string, string> = { ...requestFields(hop), connection: "close" };
  if (body !== undefined || methodsWithBody.has(method))
    fields["content-length"] = String(Buffer.byteLength(body ?? ""));
  let text = `${method} ${url.pathname}${url.search} HTTP/1.1\r\n`;
  for (const name in fields) text += `${name}: ${fields[name]}\r\n`;
  return `${text}\r\n${body === undefined ? "" : Buffer.from(body).toString("latin1")}`;
}
