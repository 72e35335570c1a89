import { describe } from "vitest";
import { refusesEach } from "./refuses.ts";
import { withEndpoint, withService } from "./sample.ts";

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
