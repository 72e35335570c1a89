import { Route53Client } from "@aws-sdk/client-route-53";
import { expect, onTestFinished, test } from "vitest";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { openDns } from "../../lambda/aws/route53.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { openRoute53 } from "../../local/route53/api.ts";
import { openZone } from "../../local/route53/zone.ts";

/** A public zone Z1 and a private one Z2, the adapter before them, and the requests it sends. */
async function open() {
  const route53 = await openRoute53({
    zones: [openZone("Z1", "example.com"), { ...openZone("Z2", "example.net"), isPrivate: true }],
    requestsPerSecond: Number.POSITIVE_INFINITY,
    port: 0,
  });
  onTestFinished(route53.close);
  const client = new Route53Client({ ...clientOf("us-east-1", route53.url), ...clientSettings(1) });
  onTestFinished(() => client.destroy());
  const sent: string[] = [];
  client.middlewareStack.add(
    (next, { commandName = "" }) =>
      (args) => {
        sent.push(commandName);
        return next(args);
      },
    { step: "initialize" },
  );
  const turns: number[] = [];
  const dns = openDns(
    () => client,
    async (ms) => void turns.push(ms),
  );
  return { dns, route53, sent, turns };
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
