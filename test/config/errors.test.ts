import { describe, expect, test } from "vitest";
import { refusesEach } from "./refuses.ts";
import { head, parse, withEndpoint } from "./sample.ts";

const five = "eu-north-1, us-east-2, us-west-2, ap-northeast-1";

describe("the file", () => {
  refusesEach([
    [`▸alerts: []\nendpoints: { docs: https://acme.com }`, "locations", "is missing"],
    [`▸${head}`, "", "nothing to watch", "endpoints"],
    [`${head}▸endpoint: {}\nendpoints: { docs: https://acme.com }`, "endpoint", "unknown key", '"endpoints"'],
    [`locations: ▸[]\nendpoints: { docs: https://acme.com }`, "locations", "one Region at least"],
    [
      `locations: ▸eu-west-1\nendpoints: { docs: https://acme.com }`,
      "locations",
      "must be a list",
      "[eu-west-1]",
    ],
    [
      `locations: [▸eu-centrl-1, ${five}]\nendpoints: { docs: https://acme.com }`,
      "locations[0]",
      "no AWS Region",
      '"eu-central-1"',
    ],
    [
      `locations: [▸cn-north-1, ${five}]\nendpoints: { docs: https://acme.com }`,
      "locations[0]",
      "no AWS Region",
    ],
    [
      `locations: [eu-west-1, ▸eu-west-1, ${five}]\nendpoints: { docs: https://acme.com }`,
      "locations[1]",
      "twice",
    ],
    [
      `${withEndpoint("https://acme.com")}acceptSingleLocation: ▸no`,
      "acceptSingleLocation",
      "true or false",
      "text in YAML",
    ],
    [
      `${withEndpoint("https://acme.com")}defaults: { ▸intervall: 10s }`,
      "defaults.intervall",
      "unknown key",
      '"interval"',
    ],
    [
      `${withEndpoint("https://acme.com")}references: ▸[1.1.1.1:443, 8.8.8.8:443]`,
      "references",
      "too little",
      "3 or more",
    ],
    [
      `${withEndpoint("https://acme.com")}references: [1.1.1.1:443, 8.8.8.8:443, ▸9.9.9.9]`,
      "references[2]",
      "no port",
    ],
    [
      `${withEndpoint("https://acme.com")}references: [1.1.1.1:443, 8.8.8.8:443, ▸127.0.0.1:443]`,
      "references[2]",
      "would be probed",
    ],
    [
      `locations: [eu-west-1]\nalerts: [email: ▸a.acme.com]\nendpoints: { docs: https://acme.com }`,
      "alerts[0].email",
      "no e-mail address",
    ],
    [
      `locations: [eu-west-1]\nalerts: [▸{ email: a@acme.com, sms: "+4915112345678" }]\nendpoints: { docs: https://acme.com }`,
      "alerts[0]",
      "exactly one",
    ],
    [
      `locations: [eu-west-1]\nalerts: [sms: ▸+4915112345678]\nendpoints: { docs: https://acme.com }`,
      "alerts[0].sms",
      "a number here",
      "quotes",
    ],
    [`${head}endpoints:\n  ▸Docs: https://acme.com`, "endpoints.Docs", "no id"],
    [`${head}endpoints:\n  ▸a/b: https://acme.com`, 'endpoints["a/b"]', "no id"],
    [
      `${head}endpoints:\n  ▸__proto__: https://acme.com\n  a: https://acme.com`,
      "endpoints.__proto__",
      "cannot be a key",
    ],
    [`${head}endpoints:\n  ▸${"a".repeat(42)}: https://acme.com`, `endpoints.${"a".repeat(42)}`, "no id"],
    [`${head}endpoints:\n  a: https://acme.com\n  ▸a: https://acme.com`, "endpoints.a", 'duplicate key "a"'],
  ]);
});

