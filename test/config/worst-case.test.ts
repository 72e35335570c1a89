import { describe, expect, test } from "vitest";
import { formatDuration, parseDuration } from "../../config/duration.ts";
import { worstCases } from "../../config/worst-case.ts";
import { requestsOf } from "../../lambda/steps/tick.ts";
import { parseValid, withService } from "./sample.ts";

describe("worst case", () => {
  const of = (more: string) => worstCases(parseValid(withService({ more })).config);

  test("interval + timeout + confirmWithin but for 100 ms + 5 ms for each of two endpoints, then 60 s and the TTL", () => {
    expect(of("")).toEqual([
      {
        service: "shop",
        detectMs: 17_910,
        recoverMs: 92_910,
        parts: [
          ["interval", 10_000],
          ["spread", 10],
          ["timeout", 3_000],
          ["confirm", 4_900],
          ["propagation", 60_000],
          ["ttl", 15_000],
        ],
      },
    ]);
  });

  test("by beacons the next reading of the health checks, 10 s apart, is all that comes between", () => {
    const [worst] = of("    via: beacons\nbeacons: [eu-south-1, ca-central-1, ap-south-1]\n");
    expect(worst?.parts.slice(4)).toEqual([
      ["health checks", 10_000],
      ["ttl", 15_000],
    ]);
    expect(worst).toMatchObject({ detectMs: 17_910, recoverMs: 42_910 });
  });

  test("the service's own policy counts", () => {
    expect(of("    interval: 30s\n    timeout: 4s\n    confirmWithin: 6s\n")[0]?.detectMs).toBe(39_910);
  });

  test("a refusal is as bad where the time-out is shorter than the grace of 400 ms", () => {
    expect(of("    timeout: 200ms\n")[0]?.detectMs).toBe(10_000 + 5000 + 400 + 10);
  });

  test("staggered: a fifth of the interval", () => {
    const [worst] = of("    staggered: true\n");
    expect(worst?.detectMs).toBe(2_000 + 3000 + 5000 - 100 + 10);
    expect(worst?.parts[0]).toEqual(["interval / locations", 2_000]);
  });

  test("no probe of a tick starts later than the spread says, also where others are asked more often", () => {
    const slow = Array.from(
      { length: 150 },
      (_, i) => `  e${i}: { https: https://acme.com, interval: 60s }\n`,
    );
    const shop = "    staggered: true\n    interval: 8s\n    timeout: 1s\n";
    const blog = `  blog:
    interval: 60s
    dns: { zoneId: Z0BLOG, name: blog.acme.org, type: A }
    check: { https: /health }
    targets:
      - { id: frankfurt, value: 3.120.0.11 }
      - { id: ireland, value: 34.240.0.21 }
`;
    const { config } = parseValid(withService({ more: `${shop}${blog}endpoints:\n${slow.join("")}` }));
    const turns = config.endpoints
      .filter(({ policy }) => policy.intervalMs === 60_000)
      .map((endpoint) => ({ endpoint, location: "eu-central-1" }));
    const starts = requestsOf(config, turns).flatMap(({ questions }) =>
      questions.flatMap(({ triesAtMs }) => triesAtMs),
    );
    const spread =
      new Map(worstCases(config).find(({ service }) => service === "blog")?.parts).get("spread") ?? 0;
    expect(Math.max(...starts)).toBeGreaterThan(500);
    expect(Math.max(...starts)).toBeLessThanOrEqual(spread);
  });

  test("an interval between two ticks waits for the later one", () => {
    const more = "    interval: 15s\nendpoints:\n  docs: https://acme.com\n";
    expect(of(more)[0]?.detectMs).toBe(20_000 + 3000 + 5000 - 100 + 15);
  });
});

test.each([
  ["500ms", 500],
  ["10s", 10_000],
  ["2m", 120_000],
  ["1h", 3_600_000],
  ["1d", 86_400_000],
  ["0s", 0],
])("%s is %i ms", (text, ms) => expect(parseDuration(text)).toBe(ms));

test.each(["", "10", "s", "1.5s", "-1s", " 1s", "1s ", "1S", "1w", "1m30s", "99999999999s"])(
  "%j is no duration",
  (text) => expect(parseDuration(text)).toBeUndefined(),
);

test.each([0, 1, 999, 1000, 1500, 60_000, 90_000, 86_400_000])("%i ms survives being written", (ms) =>
  expect(parseDuration(formatDuration(ms))).toBe(ms),
);
