import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readHistory } from "../../lambda/aws/history.ts";
import type { Service } from "../../lambda/core/config.ts";
import { serviceKey } from "../../lambda/core/service-state.ts";
import { runtime } from "../../lib/bundle.ts";
import { forgetAws } from "../../local/aws-environment.ts";
import { startDemoSite } from "../../local/demo-servers.ts";
import type { Outcome } from "../../local/invocation.ts";
import { startScheduler } from "../../local/scheduler.ts";
import { until } from "../../local/timeline.ts";
import { openResolver } from "../../local/watch/names.ts";
import { addressOf, configFile, locations, type targets } from "./config-file.ts";
import { edits, filesOf, isEverythingUp, playDeploy, remaining, type Story } from "./deploy-story.ts";
import { type Installation, install } from "./installation.ts";
import { synthesize } from "./synthesized.ts";

// What runs here is what would be deployed: each function is a process with the files of its asset, and can read no
// other (lambda-process.ts). Two stories are played at once, in one file, because they mostly wait.

forgetAws(process.env);

const stepMs = 20_000;

/** Later than any time-out. */
const slowMs = 450;

async function startSites() {
  const start = (name: string) => startDemoSite(name, slowMs);
  const [frankfurt, ireland, ohio] = await Promise.all([start("frankfurt"), start("ireland"), start("ohio")]);
  const ports = { frankfurt: frankfurt.port, ireland: ireland.port, ohio: ohio.port };
  const close = () => Promise.all([frankfurt, ireland, ohio].map((site) => site.close()));
  return { frankfurt, ireland, ports, close };
}

/** Everything is synthesized before anything runs: while CDK works, no server of this process answers. */
async function prepare() {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "pointsman-deployed-")));
  const [shopSites, deploySites] = await Promise.all([startSites(), startSites()]);
  const files = filesOf(deploySites.ports);
  return {
    shop: synthesize(configFile(shopSites.ports, [{ id: "shop", name: "shop" }]), scratch),
    before: synthesize(files.before, scratch),
    after: synthesize(files.after, scratch),
    shopSites,
    deploySites,
    close: async () => {
      await Promise.all([shopSites.close(), deploySites.close()]);
      rmSync(scratch, { recursive: true });
    },
  };
}

const rowOf = ({ store }: Installation, service: Service) => store.cell(serviceKey(service));

const isRelieved = (sweep: Outcome): boolean => sweep.ok && sweep.payload.includes('"ended":"relieved"');

let prepared: Awaited<ReturnType<typeof prepare>>;
beforeAll(async () => {
  prepared = await prepare();
});
afterAll(() => prepared.close());

const where = `bundled for ${runtime.name}, run on Node ${process.versions.node}`;

test("every location's stack has the function that home asks for, with the same code", () => {
  const { probes, sweep } = prepared.shop;
  expect([...probes.keys()].sort()).toEqual([...locations].sort());
  expect(new Set([...probes.values()].map(({ code }) => code)).size).toBe(1);
  expect([...probes.values(), sweep].map((of) => of.runtime)).toEqual(
    Array(locations.length + 1).fill(runtime.name),
  );
});

describe.concurrent(where, () => {
  test("the template's schedule drives a failover and the way back", async ({ expect }) => {
    const { shop, shopSites } = prepared;
    const home = await install(shop);
    const scheduler = startScheduler({ deliver: home.deliver, minuteMs: shop.schedule.everyMinutes * 3_000 });
    const resolver = openResolver(home.dns.port);
    const answered = (target: keyof typeof targets) =>
      until(`the resolver answers ${target}`, stepMs, async () => {
        const { values } = await resolver.ask("shop.example.com", "A");
        return values.join() === addressOf(target) ? values : undefined;
      });
    const history = () => readHistory(home.client, shop.sweep.variables["RESULTS_TABLE"] ?? "", "shop", 20);
    const filed = (what: readonly string[]) =>
      until(`the history is ${what}`, stepMs, async () => {
        const kinds = (await history()).map(({ kind }) => kind).toReversed();
        return kinds.join() === what.join() ? kinds : undefined;
      });
    const moved = (kind: string) => ["move-started", kind, "in-sync", "answered"];
    try {
      await answered("frankfurt");
      const [service] = shop.config.services;
      await until("the name was looked at", stepMs, () => service && rowOf(home, service).read());
      await until(
        "every endpoint is up",
        stepMs,
        async () => (await isEverythingUp(home, shop)) || undefined,
      );
      await shopSites.frankfurt.break("refuse");
      await answered("ireland");
      await filed(moved("failover"));
      await until("a sweep was relieved by the next", stepMs, () => home.sweeps.find(isRelieved));
      await shopSites.frankfurt.heal();
      await answered("frankfurt");
      await filed([...moved("failover"), ...moved("failback")]);
      const told = home.alerts.map(({ attributes }) => `${attributes["service"]} ${attributes["event"]}`);
      const moves = ["shop failover", "shop answered", "shop/frankfurt up", "shop failback", "shop answered"];
      expect(told).toEqual(moves);
      expect(home.sweeps.filter(({ ok }) => !ok)).toEqual([]);
    } finally {
      resolver.close();
      await scheduler.stop();
      await home.stop();
    }
  });
});

describe.concurrent(`a deploy in the middle of a failover, ${where}`, () => {
  let story: Story;
  beforeAll(async () => {
    story = await playDeploy(prepared.before, prepared.after, prepared.deploySites);
  }, 120_000);

  test.each(Object.entries(edits))("%s: the record and its TXT stay as they are", (_, { name }) => {
    expect(story.failedOver[name], story.log).toMatchObject({
      record: { values: [addressOf("ireland")], ttlSeconds: 15 },
      txt: { values: [expect.stringMatching(/^"owner=\S+ gen=1"$/)] },
    });
    expect(story.deployed[name], story.log).toEqual(story.failedOver[name]);
  });

  test("nothing at all is sent to Route 53, and no invocation fails", () => {
    expect(story.batches, story.log).toBe(0);
    expect(story.failed, story.log).toEqual([]);
  });

  test.each(Object.entries(edits))(
    "%s: people are told what became of the name, and of nothing foreign",
    (_, { name, told }) => {
      expect(story.told[name], story.log).toEqual(told);
    },
  );

  test.each(Object.entries(edits))("%s: the name is moved on by the new config", (_, edit) => {
    expect(story.inTheEnd[edit.name], story.log).toMatchObject({
      record: { values: [addressOf("frankfurt")], ttlSeconds: edit.ttlSeconds ?? 15 },
      txt: { values: [expect.stringMatching(/^"owner=\S+ gen=2"$/)] },
    });
  });

  test("a location that was removed is not asked any more; the others are", () => {
    expect(story.asked.before).toEqual(new Set(locations));
    expect(story.asked.after).toEqual(new Set(remaining));
  });
});
