import { isIP } from "node:net";
import type {
  HeaderWish,
  HttpCheck,
  JsonWish,
  RequestSecrets,
  SecretHeader,
  WebsocketCheck,
} from "../lambda/core/config.ts";
import { isReference } from "../lambda/core/secrets.ts";
import { hostOf } from "./address.ts";
import type { PlaceOptions } from "./compile-place.ts";
import { defaults } from "./defaults.ts";
import type { Draft } from "./draft.ts";
import { parseDuration } from "./duration.ts";
import { parseJsonComparison } from "./json-comparison.ts";
import type { Probed } from "./probes.ts";
import type { FileEndpointMap } from "./schema.ts";
import type { HttpKey } from "./schema-http.ts";
import { parseStatus } from "./schema-values.ts";
import type { Scheme } from "./schemes.ts";

export type HttpOptions = Draft<Pick<FileEndpointMap, HttpKey>>;

/** For what the schema and the rules have let pass: it cannot be undefined any more. */
export const known = <T>(value: T | undefined, what: string): T => {
  if (value === undefined) throw new Error(`bug: ${what} was not checked before it was compiled`);
  return value;
};

/** The check of what the file says. */
export const httpCheck = (probed: Probed, options: HttpOptions): HttpCheck => ({
  type: "http",
  ...requestOf(probed, options, "https"),
  method: options.method ?? defaults.method,
  ...askedOf(options),
  ...wantedOf(options),
});

/** The check of a URL that goes over to WebSocket. */
export const websocketCheck = (probed: Probed, options: HttpOptions & PlaceOptions): WebsocketCheck => ({
  type: "websocket",
  ...requestOf(probed, options, "wss"),
  ...(options.send !== undefined && { send: options.send }),
  ...(options.expect !== undefined && { expect: options.expect }),
});

/** @param secure the scheme that asks for a certificate */
const requestOf = (probed: Probed, options: HttpOptions, secure: Scheme) => {
  const url = known(probed.url, "a URL");
  const host = hostOf(url);
  return {
    url: url.href,
    ...(probed.pinned && { connect: probed.to }),
    headers: Object.fromEntries(headersOf(options).filter(([, value]) => !isReference(value))),
    ...secretsOf(options),
    verifyCertificate: options.verifyCertificate ?? defaults.verifyCertificate,
    ...(probed.scheme === secure && !isIP(host) && { serverName: host }),
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

/** Lower-case names. */
const headersOf = ({ headers }: HttpOptions): [string, string][] =>
  Object.entries(headers ?? {}).map(([name, value]) => [
    name.toLowerCase(),
    known(value, `the header ${name}`),
  ]);

/** What holds references: home reads them, and a user or token becomes the header that carries it. */
const secretsOf = (options: HttpOptions): { readonly secrets?: RequestSecrets } => {
  const { basicAuth, bearer, clientCertificate } = options;
  const headers: [string, SecretHeader][] = headersOf(options).flatMap(([name, value]) =>
    isReference(value) ? [[name, { is: "plain", value }]] : [],
  );
  if (bearer !== undefined) headers.push(["authorization", { is: "bearer", value: bearer }]);
  if (basicAuth) {
    const { user, password } = basicAuth;
    const basic = { user: known(user, "the user"), password: known(password, "the password") };
    headers.push(["authorization", { is: "basic", ...basic }]);
  }
  const identity = clientCertificate && {
    certificate: known(clientCertificate.certificate, "the certificate"),
    key: known(clientCertificate.key, "its key"),
  };
  if (headers.length === 0 && !identity) return {};
  return {
    secrets: {
      ...(headers.length > 0 && { headers: Object.fromEntries(headers) }),
      ...(identity && { clientCertificate: identity }),
    },
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
