import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ChangeResourceRecordSetsCommand, Route53Client } from "@aws-sdk/client-route-53";
import { expect, test } from "vitest";
import { parseConfig } from "../../config/load.ts";
import { openStore } from "../../lambda/aws/tables.ts";
import { clientOf, forgetAws } from "../../local/aws-environment.ts";
import { demoConfigText, type Pace, type Via } from "../../local/demo-config.ts";
import { startDemoSite } from "../../local/demo-servers.ts";
import { startStack } from "../../local/stack.ts";
import { laptopTables } from "../../local/table-names.ts";
import { until } from "../../local/timeline.ts";
import { openResolver } from "../../local/watch/names.ts";
import { keysOf, openGate, operatorPolicy } from "../bin/operator-gate.ts";

forgetAws(process.env);

// The command line as an operator types it, in a process of its own, at a laptop's AWS: a real DynamoDB protocol, the
// deployed handlers, a Route 53 with its DNS server.

const launcher = fileURLToPath(new URL("../../bin/pointsman.js", import.meta.url));
const [primary, standby] = ["192.0.2.10", "198.51.100.20"];
// Deadlines, for a machine that does much else.
const stepMs = 120_000;

/** Quick, and patient with a machine that runs other tests beside. */
const pace: Pace = {
  interval: "3s",
  timeout: "1s",
  confirmWithin: "2s",
  within: "900ms",
  recoverAfter: "4s",
  failbackAfter: "4s",
};

/** A laptop's AWS with a shop that does not go back by itself, and the command line at it. */
async function open(via: Via) {
  const [frankfurt, ireland] = await Promise.all([
    startDemoSite("frankfurt", 450),
    startDemoSite("ireland", 450),
  ]);
  const ports = { frankfurt: frankfurt.port, ireland: ireland.port };
  const text = demoConfigText(ports, pace, via).replace("failback: auto", "failback: manual");
  const loaded = parseConfig(text, "demo.yaml", { laptop: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  const { config } = loaded;
  const quick = { minuteMs: 10_000, propagationMs: 200, checkEveryMs: 1_000 };
  const stack = await startStack({ config, ...quick, dnsPort: 0 });
  const gate = await openGate(stack.dynamodbUrl, laptopTables);
  const resolver = openResolver(stack.dns.port);
  const close = async () => {
    resolver.close();
    await gate.close();
    await stack.stop();
    await Promise.all([frankfurt.close(), ireland.close()]);
  };
  return { frankfurt, ireland, stack, gate, resolver, close };
}

type Laptop = Awaited<ReturnType<typeof open>>;

type Ran = { readonly code: number | null; readonly out: string };

/** Runs `pointsman …` without a terminal, and with an operator's permissions. */
const pointsman = ({ gate }: Laptop, ...args: string[]): Promise<Ran> =>
  run(args, { AWS_ENDPOINT_URL_DYNAMODB: gate.url });

function run(args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Ran> {
  const child = spawn(process.execPath, [launcher, ...args], {
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      out += String(data);
    });
  }
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out })));
}

const said = ["--yes", "--who", "anna", "--reason", "she tries it"];

async function ends(at: Laptop, exitCode: number, args: readonly string[]): Promise<string> {
  const { code, out } = await pointsman(at, ...args, ...said);
  expect(code, out).toBe(exitCode);
  return out;
}

/** Runs it, and expects that it does what it is told. */
const does = (at: Laptop, ...args: string[]): Promise<string> => ends(at, 0, args);

const refuses = (at: Laptop, ...args: string[]): Promise<string> => ends(at, 1, args);

const answered = async ({ resolver }: Laptop) => (await resolver.ask("shop.example.com", "A")).values[0];

const answers = (at: Laptop, value: string) =>
  until(`the resolver answers ${value}`, stepMs, async () =>
    (await answered(at)) === value ? true : undefined,
  );

/** Waits until a command prints that. */
const prints = (at: Laptop, what: RegExp, ...args: string[]) =>
  until(String(what), stepMs, async () => (what.test((await pointsman(at, ...args)).out) ? true : undefined));

