import { expect, test } from "vitest";
import { parseConfig } from "../../config/load.ts";
import type { Config } from "../../lambda/core/config.ts";
import { forgetAws } from "../../local/aws-environment.ts";
import { type DemoPorts, demoConfigText, scriptedPace } from "../../local/demo-config.ts";
import { startDemoSite } from "../../local/demo-servers.ts";
import type { Published } from "../../local/sns-message.ts";
import { startStack } from "../../local/stack.ts";
import { until } from "../../local/timeline.ts";

forgetAws(process.env);

const stepMs = 30_000;
const shopRole = "arn:aws:iam::210987654321:role/dns/zone";
const blogRole = "arn:aws:iam::321098765432:role/dns/zone";

/** The demonstration's shop with its zone in another account, and a blog with its zone in a third. */
function configOf(ports: DemoPorts): Config {
  const blog = `
  blog:
    mode: armed
    dns: { zoneId: Z0BLOG, roleArn: '${blogRole}', name: blog.example.com, type: A, ttl: 15s }
    check: { tcp: ${ports.frankfurt} }
    targets:
      - { id: frankfurt, value: 192.0.2.10, check: { connect: "127.0.0.1:${ports.frankfurt}" } }
      - { id: ireland, value: 198.51.100.20, check: { connect: "127.0.0.1:${ports.ireland}" } }
`;
  const text = demoConfigText(ports, scriptedPace)
    .replace("zoneId: Z0DEMO,", `zoneId: Z0DEMO, roleArn: '${shopRole}',`)
    .replace("\ndefaults:", `${blog}defaults:`);
  const loaded = parseConfig(text, "roles.yaml", { laptop: true });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  return loaded.config;
}

test("the handlers move a name in the role of its zone; a role that is not to be had is told, and moves nothing", async () => {
  const [frankfurt, ireland] = await Promise.all([
    startDemoSite("frankfurt", 450),
    startDemoSite("ireland", 450),
  ]);
  const alerts: Published[] = [];
  const stack = await startStack({
    config: configOf({ frankfurt: frankfurt.port, ireland: ireland.port }),
    roles: [shopRole],
    minuteMs: 10_000,
    propagationMs: 200,
    dnsPort: 0,
    onAlert: (alert) => alerts.push(alert),
  });
  const told = (service: string, event: string): Published | undefined =>
    alerts.find(({ attributes }) => attributes["service"] === service && attributes["event"] === event);
  try {
    const refused = await until("the blog's alert", stepMs, () => told("blog", "foreign"));
    expect(refused.texts["email"]).toMatch(/its zone cannot be read: AccessDenied: .*: sts:AssumeRole on/);
    await frankfurt.break("refuse");
    await until("the shop's alert", stepMs, () => told("shop", "failover"));
  } finally {
    await stack.stop();
    await Promise.all([frankfurt.close(), ireland.close()]);
  }
  expect(stack.route53.changes().map(({ zoneId }) => zoneId)).toEqual(["Z0DEMO"]);
  expect(new Set(stack.sts.sessions().map(({ roleArn, name }) => `${name}: ${roleArn}`))).toEqual(
    new Set([`laptop: ${shopRole}`]),
  );
});
