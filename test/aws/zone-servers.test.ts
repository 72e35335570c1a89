import { expect, onTestFinished, test } from "vitest";
import { findNameServers } from "../../lambda/aws/name-servers.ts";
import { openDnsServer } from "../../local/route53/dns-server.ts";
import { openZone } from "../../local/route53/zone.ts";

async function open() {
  const set = { name: "a.b.shop.example.com", type: "A", ttlSeconds: 60, values: ["192.0.2.1"] } as const;
  const zone = openZone("Z1", "shop.example.com", [set]);
  const server = await openDnsServer(() => [zone], 0);
  onTestFinished(server.close);
  return findNameServers(`127.0.0.1:${server.port}`);
}

test.each(["a.b.shop.example.com", "b.shop.example.com", "www.shop.example.com"])(
  "the servers of the zone that %s is in are found by DNS alone",
  async (name) => {
    expect(await (await open())(name)).toEqual(["ns-1.route53.test", "ns-2.route53.test"]);
  },
);

test("where nobody answers for a zone above, that is said", async () => {
  await expect((await open())("www.example.org")).rejects.toThrow("EREFUSED");
});
