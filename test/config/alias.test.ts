import { describe, expect, test } from "vitest";
import { refusesEach } from "./refuses.ts";
import { parseValid, withService } from "./sample.ts";

const cdn = "d111111abcdef8.cloudfront.net";
const lb = "dualstack.shop-1.eu-west-1.elb.amazonaws.com";

const alias = (of: string, more = "") => withService({ second: `{ id: ireland, alias: { ${of} }${more} }` });
const targetOf = (text: string) => parseValid(text).config.services[0]?.targets[1];
const checkOf = (text: string) =>
  parseValid(text).config.endpoints.find(({ id }) => id === "shop/ireland")?.check;

describe("an alias", () => {
  test.each([
    [
      "a load balancer, in the zone that is written",
      `name: ${lb}, zoneId: Z32O12XQLNTSW2`,
      `${lb}.`,
      "Z32O12XQLNTSW2",
    ],
    ["CloudFront, in its one zone", `name: ${cdn}`, `${cdn}.`, "Z2FDTNDATAQYW2"],
    [
      "Global Accelerator, in its one zone",
      "name: a1.awsglobalaccelerator.com",
      "a1.awsglobalaccelerator.com.",
      "Z2BJ6XQ5FK7U4H",
    ],
    [
      "another name of the zone, spelt as Route 53 returns it",
      "name: Ireland.Acme.com.",
      "ireland.acme.com.",
      "Z0SHOP",
    ],
  ])("of %s", (_, written, name, zoneId) =>
    expect(targetOf(alias(written))).toEqual({
      id: "ireland",
      endpoint: "shop/ireland",
      values: [],
      alias: { name, zoneId, evaluateTargetHealth: false },
    }),
  );

  test("is probed by its own name, and asked for the service's", () =>
    expect(checkOf(alias(`name: ${cdn}`))).toMatchObject({
      url: "https://shop.acme.com/health",
      connect: { host: cdn, port: 443 },
      serverName: "shop.acme.com",
    }));

  const at = "services.shop.targets[1]";
  refusesEach([
    [
      alias(`▸name: ${lb}`).replace("alias: { ▸name", "▸alias: { name"),
      `${at}.alias.zoneId`,
      "is missing",
      "CanonicalHostedZoneId",
    ],
    [
      alias(`name: ${cdn}`, ", value: 34.1.1.1").replace("alias: {", "alias: ▸{"),
      `${at}.alias`,
      "two answers",
    ],
    [alias("name: ▸shop.acme.com"), `${at}.alias.name`, "in a circle"],
    [
      alias("name: ▸shop.acme.org"),
      `${at}.alias.name`,
      "none holds both shop.acme.org and shop.acme.com",
      "zoneId",
    ],
    [withService({ second: "▸{ id: ireland }" }), `${at}.value`, "is missing", "alias"],
    [
      withService({
        first: `{ id: frankfurt, alias: { name: ${cdn} } }`,
        second: `{ id: ireland, alias: ▸{ name: ${cdn} } }`,
      }),
      `${at}.alias`,
      'same value as target "frankfurt"',
    ],
    [
      withService({
        dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: CNAME }",
        first: "{ id: frankfurt, value: a.acme.com }",
        second: `{ id: ireland, alias: ▸{ name: ${cdn} } }`,
      }),
      `${at}.alias`,
      "A and AAAA",
    ],
  ]);

  test.each([
    ["name: www.other.com", 1],
    ["name: www.other.com, zoneId: Z0OTHER", 0],
    ["name: other.org, zoneId: Z0OTHER", 0],
    ["name: ireland.acme.com", 0],
    ["name: acme.com", 0],
  ])("%s: a warning where it seems to be in another zone", (written, count) =>
    expect(
      parseValid(alias(written)).warnings.filter(({ message }) => message.includes("without zoneId")),
    ).toHaveLength(count),
  );
});
