import type { Failure } from "./failure.ts";

/** How long a body is (RFC 9112, 6.3). */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

export type Head = {
  readonly status: number;
  /** Lower-case names; values of a repeated name are joined by ", ". */
  readonly headers: ReadonlyMap<string, string>;
  readonly framing: Framing;
};

/** What breaks the rules of HTTP. */
export const badResponse = (what: string): Failure => ({ reason: "bad-response", what: `sent ${what}` });
export const notHttp: Failure = { reason: "not-http", what: "sent something that is not HTTP/1.1" };

const statusLine = /^HTTP\/1\.[01] ([1-9]\d\d)(?: |$)/;
const control = /[\r\n\0]/;
const token = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Parses a response's head: everything before the empty line. Strict, as a client may be that meets only servers
 * worth pointing users at: no folded lines, no bare line feeds, no two ways to know the length (RFC 9112, 5 and 6).
 */
export function parseHead(text: string, method: string): Head | Failure {
  const [first = "", ...lines] = text.split("\r\n");
  if (control.test(first)) return badResponse("a malformed status line");
  const status = Number(statusLine.exec(first)?.[1]);
  if (Number.isNaN(status)) return notHttp;
  const headers = parseHeaders(lines);
  if (headers === undefined) return badResponse("a malformed header line");
  const framing = framingOf(status, headers, method);
  return typeof framing === "string" ? badResponse(framing) : { status, headers, framing };
}

function parseHeaders(lines: readonly string[]): Map<string, string> | undefined {
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0));
    if (!token.test(name) || control.test(line)) return undefined;
    const key = name.toLowerCase();
    const value = line.slice(colon + 1).trim();
    const earlier = headers.get(key);
    headers.set(key, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return headers;
}

const hasNoBody = (status: number, method: string): boolean =>
  method === "HEAD" || status < 200 || status === 204 || status === 304;

function framingOf(status: number, headers: ReadonlyMap<string, string>, method: string): Framing | string {
  if (hasNoBody(status, method)) return { kind: "none" };
  const length = headers.get("content-length");
  const coding = headers.get("transfer-encoding");
  if (coding !== undefined) {
    if (length !== undefined) return "both a content-length and a transfer-encoding";
    return coding.toLowerCase() === "chunked"
      ? { kind: "chunked" }
      : "a transfer-encoding other than chunked";
  }
  if (length === undefined) return { kind: "until-close" };
  return /^\d{1,15}$/.test(length) ? { kind: "length", bytes: Number(length) } : "an invalid content-length";
}
