import { Route53Client } from "@aws-sdk/client-route-53";
import { expect, onTestFinished, test } from "vitest";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { openNameServers } from "../../lambda/aws/name-servers.ts";
import { openDns } from "../../lambda/aws/route53.ts";
import { swap } from "../../lambda/core/records.ts";
import { runErrands } from "../../lambda/steps/errands.ts";
import { openWatch } from "../../lambda/steps/watch.ts";
import type { World } from "../../lambda/steps/world.ts";
import { clientOf } from "../../local/aws-environment.ts";
import { openRoute53 } from "../../local/route53/api.ts";
import { openDnsServer } from "../../local/route53/dns-server.ts";
import { openZone } from "../../local/route53/zone.ts";
import { shopConfig, shopRecord } from "../sim/config.ts";
import { openMemory } from "../sim/memory.ts";

/** A moment at which every pace is due, and none for a while after. */
const startMs = 585_000 * 20_000;

/** The shop's errands through the real adapters, against a Route 53 and its DNS server on loopback; time is an argument. */
async function open() {
  const route53 = await openRoute53({
    zones: [openZone("Z1", "example.com", [shopRecord])],
    requestsPerSecond: Number.POSITIVE_INFINITY,
    propagationMs: 0,
    port: 0,
  });
  onTestFinished(route53.close);
  const server = await openDnsServer(route53.answered, 0);
  onTestFinished(server.close);
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
  const never = async (): Promise<never> => {
    throw new Error("not asked");
  };
  let nowMs = startMs;
  const log: string[] = [];
  const world: World = {
    now: () => nowMs,
    elapsed: () => nowMs,
    random: () => 0.5,
    sleep: never,
    ask: never,
    store: openMemory().store,
    dns: openDns(
      () => client,
      async () => {},
    ),
    answers: openNameServers(`127.0.0.1:${server.port}`),
    publish: async () => {},
    log: (_, message) => void log.push(message),
  };
  const lease = { epoch: 1, beat: 0, scheduledMs: startMs, wantedMs: 0 };
  const held = { lease, version: 1, clean: true };
  const sweep = await openWatch(shopConfig(), world, "test", held, new AbortController().signal);
  const each = sweep.switches.get("shop");
  if (each === undefined) throw new Error("the shop is watched");
  /** Runs what is due within so many seconds, and what follows from it; what Route 53's API was asked. */
  const pass = async (seconds: number): Promise<string[]> => {
    const fromMs = nowMs;
    nowMs += seconds * 1000;
    sent.length = 0;
    runErrands(sweep, each, fromMs, nowMs);
    while (sweep.background.size > 0) await Promise.all(sweep.background);
    return [...sent];
  };
  return { dns: world.dns, each, log, pass };
}

test("somebody else's change is noticed by DNS, before it is the API's turn", async () => {
  const { dns, each, log, pass } = await open();
  await pass(5);
  expect(each.state?.written).toEqual(shopRecord);
  await pass(20);
  expect(await pass(20)).toEqual([]);
  expect(log).not.toContainEqual(expect.stringContaining("answers something else"));
  await dns.change(
    { zoneId: "Z1" },
    swap(shopRecord, { ...shopRecord, values: ["203.0.113.99"] }),
    "",
    () => true,
  );
  expect(await pass(20)).toEqual(["ListResourceRecordSetsCommand", "ListResourceRecordSetsCommand"]);
  expect(log).toContainEqual(expect.stringContaining("answers something else"));
  expect(each.state?.disarmed?.why).toContain("203.0.113.99");
});
