import { Route53Client } from "@aws-sdk/client-route-53";
import { describe, expect, onTestFinished, test } from "vitest";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { openDns } from "../../lambda/aws/route53.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { swap } from "../../lambda/core/swap.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { serveLoopback } from "../../local/loopback-server.ts";
import { openRoute53 } from "../../local/route53/api.ts";
import type { Fault } from "../../local/route53/faults.ts";
import { openZone } from "../../local/route53/zone.ts";
import { type Clock, openClock } from "../sim/clock.ts";

const set = (name: string, type: RecordSet["type"], ...values: string[]): RecordSet => ({
  name,
  type,
  ttlSeconds: 15,
  values,
});

const z1 = { zoneId: "Z1" };
const primary = set("shop.example.com", "A", "192.0.2.10");
const standby = set("shop.example.com", "A", "198.51.100.20");
const generation = set("_pointsman-a.shop.example.com", "TXT", '"owner=test gen=1"');
const failover = [...swap(primary, standby), ...swap(null, generation)];

const connect = (url: string) => {
  const client = new Route53Client({ ...clientOf("us-east-1", url), ...clientSettings(1) });
  onTestFinished(() => client.destroy());
  return client;
};

const propagationMs = 30_000;

/** The adapter before a Route 53 that holds the primary's record; all time is the clock's. */
async function open(sets: readonly RecordSet[] = [primary], sleep?: (ms: number) => Promise<void>) {
  const clock = openClock(0);
  const route53 = await openRoute53({
    zones: [openZone("Z1", "example.com", sets)],
    now: clock.now,
    propagationMs,
    requestsPerSecond: Number.POSITIVE_INFINITY,
    port: 0,
  });
  onTestFinished(route53.close);
  const client = connect(route53.url);
  const sent = watch(client, clock);
  return { clock, route53, sent, dns: openDns(() => client, sleep ?? (async () => {})) };
}

/** Every request the client is told to send, in order, and when. */
function watch(client: Route53Client, clock: Clock): { readonly command: string; readonly atMs: number }[] {
  const sent: { command: string; atMs: number }[] = [];
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        sent.push({ command: commandName ?? "", atMs: clock.now() });
        return next(args);
      },
    { step: "initialize" },
  );
  return sent;
}

const always = (): boolean => true;

describe("a change", () => {
  test("is accepted as a whole, with its comment", async () => {
    const { dns, route53 } = await open();
    const outcome = await dns.change(z1, failover, "shop: frankfurt is down", always);
    expect(outcome).toEqual({ is: "accepted", changeId: expect.stringMatching(/\w/) });
    expect(route53.changes()).toMatchObject([{ comment: "shop: frankfurt is down" }]);
    const standing = await dns.read(z1, [primary], generation.name);
    expect(standing).toEqual({ record: standby, generation });
  });

  test("that is not wanted any more when its turn comes is withheld", async () => {
    const { dns, route53, sent } = await open();
    expect(await dns.change(z1, failover, "", () => false)).toEqual({ is: "withheld" });
    expect(sent).toEqual([]);
    expect(route53.changes()).toEqual([]);
  });

  test.each([
    ["a DELETE of other values", [...swap(standby, primary), ...swap(null, generation)]],
    ["a CREATE of what is there", [...swap(null, generation), ...swap(null, standby)]],
  ])("is refused as a whole: %s", async (_, changes) => {
    const { dns, route53 } = await open();
    const why = expect.stringMatching(/Tried to .*shop\.example\.com/);
    expect(await dns.change(z1, changes, "", always)).toEqual({ is: "refused", why });
    expect(await dns.read(z1, [primary], generation.name)).toEqual({ record: primary, generation: null });
    expect(route53.changes()).toEqual([]);
  });

  test("has its comment cut to the 256 characters Route 53 takes", async () => {
    const { dns, route53 } = await open();
    await dns.change(z1, failover, "x".repeat(300), always);
    expect(route53.changes()[0]?.comment).toBe("x".repeat(256));
  });

  test("is pending until it is in sync", async () => {
    const { dns, clock } = await open();
    const outcome = await dns.change(z1, failover, "", always);
    const changeId = outcome.is === "accepted" ? outcome.changeId : "";
    expect(await dns.status(z1, changeId)).toBe("pending");
    await clock.run(propagationMs - 1);
    expect(await dns.status(z1, changeId)).toBe("pending");
    await clock.run(propagationMs);
    expect(await dns.status(z1, changeId)).toBe("in-sync");
  });

  test.each<[string, Omit<Fault, "when">, object]>([
    ["throttled", { error: "Throttling" }, { name: "Throttling" }],
    [
      "an earlier one is not complete",
      { error: "PriorRequestNotComplete" },
      { name: "PriorRequestNotComplete" },
    ],
    ["Route 53 fails", { error: "InternalFailure" }, { $metadata: { httpStatusCode: 500 } }],
    ["the connection breaks", {}, { code: "ECONNRESET" }],
  ])("throws, sent once, when it was not taken: %s", async (_, fault, error) => {
    const { dns, sent, route53 } = await open();
    route53.faults.failNext({ ...fault, when: "before" });
    await expect(dns.change(z1, failover, "", always)).rejects.toMatchObject(error);
    expect(sent).toHaveLength(1);
    expect(route53.changes()).toEqual([]);
    expect(await dns.read(z1, [primary], generation.name)).toEqual({ record: primary, generation: null });
  });

  test.each<[string, Omit<Fault, "when">]>([
    ["the connection breaks", {}],
    ["an error is answered", { error: "ServiceUnavailable" }],
  ])("throws when its answer is lost, and reading shows it: %s", async (_, fault) => {
    const { dns, route53 } = await open();
    route53.faults.failNext({ ...fault, when: "after" });
    await expect(dns.change(z1, failover, "", always)).rejects.toThrow();
    expect(await dns.read(z1, [primary], generation.name)).toEqual({ record: standby, generation });
    expect(route53.changes()).toHaveLength(1);
  });

  test("of a zone that is not there throws; so does the status of a change nobody made", async () => {
    const { dns } = await open();
    await expect(dns.change({ zoneId: "Z2" }, failover, "", always)).rejects.toMatchObject({
      name: "NoSuchHostedZone",
    });
    await expect(dns.status(z1, "C1")).rejects.toMatchObject({ name: "NoSuchChange" });
  });
});

