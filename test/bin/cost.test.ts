import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cost } from "../../bin/commands/cost.ts";
import { checksBill, priceOf, total } from "../../bin/cost/bill.ts";
import { type Use, usageOf } from "../../bin/cost/usage.ts";
import { parseValid } from "../config/sample.ts";

const five = "[eu-central-1, eu-north-1, us-east-2, us-west-2, ap-northeast-1]";

const one = "locations: [eu-central-1]\nendpoints: { db: { tcp: 'db.acme.com:5432', interval: 60s } }\n";

const many = (count: number, check: (i: number) => string): string =>
  `locations: ${five}\nendpoints:\n${Array.from({ length: count }, (_, i) => `  site-${i}: ${check(i)}`).join("\n")}\n`;

const page = (i: number): string => `https://site-${i}.acme.com/`;

const amounts = (text: string, mailReceivers = 0): Record<string, number> =>
  Object.fromEntries(
    usageOf(parseValid(text).config, mailReceivers).map(({ part, amount }) => [part, amount]),
  );

// Worked out by hand. A month has 43,800 minutes.
describe("what a month uses", () => {
  test("one tcp endpoint, once a minute, from one location", () => {
    const used = amounts(one, 2);
    expect(used).toMatchObject({
      // 256 MB for 63 of 60 seconds.
      "sweep, never at rest": 0.25 * 63 * 43_800,
      // Half a GB for 0.1 s each, and for half a second with every thousandth.
      "probe functions": expect.closeTo(0.5 * (43_800 * 0.1 + 43.8 * 0.5), 6),
      "calls of functions": expect.closeTo(43_800 + 43.8 + 43_800, 6),
      // Its record, and 15 writes of the lease.
      "tables: written": 16 * 43_800,
      "tables: read": 21 * 43_800,
      schedule: 43_800,
      alarms: 3,
      metrics: 3,
      dashboard: 1,
      "alerts by e-mail": 200,
      "data to endpoints": expect.closeTo((43_800 * 250) / 1e9, 9),
      "data between Regions": 0,
    });
    // 11,328 records of 8 days and 2,400 of 100 days, at 1 KB.
    expect(used["tables: kept"]).toBeCloseTo(13_728_000 / 1e9, 9);
  });

  test("400 https endpoints, every 10 s, from five locations", () => {
    const used = amounts(many(400, page));
    // Each tick two requests of 200; the last probe starts after 995 ms and takes 300.
    const requests = 2 * 6 * 43_800;
    const probes = 400 * 6 * 43_800;
    const confirms = (probes / 1000) * 5;
    expect(used).toMatchObject({
      "probe functions": expect.closeTo(0.5 * (requests * 1.295 + confirms * 0.5), 3),
      "calls of functions": expect.closeTo(requests + confirms + 43_800, 6),
      "tables: written": 415 * 43_800,
      alarms: 4,
      "data to endpoints": expect.closeTo((probes * 1_150) / 1e9, 6),
    });
  });

  test("a service is its targets, and is read once a minute itself", () => {
    const text = `locations: ${five}
services:
  shop:
    dns: { zoneId: Z0SHOP, name: shop.acme.com, type: A }
    check: { https: /health }
    targets: [{ id: one, value: 3.120.0.10 }, { id: two, value: 34.240.0.20 }]
`;
    expect(amounts(text)).toMatchObject({
      "tables: written": 17 * 43_800,
      "tables: read": (2 + 1 + 8 + 12) * 43_800,
    });
  });

  test("beacons: four health checks, nine options, and sixteen checkers that read three objects every 10 s", () => {
    const text = `locations: ${five}
beacons: [eu-south-1, ca-central-1, ap-south-1]
services:
  shop:
    via: beacons
    dns: { zoneId: Z0SHOP, name: shop.acme.com, type: A }
    check: { https: /health }
    targets: [{ id: one, value: 3.120.0.10 }, { id: two, value: 34.240.0.20 }]
`;
    const used = amounts(text);
    expect(used).toMatchObject({
      "beacons: checks": 4,
      "beacons: fast, text": 9,
      // A minute has six readings by sixteen, and the sweep's own look.
      "beacons: read": 3 * 97 * 43_800,
      "beacons: written": 30,
    });
    const ofBeacons = usageOf(parseValid(text).config, 0).filter(({ part }) => part.startsWith("beacons"));
    // $2 + $9 for checks, $5.10 for reads at $0.0004 a thousand, and 12.6 GB.
    expect(ofBeacons.reduce((sum, use) => sum + priceOf(use), 0)).toBeCloseTo(2 + 9 + 5.098 + 1.135, 2);
    const { list, atLeast } = total(ofBeacons);
    expect(list - atLeast).toBeCloseTo(2 + 1.135, 2);
  });

  test("another Region is asked four times of five, with a question each", () => {
    const bytes = 4_000 + 90 + JSON.stringify(questionOf(many(1, page))).length;
    expect(amounts(many(1, page))["data between Regions"]).toBeCloseTo((6 * 43_800 * 0.8 * bytes) / 1e9, 9);
  });

  const questionOf = (text: string) => {
    const [{ id, check, policy } = { id: "", check: {}, policy: { timeoutMs: 0 } }] =
      parseValid(text).config.endpoints;
    return { id, check, timeoutMs: policy.timeoutMs, triesAtMs: [0] };
  };
});

