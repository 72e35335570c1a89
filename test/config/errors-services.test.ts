import { describe, expect, test } from "vitest";
import { refusesEach } from "./refuses.ts";
import { parse, unmark, vpcs, withEndpoint, withService } from "./sample.ts";

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
      }) + vpcs(true),
    );
    expect(loaded).toMatchObject({ ok: false, errors: [{ path: "services.shop.targets[0].value" }] });
    expect(loaded.ok ? "" : loaded.errors[0]?.message).toContain(message);
  });

  test("equal values are seen through their spelling", () => {
    const first = "{ id: a, value: '2A05:D018:0::1' }";
    const loaded = parse(
      withService({ dns: dns("AAAA"), first, second: "{ id: b, value: '2a05:d018::1' }" }) + vpcs(true),
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
    expect(parse(types + vpcs(true)).ok).toBe(true);
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
