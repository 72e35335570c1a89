import type { HeaderWish, HttpCheck } from "../core/config.ts";
import type { Pattern } from "../core/pattern.ts";
import { type Failure, isFailure } from "./failure.ts";
import { decodeContent } from "./http-content.ts";
import type { Head } from "./http-head.ts";
import { jsonLack } from "./http-json.ts";
import type { Judge } from "./http-response.ts";
import { bodyLimit, type KeptBody, keepBody } from "./kept-body.ts";

/** The answer is good, is not, or is somewhere else. */
export type Outcome = "good" | Failure | Redirect;
export type Redirect = { readonly status: number; readonly location: string };

// Answers of a firewall or a rate limit that dislikes us: they say nothing about the endpoint's users.
export const refusals: ReadonlySet<number> = new Set([401, 403, 407, 429]);
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Judges one response to `check`. A wrong status decides at once, a text that is found as soon as it is. */
export function judgeResponse(check: HttpCheck, pattern: Pattern | undefined): Judge<Outcome> {
  const { contains, json, minBytes, maxBytes = Number.POSITIVE_INFINITY } = check;
  const asksMore = pattern !== undefined || json !== undefined;
  const body = keepBody(contains !== undefined || asksMore);
  const needle = contains === undefined ? undefined : Buffer.from(contains);
  // Nothing else is asked of the body, so that finding the text decides.
  const needleDecides = !asksMore && minBytes === undefined && check.maxBytes === undefined;
  let encoding: string | undefined;
  let found = needle === undefined;

  const conclude = (): Outcome => {
    if (minBytes !== undefined && body.length() < minBytes) return tooSmall(minBytes);
    if (found && !asksMore) return "good";
    return judgeContent(check, pattern, body, encoding) ?? "good";
  };

  return {
    head: (head) => {
      encoding = encodingOf(head);
      return judgeHead(check, head);
    },
    body: (piece) => {
      const seen = body.length();
      body.add(piece);
      if (body.length() > maxBytes) return tooLarge(maxBytes);
      if (needle && !found && encoding === undefined) found = body.includes(needle, seen);
      return body.full() || (needle && found && needleDecides) ? conclude() : undefined;
    },
    end: conclude,
  };
}

const tooSmall = (minBytes: number): Failure => ({
  reason: "body-too-small",
  what: `answered with a body of less than ${minBytes} bytes`,
});

const tooLarge = (maxBytes: number): Failure => ({
  reason: "body-too-large",
  what: `answered with a body of more than ${maxBytes} bytes`,
});

const encodingOf = (head: Head): string | undefined => {
  const encoding = head.headers.get("content-encoding")?.toLowerCase();
  return encoding === "identity" ? undefined : encoding;
};

const isExpected = (check: HttpCheck, status: number): boolean =>
  check.status.some(([from, to]) => from <= status && status <= to);

function judgeHead(check: HttpCheck, { status, headers }: Head): Outcome | undefined {
  const location = headers.get("location");
  if (check.redirects > 0 && redirects.has(status) && location !== undefined) return { status, location };
  if (isExpected(check, status)) return check.answerHeaders && judgeHeaders(check.answerHeaders, headers);
  if (refusals.has(status))
    return { reason: "refused-to-us", what: `answered ${status}: it does not let us in` };
  return { reason: "status-unexpected", what: `answered ${status} instead of ${describe(check.status)}` };
}

const describe = (ranges: HttpCheck["status"]): string =>
  ranges.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(", ");

function judgeHeaders(wishes: readonly HeaderWish[], headers: Head["headers"]): Failure | undefined {
  const broken = wishes.find((wish) => !isFulfilled(wish, headers.get(wish.name)));
  if (broken === undefined) return undefined;
  const { name, is } = broken;
  const what = headers.has(name)
    ? `answered with a header ${name}${is === "absent" ? "" : " that is not as wanted"}`
    : `answered without the header ${name}`;
  return { reason: "header-mismatch", what };
}

function isFulfilled(wish: HeaderWish, value: string | undefined): boolean {
  switch (wish.is) {
    case "present":
      return value !== undefined;
    case "absent":
      return value === undefined;
    case "equal":
      return value === wish.text;
    case "containing":
      return value?.includes(wish.text) ?? false;
  }
}

/** What the body lacks of what is asked of it; it has come whole, or up to the limit. */
function judgeContent(
  check: HttpCheck,
  pattern: Pattern | undefined,
  body: KeptBody,
  encoding: string | undefined,
): Failure | undefined {
  const content =
    encoding === undefined || body.full() ? body.bytes() : decodeContent(encoding, body.bytes());
  if (isFailure(content)) return content;
  const lack = contentLack(check, pattern, content);
  return lack && body.full()
    ? {
        reason: "body-too-large",
        what: `answered with more than ${bodyLimit / 1024} KB, up to there ${lack.what}`,
      }
    : lack && { ...lack, what: `answered with ${lack.what}` };
}

/**
 * So many characters of a body a pattern sees. Its time is in proportion to the text, but a text that is made for it costs
 * one to two microseconds a character (`a[ab]{60}0` on a's and b's by chance; others cost a hundredth): so a body keeps the
 * prober for about a tenth of a second at the most.
 */
const patternLimit = 64 * 1024;

function contentLack(check: HttpCheck, pattern: Pattern | undefined, content: Buffer): Failure | undefined {
  if (check.contains !== undefined && !content.includes(check.contains))
    return { reason: "body-mismatch", what: "a body without the expected text" };
  if (pattern === undefined && check.json === undefined) return undefined;
  // Bytes that are no UTF-8 become U+FFFD.
  const text = content.toString("utf8");
  if (pattern && !pattern.test(text.slice(0, patternLimit))) {
    const upTo = text.length > patternLimit ? ` in its first ${patternLimit / 1024} K characters` : "";
    return { reason: "body-mismatch", what: `a body that does not match the expected pattern${upTo}` };
  }
  const what = check.json && jsonLack(text, check.json);
  return what === undefined ? undefined : { reason: "json-mismatch", what };
}
