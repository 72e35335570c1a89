import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Route53Client } from "@aws-sdk/client-route-53";
import { describe, expect, test } from "vitest";
import { plan, type Zones } from "../../bin/commands/plan.ts";
import { zoneName } from "../../bin/zone-name.ts";
import { perKey } from "../../lambda/aws/per-key.ts";
import { openDns } from "../../lambda/aws/route53.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { serveLoopback } from "../../local/loopback-server.ts";
import { openRoute53 } from "../../local/route53/api.ts";
import type { Fault } from "../../local/route53/faults.ts";
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
      - { id: frankfurt, value: 203.0.113.10, check: { connect: frankfurt.acme.net } }
      - { id: ireland, value: 198.51.100.20, check: { connect: ireland.acme.net } }
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

type Around = {
  readonly zoneId?: string;
  readonly zone?: string;
  readonly fault?: Fault;
  /** Who may touch the zone: a role's name. */
  readonly owner?: string;
  /** Where DNS leads to for a name. */
  readonly serversOf?: Zones["serversOf"];
};

const delegated: Zones["serversOf"] = async () => ["NS-2.route53.test."];

type ClientIn = (roleArn: string | undefined) => Route53Client;

/** Runs `plan` on a file with these clients of Route 53. */
async function runAt(
  file: string,
  clientOfRole: ClientIn,
  serversOf: Zones["serversOf"],
): Promise<[number, string]> {
  const made: Route53Client[] = [];
  const clientIn = perKey((roleArn: string | undefined) => {
    const client = clientOfRole(roleArn);
    made.push(client);
    return client;
  });
  const printed: string[] = [];
  try {
    const openZones = (home: string): Zones => {
      expect(home).toBe("eu-central-1");
      return {
        dns: openDns(clientIn, async () => {}),
        nameOf: ({ zoneId, roleArn }) => zoneName(clientIn(roleArn), zoneId),
        answered: async () => {
          throw new Error("nobody is asked");
        },
        serversOf,
      };
    };
    return [await plan(file, openZones, (line) => printed.push(line)), printed.join("\n")];
  } finally {
    for (const client of made) client.destroy();
  }
}

