import { expect, test } from "vitest";
import { openStore } from "../../lambda/aws/tables.ts";
import { readSaying } from "../../lambda/core/beacons.ts";
import { type ServiceState, serviceKey } from "../../lambda/core/service-state.ts";
import { forgetAws } from "../../local/aws-environment.ts";
import { beaconBucketIn } from "../../local/beacons.ts";
import { demoConfig, scriptedPace } from "../../local/demo-config.ts";
import { startDemoSite } from "../../local/demo-servers.ts";
import type { Published } from "../../local/sns-message.ts";
import { startStack } from "../../local/stack.ts";
import { until } from "../../local/timeline.ts";
import { openResolver } from "../../local/watch/names.ts";

forgetAws(process.env);

const stepMs = 40_000;

test("with Route 53's API out of reach from before the outage until after it, the resolver's answer moves and comes back", async () => {
  const [frankfurt, ireland] = await Promise.all([
    startDemoSite("frankfurt", 450),
    startDemoSite("ireland", 450),
  ]);
  const alerts: Published[] = [];
  const config = demoConfig({ frankfurt: frankfurt.port, ireland: ireland.port }, scriptedPace, "beacons");
  const [service] = config.services;
  if (service?.dns.beacons === undefined) throw new Error("the shop has beacons");
  const { regions, key } = service.dns.beacons;
  const stack = await startStack({
    config,
    minuteMs: 10_000,
    checkEveryMs: Number.POSITIVE_INFINITY,
    dnsPort: 0,
    onAlert: (alert) => alerts.push(alert),
  });
  stack.route53.faults.setUnreachable(true);
  const resolver = openResolver(stack.dns.port);
  const answered = async () => (await resolver.ask("shop.example.com", "A")).values;
  const told = (event: string) => alerts.find(({ attributes }) => attributes["event"] === event);
  const words = () =>
    regions.map((region) => readSaying(stack.s3.object(beaconBucketIn(region), key)?.body ?? "")?.word);
  try {
    const store = openStore(stack.client, stack.tables, { lease: 0, services: 0, records: 0, history: 0 });
    await until("the service is known", stepMs, () => store.cell<ServiceState>(serviceKey(service)).read());
    expect(await answered()).toEqual(["192.0.2.10"]);
    await frankfurt.break("refuse");
    await until("the move is told", stepMs, () => told("failover"));
    await until("all beacons are out", stepMs, () => words().every((word) => word === "OUT") || undefined);
    expect(await answered()).toEqual(["192.0.2.10"]);
    // One round of health checks, each 10 s on AWS, is all that stands between the beacons and the answer.
    await stack.checkers.round();
    expect(await answered()).toEqual(["198.51.100.20"]);
    await until("the effect is proven", stepMs, () => told("answered"));
    await frankfurt.heal();
    await until("the way back is told", stepMs, () => told("failback"));
    await until("all beacons are in", stepMs, () => words().every((word) => word === "IN") || undefined);
    await stack.checkers.round();
    expect(await answered()).toEqual(["192.0.2.10"]);
  } finally {
    resolver.close();
    await stack.stop();
    await Promise.all([frankfurt.close(), ireland.close()]);
  }
  expect(stack.route53.changes()).toEqual([]);
});
