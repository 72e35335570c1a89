import { expect, test } from "vitest";
import { openZone, type Zone } from "../../local/route53/zone.ts";
import { openLocalDns } from "./local-dns.ts";

/** A public zone Z1 and a private one Z2, the adapter before them, and the requests it sends. */
async function open() {
  const hidden: Zone = { ...openZone("Z2", "example.net"), isPrivate: true };
  const zones = [openZone("Z1", "example.com"), hidden];
  const turns: number[] = [];
  const opened = await openLocalDns({ zones }, async (ms) => void turns.push(ms));
  return { ...opened, turns };
}

test("a public zone's name servers are asked for once, however many want to know, in the account's line", async () => {
  const { dns, sent, turns } = await open();
  const servers = ["ns-1.route53.test", "ns-2.route53.test"];
  const asked = [dns.nameServers({ zoneId: "Z1" }), dns.nameServers({ zoneId: "Z1" })];
  expect(await Promise.all(asked)).toEqual([servers, servers]);
  expect(await dns.nameServers({ zoneId: "Z1" })).toEqual(servers);
  expect(sent).toEqual(["GetHostedZoneCommand"]);
  expect(turns).toEqual([250]);
});

test("nobody can ask those of a private zone: there are none", async () => {
  const { dns } = await open();
  expect(await dns.nameServers({ zoneId: "Z2" })).toEqual([]);
});

test("a failure is not remembered", async () => {
  const { dns, route53, sent } = await open();
  route53.faults.failNext({ error: "Throttling", when: "before" });
  await expect(dns.nameServers({ zoneId: "Z1" })).rejects.toMatchObject({ name: "Throttling" });
  await expect(dns.nameServers({ zoneId: "Z9" })).rejects.toMatchObject({ name: "NoSuchHostedZone" });
  expect(await dns.nameServers({ zoneId: "Z1" })).toHaveLength(2);
  expect(sent).toHaveLength(3);
});

test("a zone without any name servers is no private one", async () => {
  const { dns, route53 } = await open();
  const zone = route53.zone("Z1");
  if (zone === undefined) throw new Error("the test's own zone");
  (zone.names as Map<string, unknown>).clear();
  await expect(dns.nameServers({ zoneId: "Z1" })).rejects.toThrow("names no name servers of Z1");
});
