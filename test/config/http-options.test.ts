import { describe, expect, test } from "vitest";
import type { HttpCheck } from "../../lambda/core/config.ts";
import { refusesEach } from "./refuses.ts";
import { parse, parseValid, vpcs, withEndpoint, withService } from "./sample.ts";

const written = (options: string) => withEndpoint(`{ https: https://acme.com, ${options} }`);
const check = (options: string): HttpCheck => {
  const [endpoint] = parseValid(written(options) + vpcs()).config.endpoints;
  if (endpoint?.check.type !== "http") throw new Error("no http check");
  return endpoint.check;
};

describe("an option of an http check", () => {
  test.each<[string, Partial<HttpCheck>]>([
    ["method: PATCH, body: '{}'", { method: "PATCH", body: "{}" }],
    [
      "basicAuth: { user: probe, password: secretsmanager:prod/probe#password }",
      {
        headers: {},
        secrets: {
          headers: {
            authorization: { is: "basic", user: "probe", password: "secretsmanager:prod/probe#password" },
          },
        },
      },
    ],
    [
      "bearer: ssm:/prod/token",
      { headers: {}, secrets: { headers: { authorization: { is: "bearer", value: "ssm:/prod/token" } } } },
    ],
    [
      "headers: { X-Key: ssm:key, Accept: text/html }",
      {
        headers: { accept: "text/html" },
        secrets: { headers: { "x-key": { is: "plain", value: "ssm:key" } } },
      },
    ],
    [
      "clientCertificate: { certificate: ssm:crt, key: secretsmanager:key }",
      { secrets: { clientCertificate: { certificate: "ssm:crt", key: "secretsmanager:key" } } },
    ],
    ["protocol: h2", { protocol: "h2" }],
    ["addresses: all", { everyAddress: true }],
    ["private: true", { private: true }],
    ["redirects: 1, finalUrl: 'https://acme.com'", { finalUrl: "https://acme.com/" }],
    ["certificateDays: 14", { certificateDays: 14 }],
    ["minBytes: 1, maxBytes: 1000", { minBytes: 1, maxBytes: 1000 }],
    ["json: ['a.b >= 1']", { json: [{ text: "a.b >= 1", path: ["a", "b"], op: ">=", value: 1 }] }],
    [
      "answerHeaders: { X-A: '1', X-B: { contains: b }, X-C: true, X-D: false }",
      {
        answerHeaders: [
          { name: "x-a", is: "equal", text: "1" },
          { name: "x-b", is: "containing", text: "b" },
          { name: "x-c", is: "present" },
          { name: "x-d", is: "absent" },
        ],
      },
    ],
  ])("%s", (options, expected) => expect(check(options)).toMatchObject(expected));

  test.each(["protocol: h1", "addresses: any", "private: false"])(
    "%s, the default, says nothing",
    (options) => expect(check(options)).toEqual(check("method: GET")),
  );

  test("of a service counts for its targets, unless they say otherwise", () => {
    const { config } = parseValid(
      withService({
        check: "{ https: /health, protocol: h2, json: ['ok == true'] }",
        second: "{ id: ireland, value: 34.240.0.20, check: { protocol: h1 } }",
      }),
    );
    const [first, second] = config.endpoints.map((endpoint) => endpoint.check);
    expect(first).toMatchObject({ protocol: "h2", json: [{ op: "==" }] });
    expect(second).toMatchObject({ json: [{ op: "==" }] });
    expect(second).not.toHaveProperty("protocol");
  });
});

const plain = (options: string) => withEndpoint(`{ http: http://acme.com, ${options} }`);

