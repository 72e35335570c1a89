import { validateHeaderName } from "node:http";
import type { HttpOptions } from "./compile-http.ts";
import { defaults } from "./defaults.ts";
import { type Path, type Problem, quote } from "./finding.ts";
import type { Scheme } from "./probes.ts";
import type { HttpKey } from "./schema-http.ts";

/** A check as it is written, and with what it takes from elsewhere: pointed at is what it says itself. */
type Written = { readonly own: HttpOptions; readonly merged: HttpOptions; readonly path: Path };

/** A complaint at the first of these keys that the check itself has; none of them is somebody else's fault. */
const at = ({ own, path }: Written, keys: readonly HttpKey[], message: string, hint?: string): Problem[] => {
  const key = keys.find((one) => Object.hasOwn(own, one));
  return key === undefined ? [] : [{ path: [...path, key], message, hint }];
};

/** A HEAD has no body to look into. */
const headRule = (written: Written): Problem[] => {
  const looks = ["contains", "matches", "json", "minBytes"] as const;
  const looked = looks.find((key) => written.merged[key] !== undefined);
  if (written.merged.method !== "HEAD" || looked === undefined) return [];
  return at(written, [looked, "method"], `the answer to HEAD has no body for ${looked}`, "use GET");
};

const bodyRule = (written: Written): Problem[] => {
  const { body, method = defaults.method } = written.merged;
  if (body === undefined || ["POST", "PUT", "PATCH"].includes(method)) return [];
  return at(written, ["body", "method"], `a request by ${method} has no body`, "method: POST");
};

const authorizationRule = (written: Written): Problem[] => {
  const { basicAuth, bearer, headers = {} } = written.merged;
  const inHeaders = Object.keys(headers).some((name) => name.toLowerCase() === "authorization");
  const ways = [basicAuth !== undefined, bearer !== undefined, inHeaders].filter(Boolean).length;
  if (ways < 2) return [];
  const message = "says who asks a second time: one of basicAuth, bearer and the header authorization";
  return at(written, ["bearer", "basicAuth", "headers"], message, "keep one of them");
};

const finalUrlRule = (written: Written): Problem[] => {
  const { finalUrl, redirects = defaults.redirects } = written.merged;
  if (finalUrl === undefined || redirects > 0) return [];
  return at(written, ["finalUrl", "redirects"], "no redirect is followed to it", "redirects: 3");
};

const sizeRule = (written: Written): Problem[] => {
  const { minBytes, maxBytes } = written.merged;
  if (minBytes === undefined || maxBytes === undefined || minBytes <= maxBytes) return [];
  return at(written, ["minBytes", "maxBytes"], `minBytes ${minBytes} is more than maxBytes ${maxBytes}`);
};

const headerNameRule = ({ own, path }: Written): Problem[] =>
  Object.keys(own.answerHeaders ?? {}).flatMap((name): Problem[] => {
    try {
      validateHeaderName(name);
      return [];
    } catch {
      const problem = { path: [...path, "answerHeaders", name], message: `${quote(name)} is no header name` };
      return [{ ...problem, at: "key" }];
    }
  });

const ofTls = ["verifyCertificate", "certificateDays", "protocol"] as const;

const tlsRule = ({ own, path }: Written, scheme: Scheme | undefined): Problem[] =>
  scheme === "http"
    ? ofTls
        .filter((key) => Object.hasOwn(own, key) && own[key] !== "h1")
        .map((key) => ({
          path: [...path, key],
          at: "key",
          message: key === "protocol" ? "http is asked by HTTP/1.1 only" : "http has no certificate",
        }))
    : [];

/** Whether what a check asks of http and https goes together. */
export const httpProblems = (written: Written, scheme: Scheme | undefined): Problem[] => [
  ...headRule(written),
  ...bodyRule(written),
  ...authorizationRule(written),
  ...finalUrlRule(written),
  ...sizeRule(written),
  ...headerNameRule(written),
  ...tlsRule(written, scheme),
];
