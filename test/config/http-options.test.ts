import { describe, expect, test } from "vitest";
import type { HttpCheck } from "../../lambda/core/config.ts";
import { refusesEach } from "./refuses.ts";
import { parse, parseValid, withEndpoint, withService } from "./sample.ts";

const written = (options: string) => withEndpoint(`{ https: https://acme.com, ${options} }`);
const check = (options: string): HttpCheck => {
  const [endpoint] = parseValid(written(options)).config.endpoints;
  if (endpoint?.check.type !== "http") throw new Error("no http check");
  return endpoint.check;
};

describe("an option of an http check", () => {
  test.each<[string, Partial<HttpCheck>]>([
    ["method: PATCH, body: '{}'", { method: "PATCH", body: "{}" }],
    ["basicAuth: { user: probe, password: 'a:ü' }", { headers: { authorization: "Basic cHJvYmU6YTrDvA==" } }],
    ["bearer: abc.def", { headers: { authorization: "Bearer abc.def" } }],
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
      written("bearer: a, ▸basicAuth: { user: a, password: b }").replace("bearer: a, ▸", "bearer: ▸a, "),
      "endpoints.docs.bearer",
      "a second time",
    ],
    [
      written("bearer: ▸a, headers: { Authorization: b }"),
      "endpoints.docs.bearer",
      "a second time",
      "one of",
    ],
    [written("bearer: ▸a b"), "endpoints.docs.bearer", "is no token"],
    [written("▸basicAuth: { user: a }"), "endpoints.docs.basicAuth.password", "is missing"],
    [written("certificateDays: ▸0"), "endpoints.docs.certificateDays", "from 1 to 365"],
    [plain("▸certificateDays: 1"), "endpoints.docs.certificateDays", "no certificate"],
    [plain("▸protocol: h2"), "endpoints.docs.protocol", "HTTP/1.1 only"],
    [written("protocol: ▸h3"), "endpoints.docs.protocol", '"h1" or "h2"'],
    [written("addresses: ▸first"), "endpoints.docs.addresses", '"any" or "all"'],
    [withEndpoint("{ https: ▸https://3.120.0.10, private: true }"), "endpoints.docs.https", "public address"],
    [withEndpoint("{ tcp: 'acme.com:1', ▸json: [a exists] }"), "endpoints.docs.json", "not for tcp"],
  ]);

  test("a token is not repeated", () => {
    const loaded = parse(written("bearer: s3cret s3cret"));
    expect(JSON.stringify(loaded)).not.toContain("s3cret");
  });
});

describe("works and is unwise", () => {
  test.each([
    [written("bearer: abc"), "endpoints.docs.bearer", "readable"],
    [written("basicAuth: { user: a, password: b }"), "endpoints.docs.basicAuth", "readable"],
    [
      withService({ check: "{ https: /health, certificateDays: 14 }" }),
      "services.shop.check.certificateDays",
      "would be moved",
    ],
  ])("%s", (text, path, message) => {
    const warnings = parseValid(text).warnings;
    expect(warnings).toMatchObject([{ path, message: expect.stringContaining(message) }]);
  });

  test.each([
    ["an endpoint's certificate", written("certificateDays: 14")],
    ["a private address that is called so", withEndpoint("{ https: https://10.1.2.3, private: true }")],
  ])("but not %s", (_name, text) => expect(parseValid(text).warnings).toEqual([]));
});
