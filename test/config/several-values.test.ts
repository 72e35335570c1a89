import { describe, expect, test } from "vitest";
import { refusesEach } from "./refuses.ts";
import { parseValid, withService } from "./sample.ts";

const second = "{ id: ireland, value: [34.240.0.20, 34.240.0.21] }";

const checkOf = (text: string) =>
  parseValid(text).config.endpoints.find(({ id }) => id === "shop/ireland")?.check;

describe("a target with several values", () => {
  test("has them all in its record", () =>
    expect(parseValid(withService({ second })).config.services[0]?.targets[1]).toEqual({
      id: "ireland",
      endpoint: "shop/ireland",
      values: ["34.240.0.20", "34.240.0.21"],
    }));

  test("is probed at every one of them, and is up when all are", () =>
    expect(checkOf(withService({ second }))).toMatchObject({
      type: "all",
      checks: [
        { url: "https://shop.acme.com/health", connect: { host: "34.240.0.20", port: 443 } },
        { url: "https://shop.acme.com/health", connect: { host: "34.240.0.21", port: 443 } },
      ],
    }));

  test("is probed by every check of all at every one of them", () =>
    expect(
      checkOf(withService({ second, check: "{ all: [{ https: /health }, { tcp: 25 }] }" })),
    ).toMatchObject({
      type: "all",
      checks: [
        { connect: { host: "34.240.0.20", port: 443 } },
        { connect: { host: "34.240.0.21", port: 443 } },
        { type: "tcp", host: "34.240.0.20" },
        { type: "tcp", host: "34.240.0.21" },
      ],
    }));

  test("is probed once where connect says so", () => {
    const elsewhere = second.replace(" }", ", check: { connect: 34.240.0.9 } }");
    expect(checkOf(withService({ second: elsewhere }))).toMatchObject({
      type: "http",
      connect: { host: "34.240.0.9", port: 443 },
    });
  });

  const at = "services.shop.targets[1].value";
  const of = (value: string, over = {}) =>
    withService({ second: `{ id: ireland, value: ${value} }`, ...over });
  refusesEach([
    [of("[34.240.0.20, ▸34.240.0.20]"), `${at}[1]`, "written twice"],
    [of("[34.240.0.20, ▸a.acme.com]"), `${at}[1]`, "is not an IPv4 address"],
    [of("▸[]"), at, "a list of 1 to 5"],
    [of("▸[34.1.1.1, 34.1.1.2, 34.1.1.3, 34.1.1.4, 34.1.1.5, 34.1.1.6]"), at, "a list of 1 to 5"],
    [of("▸[3.120.0.10]"), at, 'same value as target "frankfurt"'],
    [
      of("▸[34.1.1.1, 34.1.1.2]", { check: "{ any: [{ tcp: 1 }, { tcp: 2 }] }" }),
      at,
      "no check of any",
      "connect",
    ],
    [
      of("▸[34.1.1.1, 34.1.1.2]", { check: "{ all: [{ tcp: 1 }, { tcp: 2 }, { tcp: 3 }] }" }),
      at,
      "6 probes at once",
    ],
    [
      of("▸[b.acme.com, c.acme.com]", {
        dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: CNAME }",
        first: "{ id: frankfurt, value: a.acme.com }",
      }),
      at,
      "a CNAME record has one value",
    ],
  ]);
});
