import { describe, expect, test } from "vitest";
import { refusesEach } from "./refuses.ts";
import { parse, parseValid, withService } from "./sample.ts";

const dns = (also: string, type = "A") => `{ zoneId: Z0SHOP, name: acme.com, type: ${type}, also: ${also} }`;
const dual = {
  first: "{ id: frankfurt, value: [3.120.0.10, '2a05:d018::1'], check: { connect: 3.120.0.10 } }",
  second: "{ id: ireland, value: [34.240.0.20, '2a05:d018::2'], check: { connect: 34.240.0.20 } }",
};

describe("records that are moved together", () => {
  test("are sorted, and what they do not say is the first one's", () => {
    const also = "[{ name: www.acme.com, type: AAAA }, { type: AAAA }, { name: WWW.acme.com. }]";
    expect(parseValid(withService({ dns: dns(also), ...dual })).config.services[0]?.dns.beside).toEqual([
      { name: "acme.com", type: "AAAA" },
      { name: "www.acme.com", type: "A" },
      { name: "www.acme.com", type: "AAAA" },
    ]);
  });

  test("may be none", () =>
    expect(parseValid(withService({ dns: dns("[]") })).config.services[0]?.dns).not.toHaveProperty("beside"));

  test("are asked for by the first name", () =>
    expect(
      parseValid(withService({ dns: dns("[{ name: www.acme.com }]") })).config.endpoints[0]?.check,
    ).toMatchObject({
      url: "https://acme.com/health",
    }));

  test("take a value for each of their types from every target", () => {
    const loaded = parse(withService({ dns: dns("[{ type: AAAA }]"), second: dual.second }));
    expect(loaded.ok ? [] : loaded.errors.map(({ path, message }) => [path, message])).toEqual([
      ["services.shop.targets[0].value", "holds not an IPv6 address"],
    ]);
  });

  const at = "services.shop.dns.also[0]";
  refusesEach([
    [withService({ dns: dns("[▸{ name: acme.com }]") }), at, "moves the same name and type already"],
    [withService({ dns: dns("[{ name: ▸www.acme.org }]") }), `${at}.name`, "no zone holds both"],
    [
      withService({ dns: dns("[{ name: www.acme.com, type: ▸CNAME }]") }),
      `${at}.type`,
      "never moved together",
    ],
  ]);
});
