import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { head, parse, parseValid, withService } from "./sample.ts";

/** Text that is close to a config: words of the schema, values and YAML's own signs in any order. */
const words = [
  "locations",
  "endpoints",
  "services",
  "shop",
  "docs",
  "https",
  "tcp",
  "check",
  "targets",
  "dns",
  "tls",
  "wss",
  "grpc",
  "all",
  "any",
  "ask",
  "acme.com A",
  "send",
  "expect",
  "id",
  "value",
  "interval",
  "10s",
  "10",
  "A",
  "https://acme.com",
  "&a",
  "*a",
  "<<",
  "__proto__",
  "constructor",
  "null",
  "~",
  "true",
  "3.1.1.1",
  "Z0SHOP",
  "eu-west-1",
];
const signs = [
  ": ",
  ":",
  "\n",
  "\n  ",
  "\n    ",
  "- ",
  "{",
  "}",
  "[",
  "]",
  ", ",
  "'",
  '"',
  "#",
  "|\n",
  ">\n",
  "---\n",
  "!!set ",
  "\t",
  "? ",
  "%",
  "@",
  "\r\n",
  "\uFEFF",
  "\0",
];
const nearlyYaml = fc
  .array(fc.oneof(fc.constantFrom(...words), fc.constantFrom(...signs)), { maxLength: 60 })
  .map((parts) => parts.join(""));

/** A map like a config's with anything for values. */
const nearlyConfig = fc
  .record(
    Object.fromEntries(
      ["locations", "endpoints", "services", "defaults", "alerts", "references"].map((key) => [
        key,
        fc.oneof(
          fc.jsonValue({ maxDepth: 3 }),
          fc.dictionary(
            fc.constantFrom(...words),
            fc.dictionary(fc.constantFrom(...words), fc.jsonValue({ maxDepth: 2 })),
          ),
        ),
      ]),
    ),
    { requiredKeys: [] },
  )
  .map((value) => stringify(value));

/** A valid service with pieces cut out and put elsewhere. */
const shuffled = fc.array(fc.tuple(fc.nat(400), fc.nat(30), fc.nat(400)), { maxLength: 6 }).map((moves) =>
  moves.reduce((text, [from, length, to]) => {
    const rest = text.slice(0, from) + text.slice(from + length);
    return rest.slice(0, to) + text.slice(from, from + length) + rest.slice(to);
  }, withService()),
);

describe("whatever the text, there is a config or an error with a place in the file, never an exception", () => {
  const check = (text: string) => {
    const loaded = parse(text);
    const findings = [...loaded.warnings, ...(loaded.ok ? [] : loaded.errors)];
    expect(loaded.ok || loaded.errors.length > 0).toBe(true);
    const lines = text.split("\n").length;
    for (const { line, column, message } of findings) {
      expect(line).toBeGreaterThanOrEqual(1);
      expect(line).toBeLessThanOrEqual(lines);
      expect(column).toBeGreaterThanOrEqual(1);
      expect(message).not.toContain("bug");
      expect(message).not.toContain("\n");
    }
  };

  test.each([
    ["random text", fc.string({ unit: "binary", maxLength: 200 })],
    ["signs and words", nearlyYaml],
    ["half a config", nearlyConfig],
    ["a shuffled config", shuffled],
  ])("%s", (_what, texts) => {
    fc.assert(fc.property(texts, check), { numRuns: 60 });
  });
});

