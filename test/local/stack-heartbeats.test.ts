import { ScanCommand } from "@aws-sdk/client-dynamodb";
import { expect, test } from "vitest";
import { parseConfig } from "../../config/load.ts";
import { forgetAws } from "../../local/aws-environment.ts";
import type { Published } from "../../local/sns-message.ts";
import { startStack } from "../../local/stack.ts";
import { until } from "../../local/timeline.ts";
import { openObserver } from "../../local/watch/observer.ts";

forgetAws(process.env);

const stepMs = 60_000;

test("a job calls its URL; what it says is told, and its token is nowhere else", async () => {
  const loaded = parseConfig(
    `locations: [eu-central-1]
endpoints: { here: { tcp: '127.0.0.1:1', interval: 10s } }
heartbeats:
  nightly: { interval: 1d, grace: 1h }
  other: { interval: 1d }
`,
    "heartbeats.yaml",
    { laptop: true },
  );
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.errors));
  const alerts: Published[] = [];
  const lines: string[] = [];
  const stack = await startStack({
    config: loaded.config,
    minuteMs: 10_000,
    dnsPort: 0,
    onAlert: (alert) => alerts.push(alert),
    onLog: (line) => lines.push(line),
  });
  const observer = openObserver(loaded.config);
  const over = new AbortController();
  const watching = observer.watch(stack, over.signal);
  const shown = (state: string) => () =>
    observer
      .model(Date.now())
      .endpoints.find(({ id, health }) => id === "nightly" && health?.state === state);
  const { nightly = "", other = "" } = stack.heartbeatUrls;
  const token = nightly.split("/").at(-1) ?? "";
  const call = async (url: string, init?: RequestInit) => {
    const response = await fetch(url, init);
    return `${response.status} ${(await response.text()).trim()}`;
  };
  const toldOf = (event: string) => () =>
    alerts.find(({ attributes }) => attributes["event"] === event && attributes["service"] === "nightly");
  try {
    expect(token).toMatch(/^[\w-]{22}$/);
    expect(await call(nightly.replace(token, other.split("/").at(-1) ?? ""))).toBe("404 no such heartbeat");
    expect(await call(nightly.replace(token, "x".repeat(22)))).toBe("404 no such heartbeat");
    expect(await call(`${nightly}/stop`)).toBe("404 no such heartbeat");
    expect(await call(nightly, { method: "DELETE" })).toMatch(/^405 /);
    expect(await call(`${nightly}/start`, { method: "POST", body: "what it has to say" })).toBe("200 ok");
    const twice = await Promise.all([call(`${nightly}/fail`), call(`${nightly}/fail`)]);
    expect(twice.sort()).toEqual(["200 ok", "429 said less than a second ago"]);
    const down = await until("the alert", stepMs, toldOf("down"));
    expect(down.texts["email"]).toContain("it said that it failed");
    expect((await until("its row", stepMs, shown("down"))).isJob).toBe(true);
    expect(await call(nightly)).toBe("200 ok");
    await until("the other alert", stepMs, toldOf("up"));
    const scan = (TableName: string) => stack.client.send(new ScanCommand({ TableName }));
    const items = [await scan(stack.tables.stateTable), await scan(stack.tables.resultsTable)];
    const everything = JSON.stringify([items.map(({ Items }) => Items), alerts, lines, stack.config]);
    expect(everything).toContain("nightly");
    expect(everything).not.toContain(token);
  } finally {
    over.abort();
    await watching;
    await stack.stop();
  }
});
