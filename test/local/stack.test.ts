import { expect, test } from "vitest";
import { forgetAws } from "../../local/aws-environment.ts";
import { demoConfig, scriptedPace } from "../../local/demo-config.ts";
import { startDemoSite } from "../../local/demo-servers.ts";
import { answeredTarget } from "../../local/screen/words.ts";
import type { Published } from "../../local/sns-message.ts";
import { startStack } from "../../local/stack.ts";
import { until } from "../../local/timeline.ts";
import { openObserver } from "../../local/watch/observer.ts";

forgetAws(process.env);

const stepMs = 30_000;

test("the whole path: a primary breaks, its name moves, people are told, and it goes back", async () => {
  const [frankfurt, ireland] = await Promise.all([
    startDemoSite("frankfurt", 450),
    startDemoSite("ireland", 450),
  ]);
  const config = demoConfig({ frankfurt: frankfurt.port, ireland: ireland.port }, scriptedPace);
  const observer = openObserver(config);
  const stack = await startStack({
    config,
    minuteMs: 10_000,
    propagationMs: 200,
    dnsPort: 0,
    ...observer.listeners,
  });
  const over = new AbortController();
  const watching = observer.watch(stack, over.signal);
  const now = () => observer.model(Date.now());
  const target = () => now().services.map(answeredTarget)[0];
  const states = () =>
    now().services.flatMap(({ endpoints }) => endpoints.map(({ health }) => health?.state));
  const told = (event: string): Published | undefined =>
    now().alerts.find(({ attributes }) => attributes["event"] === event);
  const kinds = () => now().happenings.flatMap((one) => ("event" in one ? [one.event.kind] : []));
  try {
    await until("both are up", stepMs, () => (states().every((state) => state === "up") ? true : undefined));
    await until("the name is at the primary", stepMs, () => (target() === "frankfurt" ? true : undefined));
    expect(now().alerts).toEqual([]);

    await frankfurt.break("refuse");
    await until("the resolver answers the standby", stepMs, () =>
      target() === "ireland" ? true : undefined,
    );
    const alert = await until("the alert", stepMs, () => told("failover"));
    expect(alert.subject).toBe("[critical] shop.example.com moved to ireland, away from frankfurt");
    expect(alert.texts["email"]).toContain(`127.0.0.1:${frankfurt.port} refused the connection`);
    expect(alert.texts["email"]).toMatch(/detected after \d/);
    await until("the history", stepMs, () => (kinds().includes("in-sync") ? true : undefined));
    expect(kinds()).toEqual(expect.arrayContaining(["down", "move-started", "failover"]));

    await frankfurt.heal();
    await until("the resolver answers the primary", stepMs, () =>
      target() === "frankfurt" ? true : undefined,
    );
    await until("the alert", stepMs, () => told("failback"));
    await until("both are up", stepMs, () => (states().every((state) => state === "up") ? true : undefined));
    expect(now().trouble).toBeUndefined();
  } finally {
    over.abort();
    await watching;
    await stack.stop();
    await Promise.all([frankfurt.close(), ireland.close()]);
  }
  await expect(fetch(stack.route53.url)).rejects.toThrow();
  await expect(fetch(stack.lambda.url)).rejects.toThrow();
});