describe("reading", () => {
  const around = [
    set("aaa.example.com", "A", "192.0.2.1"),
    set("shop.example.com", "AAAA", "2001:db8::1"),
    set("shop.example.com", "TXT", '"of the user"'),
    set("zzz.example.com", "A", "192.0.2.2"),
  ];

  test.each<[string, RecordSet]>([
    ["with several values", set("shop.example.com", "A", "192.0.2.10", "192.0.2.11")],
    ["a CNAME", set("other.example.com", "CNAME", "Frankfurt.example.net")],
    ["of a type that is not the name's first", set("zzz.example.com", "AAAA", "2001:db8::2")],
    ["with another TTL", { ...set("shop.example.com", "A", "192.0.2.10"), ttlSeconds: 300 }],
    ["at the apex", set("example.com", "A", "192.0.2.10")],
    ["a wildcard", set("*.example.com", "A", "192.0.2.10")],
    ["a wildcard below", set("*.shop.example.com", "A", "192.0.2.10")],
    ["with characters that Route 53 escapes", set("a/b!c.example.com", "A", "192.0.2.10")],
  ])("finds the record as it stands, whatever stands around it: %s", async (_, record) => {
    const { dns } = await open([...around, record]);
    expect(await dns.read(z1, [record], generation.name)).toEqual({ record, generation: null });
  });

  test.each<[string, string, RecordSet["type"]]>([
    ["another name follows", "mmm.example.com", "A"],
    ["the same name has an earlier type", "aaa.example.com", "AAAA"],
    ["the same name has a later type", "shop.example.com", "A"],
    ["nothing follows", "zzz.example.com", "TXT"],
    ["a wildcard would answer for it", "x.sub.example.com", "A"],
    ["only names below it exist", "sub.example.com", "A"],
  ])("finds nothing where %s", async (_, name, type) => {
    const { dns } = await open([...around, set("*.sub.example.com", "A", "192.0.2.3")]);
    expect(await dns.read(z1, [{ name, type }], generation.name)).toEqual({ record: null, generation: null });
  });

  test.each<[string, string]>([
    [
      "weighted",
      "<SetIdentifier>one</SetIdentifier><Weight>1</Weight><HealthCheckId>h</HealthCheckId><TTL>15</TTL>" +
        "<ResourceRecords><ResourceRecord><Value>192.0.2.10</Value></ResourceRecord></ResourceRecords>",
    ],
  ])("takes for nobody's target what is not a simple record: %s", async (_, fields) => {
    const server = await serveLoopback((__, response) => {
      response.writeHead(200, { "content-type": "text/xml" });
      response.end(
        '<?xml version="1.0" encoding="UTF-8"?>' +
          '<ListResourceRecordSetsResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/">' +
          `<ResourceRecordSets><ResourceRecordSet><Name>shop.example.com.</Name><Type>A</Type>${fields}` +
          "</ResourceRecordSet></ResourceRecordSets><IsTruncated>false</IsTruncated><MaxItems>1</MaxItems>" +
          "</ListResourceRecordSetsResponse>",
      );
    });
    onTestFinished(server.close);
    const dns = openDns(
      () => connect(server.url),
      async () => {},
    );
    const { record } = await dns.read(z1, [primary], "_pointsman-a.shop.example.com");
    expect(record?.values).toEqual(["a routing policy or a health check"]);
  });

  test("throws when Route 53 cannot be asked: no answer is not an empty zone", async () => {
    const { dns, route53 } = await open();
    route53.faults.setUnreachable(true);
    await expect(dns.read(z1, [primary], generation.name)).rejects.toThrow();
  });
});

