import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Route53Client } from "@aws-sdk/client-route-53";
import { describe, expect, test } from "vitest";
import { plan } from "../../bin/commands/plan.ts";
import { openDns } from "../../lambda/aws/route53.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { openRoute53 } from "../../local/route53/api.ts";
import { openZone, type RecordSet } from "../../local/route53/zone.ts";

const yaml = (mode: string, failback = "manual") => `
locations: [eu-central-1, eu-west-1, us-west-2]
services:
  shop:
    mode: ${mode}
    failback: ${failback}
    dns: { zoneId: Z0EXAMPLE1, name: shop.acme.com, type: A, ttl: 15s }
    check: { tcp: 443 }
    targets:
      - { id: frankfurt, value: 203.0.113.10, check: { connect: 127.0.0.1:1 } }
      - { id: ireland, value: 198.51.100.20, check: { connect: 127.0.0.1:2 } }
`;

const record = (value: string, ttlSeconds = 15): RecordSet => ({
  name: "shop.acme.com",
  type: "A",
  ttlSeconds,
  values: [value],
});

const generation: RecordSet = {
  name: "_pointsman-a.shop.acme.com",
  type: "TXT",
  ttlSeconds: 60,
  values: ['"owner=me gen=3"'],
};

/** Runs `plan` against a Route 53 that holds `sets` for whoever is called so. */
async function run(
  text: string,
  sets: readonly RecordSet[],
  zoneId = "Z0EXAMPLE1",
  owner = "home",
): Promise<[number, string]> {
  const file = join(mkdtempSync(join(tmpdir(), "pointsman-")), "pointsman.yaml");
  writeFileSync(file, text);
  const route53 = await openRoute53({
    zones: [openZone(zoneId, "acme.com", sets)],
    access: { callerOf: (key) => key, ownerOf: () => owner },
    requestsPerSecond: Number.POSITIVE_INFINITY,
    port: 0,
  });
  const clients: Route53Client[] = [];
  const clientIn = (roleArn = "home") => {
    const client = new Route53Client({
      ...clientOf("us-east-1", route53.url),
      credentials: { accessKeyId: roleArn.replace(/.*\//, ""), secretAccessKey: "local" },
      maxAttempts: 1,
    });
    clients.push(client);
    return client;
  };
  const printed: string[] = [];
  try {
    const openDnsFrom = (home: string) => {
      expect(home).toBe("eu-central-1");
      return openDns(clientIn, async () => {});
    };
    const code = await plan(file, openDnsFrom, (line) => printed.push(line));
    expect(route53.changes()).toEqual([]);
    return [code, printed.join("\n")];
  } finally {
    for (const client of clients) client.destroy();
    await route53.close();
  }
}

test.each<[string, string, RecordSet[], number, string[]]>([
  [
    "points to the primary",
    yaml("armed"),
    [record("203.0.113.10")],
    0,
    ["203.0.113.10 (TTL 15 s): frankfurt", "none until the primary is proven down"],
  ],
  [
    "has another TTL",
    yaml("armed"),
    [record("203.0.113.10", 300)],
    0,
    ["TTL 300 s", "the TTL becomes 15 s with the first move"],
  ],
  [
    "points to the standby",
    yaml("armed"),
    [record("198.51.100.20"), generation],
    0,
    ["none until you fail back", "gen=3"],
  ],
  [
    "points to the standby and goes back by itself",
    yaml("armed", "auto"),
    [record("198.51.100.20")],
    0,
    ["until the primary has been up long enough"],
  ],
  [
    "has no record",
    yaml("armed"),
    [],
    0,
    ["no record", "create the record, pointing to the first target that is proven up"],
  ],
  ["has no record in shadow mode", yaml("shadow"), [], 0, ["none in shadow mode"]],
  [
    "points elsewhere",
    yaml("armed"),
    [record("192.0.2.1")],
    1,
    ["none of the targets", "keep its hands off"],
  ],
])("a name that %s", async (_, text, sets, code, says) => {
  const [got, printed] = await run(text, sets);
  for (const part of says) expect(printed).toContain(part);
  expect(got).toBe(code);
});

test("a zone that cannot be read is said, with the reason, and the exit code is 1", async () => {
  const [code, printed] = await run(yaml("armed"), [], "Z0EXAMPLE2");
  expect(printed).toContain("zone Z0EXAMPLE1 could not be read: NoSuchHostedZone");
  expect(code).toBe(1);
});

describe("a zone in another account", () => {
  const inRole = yaml("armed").replace("name:", "roleArn: 'arn:aws:iam::123456789012:role/zone', name:");

  test("is read in its role", async () => {
    const [code, printed] = await run(inRole, [record("203.0.113.10")], "Z0EXAMPLE1", "zone");
    expect(printed).toContain("203.0.113.10 (TTL 15 s): frankfurt");
    expect(code).toBe(0);
  });

  test("that the role does not open is said with the role and the reason", async () => {
    const [code, printed] = await run(inRole, [record("203.0.113.10")], "Z0EXAMPLE1", "other");
    expect(printed).toContain(
      "zone Z0EXAMPLE1 could not be read as arn:aws:iam::123456789012:role/zone: AccessDenied",
    );
    expect(code).toBe(1);
  });
});

test("a config with errors is refused before anything is read", async () => {
  const [code, printed] = await run("locations: [mars-1]\n", []);
  expect(printed).toContain("mars-1");
  expect(code).toBe(1);
});