/** What is saved of the two targets. */
const states = async ({ stack }: Laptop) => {
  const store = openStore(stack.client, stack.tables, { lease: 0, services: 0, records: 0, history: 0 });
  const records = await store.newest(["shop/frankfurt", "shop/ireland"], undefined);
  return [...records.values()].map(({ health }) => health.state).join();
};

const bothAre = (at: Laptop, wanted: string) =>
  until(`both are ${wanted}`, stepMs, async () => ((await states(at)) === wanted ? true : undefined));

/** Somebody else writes the record: Terraform, or a person at the console. */
async function overwrite({ stack }: Laptop, value: string): Promise<void> {
  const client = new Route53Client(clientOf("us-east-1", stack.route53.url));
  const ResourceRecordSet = {
    Name: "shop.example.com",
    Type: "A" as const,
    TTL: 15,
    ResourceRecords: [{ Value: value }],
  };
  const Changes = [{ Action: "UPSERT" as const, ResourceRecordSet }];
  await client.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: "Z0DEMO", ChangeBatch: { Changes } }),
  );
  client.destroy();
}

/** What of the operator's policy the stories needed. */
const used = new Set<string>();

/** Most of the time is waiting: the stories are told side by side. */
const story = (name: string, tell: (at: Laptop) => Promise<void>, via: Via = "api") =>
  test.concurrent(name, { timeout: 600_000 }, async () => {
    const at = await open(via);
    try {
      await bothAre(at, "up,up");
      await tell(at);
      for (const by of at.gate.used) used.add(by);
    } finally {
      await at.close();
    }
  });

story("failover and pin, release and failback; what is asked, refused and recorded", async (at) => {
  await answers(at, primary);
  // Nobody is asked where there is nobody to ask.
  const unasked = await pointsman(at, "failover", "shop");
  expect(unasked.out).toContain("nothing was done: there is no terminal to ask at, and --yes was not said");
  expect(unasked.code).toBe(1);
  expect(await refuses(at, "failover", "shup")).toContain(
    'no service shup is deployed; did you mean "shop"?',
  );

  const out = await does(at, "failover", "shop", "--to", "ireland", "--pin");
  expect(out).toMatch(
    /done after \d+\.\d s: ireland up at 5 of 5 locations\nanswered after \d+\.\d s: all \d servers? answer/,
  );
  expect(await answered(at)).toBe(standby);
  expect(await refuses(at, "failback", "shop")).toContain("refused: pinned to ireland by anna: she tries it");
  await does(at, "release", "shop");
  await does(at, "failback", "shop");
  expect(await answered(at)).toBe(primary);

  const { out: history } = await pointsman(at, "history", "shop", "--json");
  const events = JSON.parse(history) as { kind: string; by?: object }[];
  const byAnna = events.filter(({ by }) => by !== undefined);
  expect(byAnna.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["moved", "pinned", "released"]));
  expect(byAnna[0]?.by).toMatchObject({ who: "anna", why: "she tries it" });
});

story("freeze: an outage moves nothing, until unfreeze", async (at) => {
  expect(await does(at, "freeze")).toMatch(/shop: frozen by anna: she tries it, taken in after/);
  await at.frankfurt.break("refuse");
  await prints(at, /UTC {2}stays-down /, "history", "shop");
  expect(await answered(at)).toBe(primary);
  expect(await refuses(at, "failover", "shop")).toContain("refused: frozen by anna: she tries it");
  await does(at, "unfreeze");
  await answers(at, standby);
});

story("maintenance: drained, and no way back until it is over", async (at) => {
  expect(await does(at, "maintenance", "frankfurt", "--for", "2h")).toMatch(
    /shop\.example\.com now: ireland/,
  );
  expect(await answered(at)).toBe(standby);
  expect(await refuses(at, "failback", "shop")).toContain("refused: frankfurt is being worked on by anna");
  await does(at, "maintenance", "shop/frankfurt", "--end");
  await does(at, "failback", "shop");
  expect(await answered(at)).toBe(primary);
});

