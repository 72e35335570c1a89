import { createSocket } from "node:dgram";
import { once, setMaxListeners } from "node:events";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openNameServers } from "../../lambda/aws/name-servers.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { type DnsServer, openDnsServer } from "../../local/route53/dns-server.ts";
import { openZone } from "../../local/route53/zone.ts";

const set = (name: string, type: RecordSet["type"], ...values: string[]): RecordSet => ({
  name,
  type,
  ttlSeconds: 15,
  values,
});

const many = Array.from({ length: 80 }, (_, i) => `192.0.2.${i}`);
const zoneOf = (shop: string) =>
  openZone("Z1", "example.com", [
    set("shop.example.com", "A", shop, "198.51.100.21"),
    set("shop.example.com", "AAAA", "2001:db8::10"),
    set("www.example.com", "CNAME", "one.aws.net."),
    set("*.wild.example.com", "A", "192.0.2.30"),
    set("many.example.com", "A", ...many),
    set("example.com", "TXT", '"v=spf1 -all"'),
    set("*.example.com", "CNAME", "example.com."),
    set("_pointsman-a.shop.example.com", "TXT", '"owner=test gen=7"'),
  ]);

let zone = zoneOf("198.51.100.20");
let dns: DnsServer;
beforeAll(async () => {
  dns = await openDnsServer(() => [zone], 0);
});
afterAll(() => dns.close());

const never = new AbortController().signal;
const ask = (name: string, type: RecordSet["type"], signal = never, port = dns.port) =>
  openNameServers(`127.0.0.1:${port}`)("ns-1.route53.test", { name, type }, signal);

describe("a name server that is asked directly", () => {
  test.each([
    ["addresses", "shop.example.com", "A", ["198.51.100.20", "198.51.100.21"]],
    ["an IPv6 address", "shop.example.com", "AAAA", ["2001:db8::10"]],
    ["a name", "www.example.com", "CNAME", ["one.aws.net"]],
    ["a wildcard's record", "*.wild.example.com", "A", ["192.0.2.30"]],
    ["by a wildcard what no generation says", "_pointsman-a.example.com", "TXT", ['"v=spf1 -all"']],
    ["a generation", "_pointsman-a.shop.example.com", "TXT", ['"owner=test gen=7"']],
    ["more than fits into a datagram", "many.example.com", "A", many],
    ["no record of a name that there is", "www.example.com.", "AAAA", []],
    ["no such name", "nobody.example.com", "A", []],
  ] as const)("answers %s", async (_, name, type, values) =>
    expect([...(await ask(name, type))].sort()).toEqual([...values].sort()),
  );

  test("is not remembered: the next answer is what it says then", async () => {
    const answers = openNameServers(`127.0.0.1:${dns.port}`);
    const asked = () => answers("ns-1.route53.test", { name: "shop.example.com", type: "A" }, never);
    expect(await asked()).toContain("198.51.100.20");
    zone = zoneOf("203.0.113.5");
    expect(await asked()).toContain("203.0.113.5");
  });

  test("has said nothing when it refuses, is not there, or its own address is not known", async () => {
    await expect(ask("www.example.org", "A")).rejects.toThrow("EREFUSED");
    // Nobody listens at a port so low; one that was just closed may be another test's by now.
    await expect(ask("shop.example.com", "A", never, 1)).rejects.toThrow("ECONNREFUSED");
    const answers = openNameServers(undefined);
    await expect(answers("no..name", { name: "shop.example.com", type: "A" }, never)).rejects.toThrow(
      "EBADNAME",
    );
  });

  test("that says nothing is left as soon as the sweep is over, with all that wait behind it", async () => {
    const silent = createSocket("udp4").bind(0, "127.0.0.1");
    await once(silent, "listening");
    const over = new AbortController();
    setMaxListeners(0, over.signal);
    const answers = openNameServers(`127.0.0.1:${silent.address().port}`);
    const asked = Array.from({ length: 100 }, (_, i) =>
      answers("ns-1.route53.test", { name: `shop${i}.example.com`, type: "A" }, over.signal),
    );
    const outcomes = Promise.allSettled(asked);
    const names = new Set<string>();
    silent.on("message", (message) => names.add(message.toString("latin1").match(/shop\d+/)?.[0] ?? ""));
    while (names.size < 40) await once(silent, "message");
    over.abort();
    const reasons = (await outcomes).map((outcome) => outcome.status === "rejected" && outcome.reason);
    expect(reasons.slice(0, 40).map(({ code }) => code)).toEqual(Array(40).fill("ECANCELLED"));
    expect(reasons.slice(40).map(({ name }) => name)).toEqual(Array(60).fill("AbortError"));
    // Hundreds of names may move in one second: forty questions at a time, and nobody asks after the end.
    expect(names.size).toBe(40);
    silent.close();
  });
});