describe("is refused", () => {
  refusesEach([
    [written("▸body: x").replace("▸body: x", "body: ▸x"), "endpoints.docs.body", "GET has no body", "POST"],
    [written("method: HEAD, json: ▸[a exists]"), "endpoints.docs.json", "HEAD has no body", "GET"],
    [written("method: HEAD, minBytes: ▸1"), "endpoints.docs.minBytes", "HEAD has no body"],
    [written("json: [a exists, ▸a = 1]"), "endpoints.docs.json[1]", "no comparison", "status"],
    [written("json: [▸a == ok]"), "endpoints.docs.json[0]", "no value to compare", "double quotes"],
    [written("json: ▸a exists"), "endpoints.docs.json", "must be a list"],
    [written("answerHeaders: { x-a: ▸1 }"), "endpoints.docs.answerHeaders.x-a", "a number here", '"1"'],
    [written("answerHeaders: { x-a: ▸[a] }"), "endpoints.docs.answerHeaders.x-a", "must be text"],
    [written("answerHeaders: { ▸x a: b }"), 'endpoints.docs.answerHeaders["x a"]', "no header name"],
    [written("answerHeaders: { ▸x-a: '' }"), "endpoints.docs.answerHeaders.x-a", "empty"],
    [written("minBytes: ▸2, maxBytes: 1"), "endpoints.docs.minBytes", "more than maxBytes"],
    [written("maxBytes: ▸300000"), "endpoints.docs.maxBytes", "from 0 to 262144"],
    [written("finalUrl: ▸https://acme.com/"), "endpoints.docs.finalUrl", "no redirect", "redirects"],
    [written("finalUrl: ▸/end, redirects: 1"), "endpoints.docs.finalUrl", "no URL"],
    [
      written("bearer: ▸ssm:a, basicAuth: { user: a, password: ssm:b }"),
      "endpoints.docs.bearer",
      "a second time",
    ],
    [
      written("bearer: ▸ssm:a, headers: { Authorization: b }"),
      "endpoints.docs.bearer",
      "a second time",
      "one of",
    ],
    [
      written("bearer: ▸s3cret"),
      "endpoints.docs.bearer",
      "is a secret in plain text",
      "secretsmanager:prod/",
    ],
    [written("bearer: ▸12345"), "endpoints.docs.bearer", "is a secret in plain text", "ssm:/prod/shop"],
    [written("bearer: ▸ssm:a b"), "endpoints.docs.bearer", "no reference to a secret", "ssm:/prod/shop"],
    [
      written("headers: { x-key: ▸ssm:a b }"),
      "endpoints.docs.headers.x-key",
      "no reference",
      "ssm:/prod/shop",
    ],
    [
      written("basicAuth: { user: a, password: ▸s3cret }"),
      "endpoints.docs.basicAuth.password",
      "is a secret in plain text",
    ],
    [
      written("clientCertificate: { certificate: ssm:a, key: ▸'-----BEGIN PRIVATE KEY-----' }"),
      "endpoints.docs.clientCertificate.key",
      "is a secret in plain text",
    ],
    ...[
      ["bearer: ▸env:TOKEN", "bearer"],
      ["basicAuth: { user: ▸env:USER, password: ssm:a }", "basicAuth.user"],
      ["clientCertificate: { certificate: ssm:a, key: ▸env:KEY }", "clientCertificate.key"],
      ["headers: { x-key: ▸env:KEY }", "headers.x-key"],
    ].map(
      ([options = "", key]) =>
        [written(options), `endpoints.docs.${key}`, "for a laptop only", "ssm:"] as const,
    ),
    [
      withService({ second: "{ id: b, value: 34.1.1.1, check: { bearer: ▸env:A } }" }),
      "services.shop.targets[1].check.bearer",
      "for a laptop only",
    ],
    [
      plain("▸clientCertificate: { certificate: ssm:a, key: ssm:b }"),
      "endpoints.docs.clientCertificate",
      "not for http",
    ],
    [written("▸basicAuth: { user: a }"), "endpoints.docs.basicAuth.password", "is missing"],
    [written("certificateDays: ▸0"), "endpoints.docs.certificateDays", "from 1 to 365"],
    [plain("▸certificateDays: 1"), "endpoints.docs.certificateDays", "for https and tls"],
    [plain("▸protocol: h2"), "endpoints.docs.protocol", "for https, not for http"],
    [written("protocol: ▸h3"), "endpoints.docs.protocol", '"h1" or "h2"'],
    [written("addresses: ▸first"), "endpoints.docs.addresses", '"any" or "all"'],
    [withEndpoint("{ https: ▸https://3.120.0.10, private: true }"), "endpoints.docs.https", "public address"],
    [withEndpoint("{ tcp: 'acme.com:1', ▸json: [a exists] }"), "endpoints.docs.json", "not for tcp"],
  ]);

  test.each(["bearer: s3cret 4", "bearer: 53434343", "basicAuth: { user: a, password: s3cret }"])(
    "and not repeated: %s",
    (options) => expect(JSON.stringify(parse(written(options)))).not.toMatch(/s3cret|53434343/),
  );
});

test("a variable is a secret's place on a laptop", () => {
  expect(parseValid(written("bearer: env:TOKEN"), { laptop: true }).warnings).toEqual([]);
});

describe("works and is unwise", () => {
  test.each([
    [written("headers: { Authorization: abc }"), "endpoints.docs.headers.Authorization", "readable"],
    [
      withService({ check: "{ https: /health, certificateDays: 14 }" }),
      "services.shop.check.certificateDays",
      "would be moved",
    ],
    [withEndpoint("{ http: http://acme.com, bearer: ssm:a }"), "endpoints.docs.bearer", "sent by http"],
    [
      withEndpoint(
        "{ all: [{ tls: acme.com }, { ws: ws://acme.com, basicAuth: { user: a, password: ssm:a } }] }",
      ),
      "endpoints.docs.all[1].basicAuth",
      "sent by ws",
    ],
    [
      withEndpoint("{ http: http://acme.com, headers: { a: b, x-key: ssm:a } }"),
      "endpoints.docs.headers.x-key",
      "sent by http",
    ],
    [
      withService({
        check: "{ https: /health, bearer: ssm:a }",
        second: "{ id: b, value: 34.240.0.20, check: { http: /health } }",
      }),
      "services.shop.targets[1].check.http",
      "sent by http",
    ],
  ])("%s", (text, path, message) => {
    const warnings = parseValid(text).warnings;
    expect(warnings).toMatchObject([{ path, message: expect.stringContaining(message) }]);
  });

  test.each([
    ["an endpoint's certificate", written("certificateDays: 14")],
    ["a secret by https", written("bearer: ssm:a")],
    ["plain http without a secret", withEndpoint("{ http: http://acme.com, headers: { a: b } }")],
    ["a secret by reference", written("headers: { Authorization: ssm:a }")],
  ])("but not %s", (_name, text) => expect(parseValid(text).warnings).toEqual([]));
});