describe("a config that was generated is understood as it was meant", () => {
  const id = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,40}$/);
  const seconds = fc.integer({ min: 10, max: 3600 });
  const octet = fc.integer({ min: 1, max: 254 });
  const endpoint = fc.record({
    name: fc.stringMatching(/^[a-z]{1,10}$/),
    path: fc.stringMatching(/^\/[a-z0-9/]{0,10}$/),
    interval: seconds,
    timeoutMs: fc.integer({ min: 100, max: 4500 }),
    status: fc.array(fc.integer({ min: 100, max: 599 }), { minLength: 1, maxLength: 3 }),
    contains: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
    tcp: fc.boolean(),
  });
  type Meant = typeof endpoint extends fc.Arbitrary<infer One> ? One : never;
  const service = fc.record({
    targets: fc.uniqueArray(fc.tuple(id, octet), { minLength: 2, maxLength: 4, selector: ([name]) => name }),
    ttl: fc.integer({ min: 1, max: 60 }),
    armed: fc.boolean(),
  });

  const checkMeant = ({ name, path, interval, status, contains, tcp }: Meant) =>
    tcp
      ? { type: "tcp", host: `${name}.acme.com`, port: interval }
      : {
          type: "http",
          url: `https://${name}.acme.com${path}`,
          status: status.map((code) => [code, code]),
          contains,
        };

  test("endpoints", () => {
    fc.assert(
      fc.property(fc.dictionary(id, endpoint, { minKeys: 1 }), (endpoints) => {
        const written = Object.entries(endpoints).map(([key, one]) => {
          const policy = { interval: `${one.interval}s`, timeout: `${one.timeoutMs}ms` };
          if (one.tcp) return [key, { tcp: `${one.name}.acme.com:${one.interval}`, ...policy }];
          const { status, contains } = one;
          return [
            key,
            {
              https: `https://${one.name}.acme.com${one.path}`,
              status,
              ...(contains !== undefined && { contains }),
              ...policy,
            },
          ];
        });
        const { config } = parseValid(head + stringify({ endpoints: Object.fromEntries(written) }));
        for (const { id: key, check, policy } of config.endpoints) {
          const meant = endpoints[key];
          if (!meant) throw new Error(`nobody wrote ${key}`);
          expect(policy).toMatchObject({ intervalMs: meant.interval * 1000, timeoutMs: meant.timeoutMs });
          expect({ contains: undefined, ...check }).toMatchObject(checkMeant(meant));
        }
        expect(config.endpoints.map((one) => one.id).sort()).toEqual(Object.keys(endpoints).sort());
      }),
    );
  });

  test("services", () => {
    fc.assert(
      fc.property(fc.dictionary(id, service, { minKeys: 1, maxKeys: 5 }), (services) => {
        const names = Object.keys(services);
        const address = (of: string, index: number) => `5.${names.indexOf(of) + 1}.${index + 1}.7`;
        const written = Object.entries(services).map(([key, one], index) => [
          key,
          {
            mode: one.armed ? "armed" : "shadow",
            dns: { zoneId: "Z0SHOP", name: `s${index}.acme.com`, type: "A", ttl: `${one.ttl}s` },
            check: { https: "/health" },
            targets: one.targets.map(([target], place) => ({ id: target, value: address(key, place) })),
          },
        ]);
        const { config } = parseValid(head + stringify({ services: Object.fromEntries(written) }));
        for (const found of config.services) {
          const meant = services[found.id];
          expect(found.dns.ttlSeconds).toBe(meant?.ttl);
          expect(found.mode).toBe(meant?.armed ? "armed" : "shadow");
          expect(found.targets.map((one) => one.id)).toEqual(meant?.targets.map(([target]) => target));
          for (const [index, target] of found.targets.entries()) {
            const probed = config.endpoints.find((one) => one.id === target.endpoint)?.check;
            expect(target.values).toEqual([address(found.id, index)]);
            expect(probed).toMatchObject({
              connect: { host: target.values[0], port: 443 },
              serverName: found.dns.name,
            });
          }
        }
      }),
    );
  });
});

test("every fault of 2,000 endpoints with five each is told", () => {
  const lines = (rest: string) =>
    Array.from({ length: 2000 }, (_, i) => `  e${i}: { https: 'https://h${i}.acme.com/', ${rest} }`).join(
      "\n",
    );
  const counted = (text: string) => {
    const loaded = parse(text);
    return loaded.ok ? loaded.config.endpoints.length : loaded.errors.length;
  };
  expect(counted(`${head}endpoints:\n${lines("status: [200], within: 2s")}\n`)).toBe(2000);
  expect(
    counted(`${head}endpoints:\n${lines("status: 2, within: 2, tmeout: 1, redirects: no, tcp: x")}\n`),
  ).toBe(12_000);
});
