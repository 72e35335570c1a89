import { describe, expect, test } from "vitest";
import { parseValid, vpcs, withEndpoint, withService } from "./sample.ts";

const endpoint = (text: string) => parseValid(withEndpoint(text) + vpcs(true)).config.endpoints[0];
const targets = (text: string) => parseValid(text).config.endpoints.map((one) => one.check);

const plain = {
  type: "http",
  method: "GET",
  headers: {},
  status: [[200, 299]],
  redirects: 0,
  verifyCertificate: true,
};

describe("endpoints", () => {
  test("a URL alone means the defaults", () => {
    expect(endpoint("https://docs.acme.com")).toEqual({
      id: "docs",
      check: { ...plain, url: "https://docs.acme.com/", serverName: "docs.acme.com" },
      policy: {
        intervalMs: 10_000,
        staggered: false,
        timeoutMs: 3000,
        failureThreshold: 3,
        confirmWithinMs: 5000,
        recoverAfterMs: 60_000,
      },
    });
  });

  test("every option reaches the check", () => {
    const written = `{ https: 'https://ACME.com:8443/a?b=c#d', connect: 3.1.1.1, method: POST, headers: { X-A: "1" },
      status: [200, 300-399], contains: ok, matches: '^o', within: 2s, redirects: 3, verifyCertificate: false,
      interval: 30s, staggered: true, timeout: 5s, failureThreshold: 4, confirmWithin: 6s, recoverAfter: 2m }`;
    expect(endpoint(written)).toEqual({
      id: "docs",
      check: {
        type: "http",
        url: "https://acme.com:8443/a?b=c",
        connect: { host: "3.1.1.1", port: 8443 },
        method: "POST",
        headers: { "x-a": "1" },
        status: [
          [200, 200],
          [300, 399],
        ],
        contains: "ok",
        matches: "^o",
        withinMs: 2000,
        redirects: 3,
        verifyCertificate: false,
        serverName: "acme.com",
      },
      policy: {
        intervalMs: 30_000,
        staggered: true,
        timeoutMs: 5000,
        failureThreshold: 4,
        confirmWithinMs: 6000,
        recoverAfterMs: 120_000,
      },
    });
  });

  test.each([
    ["http://acme.com/", { ...plain, url: "http://acme.com/" }],
    ["https://3.1.1.1/", { ...plain, url: "https://3.1.1.1/" }],
    ["tcp://DB.acme.com:5432", { type: "tcp", host: "db.acme.com", port: 5432 }],
    ["{ tcp: '[2606:4700::1]:5432' }", { type: "tcp", host: "2606:4700::1", port: 5432 }],
  ])("%s", (written, check) => expect(endpoint(written)?.check).toEqual(check));

  test("the file's defaults count where an endpoint says nothing", () => {
    const text = `${withEndpoint("{ https: https://acme.com, timeout: 2s }")}defaults: { timeout: 1s, interval: 20s }`;
    expect(parseValid(text).config.endpoints[0]?.policy).toMatchObject({
      timeoutMs: 2000,
      intervalMs: 20_000,
    });
  });
});

