import { afterEach, expect, test } from "vitest";
import { functionEnvironment } from "../../local/aws-environment.ts";
import { type FunctionOptions, type LocalFunction, startFunction } from "../../local/functions.ts";
import type { Outcome } from "../../local/invocation.ts";
import { until } from "../../local/timeline.ts";

const started: LocalFunction[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.kill()));
});

async function start(options: Partial<FunctionOptions> = {}): Promise<LocalFunction> {
  const made = await startFunction({
    name: "fixture",
    module: new URL("./fixture-handler.ts", import.meta.url),
    env: functionEnvironment("eu-central-1", {}),
    timeoutMs: 20_000,
    ...options,
  });
  started.push(made);
  return made;
}

const payload = (outcome: Outcome): unknown => (outcome.ok ? JSON.parse(outcome.payload) : outcome);

test("a handler gets its own environment and nothing of ours", async () => {
  process.env["AWS_PROFILE"] = "production";
  process.env["AWS_SECRET_ACCESS_KEY"] = "a real one";
  const fixture = await start({ env: functionEnvironment("eu-central-1", {}, { STATE_TABLE: "state" }) });
  const environment = payload(await fixture.invoke({ do: "environment" }));
  expect(environment).toMatchObject({
    AWS_SECRET_ACCESS_KEY: "local",
    AWS_REGION: "eu-central-1",
    STATE_TABLE: "state",
  });
  expect(environment).not.toHaveProperty("AWS_PROFILE");
  expect(environment).not.toHaveProperty("HOME");
  delete process.env["AWS_PROFILE"];
  delete process.env["AWS_SECRET_ACCESS_KEY"];
});

test("a handler gets a context with its name, an id and the time it has left", async () => {
  const fixture = await start({ timeoutMs: 9_000 });
  const context = payload(await fixture.invoke({ do: "context" })) as {
    name: string;
    id: string;
    leftMs: number;
  };
  expect(context.name).toBe("fixture");
  expect(context.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(context.leftMs).toBeGreaterThan(0);
  expect(context.leftMs).toBeLessThanOrEqual(9_000);
});

test("an idle sandbox is used again, and two invocations at a time have one each", async () => {
  const fixture = await start();
  const first = payload(await fixture.invoke({ do: "count" }));
  const again = payload(await fixture.invoke({ do: "count" }));
  expect([first, again]).toEqual([1, 2]);
  const both = await Promise.all([fixture.invoke({ do: "count", ms: 100 }), fixture.invoke({ do: "count" })]);
  expect(both.map(payload)).toEqual([3, 1]);
});

test("a sandbox that may take several invocations takes them all", async () => {
  const fixture = await start({ perSandbox: Number.POSITIVE_INFINITY });
  const all = await Promise.all([1, 2, 3].map(() => fixture.invoke({ do: "count", ms: 50 })));
  expect(all.map(payload)).toEqual([3, 3, 3]);
});

test("what a handler throws comes as Lambda reports it", async () => {
  const fixture = await start();
  const outcome = await fixture.invoke({ do: "throw" });
  expect(outcome).toMatchObject({
    ok: false,
    error: { errorType: "RangeError", errorMessage: "told to throw" },
  });
});

test("at the time-out the sandbox is gone, and the next invocation gets a new one", async () => {
  const fixture = await start({ timeoutMs: 2_000 });
  const outcome = await fixture.invoke({ do: "hang" });
  expect(outcome).toMatchObject({ ok: false, error: { errorType: "Sandbox.Timedout" } });
  expect(JSON.stringify(outcome)).toContain("Task timed out after 2.00 seconds");
  expect(payload(await fixture.invoke({ do: "count" }))).toBe(1);
});

test("a handler that ends its process fails its invocation, not us", async () => {
  const fixture = await start();
  expect(await fixture.invoke({ do: "exit" })).toMatchObject({ ok: false });
  expect(payload(await fixture.invoke({ do: "count" }))).toBe(1);
});

test("what a handler writes is handed on, line by line", async () => {
  const lines: string[] = [];
  const fixture = await start({ onLog: (line) => lines.push(line) });
  expect(payload(await fixture.invoke({ do: "log" }))).toBeNull();
  const line = await until("the line", 5_000, () => lines[0]);
  expect(JSON.parse(line)).toEqual({ level: "info", message: "a line" });
});

test("killing ends what is under way", async () => {
  const fixture = await start();
  const hanging = fixture.invoke({ do: "hang" });
  await fixture.kill();
  expect(await hanging).toMatchObject({ ok: false });
});

test("an endpoint in the cloud is refused before anything starts", async () => {
  const env = {
    ...functionEnvironment("eu-central-1", {}),
    AWS_ENDPOINT_URL_SNS: "https://sns.eu-central-1.amazonaws.com",
  };
  await expect(start({ env })).rejects.toThrow(/AWS_ENDPOINT_URL_SNS.*only this machine/);
});

test("a module that is not there fails the start", async () => {
  await expect(start({ module: new URL("./no-such-file.ts", import.meta.url) })).rejects.toThrow(
    /no-such-file/,
  );
});