/** Runs `plan` against a Route 53 that holds `sets` for whoever is called so. */
async function run(
  text: string,
  sets: readonly RecordSet[],
  { zoneId = "Z0EXAMPLE1", zone = "acme.com", fault, owner = "home", serversOf = delegated }: Around = {},
): Promise<[number, string]> {
  const file = join(mkdtempSync(join(tmpdir(), "pointsman-")), "pointsman.yaml");
  writeFileSync(file, text);
  const route53 = await openRoute53({
    zones: [openZone(zoneId, zone, sets)],
    access: { callerOf: (key) => key, ownerOf: () => owner },
    requestsPerSecond: Number.POSITIVE_INFINITY,
    port: 0,
  });
  if (fault) route53.faults.failNext(fault);
  const clientIn: ClientIn = (roleArn = "home") =>
    new Route53Client({
      ...clientOf("us-east-1", route53.url),
      credentials: { accessKeyId: roleArn.replace(/.*\//, ""), secretAccessKey: "local" },
      maxAttempts: 1,
    });
  try {
    const ran = await runAt(file, clientIn, serversOf);
    expect(route53.changes()).toEqual([]);
    return ran;
  } finally {
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

test.each<[string, Around, string]>([
  ["is not in the account", { zoneId: "Z0EXAMPLE2" }, "NoSuchHostedZone"],
  [
    "is another one than the name's",
    { zone: "acme.org" },
    "zone Z0EXAMPLE1 is acme.org: shop.acme.com does not",
  ],
  ["only ends in the same letters", { zone: "hop.acme.com" }, "shop.acme.com does not lie in it"],
  ["is asked too often", { fault: { when: "before", error: "Throttling" } }, "try again in a minute"],
  ["does not answer", { fault: { when: "before" } }, "AWS was not reached"],
  [
    "is Route 53's own trouble",
    { fault: { when: "before", error: "ServiceUnavailable" } },
    "ServiceUnavailable",
  ],
])("a zone that %s: it is said what to do, and the exit code is 1", async (_, around, says) => {
  const [code, printed] = await run(yaml("armed"), [], around);
  expect(printed).toContain("shop (shop.acme.com A");
  expect(printed).toContain(says);
  expect(code).toBe(1);
});

describe("a zone in another account", () => {
  const inRole = yaml("armed").replace("name:", "roleArn: 'arn:aws:iam::123456789012:role/zone', name:");

  test("is read in its role", async () => {
    const [code, printed] = await run(inRole, [record("203.0.113.10")], { owner: "zone" });
    expect(printed).toContain("203.0.113.10 (TTL 15 s): frankfurt");
    expect(code).toBe(0);
  });

  test("that the role does not open is said with the role and the reason", async () => {
    const [code, printed] = await run(inRole, [record("203.0.113.10")], { owner: "other" });
    expect(printed).toContain(
      "zone Z0EXAMPLE1 could not be read as arn:aws:iam::123456789012:role/zone: AccessDenied",
    );
    expect(code).toBe(1);
  });
});

test("the zone's own name lies in it", async () => {
  const [code, printed] = await run(yaml("armed"), [record("203.0.113.10")], { zone: "shop.acme.com" });
  expect(printed).toContain("none until the primary is proven down");
  expect(code).toBe(0);
});

/** What Route 53 answers to whom it does not let in ("Common Errors" of its API Reference). */
async function refused(code: string): Promise<[number, string]> {
  const body = `<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type><Code>${code}</Code><Message>told to refuse</Message></Error></ErrorResponse>`;
  const server = await serveLoopback((_, response) =>
    response.writeHead(403, { "content-type": "text/xml" }).end(body),
  );
  const file = join(mkdtempSync(join(tmpdir(), "pointsman-")), "pointsman.yaml");
  writeFileSync(file, `${yaml("armed")}${second}`);
  try {
    return await runAt(
      file,
      () => new Route53Client({ ...clientOf("us-east-1", server.url), maxAttempts: 1 }),
      delegated,
    );
  } finally {
    await server.close();
  }
}

const second = `  blog:
    dns: { zoneId: Z0EXAMPLE1, name: blog.acme.com, type: CNAME, ttl: 15s }
    check: { tcp: 443 }
    targets: [{ id: one, value: one.acme.net }, { id: two, value: two.acme.net }]
`;

test("where DNS leads to another zone, that is said beside the plan", async () => {
  const [code, printed] = await run(yaml("armed"), [record("203.0.113.10")], {
    serversOf: async () => ["ns.other"],
  });
  expect(printed).toMatch(
    /change {2}none until .*\n {2}dns {5}asks ns\.other for shop\.acme\.com, .*ns-1\.route53\.test/,
  );
  expect(code).toBe(0);
});

test("what one zone does not allow is said of each service", async () => {
  const [code, printed] = await refused("AccessDenied");
  expect(printed.match(/AccessDenied: told to refuse; .*docs\/deploy\.md/g)).toHaveLength(2);
  expect(code).toBe(1);
});

test("credentials that are no good are said once", async () => {
  const [code, printed] = await refused("InvalidClientTokenId");
  expect(printed).toMatch(
    /^InvalidClientTokenId: told to refuse; AWS does not take these credentials[^\n]*$/,
  );
  expect(code).toBe(1);
});

test.each([
  ["a Region that is none", "locations: [mars-1]\n", "mars-1"],
  ["what only a laptop can probe", yaml("armed").replace("ireland.acme.net", "127.0.0.1"), "127.0.0.1"],
])("a config with %s is refused before anything is read", async (_, text, says) => {
  const [code, printed] = await run(text, []);
  expect(printed).toContain(says);
  expect(code).toBe(1);
});

test("failover records of beacons are recognised; a simple record is told the command that makes it some", async () => {
  const text = `${yaml("armed").replace("failback:", "via: beacons\n    failback:")}beacons: [eu-south-1, ca-central-1, ap-south-1]\n`;
  const leg = (value: string, role: "PRIMARY" | "SECONDARY"): RecordSet => ({
    ...record(value),
    failover: { role, setIdentifier: role, healthCheckId: `${role}-check` },
  });
  const { healthCheckId: _, ...secondary } = leg("", "SECONDARY").failover ?? {
    role: "SECONDARY",
    setIdentifier: "",
  };
  const pair = [leg("203.0.113.10", "PRIMARY"), { ...record("198.51.100.20"), failover: secondary }];
  const [code, printed] = await run(text, pair);
  expect(printed).toContain(
    "PRIMARY 203.0.113.10 (TTL 15 s, health check PRIMARY-check); SECONDARY 198.51.100.20",
  );
  expect(printed).toContain("not heard: nobody is asked");
  expect(code).toBe(0);
  const [fine, simple] = await run(text, [record("203.0.113.10")]);
  expect(simple).toContain("none until the primary is proven down; pointsman convert shop makes it");
  expect(fine).toBe(0);
  const [wrong, api] = await run(yaml("armed"), pair);
  expect(api).toContain("these are failover records, and via: api moves a simple one");
  expect(wrong).toBe(1);
});