describe("targets are probed by their own address with the service's name", () => {
  const shop = { ...plain, url: "https://shop.acme.com/health", serverName: "shop.acme.com" };

  test("by value", () => {
    expect(parseValid(withService()).config).toMatchObject({
      endpoints: [
        { id: "shop/frankfurt", check: { ...shop, connect: { host: "3.120.0.10", port: 443 } } },
        { id: "shop/ireland", check: { ...shop, connect: { host: "34.240.0.20", port: 443 } } },
      ],
    });
  });

  test.each([
    ["connect: 4.1.1.1:8081", { ...shop, connect: { host: "4.1.1.1", port: 8081 } }],
    ["connect: '[2606:4700::1]'", { ...shop, connect: { host: "2606:4700::1", port: 443 } }],
    [
      "host: Standby.acme.com",
      {
        ...shop,
        url: "https://standby.acme.com/health",
        serverName: "standby.acme.com",
        connect: { host: "34.1.1.1", port: 443 },
      },
    ],
    [
      "https: /other",
      { ...shop, url: "https://shop.acme.com/other", connect: { host: "34.1.1.1", port: 443 } },
    ],
    [
      "port: 8443",
      { ...shop, url: "https://shop.acme.com:8443/health", connect: { host: "34.1.1.1", port: 8443 } },
    ],
    [
      "https: 'https://standby.acme.com/h'",
      { ...plain, url: "https://standby.acme.com/h", serverName: "standby.acme.com" },
    ],
    ["http: /h", { ...plain, url: "http://shop.acme.com/h", connect: { host: "34.1.1.1", port: 80 } }],
    ["tcp: 5432", { type: "tcp", host: "34.1.1.1", port: 5432 }],
    ["status: [204]", { ...shop, status: [[204, 204]], connect: { host: "34.1.1.1", port: 443 } }],
  ])("unless its check says %s", (override, check) => {
    const second = `{ id: ireland, value: 34.1.1.1, check: { ${override} } }`;
    expect(targets(withService({ second, more: vpcs(true) }))[1]).toEqual(check);
  });

  test("by a name for CNAME, and by port for tcp", () => {
    const text = withService({
      dns: "{ zoneId: Z0SHOP, name: Shop.Acme.com., type: CNAME }",
      check: "{ tcp: 443 }",
      first: "{ id: a, value: A.acme.com. }",
      second: "{ id: b, value: b.acme.com }",
    });
    expect(targets(text)).toEqual([
      { type: "tcp", host: "a.acme.com", port: 443 },
      { type: "tcp", host: "b.acme.com", port: 443 },
    ]);
    expect(parseValid(text).config.services[0]).toMatchObject({
      dns: { name: "shop.acme.com", type: "CNAME", ttlSeconds: 15 },
      targets: [{ values: ["a.acme.com"] }, { values: ["b.acme.com"] }],
    });
  });
});

test("a service with nothing said stays in shadow, goes back by hand, moves twice an hour", () => {
  const { services } = parseValid(withService().replace("    mode: armed\n", "")).config;
  expect(services).toEqual([
    {
      id: "shop",
      mode: "shadow",
      dns: { zoneId: "Z0SHOP", name: "shop.acme.com", type: "A", ttlSeconds: 15 },
      targets: [
        { id: "frankfurt", endpoint: "shop/frankfurt", values: ["3.120.0.10"] },
        { id: "ireland", endpoint: "shop/ireland", values: ["34.240.0.20"] },
      ],
      failback: "manual",
      failbackAfterMs: 600_000,
      maxMovesPerHour: 2,
      onForeign: "hold",
    },
  ]);
});

test("references: three by default, IPv6 ones too where something is IPv6, none for []", () => {
  const hosts = (text: string) => parseValid(text).config.references.map((one) => one.host);
  const aaaa = withService({
    dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: AAAA }",
    first: "{ id: a, value: '2A05:d018:0::1' }",
    second: "{ id: b, value: '2a05:d018::2' }",
    more: vpcs(true),
  });
  const literal = withEndpoint("https://[2a05:d018::1]/") + vpcs(true);
  expect(hosts(withService())).toEqual(["1.1.1.1", "8.8.8.8", "9.9.9.9"]);
  for (const text of [aaaa, literal])
    expect(hosts(text).filter((host) => host.includes(":"))).toHaveLength(3);
  expect(hosts(`${withService()}references: []`)).toEqual([]);
  expect(parseValid(aaaa).config.services[0]?.targets[0]?.values).toEqual(["2a05:d018::1"]);
});

test("resolvers: none but those of the file", () => {
  expect(parseValid(withService()).config).not.toHaveProperty("resolvers");
  const { config } = parseValid(`${withService()}resolvers: [1.1.1.1, 8.8.8.8]`);
  expect(config.resolvers).toEqual(["1.1.1.1", "8.8.8.8"]);
});

test("what stacks need is settings: alerts, in SNS's words, and VPCs by Region", () => {
  const text = withService({ more: vpcs(true, ["us-east-2"]) });
  const place = { subnets: ["subnet-0a1b2c3d"], securityGroups: ["sg-0a1b2c3d"], ipv6: true };
  expect(parseValid(text).settings).toEqual({
    vpcs: new Map([["us-east-2", place]]),
    alerts: [
      { protocol: "email", endpoint: "ops@acme.com" },
      { protocol: "sms", endpoint: "+4915112345678" },
    ],
  });
});
