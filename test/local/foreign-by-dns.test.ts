import { expect, onTestFinished, test } from "vitest";
import { openNameServers } from "../../lambda/aws/name-servers.ts";
import type { Service } from "../../lambda/core/config.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { swap } from "../../lambda/core/swap.ts";
import { runErrands } from "../../lambda/steps/errands.ts";
import { openWatch } from "../../lambda/steps/watch.ts";
import { openWork } from "../../lambda/steps/work.ts";
import type { World } from "../../lambda/steps/world.ts";
import { openDnsServer } from "../../local/route53/dns-server.ts";
import { openZone } from "../../local/route53/zone.ts";
import { openLocalDns } from "../aws/local-dns.ts";
import { shop, shopConfig, shopRecord } from "../sim/config.ts";
import { openMemory } from "../sim/memory.ts";

/** A moment at which every pace is due, and none for a while after. */
const startMs = 585_000 * 20_000;

/** The shop's errands through the real adapters, against a Route 53 and its DNS server on loopback; time is an argument. */
async function open(service: Service = shop, others: readonly RecordSet[] = []) {
  const { route53, sent, dns } = await openLocalDns({
    zones: [openZone("Z1", "example.com", [{ ...shopRecord, name: service.dns.name }, ...others])],
    propagationMs: 0,
  });
  const server = await openDnsServer(route53.answered, 0);
  onTestFinished(server.close);
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
    dns,
    answers: openNameServers(`127.0.0.1:${server.port}`),
    publish: async () => {},
    log: (_, message) => void log.push(message),
  };
  const lease = { epoch: 1, beat: 0, scheduledMs: startMs, wantedMs: 0 };
  const held = { lease, version: 1, clean: true };
  const work = openWork(world, new AbortController().signal, new AbortController(), Number.POSITIVE_INFINITY);
  const sweep = await openWatch(shopConfig({ services: [service] }), world, "test", held, work);
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

test("where a name was never moved a wildcard may answer for its generation: another installation's is noticed all the same", async () => {
  const txt = { type: "TXT", ttlSeconds: 60 } as const;
  const apex = { ...shop, dns: { ...shop.dns, name: "example.com" } };
  const { dns, each, log, pass } = await open(apex, [
    { ...txt, name: "example.com", values: ['"v=spf1 -all"'] },
    { name: "*.example.com", type: "CNAME", ttlSeconds: 60, values: ["example.com."] },
  ]);
  await pass(5);
  await pass(20);
  for (let seconds = 0; seconds < 100; seconds += 20) expect(await pass(20)).toEqual([]);
  expect(log).not.toContainEqual(expect.stringContaining("answers something else"));
  const theirs = { ...txt, name: "_pointsman-a.example.com", values: ['"owner=other gen=1"'] };
  await dns.change({ zoneId: "Z1" }, [{ action: "CREATE", record: theirs }], "", () => true);
  await pass(20);
  expect(each.state?.disarmed?.why).toContain("_pointsman-a.example.com says that other moves this name");
});
