import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { parseConfig } from "../../config/load.ts";
import type { Config } from "../../lambda/core/config.ts";
import { forgetAws } from "../../local/aws-environment.ts";
import { serveLoopback } from "../../local/loopback-server.ts";
import type { Published } from "../../local/sns-message.ts";
import { startStack } from "../../local/stack.ts";
import { until } from "../../local/timeline.ts";

forgetAws(process.env);

const stepMs = 30_000;
const password = "s3cret-of-secretsmanager";
const token = "s3cret-of-ssm";
const variable = "s3cret-of-the-environment";

function configOf(port: number): Config {
  const url = `http://127.0.0.1:${port}`;
  const loaded = parseConfig(
    `locations: [eu-central-1, eu-north-1, us-east-2]
endpoints:
  basic:
    http: ${url}/basic
    basicAuth: { user: probe, password: 'secretsmanager:prod/probe#password' }
  bearer: { http: ${url}/bearer, bearer: 'ssm:/prod/token' }
  header: { http: ${url}/header, headers: { x-key: env:PROBE_KEY } }
  gone: { http: ${url}/gone, bearer: 'ssm:/prod/gone' }
references: []
defaults: { interval: 2s, timeout: 300ms, confirmWithin: 1s }
`,
    "secrets.yaml",
    { laptop: true },
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  return loaded.config;
}

test("secrets reach the endpoints and nothing else; one that cannot be read is told as our own fault", async () => {
  const seen = new Map<string, Set<string>>();
  const site = await serveLoopback((request, response) => {
    const said = String(request.headers.authorization ?? request.headers["x-key"]);
    const path = request.url ?? "";
    seen.set(path, (seen.get(path) ?? new Set()).add(said));
    response.end("fine");
  });
  const alerts: Published[] = [];
  const lines: string[] = [];
  const stack = await startStack({
    config: configOf(site.port),
    secrets: {
      "secretsmanager:prod/probe": JSON.stringify({ password }),
      "ssm:/prod/token": token,
    },
    environment: { PROBE_KEY: variable, PROBE_OTHER: "not for anybody" },
    minuteMs: 10_000,
    dnsPort: 0,
    onAlert: (alert) => alerts.push(alert),
    onLog: (line) => lines.push(line),
  });
  let kept: unknown;
  try {
    await until("all three are probed", stepMs, () => seen.size >= 3 || undefined);
    const told = await until("the alert", stepMs, () =>
      alerts.find(({ attributes }) => attributes["event"] === "blind"),
    );
    expect(told.texts["email"]).toContain("ssm:/prod/gone (ParameterNotFound)");
    const minutes = () => stack.client.send(new ScanCommand({ TableName: stack.tables.resultsTable }));
    await until("a minute is saved", stepMs, () => lines.find((line) => /"message":"sweep"/.test(line)));
    kept = [
      (await minutes()).Items,
      (await stack.client.send(new ScanCommand({ TableName: stack.tables.stateTable }))).Items,
    ];
  } finally {
    await stack.stop();
    await site.close();
  }
  expect(Object.fromEntries([...seen].map(([path, said]) => [path, [...said]]))).toEqual({
    "/basic": [`Basic ${Buffer.from(`probe:${password}`).toString("base64")}`],
    "/bearer": [`Bearer ${token}`],
    "/header": [variable],
  });
  expect(alerts.map(({ attributes }) => `${attributes["event"]} ${attributes["service"]}`)).toEqual([
    "blind gone",
  ]);
  const everything = JSON.stringify([alerts, lines, kept, stack.config]);
  expect(everything).toContain("ssm:/prod/gone");
  for (const secret of [password, token, variable, Buffer.from(`probe:${password}`).toString("base64")]) {
    expect(everything).not.toContain(secret);
  }
});