story("drill: there and back, by the resolver; refused when the standby is down", async (at) => {
  const drill = ["drill", "shop", "--stay", "1s", "--resolver", `127.0.0.1:${at.stack.dns.port}`];
  const drilled = await does(at, ...drill);
  expect(drilled).toContain(`the resolver answers ${standby}`);
  expect(drilled).toContain(`the resolver answers ${primary}`);
  expect(drilled).toContain("drill passed");
  await prints(
    at,
    /moved +shop\.example\.com was moved to ireland by anna.*drill: she tries it/,
    "history",
    "shop",
  );
  await at.ireland.break("refuse");
  await bothAre(at, "up,down");
  expect(await refuses(at, ...drill)).toContain("refused: no standby is proven up: ireland is down");
});

story("adopt: what somebody else has put there is kept, and moved again on an order", async (at) => {
  await does(at, "failover", "shop");
  await overwrite(at, "203.0.113.77");
  // Compare-and-set says no.
  expect(await refuses(at, "failback", "shop")).toMatch(/the record is 203\.0\.113\.77/);
  expect(await refuses(at, "failback", "shop")).toContain("refused: hands off: the record is 203.0.113.77");
  expect(await does(at, "adopt", "shop")).toContain("now: none of the targets (203.0.113.77)");
  expect(await answered(at)).toBe("203.0.113.77");
  await does(at, "failback", "shop");
  expect(await answered(at)).toBe(primary);
});

story(
  "retire and convert: each one batch that changes no answer, wherever the name is; moved the other way after it",
  async (at) => {
    expect(await refuses(at, "convert", "shop")).toContain("refused: it is moved by beacons already");
    const retired = await does(at, "retire", "shop");
    expect(retired).toMatch(/moved {3}by beacons in .*\n[\s\S]*one simple record[\s\S]*\ndone after/);
    expect(retired).toMatch(/answered after \d+\.\d s: all \d servers? answer/);
    expect(await answered(at)).toBe(primary);
    await does(at, "failover", "shop");
    expect(await answered(at)).toBe(standby);
    expect(await refuses(at, "retire", "shop")).toContain("refused: it is a simple record already");
    await does(at, "convert", "shop");
    expect(await answered(at)).toBe(standby);
    // Two conversions, and one move of the API's between: that of the beacons takes none.
    expect(at.stack.route53.changes()).toHaveLength(3);
    await does(at, "failback", "shop");
    expect(await answered(at)).toBe(primary);
    expect(at.stack.route53.changes()).toHaveLength(3);
    const { out } = await pointsman(at, "history", "shop");
    expect(out).toMatch(/retired [\s\S]*as anna wanted[\s\S]*converted /);
  },
  "beacons",
);

story(
  "in an account: the tables are found by home's stack, and by the config's first location",
  async (at) => {
    const folder = mkdtempSync(join(tmpdir(), "pointsman-"));
    const file = join(folder, "pointsman.yaml");
    writeFileSync(file, "locations: [eu-central-1]\nendpoints: { docs: https://docs.acme.com/ }\n");
    const account = {
      AWS_ENDPOINT_URL: at.gate.url,
      AWS_ACCESS_KEY_ID: "operator",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
    try {
      const found = await run(["status", "--config", file], account);
      expect(found.out).toContain("shop: shop.example.com A, armed");
      expect(found.code).toBe(0);
      const named = `${laptopTables.stateTable},${laptopTables.resultsTable}`;
      const told = await run(["status", "--region", "eu-central-1", "--tables", named], account);
      expect(told.out).toContain("shop: shop.example.com A, armed");
      const wrong = await run(["status", "--region", "eu-central-1", "--tables", "one"], account);
      expect(wrong).toMatchObject({ code: 1, out: "--tables takes two names, as STATE,RESULTS\n" });
      const nowhere = await run(["status", "--config", join(folder, "no.yaml")], account);
      expect(nowhere.out).toContain("which Region is home? say --region, or name the config by --config");
      expect(nowhere.code).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
);

test("docs/operator-policy.json allows what the commands need, and nothing else", () => {
  const all = operatorPolicy.flatMap((statement) => {
    const keys = keysOf(statement);
    return keys === undefined ? [statement.Sid] : keys.map((key) => `${statement.Sid} ${key}`);
  });
  expect([...used].sort()).toEqual(all.sort());
});
