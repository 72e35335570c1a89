import { describe, expect, test } from "vitest";
import { type Row, refusesEach } from "./refuses.ts";
import { parse, parseValid, withService } from "./sample.ts";

const role = "arn:aws:iam::123456789012:role/dns/pointsman.zone";

/** What `shop` says of its zone. */
const shop = (more = "") => `{ zoneId: Z0SHOP, name: shop.acme.com, type: A${more} }`;

/** A further service, `other`, with this `dns`. */
const other = (dns: string) => `  other:
    mode: armed
    dns: ${dns}
    check: { tcp: 443 }
    targets:
      - { id: a, value: 3.1.1.1 }
      - { id: b, value: 3.1.1.2 }
`;
const docs = (more = "") => other(`{ zoneId: Z0SHOP, name: docs.acme.com, type: A${more} }`);

const noRoles = [
  "pointsman-zone",
  "arn:aws:iam::12345678901:role/zone",
  "arn:aws:iam::123456789012:user/zone",
  "arn:aws:iam::123456789012:role/",
  "arn:aws:iam::123456789012:role/a//zone",
  "arn:aws:iam::123456789012:role/*/zone",
  "arn:aws:sts::123456789012:assumed-role/zone/me",
  "arn:aws-cn:iam::123456789012:role/zone",
];

describe("a zone in another account", () => {
  refusesEach(
    noRoles.map(
      (arn): Row => [
        withService({ dns: shop(`, roleArn: ▸'${arn}'`) }),
        "services.shop.dns.roleArn",
        `"${arn}" is no ARN of a role`,
        "as arn:aws:iam::123456789012:role/",
      ],
    ),
  );

  test("its role reaches the config; without one there is none", () => {
    const dnsOf = (text: string) => parseValid(text).config.services[0]?.dns;
    expect(dnsOf(withService({ dns: shop(`, roleArn: ${role}`) }))).toMatchObject({ roleArn: role });
    expect(dnsOf(withService({ dns: shop() }))).not.toHaveProperty("roleArn");
  });
});

describe("services of one zone", () => {
  refusesEach([
    [
      withService({
        dns: shop(`, roleArn: ${role}`),
        more: docs(", roleArn: ▸arn:aws:iam::123456789012:role/zone"),
      }),
      "services.other.dns.roleArn",
      `services.shop.dns reaches the same zone by ${role}`,
      "one roleArn, or none",
    ],
    [
      withService({ more: docs(`, roleArn: ▸${role}`) }),
      "services.other.dns.roleArn",
      "services.shop.dns reaches the same zone without a role",
    ],
    [
      withService({ dns: shop(`, roleArn: ${role}`), more: docs().replace("dns:", "▸dns:") }),
      "services.other.dns.roleArn",
      `by ${role}`,
    ],
    [
      withService({ dns: shop(", roleArn: ▸me"), more: docs(`, roleArn: ${role}`) }),
      "services.shop.dns.roleArn",
      '"me" is no ARN',
    ],
    [
      withService({ more: other("{ zoneId: Z0SHOP, name: ▸shop.acme.org, type: A }") }),
      "services.other.dns.name",
      "no zone holds both shop.acme.org and shop.acme.com",
      "services.shop.dns has the same zoneId",
    ],
  ]);

  test("may share a role, and another zone may have another role, or another domain", () => {
    const third =
      "{ zoneId: Z0OTHER, name: acme.org, type: A, roleArn: 'arn:aws:iam::210987654321:role/zone' }";
    const text = withService({
      dns: shop(`, roleArn: ${role}`),
      more: docs(`, roleArn: ${role}`) + other(third).replace("other:", "third:"),
    });
    expect(parse(text).ok).toBe(true);
  });
});
