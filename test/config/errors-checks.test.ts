import { describe } from "vitest";
import { refusesEach } from "./refuses.ts";
import { head, withEndpoint, withService } from "./sample.ts";

describe("udp", () => {
  refusesEach([
    [withEndpoint("{ ▸udp: 'acme.com:1' }"), "endpoints.docs.udp", "needs send", "hex:ff00"],
    [withEndpoint("{ udp: ▸acme.com, send: a }"), "endpoints.docs.udp", "no port"],
    [withEndpoint("{ udp: 'acme.com:1', send: a, ▸banner: b }"), "endpoints.docs.banner", "not for udp"],
    [withService({ check: "{ ▸udp: 1 }" }), "services.shop.check.udp", "needs send"],
  ]);
});

describe("dns", () => {
  const ask = "dns: ns1.acme.com, ask: acme.com";
  refusesEach([
    [withEndpoint("{ ▸dns: ns1.acme.com }"), "endpoints.docs.dns", "needs ask", "acme.com A"],
    [
      withEndpoint("{ dns: ns1.acme.com, ask: ▸acme.com }"),
      "endpoints.docs.ask",
      "no name with a type of record",
      "acme.com A; types: A, AAAA",
    ],
    [withEndpoint("{ dns: ns1.acme.com, ask: ▸a b A }"), "endpoints.docs.ask", "no name with a type"],
    [
      withEndpoint("{ dns: ns1.acme.com, ask: ▸acme.com HINFO }"),
      "endpoints.docs.ask",
      "no name with a type",
    ],
    [withEndpoint("{ dns: ▸https://ns1.acme.com, ask: a A }"), "endpoints.docs.dns", "no host and port"],
    [
      withEndpoint(`{ ${ask} A, answers: ▸3.1.1.1 }`),
      "endpoints.docs.answers",
      "must be a list",
      "[3.1.1.1]",
    ],
    ...(
      [
        ["A", "'2a05:d018::1'"],
        ["AAAA", "3.1.1.1"],
        ["CNAME", "https://acme.com"],
        ["MX", "mail.acme.com"],
        ["MX", "70000 mail.acme.com"],
        ["SRV", "10 mail.acme.com"],
        ["CAA", "letsencrypt.org"],
        ["SOA", "ns1.acme.com"],
      ] as const
    ).map(
      ([type, value]) =>
        [
          withEndpoint(`{ ${ask} ${type}, anyAnswer: [▸${value}] }`),
          "endpoints.docs.anyAnswer[0]",
          `no value of a record of type ${type}`,
          "as ",
        ] as const,
    ),
    [
      withEndpoint(`{ ${ask} A, rcode: NXDOMAIN, ▸answers: [3.1.1.1] }`),
      "endpoints.docs.answers",
      "NXDOMAIN comes without answers",
    ],
    [withEndpoint(`{ ${ask} A, rcode: ▸NXDOMIAN }`), "endpoints.docs.rcode", '"NOERROR" or', '"NXDOMAIN"'],
    [withEndpoint("{ tcp: 'acme.com:1', ▸ask: a A }"), "endpoints.docs.ask", "ask is for dns, not for tcp"],
    [
      withService({
        check: "{ dns: 53, ask: acme.com A }",
        second: "{ id: b, value: 34.1.1.1, check: { answers: [▸a.acme.com] } }",
      }),
      "services.shop.targets[1].check.answers[0]",
      "no value of a record of type A",
    ],
  ]);
});

describe("websocket", () => {
  refusesEach([
    [withEndpoint("▸wss://me:secret@acme.com"), "endpoints.docs", "must not hold a password"],
    [withEndpoint("{ wss: ▸ws://acme.com }"), "endpoints.docs.wss", "does not fit", "wss://"],
    [withEndpoint("{ ws: ws://acme.com, ▸send: a }"), "endpoints.docs.send", "nothing is expected"],
    [withEndpoint("{ ws: ws://acme.com, ▸status: [101] }"), "endpoints.docs.status", "for https and http"],
    [
      withEndpoint("{ wss: wss://acme.com, headers: { ▸Upgrade: h2c } }"),
      "endpoints.docs.headers.Upgrade",
      "cannot be set",
      "wss and ws",
    ],
    [
      withEndpoint("{ ws: ws://acme.com, ▸verifyCertificate: false }"),
      "endpoints.docs.verifyCertificate",
      "not for ws",
    ],
    [withService({ check: "{ wss: ▸live }" }), "services.shop.check.wss", "no path", "starts with /"],
    [
      withService({ second: "{ id: b, value: 34.1.1.1, check: { wss: 'wss://a.acme.com/', ▸port: 1 } }" }),
      "services.shop.targets[1].check.port",
      "what the URL says",
    ],
  ]);
});

