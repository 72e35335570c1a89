import { describe, expect, test } from "vitest";
import { head, parse, parseValid, type ServiceParts, unmark, withEndpoint, withService } from "./sample.ts";

const warningsOf = (text: string) => parse(text).warnings.map((one) => `${one.path}: ${one.message}`);

test("a good file earns no warning", () => {
  expect(warningsOf(withService())).toEqual([]);
  expect(warningsOf(withEndpoint("https://acme.com"))).toEqual([]);
});

describe("what is unwise is told, and does not keep the file from being valid", () => {
  const service = (parts: ServiceParts) => withService(parts);
  const rows: readonly (readonly [name: string, written: string, path: string, message: string])[] = [
    [
      "a long TTL",
      service({ dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: A, ttl: ▸2m }" }),
      "services.shop.dns.ttl",
      "old answer",
    ],
    ["shadow, written", service({ mode: "▸shadow" }), "services.shop.mode", "moves nothing"],
    [
      "shadow, by default",
      withService().replace("    mode: armed\n", "").replace("  shop:", "  ▸shop:"),
      "services.shop",
      "moves nothing",
    ],
    [
      "a short interval",
      withEndpoint("{ https: https://acme.com, interval: ▸4s, timeout: 1s, confirmWithin: 2s }"),
      "endpoints.docs.interval",
      "costs more",
    ],
    [
      "a short interval for all",
      `${withEndpoint("https://acme.com")}defaults: { interval: ▸4s, timeout: 1s, confirmWithin: 2s }`,
      "defaults.interval",
      "costs more",
    ],
    [
      "an unverified certificate",
      withEndpoint("{ https: https://acme.com, verifyCertificate: ▸false }"),
      "endpoints.docs.verifyCertificate",
      "wrong server",
    ],
    [
      "an unverified certificate among several checks",
      withEndpoint("{ all: [{ tcp: 'acme.com:1' }, { tls: acme.com, verifyCertificate: ▸false }] }"),
      "endpoints.docs.all[1].verifyCertificate",
      "wrong server",
    ],
    [
      "a certificate that may move a name",
      service({ check: "{ any: [{ tcp: 443 }, { tls: 443, ▸certificateDays: 14 }] }" }),
      "services.shop.check.any[1].certificateDays",
      "would be moved",
    ],
    [
      "plain http for all services",
      service({ check: "{ http: / }" }).replace("services:", "▸services:"),
      "services",
      "http",
    ],
    [
      "a credential",
      withEndpoint("{ https: https://acme.com, headers: { ▸Authorization: Bearer x } }"),
      "endpoints.docs.headers.Authorization",
      "readable",
    ],
    ["references off", `${withEndpoint("https://acme.com")}references: ▸[]`, "references", "cannot tell"],
    [
      "a placeholder for a name",
      service({ dns: "{ zoneId: Z0SHOP, name: ▸shop.example.com, type: A }" }),
      "services.shop.dns.name",
      "placeholder",
    ],
    [
      "a target in home's Region",
      service({
        dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: CNAME }",
        first: "{ id: a, value: ▸lb.eu-central-1.elb.amazonaws.com }",
        second: "{ id: b, value: b.acme.com }",
      }),
      "services.shop.targets[0].value",
      "home",
    ],
  ];
  test.each(rows)("%s", (_name, written, path, message) => {
    const { text, line, column } = unmark(written);
    const { warnings } = parseValid(text);
    expect(warnings).toEqual([
      expect.objectContaining({ line, column, path, message: expect.stringContaining(message) }),
    ]);
  });
});

describe("locations", () => {
  const all = ["eu-central-1", "eu-north-1", "us-east-2", "us-west-2", "ap-northeast-1", "sa-east-1"];
  const withLocations = (locations: readonly string[], more = "") =>
    `${withEndpoint("https://acme.com").replace(/locations: .*/, `locations: [${locations.join(", ")}]`)}${more}`;

  test.each([
    [1, "alerts only"],
    [2, "no name is moved"],
    [3, "a single one that sees nothing"],
    [4, "two that see nothing"],
  ])("%i are few", (count, message) => {
    expect(warningsOf(withLocations(all.slice(0, count)))).toEqual([expect.stringContaining(message)]);
  });

  test.each([5, 6])("%i are enough", (count) => {
    expect(warningsOf(withLocations(all.slice(0, count)))).toEqual([]);
  });

  test("one that may move a name alone", () => {
    const text = withLocations(all.slice(0, 1), "acceptSingleLocation: true\n");
    expect(warningsOf(text)).toEqual([expect.stringContaining("what one location sees is enough")]);
  });

  test("home beside Route 53's control plane", () => {
    const text = withLocations(["us-east-1", ...all.slice(0, 4)]);
    expect(warningsOf(text)).toEqual([expect.stringMatching(/^locations\[0\]: home is us-east-1/)]);
    expect(warningsOf(withLocations([...all.slice(0, 4), "us-east-1"]))).toEqual([]);
  });
});

