import { describe, expect, test } from "vitest";
import { refusesEach } from "./refuses.ts";
import { parse, parseValid, vpcs, withEndpoint, withService } from "./sample.ts";

const docs = withEndpoint("https://docs.acme.com/");
const aaaa = (first: string) =>
  withService({
    dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: AAAA }",
    first: `{ id: a, value: ${first} }`,
    second: "{ id: b, value: '2a05:d018::2', check: { connect: 3.120.0.10 } }",
  });

describe("a VPC in the file", () => {
  const vpc = (text: string) => `${docs}vpcs:\n  ${text}\n`;
  const whole = "{ subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d] }";

  refusesEach([
    [vpc(`▸eu-west-1: ${whole}`), "vpcs.eu-west-1", "none of the locations"],
    [vpc(`▸us-west-3: ${whole}`), "vpcs.us-west-3", "none of the locations", "us-west-2"],
    [vpc("▸us-west-2: { subnets: [subnet-0a1b2c3d] }"), "vpcs.us-west-2.securityGroups", "missing"],
    [
      vpc("us-west-2: { subnets: [▸vpc-0a1b2c3d], securityGroups: [sg-0a1b2c3d] }"),
      "vpcs.us-west-2.subnets[0]",
      "no id of a subnet",
    ],
    [
      vpc("us-west-2: { subnets: [subnet-0a1b2c3d], securityGroups: [▸default] }"),
      "vpcs.us-west-2.securityGroups[0]",
      "no id of a security group",
    ],
    [
      vpc("us-west-2: { subnets: ▸[], securityGroups: [sg-0a1b2c3d] }"),
      "vpcs.us-west-2.subnets",
      "must hold 1 to 16",
    ],
    [
      vpc(`us-west-2: { subnets: [subnet-0a1b2c3d], securityGroups: ▸[${"sg-0a1b2c3d, ".repeat(6)}] }`),
      "vpcs.us-west-2.securityGroups",
      "must hold 1 to 5",
    ],
  ]);
});

describe("what a location cannot get to is refused", () => {
  const someIn = vpcs(true, ["eu-central-1", "eu-north-1", "us-east-2"]);
  refusesEach([
    [
      withEndpoint("▸https://[2606:4700::1]/"),
      "endpoints.docs",
      "2606:4700::1 is IPv6: not reached from eu-central-1, eu-north-1 and 3 more locations",
      "ipv6: true",
    ],
    [
      withEndpoint("{ https: https://acme.com, connect: ▸'[2606:4700::1]' }"),
      "endpoints.docs.connect",
      "IPv6",
    ],
    [aaaa("▸'2a05:d018::1'"), "services.shop.targets[0].value", "IPv6"],
    [aaaa("▸'2a05:d018::1'") + vpcs(false), "services.shop.targets[0].value", "IPv6"],
    [aaaa("▸'2a05:d018::1'") + someIn, "services.shop.targets[0].value", "us-west-2, ap-northeast-1"],
    [withEndpoint("▸https://10.1.2.3/"), "endpoints.docs", "10.1.2.3 is private: not reached from", "vpcs"],
    [withEndpoint("▸https://10.1.2.3/") + someIn, "endpoints.docs", "from us-west-2, ap-northeast-1"],
    [withEndpoint("▸https://db.internal/"), "endpoints.docs", "private"],
    [withEndpoint("{ https: ▸https://acme.com, private: true }"), "endpoints.docs.https", "private"],
    [withEndpoint("▸https://[fd12::1]/"), "endpoints.docs", "private"],
    [withEndpoint("▸https://[fd12::1]/") + vpcs(false), "endpoints.docs", "IPv6"],
    [`${docs}references: [▸10.0.0.1:53, 1.1.1.1:443, 8.8.8.8:443]`, "references[0]", "10.0.0.1 is private"],
  ]);

  test.each([
    ["IPv6, where each location is in a dual-stack VPC", aaaa("'2a05:d018::1'") + vpcs(true)],
    ["private, where each is in a VPC", withEndpoint("https://10.1.2.3/") + vpcs(false)],
    ["private and called so", withEndpoint("{ https: https://db.internal, private: true }") + vpcs(false)],
    [
      "a reference host that some get to",
      `${docs}${someIn}references: [10.0.0.1:53, 1.1.1.1:443, 8.8.8.8:443]`,
    ],
  ])("but not %s", (_, text) => expect(parseValid(text).warnings).toEqual([]));

  test("a laptop tries: it may be in that network, and have IPv6", () => {
    for (const text of [withEndpoint("https://10.1.2.3/"), aaaa("'2a05:d018::1'")])
      expect(parseValid(text, { laptop: true }).warnings).toEqual([]);
  });

  test("a VPC that is written wrong is complained of once, not of what is reached from there", () => {
    const wrong = vpcs(true).replaceAll("ipv6: true", "ipv6: maybe");
    const loaded = parse(aaaa("'2a05:d018::1'") + wrong);
    const paths = loaded.ok ? [] : loaded.errors.map(({ path }) => path);
    expect(paths).toHaveLength(5);
    for (const path of paths) expect(path).toMatch(/^vpcs\..*\.ipv6$/);
  });
});
