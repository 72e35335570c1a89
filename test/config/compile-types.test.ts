import { describe, expect, test } from "vitest";
import { head, parseValid, withEndpoint, withService } from "./sample.ts";

type Row = readonly [written: string, check: object];

const tls = { type: "tls", host: "acme.com", port: 443, serverName: "acme.com", verifyCertificate: true };

const ws = { type: "websocket", headers: {}, verifyCertificate: true };
const wss = { ...ws, url: "wss://acme.com/", serverName: "acme.com" };
const grpcs = {
  type: "grpc",
  host: "acme.com",
  port: 443,
  tls: true,
  serverName: "acme.com",
  verifyCertificate: true,
  service: "",
};
const dns = {
  type: "dns",
  host: "ns1.acme.com",
  port: 53,
  name: "www.acme.com",
  recordType: "A",
  rcode: "NOERROR",
  answers: [],
  anyAnswer: [],
};

describe("endpoints", () => {
  const rows: readonly Row[] = [
    [
      "{ tcp: 'acme.com:25', banner: '220', send: \"EHLO x\\r\\n\", expect: '250' }",
      { type: "tcp", host: "acme.com", port: 25, banner: "220", send: "EHLO x\r\n", expect: "250" },
    ],
    ["tls://Acme.com", tls],
    [
      "{ udp: '3.1.1.1:27015', send: 'hex:ff54' }",
      { type: "udp", host: "3.1.1.1", port: 27_015, send: "hex:ff54" },
    ],
    [
      "{ udp: '3.1.1.1:27015', send: a, expect: b }",
      { type: "udp", host: "3.1.1.1", port: 27_015, send: "a", expect: "b" },
    ],
    ["wss://Acme.com/live?a=b#c", { ...wss, url: "wss://acme.com/live?a=b" }],
    ["ws://3.1.1.1:8080", { ...ws, url: "ws://3.1.1.1:8080/" }],
    [
      `{ wss: 'wss://acme.com/', connect: 3.1.1.1, headers: { Origin: 'https://acme.com' }, send: a, expect: b,
        verifyCertificate: false }`,
      {
        ...wss,
        connect: { host: "3.1.1.1", port: 443 },
        headers: { origin: "https://acme.com" },
        send: "a",
        expect: "b",
        verifyCertificate: false,
      },
    ],
    ["grpcs://Acme.com", grpcs],
    ["grpc://acme.com:50051", { ...grpcs, port: 50_051, tls: false }],
    [
      "{ grpcs: 'acme.com:8443', connect: 3.1.1.1, service: acme.Orders, verifyCertificate: false }",
      { ...grpcs, host: "3.1.1.1", port: 8443, service: "acme.Orders", verifyCertificate: false },
    ],
    ["{ dns: NS1.acme.com, ask: Www.acme.com. a }", dns],
    ["{ dns: 'ns1.acme.com:5353', ask: . NS }", { ...dns, port: 5353, name: ".", recordType: "NS" }],
    ["{ dns: ns1.acme.com, ask: www.acme.com A, rcode: NXDOMAIN }", { ...dns, rcode: "NXDOMAIN" }],
    ...(
      [
        ["A", "3.1.1.1", "3.1.1.1"],
        ["AAAA", "'2A05:D018:0::1'", "2a05:d018::1"],
        ["CNAME", "Lb.Acme.com.", "lb.acme.com"],
        ["MX", "010 Mail.acme.com.", "10 mail.acme.com"],
        ["MX", "0 .", "0 ."],
        ["SRV", "1 2 443 A.acme.com", "1 2 443 a.acme.com"],
        ["CAA", "0 Issue letsencrypt.org", '0 issue "letsencrypt.org"'],
        ["TXT", "V=spf1 -All", "V=spf1 -All"],
        ["SOA", "A.acme.com. b.acme.com. 1 2 3 4 5", "a.acme.com b.acme.com 1 2 3 4 5"],
      ] as const
    ).map(
      ([type, written, value]) =>
        [
          `{ dns: ns1.acme.com, ask: www.acme.com ${type}, answers: [${written}], anyAnswer: [${written}] }`,
          { ...dns, recordType: type, answers: [value], anyAnswer: [value] },
        ] as const,
    ),
    ["{ tls: 'acme.com:443', connect: 3.1.1.1 }", { ...tls, host: "3.1.1.1" }],
    [
      `{ tls: 'acme.com:587', starttls: smtp, certificateDays: 14, minVersion: 1.3, verifyCertificate: false, expect: ok }`,
      {
        ...tls,
        port: 587,
        starttls: "smtp",
        certificateDays: 14,
        minVersion: "1.3",
        verifyCertificate: false,
        expect: "ok",
      },
    ],
  ];
  test.each(rows)("%s", (written, check) => {
    expect(parseValid(withEndpoint(written)).config.endpoints[0]?.check).toEqual(check);
  });
});