test.each([
  [2, "2 services tell what they would do and move nothing: s0, s1"],
  [1000, "1000 services tell what they would do and move nothing: s0, s1, s2 and 997 more"],
])("%i services in shadow mode are one warning, at the first one", (count, message) => {
  const service = (i: number) =>
    `  s${i}: { dns: { zoneId: Z0SHOP, name: s${i}.acme.com, type: A }, check: { https: / }, targets: [{ id: a, value: 3.1.1.1 }, { id: b, value: 3.1.1.2 }] }`;
  const armed = service(9999).replace("{ dns", "{ mode: armed, dns");
  const many = Array.from({ length: count }, (_, i) => service(i));
  expect(warningsOf(`${head}services:\n${[armed, ...many].join("\n")}\n`)).toEqual([
    `services.s0: mode shadow: ${message}`,
  ]);
});

test.each([
  ["nobody", "", "nobody is told"],
  ["an empty list", "alerts: []\n", "nobody is told"],
  ["one e-mail", "alerts: [email: a@acme.com]\n", "the only alert"],
  [
    "a placeholder",
    "alerts: [{ email: you@your-company.com }, { https: https://acme.com }]\n",
    "is a placeholder",
  ],
])("alerts to %s", (_who, alerts, message) => {
  const text = withEndpoint("https://acme.com").replace(/alerts: .*\n/, alerts);
  expect(warningsOf(text)).toEqual([expect.stringContaining(message)]);
});

describe("a standby that is asked for another name than the service's", () => {
  const wrong = (path: string, asked: string, lack = "its certificate is not valid for") =>
    `${path}: standby ireland is asked for ${asked}: that ${lack} shop.acme.com would show when the name is moved there`;

  test.each<[string, ServiceParts, string]>([
    ["by host", { second: "{ id: ireland, value: 34.240.0.20, check: { host: eu.acme.com } }" }, "host"],
    [
      "by URL",
      { second: "{ id: ireland, value: 34.240.0.20, check: { https: 'https://eu.acme.com/h' } }" },
      "https",
    ],
  ])("is told at what says so: %s", (_, parts, key) =>
    expect(warningsOf(withService(parts))).toEqual([
      wrong(`services.shop.targets[1].check.${key}`, "eu.acme.com"),
    ]),
  );

  test("is told once of all standbys, where the service's check says so", () => {
    const check = "{ https: /health, host: Health.acme.com }";
    const third = "      - { id: ohio, value: 52.95.0.30 }\n";
    expect(warningsOf(withService({ check, more: third }))).toEqual([
      wrong("services.shop.check.host", "health.acme.com"),
    ]);
  });

  test("by http has no certificate, and may not know the name all the same", () => {
    const check = "{ http: /health, host: health.acme.com }";
    expect(warningsOf(withService({ check }))).toContain(
      wrong("services.shop.check.host", "health.acme.com", "it does not serve"),
    );
  });

  test.each<[string, ServiceParts]>([
    ["its own name, by default", {}],
    ["its own name, written", { check: "{ https: /health, host: SHOP.acme.com. }" }],
    [
      "its own name, at another address",
      { second: "{ id: ireland, value: 34.240.0.20, check: { connect: '34.240.0.21:8443' } }" },
    ],
    ["no name at all", { check: "{ tcp: 5432 }" }],
    [
      "another name, of the primary",
      { first: "{ id: frankfurt, value: 3.120.0.10, check: { host: fra.acme.com } }" },
    ],
    [
      "a name under the wildcard that is moved",
      {
        dns: "{ zoneId: Z0SHOP, name: '*.acme.com', type: A }",
        check: "{ https: /health, host: shop.acme.com }",
      },
    ],
  ])("is not told of %s", (_, parts) => expect(warningsOf(withService(parts))).toEqual([]));
});

test("warnings are told beside errors too", () => {
  const loaded = parse(`${head.replace("eu-central-1", "us-east-1")}endpoints:\n  docs: nonsense\n`);
  expect(loaded.ok).toBe(false);
  expect(loaded.warnings.map((one) => one.path)).toEqual(["locations[0]"]);
});
