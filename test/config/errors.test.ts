import { describe, expect, test } from "vitest";
import { head, parse, unmark, withEndpoint, withService } from "./sample.ts";

/** What was written, ▸ before the place the error must point at; the path; parts of the message and of the hint. */
type Row = readonly [written: string, path: string, message: string, hint?: string];

const refusesEach = (rows: readonly Row[]) => {
  for (const [written, path, message, hint = ""] of rows) {
    test(`${path || "the file"}: ${message}: ${written.split("\n").find((line) => line.includes("▸"))}`, () => {
      const { text, line, column } = unmark(written);
      const loaded = parse(text);
      const errors = loaded.ok ? [] : loaded.errors;
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatchObject({ file: "pointsman.yaml", line, column, path });
      expect(errors[0]?.message).toContain(message);
      expect(errors[0]?.hint ?? "").toContain(hint);
    });
  }
};

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
    [withEndpoint("{ https: https://acme.com, matches: ▸'(\\w+)*x' }"), "endpoints.docs.matches", "for ever"],
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

describe("durations", () => {
  refusesEach([
    [
      withEndpoint("{ https: https://acme.com, interval: ▸10 }"),
      "endpoints.docs.interval",
      "10 has no unit",
      "10s?",
    ],
    [
      withEndpoint("{ https: https://acme.com, interval: ▸10x }"),
      "endpoints.docs.interval",
      "no duration",
      "500ms",
    ],
    [withEndpoint("{ https: https://acme.com, interval: ▸1.5m }"), "endpoints.docs.interval", "no duration"],
    [withEndpoint("{ https: https://acme.com, interval: ▸-5s }"), "endpoints.docs.interval", "no duration"],
    [
      withEndpoint("{ https: https://acme.com, interval: ▸900ms }"),
      "endpoints.docs.interval",
      "out of range",
      "from 1s",
    ],
    [
      withService({ dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: A, ttl: ▸15 }" }),
      "services.shop.dns.ttl",
      "15 has no unit",
      "15s?",
    ],
    [
      withService({ dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: A, ttl: ▸1500ms }" }),
      "services.shop.dns.ttl",
      "whole number of seconds",
    ],
    [
      withEndpoint("{ https: https://acme.com, timeout: ▸11s }"),
      "endpoints.docs.timeout",
      "timeout 11s is longer than interval 10s",
      "16s",
    ],
    [
      withEndpoint("{ https: https://acme.com, interval: ▸7s }"),
      "endpoints.docs.interval",
      "confirmWithin 5s + timeout 3s = 8s is longer than interval 7s",
      "8s",
    ],
    [
      `${withEndpoint("https://acme.com")}defaults: { confirmWithin: ▸8s }`,
      "defaults.confirmWithin",
      "confirmWithin 8s + timeout 3s",
      "11s",
    ],
    [withService({ more: "    timeout: ▸6s\n" }), "services.shop.timeout", "confirmWithin 5s + timeout 6s"],
    [
      withEndpoint("{ https: https://acme.com, timeout: ▸5s }"),
      "endpoints.docs.timeout",
      "confirmWithin 5s has no room for two tries of timeout 5s",
      "5500ms",
    ],
    [
      withEndpoint("{ https: https://acme.com, within: ▸4s }"),
      "endpoints.docs.within",
      "within 4s is longer than timeout 3s",
    ],
    [
      withService({ check: "{ https: /, within: ▸4s }" }),
      "services.shop.check.within",
      "longer than timeout 3s",
    ],
    [
      withService({ second: "{ id: b, value: 34.1.1.1, check: { within: ▸4s } }" }),
      "services.shop.targets[1].check.within",
      "longer",
    ],
  ]);
});

describe("a service", () => {
  const dns = (type: string, rest = "") => `{ zoneId: Z0SHOP, name: shop.acme.com, type: ${type}${rest} }`;
  refusesEach([
    [withService({ mode: "▸arm" }), "services.shop.mode", '"shadow" or "armed"', '"armed"'],
    [withService({ mode: "▸on" }), "services.shop.mode", 'not "on"'],
    [withService({ dns: dns("A", ", ▸tll: 15s") }), "services.shop.dns.tll", "unknown key", '"ttl"'],
    [withService({ dns: dns("▸MX") }), "services.shop.dns.type", '"A" or "AAAA" or "CNAME"'],
    [
      withService({ dns: "{ zoneId: ▸/hostedzone/Z0SHOP, name: shop.acme.com, type: A }" }),
      "services.shop.dns.zoneId",
      "no hosted zone id",
      "/hostedzone/",
    ],
    [
      withService({ dns: "{ zoneId: Z0SHOP, name: ▸https://shop.acme.com, type: A }" }),
      "services.shop.dns.name",
      "no DNS name",
    ],
    [
      withService({ dns: "{ zoneId: Z0SHOP, name: ▸'*.acme.com', type: A }" }),
      "services.shop.dns.name",
      "no DNS name",
      "wildcard",
    ],
    [
      withService({ dns: "{ zoneId: Z0SHOP, type: A }" }).replace("dns:", "▸dns:"),
      "services.shop.dns.name",
      "is missing",
    ],
    [withService({ check: "{ https: ▸health }" }), "services.shop.check.https", "no path", "starts with /"],
    [withService({ check: "{ https: ▸'/a b' }" }), "services.shop.check.https", "no path", "percent-encode"],
    [withService({ check: "{ tcp: ▸70000 }" }), "services.shop.check.tcp", "port from 1 to 65535"],
    [withService({ check: "{}" }).replace("check:", "▸check:"), "services.shop.check", "needs one of"],
    [withService({ check: "{ tcp: 443, ▸host: a.acme.com }" }), "services.shop.check.host", "not for tcp"],
    [
      withService({ second: "{ id: ▸frankfurt, value: 34.240.0.20 }" }),
      "services.shop.targets[1].id",
      "twice",
    ],
    [
      withService({ second: "{ id: ▸1, value: 34.240.0.20 }" }),
      "services.shop.targets[1].id",
      "1 is a number",
      '"1"',
    ],
    [
      withService({ second: "{ id: b, value: ▸3.120.0.10 }" }),
      "services.shop.targets[1].value",
      'same value as target "frankfurt"',
    ],
    [
      withService({ second: "{ id: b, value: ▸a.acme.com }" }),
      "services.shop.targets[1].value",
      "not an IPv4 address",
      "CNAME",
    ],
    [
      withService({ second: "{ id: b, value: ▸2a05:d018::1 }" }),
      "services.shop.targets[1].value",
      "not an IPv4 address",
      "AAAA",
    ],
    [
      withService({ second: "{ id: b, value: ▸34.240.0.256 }" }),
      "services.shop.targets[1].value",
      "no name or address",
    ],
    [
      withService({
        second: "{ id: b, value: 34.1.1.1, check: { https: 'https://a.acme.com/', ▸port: 1 } }",
      }),
      "services.shop.targets[1].check.port",
      "what the URL says",
    ],
    [
      withService({ second: "{ id: b, value: 34.1.1.1, check: { connect: ▸3.120.0.10 } }" }),
      "services.shop.targets[1].check.connect",
      "same place",
    ],
    [withService({ more: "    failback: ▸yes\n" }), "services.shop.failback", '"manual" or "auto"'],
    [withService({ more: "    maxMovesPerHour: ▸0\n" }), "services.shop.maxMovesPerHour", "from 1 to 60"],
  ]);

  test.each([
    ["AAAA", "3.120.0.10", "not an IPv6 address"],
    ["AAAA", "a.acme.com", "not an IPv6 address"],
    ["CNAME", "3.120.0.10", "not a name"],
    ["CNAME", "2a05:d018::1", "not a name"],
  ])("a %s record cannot hold %s", (type, value, message) => {
    const other = type === "AAAA" ? "2a05:d018::2" : "b.acme.com";
    const loaded = parse(
      withService({
        dns: dns(type),
        first: `{ id: a, value: '${value}' }`,
        second: `{ id: b, value: '${other}' }`,
      }),
    );
    expect(loaded).toMatchObject({ ok: false, errors: [{ path: "services.shop.targets[0].value" }] });
    expect(loaded.ok ? "" : loaded.errors[0]?.message).toContain(message);
  });

  test("equal values are seen through their spelling", () => {
    const first = "{ id: a, value: '2A05:D018:0::1' }";
    const loaded = parse(
      withService({ dns: dns("AAAA"), first, second: "{ id: b, value: '2a05:d018::1' }" }),
    );
    expect(loaded.ok ? [] : loaded.errors.map((error) => error.message)).toEqual([
      'the same value as target "a"',
    ]);
  });

  test("one target is too few", () => {
    const { text, line, column } = unmark(
      withService({ first: "▸{ id: a, value: 3.1.1.1 }", second: "X" }).replace("      - X\n", ""),
    );
    // A list starts with its first dash.
    const error = {
      line,
      column: column - 2,
      path: "services.shop.targets",
      message: expect.stringContaining("two"),
    };
    expect(parse(text)).toMatchObject({ ok: false, errors: [error] });
  });
});

describe("names that are moved", () => {
  const other = (dns: string, type = "A") => `  other:
    mode: armed
    dns: ${dns}
    check: { tcp: 443 }
    targets:
      - { id: a, value: ${type === "A" ? "3.1.1.1" : "a.acme.com"} }
      - { id: b, value: ${type === "A" ? "3.1.1.2" : "b.acme.com"} }
`;
  refusesEach([
    [
      withService({ more: other("{ zoneId: Z0SHOP, name: ▸SHOP.acme.com., type: A }") }),
      "services.other.dns.name",
      "services.shop.dns moves the same name",
    ],
    [
      withService({ more: other("{ zoneId: Z0SHOP, name: ▸shop.acme.com, type: CNAME }", "CNAME") }),
      "services.other.dns.name",
      "a CNAME stands alone",
    ],
    [
      withService({ more: "endpoints:\n  docs: ▸https://Shop.Acme.com/x\n" }),
      "endpoints.docs",
      "the name that services.shop.dns.name moves",
    ],
    [
      withService({ more: "endpoints:\n  docs: { tcp: ▸'shop.acme.com:443' }\n" }),
      "endpoints.docs.tcp",
      "moves",
    ],
    [
      withService({ second: "{ id: b, value: 34.1.1.1, check: { connect: ▸shop.acme.com } }" }),
      "services.shop.targets[1].check.connect",
      "moves",
    ],
    [
      withService({
        dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: CNAME }",
        first: "{ id: a, value: ▸shop.acme.com. }",
        second: "{ id: b, value: b.acme.com }",
      }),
      "services.shop.targets[0].value",
      "circle",
    ],
  ]);

  test("the same name in another zone, and A beside AAAA, are no clash", () => {
    const zones = withService({ more: other("{ zoneId: Z0OTHER, name: shop.acme.com, type: A }") });
    expect(parse(zones).ok).toBe(true);
    const types = withService({ more: other("{ zoneId: Z0SHOP, name: shop.acme.com, type: AAAA }") })
      .replace("value: 3.1.1.1 ", "value: '2a05:d018::1' ")
      .replace("value: 3.1.1.2 ", "value: '2a05:d018::2' ");
    expect(parse(types).ok).toBe(true);
  });

  test("an endpoint may ask by a moved name when it connects elsewhere", () => {
    const more = "endpoints:\n  docs: { https: https://shop.acme.com/, connect: 3.120.0.10 }\n";
    expect(parse(withService({ more })).ok).toBe(true);
  });
});

describe("where nothing of the user's can answer", () => {
  const hosts = [
    ["docs.example.com", "placeholder"],
    ["example.org", "placeholder"],
    ["a.b.example", "placeholder"],
    ["x.invalid", "placeholder"],
    ["x.test", "placeholder"],
    ["api.your-company.com", "placeholder"],
    ["192.0.2.1", "documentation"],
    ["198.51.100.1", "documentation"],
    ["203.0.113.255", "documentation"],
    ["[2001:db8::1]", "documentation"],
    ["127.0.0.1", "the function itself"],
    ["127.1", "the function itself"],
    ["2130706433", "the function itself"],
    ["localhost", "the function itself"],
    ["[::1]", "the function itself"],
    ["[::ffff:127.0.0.1]", "the function itself"],
    ["169.254.1.1", "network segment"],
    ["169.254.169.254", "metadata"],
    ["[fd00:ec2::254]", "metadata"],
    ["0.0.0.0", "no address to connect to"],
    ["224.0.0.1", "no address to connect to"],
  ] as const;

  test.each(hosts)("%s is not probed", (host, why) => {
    const loaded = parse(withEndpoint(`https://${host}/`));
    expect(loaded.ok ? [] : loaded.errors).toEqual([
      expect.objectContaining({ path: "endpoints.docs", message: expect.stringContaining(why) }),
    ]);
  });

  test.each(["127.0.0.1", "localhost", "[::1]", "169.254.1.1"])("a laptop may probe %s", (host) => {
    expect(parse(withEndpoint(`https://${host}/`), { laptop: true }).ok).toBe(true);
  });

  test.each(["docs.example.com", "192.0.2.1", "0.0.0.0"])("not even a laptop probes %s", (host) => {
    expect(parse(withEndpoint(`https://${host}/`), { laptop: true }).ok).toBe(false);
  });

  test("documentation addresses may be a record's values when the probes go elsewhere", () => {
    const demo = withService({
      first: "{ id: a, value: 192.0.2.10, check: { connect: 127.0.0.1:8081 } }",
      second: "{ id: b, value: 198.51.100.20, check: { connect: 127.0.0.1:8082 } }",
    });
    expect(parse(demo, { laptop: true }).ok).toBe(true);
    const inLambda = parse(demo);
    expect(inLambda.ok ? [] : inLambda.errors.map((error) => error.path)).toEqual([
      "services.shop.targets[0].check.connect",
      "services.shop.targets[1].check.connect",
    ]);
  });
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