test.each<[string, Use, number]>([
  ["256 MB that never rest", { part: "", meter: "compute", amount: 0.25 * 2_628_000 }, 8.76],
  ["a write a minute", { part: "", meter: "write", amount: 43_800 }, 0.027375],
  ["four alarms", { part: "", meter: "alarm", amount: 4 }, 0.4],
  ["101 GB", { part: "", meter: "internet", amount: 101 }, 9.09],
])("%s", (_, use, dollars) => {
  expect(priceOf(use)).toBeCloseTo(dollars, 4);
});

test("what is free is taken off once, however many parts use it, and never more than was used", () => {
  const uses: Use[] = [
    { part: "a", meter: "compute", amount: 300_000 },
    { part: "b", meter: "compute", amount: 300_000 },
    { part: "c", meter: "alarm", amount: 4 },
    { part: "d", meter: "write", amount: 1_000_000 },
  ];
  expect(total(uses).list).toBeCloseTo(600_000 * 0.0000133334 + 0.4 + 0.625, 6);
  expect(total(uses).atLeast).toBeCloseTo(200_000 * 0.0000133334 + 0.625, 6);
});

const https = (i: number) => `{ https: '${page(i)}' }`;
const text = (i: number) => `{ https: '${page(i)}', contains: ok }`;
const tcp = (i: number) => `{ tcp: 'db-${i}.acme.com:5432' }`;

// https://aws.amazon.com/route53/pricing/, "Health checks".
test.each<[string, number, (i: number) => string, "aws" | "other", 10 | 30, number]>([
  ["one plain check in the account is one of the fifty free", 1, tcp, "aws", 30, 0],
  ["one plain check elsewhere", 1, tcp, "other", 30, 0.75],
  ["fast https elsewhere", 1, https, "other", 10, 4.75],
  ["fast https with text elsewhere", 1, text, "other", 10, 6.75],
  ["options are not free", 50, https, "aws", 30, 50],
  ["the fifty-first costs", 51, https, "aws", 30, 51.5],
  ["a hundred plain ones", 100, tcp, "aws", 30, 25],
  ["a thousand fast ones", 1000, https, "other", 10, 4750],
])("Route 53: %s", (_, count, check, kind, intervalS, dollars) => {
  const { endpoints } = parseValid(many(count, check)).config;
  expect(checksBill(endpoints, kind, intervalS)).toBe(dollars);
});

describe("the command", () => {
  const run = (config: string): { code: number; printed: string } => {
    const file = join(mkdtempSync(join(tmpdir(), "pointsman-")), "pointsman.yaml");
    writeFileSync(file, config);
    const lines: string[] = [];
    const code = cost(file, (line) => lines.push(line));
    return { code, printed: lines.join("\n").replace(file, "pointsman.yaml") };
  };

  test.each([1, 500])("fits into 80 columns: %i endpoints", (count) => {
    const { code, printed } = run(many(count, page));
    expect(printed.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(code).toBe(0);
  });

  test("the parts are what they come to together", () => {
    const { printed } = run(many(100, text));
    const dollars = (line: string) => Number(/([\d,.]+)$/.exec(line)?.[1]?.replaceAll(",", ""));
    const lines = printed.split("\n");
    const from = lines.findIndex((line) => line.startsWith("PART")) + 1;
    const to = lines.findIndex((line) => line.startsWith("TOGETHER"));
    const parts = lines.slice(from, to).map(dollars);
    expect(parts).toHaveLength(15);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(dollars(lines[to] ?? ""), 0);
  });

  test("says so where Route 53 is cheaper, and where it is dearer", () => {
    expect(run(many(1, page)).printed).not.toContain("dearer");
    expect(run(many(10, page)).printed).toMatch(/in this account +20\.00 dearer +10\.00 cheaper/);
    expect(run(many(100, page)).printed).not.toContain("cheaper");
  });

  test("says what has to be known about the numbers", () => {
    const { printed } = run(`${many(501, page)}alerts: [{ sms: "+4915112345678" }]\n`);
    expect(printed).toContain("as of November 2026");
    expect(printed).toContain("an account has 200 of them");
    expect(printed).toContain("SMS (by country)");
    expect(printed).toContain("measured with 500 endpoints");
    expect(run(many(1, page)).printed).not.toMatch(/200 of them|SMS|measured/);
  });

  test("a file that could not be deployed has no bill", () => {
    const { code, printed } = run("locations: [mars-1]\n");
    expect(printed).toContain("mars-1");
    expect(code).toBe(1);
  });
});