describe("an endpoint", () => {
  refusesEach([
    [withEndpoint("▸docs.acme.com"), "endpoints.docs", "no URL", "https://"],
    [withEndpoint("▸ftp://acme.com"), "endpoints.docs", "does not fit", "https://"],
    [withEndpoint("▸https://me:secret@acme.com"), "endpoints.docs", "must not hold a password", "remove"],
    [withEndpoint("▸tcp://acme.com"), "endpoints.docs", "no port"],
    [withEndpoint("▸tcp://acme.com:0"), "endpoints.docs", "no host and port"],
    [withEndpoint("▸https://acme.com:99999"), "endpoints.docs", "no URL"],
    [withEndpoint("▸42"), "endpoints.docs", "must be a URL or a map"],
    [`${head}endpoints:\n  ▸docs:`, "endpoints.docs", "has no value", "remove"],
    [`${head}endpoints:\n  ▸docs: {}`, "endpoints.docs", "needs one of https, http, tcp"],
    [
      withEndpoint("{ https: https://acme.com, ▸tcp: 'acme.com:1' }"),
      "endpoints.docs.tcp",
      "not https and tcp",
    ],
    [withEndpoint("{ http: ▸https://acme.com }"), "endpoints.docs.http", "does not fit", "http://"],
    [withEndpoint("{ tcp: 'acme.com:1', ▸contains: ok }"), "endpoints.docs.contains", "not for tcp"],
    [
      withEndpoint("{ http: http://acme.com, ▸verifyCertificate: false }"),
      "endpoints.docs.verifyCertificate",
      "no certificate",
    ],
    [
      withEndpoint("{ https: https://acme.com, status: ▸200 }"),
      "endpoints.docs.status",
      "must be a list",
      "[200]",
    ],
    [
      withEndpoint("{ https: https://acme.com, status: [▸600] }"),
      "endpoints.docs.status[0]",
      "a code or a range",
      "200-299",
    ],
    [
      withEndpoint("{ https: https://acme.com, status: [200, ▸299-200] }"),
      "endpoints.docs.status[1]",
      "a code or a range",
    ],
    [
      withEndpoint("{ https: https://acme.com, matches: '▸(' }").replace("'▸", "▸'"),
      "endpoints.docs.matches",
      "no regular expression",
    ],
    [
      withEndpoint("{ https: https://acme.com, matches: ▸'a(?=b)' }"),
      "endpoints.docs.matches",
      "no regular",
      "RE2",
    ],
    [withEndpoint("{ https: https://acme.com, method: ▸get }"), "endpoints.docs.method", '"GET" or', '"GET"'],
    [
      withEndpoint("{ https: https://acme.com, method: HEAD, contains: ▸ok }"),
      "endpoints.docs.contains",
      "no body",
    ],
    [withEndpoint("{ https: https://acme.com, redirects: ▸11 }"), "endpoints.docs.redirects", "from 0 to 10"],
    [
      withEndpoint("{ https: https://acme.com, redirects: ▸1.5 }"),
      "endpoints.docs.redirects",
      "from 0 to 10",
    ],
    [
      withEndpoint("{ https: https://acme.com, verifyCertificate: ▸'no' }"),
      "endpoints.docs.verifyCertificate",
      "true or false",
    ],
    [
      withEndpoint("{ https: https://acme.com, headers: { ▸Host: acme.com } }"),
      "endpoints.docs.headers.Host",
      "cannot be set",
    ],
    [
      withEndpoint("{ https: https://acme.com, headers: { ▸a b: c } }"),
      'endpoints.docs.headers["a b"]',
      "no header name",
    ],
    [
      withEndpoint('{ https: https://acme.com, headers: { a: ▸"b\\r\\nc: d" } }'),
      "endpoints.docs.headers.a",
      "line breaks",
    ],
    [
      withEndpoint("{ https: https://acme.com, headers: { a: ▸1 } }"),
      "endpoints.docs.headers.a",
      "1 is a number",
      '"1"',
    ],
    [
      withEndpoint("{ https: https://acme.com, connect: ▸'a b' }"),
      "endpoints.docs.connect",
      "no host and port",
    ],
    [
      withEndpoint("{ https: https://acme.com, ▸tiemout: 2s }"),
      "endpoints.docs.tiemout",
      "unknown key",
      '"timeout"',
    ],
  ]);
});

test("every error at once, each with its own place, in the order of the file", () => {
  const loaded = parse(`locations: [eu-wst-1]
alerts: [{ email: nobody }]
endpoints:
  Docs: https://acme.com
  a: @acme
  a2: { https: https://acme.com, timeout: 20s, intreval: 1s }
services:
  shop:
    dns: { zoneId: Z0SHOP, name: shop.acme.com, type: A, ttl: 15 }
    check: { https: /health, within: 9s }
    targets:
      - { id: a, value: 3.1.1.1 }
      - { id: a, value: 203.0.113.9 }
`);
  expect(loaded.ok ? [] : loaded.errors.map(({ line, column, path }) => `${line}:${column} ${path}`)).toEqual(
    [
      "1:13 locations[0]",
      "2:19 alerts[0].email",
      "4:3 endpoints.Docs",
      "5:6 ",
      "6:43 endpoints.a2.timeout",
      "6:48 endpoints.a2.intreval",
      "9:63 services.shop.dns.ttl",
      "10:38 services.shop.check.within",
      "13:15 services.shop.targets[1].id",
      "13:25 services.shop.targets[1].value",
    ],
  );
});

test("a wrong value keeps other rules quiet that would need it", () => {
  const loaded = parse(withEndpoint("{ https: https://acme.com, interval: 30x, timeout: 20s }"));
  expect(loaded.ok ? [] : loaded.errors.map((error) => error.path)).toEqual(["endpoints.docs.interval"]);
});

test.each([
  "https://me:hunter2@acme.com",
  "https:///me:hunter2@acme.com",
  "me:hunter2@acme.com",
  "tcp://me:hunter2@acme.com:1",
])("a password is refused, and not repeated by the message: %s", (written) => {
  const loaded = parse(withEndpoint(written));
  expect(loaded.ok ? [] : loaded.errors.map((error) => error.message)).toEqual([
    expect.stringContaining("password"),
  ]);
  expect(JSON.stringify(loaded)).not.toContain("hunter2");
});

test("an @ in a path is no password", () => {
  expect(parse(withEndpoint("https://acme.com/@me?a=b@c")).ok).toBe(true);
});
