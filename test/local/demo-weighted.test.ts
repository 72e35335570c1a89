import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { forgetAws } from "../../local/aws-environment.ts";
import { scriptedPace, weightedDemoConfig } from "../../local/demo-config.ts";
import { startDemoSite } from "../../local/demo-servers.ts";
import { runWeightedDemo, type WeightedResult } from "../../local/demo-weighted.ts";
import type { Published } from "../../local/sns-message.ts";
import { startStack } from "../../local/stack.ts";
import { NotHappened } from "../../local/timeline.ts";

forgetAws(process.env);

/** The weighted demonstration, with this for chance. */
async function played(random: () => number): Promise<WeightedResult> {
  const [frankfurt, ireland, virginia] = await Promise.all([
    startDemoSite("frankfurt", 450),
    startDemoSite("ireland", 450),
    startDemoSite("virginia", 450),
  ]);
  const ports = { frankfurt: frankfurt.port, ireland: ireland.port, virginia: virginia.port };
  const config = weightedDemoConfig(ports, scriptedPace, 3_000);
  const [service] = config.services;
  if (service === undefined) throw new Error("the shop is a service");
  const alerts: Published[] = [];
  const onAlert = (alert: Published) => void alerts.push(alert);
  const stack = await startStack({
    config,
    minuteMs: 10_000,
    propagationMs: 200,
    dnsPort: 0,
    random,
    onAlert,
  });
  try {
    const timeline = { tell: () => {} };
    return await runWeightedDemo({ stack, service, primary: frankfurt, alerts, sweeps: [], timeline });
  } finally {
    await stack.stop();
    await Promise.all([frankfurt, ireland, virginia].map((site) => site.close()));
  }
}

test("the weighted demonstration takes out what breaks, and brings it back in steps", async () => {
  const { ok, spreads, alerts } = await played(Math.random);
  expect(ok).toBe(true);
  expect(spreads.map(({ weights }) => Object.values(weights).join(" "))).toEqual([
    "100 100 50",
    "0 100 50",
    "5 100 50",
    "25 100 50",
    "100 100 50",
  ]);
  expect(spreads[1]?.answers["frankfurt"]).toBe(0);
  // The endpoint's own alert is sent beside those of the name.
  expect(alerts.toSorted()).toEqual([
    "answered",
    "reweighted",
    "reweighted",
    "reweighted",
    "taken-out",
    "up",
  ]);
  expect(alerts.slice(0, 2)).toEqual(["taken-out", "answered"]);
});

test("it fails where a resolver is not answered by weight", async () => {
  await expect(played(() => 0)).rejects.toThrow(NotHappened);
});

test.each([
  [["--routing", "waited"], "Allowed choices are failover, weighted"],
  [["--via", "beacons", "--routing", "weighted"], "--routing weighted goes with --via api only"],
])("npm run demo -- %j says what is wrong, in a line", (args, said) => {
  const root = fileURLToPath(new URL("../..", import.meta.url));
  const { status, stderr } = spawnSync(process.execPath, ["--import", "tsx", "local/demo.ts", ...args], {
    cwd: root,
    encoding: "utf8",
  });
  expect(stderr.trim().split("\n")).toEqual([expect.stringContaining(said)]);
  expect(status).toBe(1);
});