describe("grpc", () => {
  refusesEach([
    [withEndpoint("{ grpc: ▸acme.com }"), "endpoints.docs.grpc", "no port"],
    [withEndpoint("▸grpc://acme.com"), "endpoints.docs", "no port"],
    [withEndpoint("{ grpcs: acme.com, service: ▸'a b' }"), "endpoints.docs.service", "no name of a service"],
    [
      withEndpoint("{ grpc: 'acme.com:1', ▸verifyCertificate: true }"),
      "endpoints.docs.verifyCertificate",
      "not for grpc",
    ],
    [
      withEndpoint("{ https: https://acme.com, ▸service: a }"),
      "endpoints.docs.service",
      "for grpcs and grpc",
    ],
    [withService({ check: "{ grpcs: ▸/health }" }), "services.shop.check.grpcs", "port from 1 to 65535"],
  ]);
});

describe("several checks", () => {
  const two = "[{ tcp: 'acme.com:1' }, { tcp: 'acme.com:2' }]";
  refusesEach([
    [withEndpoint("{ all: ▸[{ https: https://acme.com }] }"), "endpoints.docs.all", "2 to 5 checks"],
    [withEndpoint("{ any: ▸{ tcp: 'acme.com:1' } }"), "endpoints.docs.any", "must be a list"],
    [withEndpoint(`{ all: ${two}, ▸any: ${two} }`), "endpoints.docs.any", "not all and any"],
    [withEndpoint(`{ https: https://acme.com, ▸all: ${two} }`), "endpoints.docs.all", "not https and all"],
    [withEndpoint(`{ all: ${two}, ▸expect: a }`), "endpoints.docs.expect", "belongs into a check of all"],
    [
      withEndpoint("{ any: [{ tcp: 'acme.com:1' }, ▸{ connect: 3.1.1.1 }] }"),
      "endpoints.docs.any[1]",
      "needs one of https, http",
    ],
    [
      withEndpoint("{ any: [{ tcp: 'acme.com:1' }, { tcp: 'acme.com:2', ▸certificateDays: 3 }] }"),
      "endpoints.docs.any[1].certificateDays",
      "not for tcp",
    ],
    [
      withEndpoint("{ any: [{ tcp: 'acme.com:1' }, { tcp: 'acme.com:2', ▸interval: 3s }] }"),
      "endpoints.docs.any[1].interval",
      "unknown key",
    ],
    [
      withEndpoint("{ any: [{ tcp: 'acme.com:1' }, { ▸udp: 'acme.com:2' }] }"),
      "endpoints.docs.any[1].udp",
      "needs send",
    ],
    [
      withEndpoint("{ any: [{ tcp: 'acme.com:1' }, { all: ▸[] }] }").replace("all: ▸", "▸all: "),
      "endpoints.docs.any[1].all",
      "unknown key",
    ],
    [
      withEndpoint("{ all: [{ tcp: 'acme.com:1' }, { https: https://acme.com, within: ▸4s }] }"),
      "endpoints.docs.all[1].within",
      "longer than timeout",
    ],
    [
      withEndpoint("{ all: [{ tcp: 'acme.com:1' }, { tcp: ▸'127.0.0.1:1' }] }"),
      "endpoints.docs.all[1].tcp",
      "the function itself",
    ],
    [
      withEndpoint("{ all: [{ tcp: 'acme.com:1' }, { tcp: 'acme.com:2' }], connect: ▸127.0.0.1 }"),
      "endpoints.docs.connect",
      "the function itself",
    ],
    [
      withService({ check: "{ all: [{ https: / }, { tcp: 1, ▸host: a.acme.com }] }" }),
      "services.shop.check.all[1].host",
      "not for tcp",
    ],
    [
      withService({
        check: "{ all: [{ https: / }, { tcp: 1 }] }",
        second: "{ id: b, value: 34.1.1.1, check: { ▸status: [204] } }",
      }),
      "services.shop.targets[1].check.status",
      "belongs into a check of all",
    ],
    [
      withService({
        check: "{ all: [{ https: / }, { tcp: 1 }] }",
        second: "{ id: b, value: 34.1.1.1, check: { connect: ▸3.120.0.10 } }",
      }),
      "services.shop.targets[1].check.connect",
      "same place",
    ],
  ]);
});

describe("heartbeats", () => {
  const job = (written: string) => `${head}heartbeats:\n  nightly: ${written}\n`;
  refusesEach([
    [`${head}heartbeats:\n  ▸nightly: { grace: 1h }\n`, "heartbeats.nightly.interval", "is missing"],
    [job("{ interval: ▸1s }"), "heartbeats.nightly.interval", "out of range", "10s to 31d"],
    [job("{ interval: 1d, grace: ▸8d }"), "heartbeats.nightly.grace", "out of range"],
    [job("{ interval: 1d, ▸timeout: 3s }"), "heartbeats.nightly.timeout", "unknown key"],
    [`${head}heartbeats:\n  ▸Nightly: { interval: 1d }\n`, "heartbeats.Nightly", "id"],
    [
      `${withEndpoint("https://acme.com/")}heartbeats:\n  ▸docs: { interval: 1d }\n`,
      "heartbeats.docs",
      "an endpoint's id, too",
      "another id",
    ],
  ]);
});
