import { Route53Client } from "@aws-sdk/client-route-53";
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { openDns } from "../../lambda/aws/route53.ts";
import { route53Clients } from "../../lambda/aws/route53-clients.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { swap } from "../../lambda/core/swap.ts";
import type { Dns } from "../../lambda/steps/world.ts";
import { clientOf, functionEnvironment } from "../../local/aws-environment.ts";
import { serveLoopback } from "../../local/loopback-server.ts";
import { home } from "../../local/route53/access.ts";
import { openRoute53 } from "../../local/route53/api.ts";
import { openZone } from "../../local/route53/zone.ts";
import { openSts } from "../../local/sts.ts";
import { openClock } from "../sim/clock.ts";

const role = "arn:aws:iam::210987654321:role/dns/zone";
const ours = { zoneId: "ZOURS" };
const theirs = { zoneId: "ZTHEIRS", roleArn: role };

const record = (value: string): RecordSet => ({
  name: "shop.example.com",
  type: "A",
  ttlSeconds: 15,
  values: [value],
});
const primary = record("192.0.2.10");
const failover = swap(primary, record("198.51.100.20"));

const minuteMs = 60_000;
const startMs = Date.UTC(2026, 10, 21, 9);

beforeEach(() => vi.useFakeTimers({ toFake: ["Date"], now: startMs }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** A Route 53 with a zone here and one in another account, an STS, and the adapter as the sweep opens it. */
async function open(options: { roles?: readonly string[]; stsUrl?: string; stsRegion?: string } = {}) {
  const { roles = [role], stsRegion = "eu-central-1" } = options;
  const sts = await openSts({ region: stsRegion, roles });
  onTestFinished(sts.close);
  const route53 = await openRoute53({
    zones: [ours, theirs].map(({ zoneId }) => openZone(zoneId, "example.com", [primary])),
    access: { callerOf: sts.callerOf, ownerOf: (zoneId) => (zoneId === theirs.zoneId ? role : home) },
    requestsPerSecond: Number.POSITIVE_INFINITY,
    propagationMs: 0,
    port: 0,
  });
  onTestFinished(route53.close);
  const endpoints = { route53: route53.url, sts: options.stsUrl ?? sts.url };
  // What is left of the SDK's defaults is another Region than home's.
  for (const [name, value] of Object.entries(functionEnvironment("us-east-1", endpoints))) {
    vi.stubEnv(name, value);
  }
  const dns = openDns(route53Clients("eu-central-1", "me", 1), async () => {});
  return { sts, route53, dns };
}

const always = (): boolean => true;
const read = (dns: Dns, zone: typeof ours | typeof theirs) =>
  dns.read(zone, [primary], "_pointsman-a.shop.example.com");

describe("a zone in another account", () => {
  test("is read, changed and followed in its role, and one's own without", async () => {
    const { dns, sts } = await open();
    for (const zone of [ours, theirs]) {
      expect(await read(dns, zone)).toEqual({ record: primary, generation: null });
      const outcome = await dns.change(zone, failover, "", always);
      const changeId = outcome.is === "accepted" ? outcome.changeId : "";
      expect(await dns.status(zone, changeId)).toBe("in-sync");
      expect(await dns.nameServers(zone)).toEqual(["ns-1.route53.test", "ns-2.route53.test"]);
    }
    expect(sts.sessions()).toMatchObject([{ roleArn: role, name: "me" }]);
  });

  test.each<[string, typeof ours | typeof theirs]>([
    ["theirs without the role", { zoneId: theirs.zoneId }],
    ["ours in the role", { ...theirs, zoneId: ours.zoneId }],
  ])("is not reached as somebody else: %s", async (_, zone) => {
    const { dns, route53 } = await open();
    await expect(read(dns, zone)).rejects.toMatchObject({ name: "AccessDenied" });
    await expect(dns.change(zone, failover, "", always)).rejects.toMatchObject({ name: "AccessDenied" });
    expect(route53.changes()).toEqual([]);
  });

  test("of a change, only its own account says how far it is", async () => {
    const { dns } = await open();
    const outcome = await dns.change(theirs, failover, "", always);
    const changeId = outcome.is === "accepted" ? outcome.changeId : "";
    await expect(dns.status(ours, changeId)).rejects.toMatchObject({ name: "AccessDenied" });
  });
});

describe("a role's credentials", () => {
  test("are kept while they are good, and had anew before they end", async () => {
    const { dns, sts } = await open();
    const at: number[] = [];
    for (let minute = 0; minute <= 180; minute++) {
      vi.setSystemTime(startMs + minute * minuteMs);
      await read(dns, theirs);
      if (sts.sessions().length > at.length) at.push(minute);
    }
    expect(at).toEqual([0, 56, 112, 168]);
  });

  test("that ended while nobody asked are not used again", async () => {
    const { dns, sts } = await open();
    await read(dns, theirs);
    vi.setSystemTime(startMs + 600 * minuteMs);
    await dns.change(theirs, failover, "", always);
    expect(sts.sessions()).toHaveLength(2);
  });

  test("are asked of STS once, however many wait for them", async () => {
    const { dns, sts } = await open();
    await Promise.all(Array.from({ length: 10 }, () => read(dns, theirs)));
    expect(sts.sessions()).toHaveLength(1);
  });

  test("are asked of home's STS, not of us-east-1's", async () => {
    const { dns } = await open({ stsRegion: "us-east-1" });
    await expect(read(dns, theirs)).rejects.toMatchObject({ name: "SignatureDoesNotMatch" });
  });

  test("may take STS a while: a change that is not wanted any more by then is withheld", async () => {
    const { dns, route53 } = await open();
    const answers = [true, false];
    expect(await dns.change(theirs, failover, "", () => answers.shift() ?? false)).toEqual({
      is: "withheld",
    });
    expect(route53.changes()).toEqual([]);
  });
});

describe("a role that is not to be had", () => {
  test("fails what is asked in it, with STS's words, sends nothing, and stops nobody else", async () => {
    const roles: string[] = [];
    const { dns, route53 } = await open({ roles });
    const denied = {
      name: "AccessDenied",
      message: expect.stringMatching(
        /sts:AssumeRole on resource: arn:aws:iam::210987654321:role\/dns\/zone$/,
      ),
    };
    await expect(read(dns, theirs)).rejects.toMatchObject(denied);
    await expect(dns.change(theirs, failover, "", always)).rejects.toMatchObject(denied);
    expect(route53.changes()).toEqual([]);
    expect(await dns.change(ours, failover, "", always)).toMatchObject({ is: "accepted" });

    roles.push(role);
    expect(await dns.change(theirs, failover, "", always)).toMatchObject({ is: "accepted" });
  });

  test("because STS does not answer, is an error after 3 s like any call that is not answered", async () => {
    const deaf = await serveLoopback(() => {});
    onTestFinished(deaf.close);
    const { dns } = await open({ stsUrl: deaf.url });
    await expect(read(dns, theirs)).rejects.toMatchObject({
      name: "TimeoutError",
      $metadata: { attempts: 1 },
    });
  });
});

test("roles of one account stand in one line, each account in its own", async () => {
  const clock = openClock(0);
  const nowhere = new Route53Client({ ...clientOf("us-east-1", "http://127.0.0.1:9"), maxAttempts: 1 });
  onTestFinished(() => nowhere.destroy());
  const dns = openDns(() => nowhere, clock.sleep);
  const turns: Record<string, number[]> = {};
  const stand = (who: string, roleArn?: string) => {
    let hadTurn = false;
    // Not wanted any more once it had its turn: nothing is sent.
    const isWanted = () => {
      if (hadTurn) return false;
      hadTurn = true;
      turns[who] = [...(turns[who] ?? []), clock.now()];
      return true;
    };
    return dns.change({ zoneId: "Z1", ...(roleArn !== undefined && { roleArn }) }, failover, "", isWanted);
  };
  const changes = [1, 2].flatMap(() => [
    stand("home"),
    stand("theirs", role),
    stand("theirs", role.replace("zone", "other")),
    stand("others", "arn:aws:iam::123123123123:role/dns/zone"),
  ]);
  await clock.run(2_000);
  await Promise.all(changes);
  expect(turns).toEqual({ home: [0, 250], theirs: [0, 250, 500, 750], others: [0, 250] });
});
