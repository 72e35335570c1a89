import { isIP } from "node:net";
import type { HeaderWish, HttpCheck, JsonWish } from "../lambda/core/config.ts";
import { hostOf } from "./address.ts";
import { defaults } from "./defaults.ts";
import type { Draft } from "./draft.ts";
import { parseDuration } from "./duration.ts";
import { parseJsonComparison } from "./json-comparison.ts";
import type { Probed } from "./probes.ts";
import type { FileEndpointMap } from "./schema.ts";
import type { HttpKey } from "./schema-http.ts";
import { parseStatus } from "./schema-values.ts";

export type HttpOptions = Draft<Pick<FileEndpointMap, HttpKey>>;

/** For what the schema and the rules have let pass: it cannot be undefined any more. */
export const known = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`bug: ${what} was not checked before it was compiled`);
  return value;
};

/** The check of what the file says. */
export const httpCheck = (probed: Probed, options: HttpOptions): HttpCheck => {
  const url = known(probed.url, "a URL");
  const host = hostOf(url);
  return {
    type: "http",
    url: url.href,
    ...(probed.pinned && { connect: probed.to }),
    method: options.method ?? defaults.method,
    headers: headersOf(options),
    verifyCertificate: options.verifyCertificate ?? defaults.verifyCertificate,
    ...(probed.scheme === "https" && !isIP(host) && { serverName: host }),
    ...askedOf(options),
    ...wantedOf(options),
  };
};

const askedOf = (options: HttpOptions) => ({
  ...(options.body !== undefined && { body: options.body }),
  ...(options.protocol === "h2" && { protocol: "h2" as const }),
  ...(options.addresses === "all" && { everyAddress: true as const }),
  ...(options.private === true && { private: true as const }),
  redirects: options.redirects ?? defaults.redirects,
});

const wantedOf = (options: HttpOptions) => ({
  status: (options.status ?? defaults.status).map((status) =>
    known(parseStatus(status ?? ""), `the status ${status}`),
  ),
  ...(options.answerHeaders !== undefined && { answerHeaders: headerWishes(options.answerHeaders) }),
  ...bodyOf(options),
  ...(options.certificateDays !== undefined && { certificateDays: options.certificateDays }),
  ...(options.finalUrl !== undefined && { finalUrl: new URL(options.finalUrl).href }),
  ...(options.within !== undefined && {
    withinMs: known(parseDuration(options.within), `the duration ${options.within}`),
  }),
});

const bodyOf = ({ contains, matches, json, minBytes, maxBytes }: HttpOptions) => ({
  ...(contains !== undefined && { contains }),
  ...(matches !== undefined && { matches }),
  ...(json !== undefined && { json: json.map(jsonWish) }),
  ...(minBytes !== undefined && { minBytes }),
  ...(maxBytes !== undefined && { maxBytes }),
});

/** Lower-case names; a user or token becomes the header that carries it (RFC 7617, RFC 6750). */
const headersOf = ({ headers, basicAuth, bearer }: HttpOptions): Record<string, string> => {
  const basic = basicAuth && Buffer.from(`${basicAuth.user}:${basicAuth.password}`).toString("base64");
  return {
    ...Object.fromEntries(
      Object.entries(headers ?? {}).map(([name, value]) => [
        name.toLowerCase(),
        known(value, `the header ${name}`),
      ]),
    ),
    ...(basic !== undefined && { authorization: `Basic ${basic}` }),
    ...(bearer !== undefined && { authorization: `Bearer ${bearer}` }),
  };
};

const headerWishes = (wishes: NonNullable<HttpOptions["answerHeaders"]>): HeaderWish[] =>
  Object.entries(wishes).map(([header, wish]) => {
    const name = header.toLowerCase();
    if (typeof wish === "boolean") return { name, is: wish ? "present" : "absent" };
    if (typeof wish === "string") return { name, is: "equal", text: wish };
    return { name, is: "containing", text: known(wish?.contains, `the header ${header}`) };
  });

const jsonWish = (written: string | undefined): JsonWish => {
  const wish = parseJsonComparison(written ?? "");
  return known("complaint" in wish ? undefined : wish, `the comparison ${written}`);
};
