import { expect, test } from "vitest";
import type { Config } from "../../lambda/core/config.ts";
import { forgetAws } from "../../local/aws-environment.ts";
import { demoConfig, scriptedPace } from "../../local/demo-config.ts";
import { startDemoSite } from "../../local/demo-servers.ts";
import { findSets, openZone } from "../../local/route53/zone.ts";
import type { Published } from "../../local/sns-message.ts";
import { startStack } from "../../local/stack.ts";
import { until } from "../../local/timeline.ts";
import { openResolver } from "../../local/watch/names.ts";

forgetAws(process.env);

const stepMs = 60_000;

/** Every number between 0 and 1 alike, in an order that no small sample misses: no chance in the counts below. */
function golden(): () => number {
  let i = 0;
  return () => {
    i += 1;
    return (i * 0.618_033_988_75) % 1;
  };
}

const asWeighted = (config: Config): Config => ({
  ...config,
  services: config.services.map((service) => ({
    ...service,
    weighted: { stepsPercent: [5, 100], stepForMs: 3_000 },
    targets: service.targets.map((target) => ({ ...target, weight: target.id === "frankfurt" ? 150 : 50 })),
  })),
});

test("the answers of a resolver are spread by weight, leave a target that breaks, and come back in steps", async () => {
  const sites = await Promise.all([startDemoSite("frankfurt", 450), startDemoSite("ireland", 450)]);
  const [frankfurt, ireland] = sites;
  const alerts: Published[] = [];
  const stack = await startStack({
    config: asWeighted(demoConfig({ frankfurt: frankfurt.port, ireland: ireland.port }, scriptedPace)),
    minuteMs: 10_000,
    propagationMs: 200,
    dnsPort: 0,
    random: golden(),
    onAlert: (alert) => alerts.push(alert),
  });
  const resolver = openResolver(stack.dns.port);
  /** How many of 200 answers are Frankfurt's. */
  const share = async (): Promise<number> => {
    let count = 0;
    for (let i = 0; i < 200; i++) {
      const { values } = await resolver.ask("shop.example.com", "A");
      expect(values).toHaveLength(1);
      if (values[0] === "192.0.2.10") count += 1;
    }
    return count;
  };
  const weights = (zone = stack.route53.zone("Z0DEMO")) =>
    findSets(zone ?? openZone("Z", "none"), "shop.example.com", "A")
      .map(({ weighted }) => weighted?.weight)
      .join(" ");
  const told = (event: string) => alerts.find(({ attributes }) => attributes["event"] === event);
  try {
    expect(weights()).toBe("150 50");
    const well = await share();
    expect(well).toBeGreaterThan(120);
    expect(well).toBeLessThan(180);
    await frankfurt.break("refuse");
    const alert = await until("it is taken out", stepMs, () => told("taken-out"));
    expect(alert.subject).toContain("left a target that is down: now frankfurt 0, ireland 50");
    await until("the effect is proven", stepMs, () => told("answered"));
    expect(await share()).toBe(0);
    await frankfurt.heal();
    await until("it carries all of its weight", stepMs, () => (weights() === "150 50" ? true : undefined));
    const spreads = stack.route53.changes().map(({ zone }) => weights(zone));
    expect(spreads.filter((spread, i) => spread !== spreads[i - 1])).toEqual(["0 50", "8 50", "150 50"]);
    await until("and is answered", stepMs, async () => ((await share()) > 120 ? true : undefined));
  } finally {
    resolver.close();
    await stack.stop();
    await Promise.all(sites.map((site) => site.close()));
  }
});