describe("targets are probed by their own address with the service's name", () => {
  const rows: readonly Row[] = [
    [
      "wss: /live",
      {
        ...wss,
        url: "wss://shop.acme.com/live",
        serverName: "shop.acme.com",
        connect: { host: "34.1.1.1", port: 443 },
      },
    ],
    [
      "ws: /live, port: 8080, host: a.acme.com",
      { ...ws, url: "ws://a.acme.com:8080/live", connect: { host: "34.1.1.1", port: 8080 } },
    ],
    ["wss: 'wss://a.acme.com/live'", { ...wss, url: "wss://a.acme.com/live", serverName: "a.acme.com" }],
    ["grpcs: 8443", { ...grpcs, host: "34.1.1.1", port: 8443, serverName: "shop.acme.com" }],
    [
      "grpc: 50051, host: a.acme.com",
      { ...grpcs, host: "34.1.1.1", port: 50_051, tls: false, serverName: "a.acme.com" },
    ],
    ["udp: 27015, send: a", { type: "udp", host: "34.1.1.1", port: 27_015, send: "a" }],
    ["dns: 53, ask: www.acme.com A", { ...dns, host: "34.1.1.1" }],
    ["tls: 993", { ...tls, host: "34.1.1.1", port: 993, serverName: "shop.acme.com" }],
    ["tls: 993, host: a.acme.com", { ...tls, host: "34.1.1.1", port: 993, serverName: "a.acme.com" }],
    ["tls: 993, connect: 4.1.1.1:994", { ...tls, host: "4.1.1.1", port: 994, serverName: "shop.acme.com" }],
  ];
  test.each(rows)("unless its check says %s", (written, check) => {
    const second = `{ id: ireland, value: 34.1.1.1, check: { ${written} } }`;
    expect(parseValid(withService({ second })).config.endpoints[1]?.check).toEqual(check);
  });
});

describe("several checks of one target", () => {
  const check = "{ all: [{ https: /health, status: [204] }, { tcp: 22 }, { tls: 993 }] }";
  const checks = (second: string) =>
    parseValid(withService({ check, second })).config.endpoints.map((one) => one.check);
  const https = (host: string, name = "shop.acme.com") => ({
    type: "http",
    url: `https://${name}/health`,
    serverName: name,
    connect: { host, port: 443 },
    method: "GET",
    headers: {},
    status: [[204, 204]],
    redirects: 0,
    verifyCertificate: true,
  });
  const tcp = (host: string) => ({ type: "tcp", host, port: 22 });
  const imap = (host: string, serverName = "shop.acme.com") => ({ ...tls, host, port: 993, serverName });

  test("go to each target's own address", () => {
    const all = (host: string) => ({ type: "all", checks: [https(host), tcp(host), imap(host)] });
    expect(checks("{ id: b, value: 34.1.1.1 }")).toEqual([all("3.120.0.10"), all("34.1.1.1")]);
  });

  test.each<Row>([
    ["connect: 4.1.1.1", { type: "all", checks: [https("4.1.1.1"), tcp("4.1.1.1"), imap("4.1.1.1")] }],
    [
      "host: a.acme.com",
      {
        type: "all",
        checks: [https("34.1.1.1", "a.acme.com"), tcp("34.1.1.1"), imap("34.1.1.1", "a.acme.com")],
      },
    ],
    ["tcp: 22", tcp("34.1.1.1")],
    [
      "any: [{ tcp: 22 }, { tcp: 22, connect: 4.1.1.1 }], connect: 5.1.1.1",
      { type: "any", checks: [tcp("5.1.1.1"), tcp("4.1.1.1")] },
    ],
  ])("unless a target's check says %s", (written, expected) => {
    expect(checks(`{ id: b, value: 34.1.1.1, check: { ${written} } }`)[1]).toEqual(expected);
  });

  test("a target may combine where the service does not, and takes over its name alone", () => {
    const text = withService({
      check: "{ https: /health, host: a.acme.com, contains: ok }",
      second: "{ id: b, value: 34.1.1.1, check: { any: [{ tls: 993 }, { tcp: 22 }] } }",
    });
    expect(parseValid(text).config.endpoints[1]?.check).toEqual({
      type: "any",
      checks: [imap("34.1.1.1", "a.acme.com"), tcp("34.1.1.1")],
    });
  });

  test("an endpoint of its own, with one policy for all", () => {
    const text = withEndpoint("{ any: [{ tcp: '3.1.1.1:22' }, { tls: acme.com }], interval: 30s }");
    expect(parseValid(text).config.endpoints[0]).toMatchObject({
      check: { type: "any", checks: [tcp("3.1.1.1"), tls] },
      policy: { intervalMs: 30_000 },
    });
  });
});

test("heartbeats stand by themselves, and are enough to watch", () => {
  const { config } = parseValid(`${head}heartbeats:
  nightly: { interval: 1d, grace: 1h }
  hourly: { interval: 1h }
`);
  expect(config).toMatchObject({ endpoints: [], services: [] });
  expect(config.heartbeats).toEqual([
    { id: "nightly", intervalMs: 86_400_000, graceMs: 3_600_000 },
    { id: "hourly", intervalMs: 3_600_000, graceMs: 300_000 },
  ]);
});
