import { describe } from "vitest";
import { refusesEach } from "./refuses.ts";
import { withEndpoint, withService } from "./sample.ts";

describe("durations", () => {
  refusesEach([
    [
      withEndpoint("{ https: https://acme.com, interval: ▸10 }"),
      "endpoints.docs.interval",
      "10 has no unit",
      "10s?",
    ],
    [
      withEndpoint("{ https: https://acme.com, interval: ▸10x }"),
      "endpoints.docs.interval",
      "no duration",
      "500ms",
    ],
    [withEndpoint("{ https: https://acme.com, interval: ▸1.5m }"), "endpoints.docs.interval", "no duration"],
    [withEndpoint("{ https: https://acme.com, interval: ▸-5s }"), "endpoints.docs.interval", "no duration"],
    [
      withEndpoint("{ https: https://acme.com, interval: ▸900ms }"),
      "endpoints.docs.interval",
      "out of range",
      "from 1s",
    ],
    [
      withService({ dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: A, ttl: ▸15 }" }),
      "services.shop.dns.ttl",
      "15 has no unit",
      "15s?",
    ],
    [
      withService({ dns: "{ zoneId: Z0SHOP, name: shop.acme.com, type: A, ttl: ▸1500ms }" }),
      "services.shop.dns.ttl",
      "whole number of seconds",
    ],
    [
      withEndpoint("{ https: https://acme.com, timeout: ▸11s }"),
      "endpoints.docs.timeout",
      "timeout 11s is longer than interval 10s",
      "16s",
    ],
    [
      withEndpoint("{ https: https://acme.com, interval: ▸7s }"),
      "endpoints.docs.interval",
      "confirmWithin 5s + timeout 3s = 8s is longer than interval 7s",
      "8s",
    ],
    [
      `${withEndpoint("https://acme.com")}defaults: { confirmWithin: ▸8s }`,
      "defaults.confirmWithin",
      "confirmWithin 8s + timeout 3s",
      "11s",
    ],
    [withService({ more: "    timeout: ▸6s\n" }), "services.shop.timeout", "confirmWithin 5s + timeout 6s"],
    [
      withEndpoint(
        "{ https: https://acme.com, staggered: true, interval: ▸4s, timeout: 1s, confirmWithin: 2s }",
      ),
      "endpoints.docs.interval",
      "staggered over 5 locations, interval 4s asks every 800ms",
      "raise interval to 5s",
    ],
    [
      `${withService({ more: "    staggered: ▸true\n" })}defaults: { interval: 4s, timeout: 1s, confirmWithin: 2s }`,
      "services.shop.staggered",
      "interval 4s asks every 800ms",
    ],
    [
      withEndpoint("{ https: https://acme.com, timeout: ▸5s }"),
      "endpoints.docs.timeout",
      "confirmWithin 5s has no room for two tries of timeout 5s",
      "5500ms",
    ],
    [
      withEndpoint("{ https: https://acme.com, within: ▸4s }"),
      "endpoints.docs.within",
      "within 4s is longer than timeout 3s",
    ],
    [
      withService({ check: "{ https: /, within: ▸4s }" }),
      "services.shop.check.within",
      "longer than timeout 3s",
    ],
    [
      withService({ second: "{ id: b, value: 34.1.1.1, check: { within: ▸4s } }" }),
      "services.shop.targets[1].check.within",
      "longer",
    ],
  ]);
});
