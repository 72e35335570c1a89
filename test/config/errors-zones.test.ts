import { describe, expect, test } from "vitest";
import { refusesEach } from "./refuses.ts";
import { parse, withService } from "./sample.ts";

/** A further service, `other`, with this `dns`. */
const other = (dns: string) => `  other:
    mode: armed
    dns: ${dns}
    check: { tcp: 443 }
    targets:
      - { id: a, value: 3.1.1.1 }
      - { id: b, value: 3.1.1.2 }
`;

describe("services of one zone", () => {
  refusesEach([
    [
      withService({ more: other("{ zoneId: Z0SHOP, name: ▸shop.acme.org, type: A }") }),
      "services.other.dns.name",
      "no zone holds both shop.acme.org and shop.acme.com",
      "services.shop.dns has the same zoneId",
    ],
  ]);

  test("may be in another zone for another domain", () => {
    const more = other("{ zoneId: Z0OTHER, name: acme.org, type: A }");
    expect(parse(withService({ more })).ok).toBe(true);
  });
});
