import type { HttpCheck } from "../core/config.ts";
import type { Failure } from "./failure.ts";
import type { Head } from "./http-head.ts";
import type { Judge } from "./http-response.ts";

/** The answer is good, is not, or is somewhere else. */
export type Outcome = "good" | Failure | Redirect;
export type Redirect = { readonly status: number; readonly location: string };

/** An answer that arrived whole up to here is taken as a whole one: what is behind it is neither read nor judged. */
export const bodyLimit = 256 * 1024;

// Answers of a firewall or a rate limit that dislikes us: they say nothing about the endpoint's users.
export const refusals: ReadonlySet<number> = new Set([401, 403, 407, 429]);
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Judges one response to `check`. A wrong status decides at once, a text that is found as soon as it is. */
export function judgeResponse(check: HttpCheck, pattern: RegExp | undefined): Judge<Outcome> {
  const body = keepBody(check.contains !== undefined || pattern !== undefined);
  const needle = check.contains === undefined ? undefined : Buffer.from(check.contains);
  let encoding: string | undefined;
  let containsYet = needle === undefined;

  const missing = (): string | undefined => {
    if (!containsYet) return "without the expected text";
    return pattern === undefined || pattern.test(body.text())
      ? undefined
      : "that does not match the expected pattern";
  };
  const conclude = (): Outcome => {
    const lack = missing();
    if (lack === undefined) return "good";
    if (encoding !== undefined) {
      return { reason: "body-mismatch", what: "answered with a compressed body, though it was asked not to" };
    }
    return body.full()
      ? {
          reason: "body-too-large",
          what: `answered with ${bodyLimit / 1024} KB ${lack} and more behind them`,
        }
      : { reason: "body-mismatch", what: `answered with a body ${lack}` };
  };

  return {
    head: (head) => {
      encoding = encodingOf(head);
      return judgeHead(check, head);
    },
    body: (piece) => {
      const seen = body.length();
      body.add(piece);
      if (needle && !containsYet) containsYet = body.includes(needle, seen);
      const decided = body.full() || (needle !== undefined && containsYet && pattern === undefined);
      return decided ? conclude() : undefined;
    },
    end: conclude,
  };
}

const encodingOf = (head: Head): string | undefined => {
  const encoding = head.headers.get("content-encoding")?.toLowerCase();
  return encoding === "identity" ? undefined : encoding;
};

const isExpected = (check: HttpCheck, status: number): boolean =>
  check.status.some(([from, to]) => from <= status && status <= to);

function judgeHead(check: HttpCheck, { status, headers }: Head): Outcome | undefined {
  const location = headers.get("location");
  if (check.redirects > 0 && redirects.has(status) && location !== undefined) return { status, location };
  if (isExpected(check, status)) return undefined;
  if (refusals.has(status))
    return { reason: "refused-to-us", what: `answered ${status}: it does not let us in` };
  return { reason: "status-unexpected", what: `answered ${status} instead of ${describe(check.status)}` };
}

const describe = (ranges: HttpCheck["status"]): string =>
  ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");

type Body = {
  readonly add: (piece: Buffer) => void;
  readonly length: () => number;
  /** Whether the limit is reached. */
  readonly full: () => boolean;
  /** Whether the body has `needle`, of which nothing ended within the first `seen` bytes. */
  readonly includes: (needle: Buffer, seen: number) => boolean;
  /** As UTF-8; bytes that are none become U+FFFD. */
  readonly text: () => string;
};

/** The first `bodyLimit` bytes of a body, or with `keep` false only their number. */
function keepBody(keep: boolean): Body {
  let bytes = Buffer.alloc(0);
  let length = 0;
  const grow = (needed: number): void => {
    if (needed <= bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.min(bodyLimit, Math.max(needed, 2 * bytes.length)));
    bytes.copy(larger, 0, 0, length);
    bytes = larger;
  };
  return {
    add: (piece) => {
      const room = Math.min(piece.length, bodyLimit - length);
      if (keep) {
        grow(length + room);
        piece.copy(bytes, length, 0, room);
      }
      length += room;
    },
    length: () => length,
    full: () => length === bodyLimit,
    includes: (needle, seen) =>
      bytes.subarray(0, length).indexOf(needle, Math.max(0, seen - needle.length + 1)) !== -1,
    text: () => bytes.toString("utf8", 0, length),
  };
}