describe("the line before Route 53", () => {
  /** Lets virtual time pass until everything is answered. */
  async function runUntilOver(clock: Clock, work: readonly Promise<unknown>[]): Promise<void> {
    let over = false;
    const all = Promise.all(work).finally(() => {
      over = true;
    });
    while (!over) await clock.run(clock.now() + 50);
    await all;
  }

  async function openLine() {
    let sleep: (ms: number) => Promise<void> = async () => {};
    const opened = await open([primary], (ms) => sleep(ms));
    sleep = opened.clock.sleep;
    const change = () => opened.dns.change(z1, failover, "", always);
    const read = () => opened.dns.read(z1, [primary], generation.name);
    return { ...opened, change, read };
  }

  test("lets one through every 250 ms, the first at once, and changes before questions", async () => {
    const { clock, sent, change, read } = await openLine();
    await runUntilOver(clock, [change(), change(), read(), change(), change()]);
    expect(sent.slice(0, 5)).toEqual([
      { command: "ChangeResourceRecordSetsCommand", atMs: 0 },
      { command: "ChangeResourceRecordSetsCommand", atMs: 250 },
      { command: "ChangeResourceRecordSetsCommand", atMs: 500 },
      { command: "ChangeResourceRecordSetsCommand", atMs: 750 },
      { command: "ListResourceRecordSetsCommand", atMs: 1_000 },
    ]);
  });

  test("never lets more than 4 through in a second, and saves nothing up while it is idle", async () => {
    const { clock, sent, dns, change, read } = await openLine();
    const change1 = await change();
    const changeId = change1.is === "accepted" ? change1.changeId : "";
    const burst = () => [read(), change(), dns.status(z1, changeId), read(), change(), read()];
    await runUntilOver(clock, burst());
    await clock.run(clock.now() + 60_000);
    await runUntilOver(clock, burst());
    // A change, then twice three reads of two records each and two changes; the status stood back.
    expect(sent).toHaveLength(1 + 2 * 8);
    for (const [i, { atMs }] of sent.entries()) {
      const fifth = sent[i + 4];
      if (fifth) expect(fifth.atMs - atMs).toBeGreaterThanOrEqual(1_000);
    }
  });

  test("has room for a question when nobody else waits, in its turn", async () => {
    const { clock, sent, dns, change } = await openLine();
    const first = await change();
    const asked = dns.status(z1, first.is === "accepted" ? first.changeId : "");
    await runUntilOver(clock, [asked]);
    expect(sent.map(({ atMs }) => atMs)).toEqual([0, 250]);
  });

  test("is left by whoever only asks how far a change is while others wait", async () => {
    const { clock, sent, dns, change } = await openLine();
    const first = await change();
    const changeId = first.is === "accepted" ? first.changeId : "";
    await clock.run(propagationMs);
    const changes = [change(), change()];
    expect(await dns.status(z1, changeId)).toBe("not asked");
    await runUntilOver(clock, changes);
    expect(sent.map(({ command }) => command)).not.toContain("GetChangeCommand");
    const asked = dns.status(z1, changeId);
    await runUntilOver(clock, [asked]);
    expect(await asked).toBe("in-sync");
  });

  test("goes on after a request that failed", async () => {
    const { clock, route53, change, read } = await openLine();
    route53.faults.failNext({ when: "before" });
    const failed = expect(change()).rejects.toThrow();
    const standing = read();
    await runUntilOver(clock, [failed, standing]);
    expect(await standing).toEqual({ record: primary, generation: null });
  });
});
