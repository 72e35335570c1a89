import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, expect, test } from "vitest";
import type { LocalFunction } from "../../local/functions.ts";
import type { Outcome } from "../../local/invocation.ts";
import { type LambdaFunction, startLambda } from "./lambda-process.ts";
import { openRuntimeApi } from "./runtime-api.ts";

const scratch = realpathSync(mkdtempSync(join(tmpdir(), "pointsman-process-")));
const started: LocalFunction[] = [];

afterEach(async () => {
  await Promise.all(started.splice(0).map((each) => each.kill()));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** A function whose whole code is this text. */
async function start(code: string, over: Partial<LambdaFunction> = {}): Promise<LocalFunction> {
  const taskRoot = mkdtempSync(join(scratch, "task-"));
  writeFileSync(join(taskRoot, "index.mjs"), code);
  const of = {
    name: "fixture",
    region: "eu-north-1",
    runtime: "nodejs24.x",
    handler: "index.handler",
    code: "fixture.zip",
    taskRoot,
    timeoutMs: 20_000,
    memoryMb: 256,
    variables: { STATE_TABLE: "state" },
    ...over,
  };
  const made = await startLambda(of, { endpoints: {} });
  started.push(made);
  return made;
}

const payload = (outcome: Outcome): unknown => (outcome.ok ? JSON.parse(outcome.payload) : outcome);

test("a runtime sees the API as Lambda documents it", async () => {
  const outcomes: unknown[] = [];
  const api = await openRuntimeApi("arn:aws:lambda:eu-north-1:000000000000:function:fixture", {
    onIdle: () => {},
    onInitError: () => {},
    onOutcome: (...told) => outcomes.push(told),
  });
  const at = (path: string, init?: RequestInit) =>
    fetch(`http://${api.host}/2018-06-01/runtime${path}`, init);
  const post = async (path: string, body: string) => (await at(path, { method: "POST", body })).status;
  // It is asked first, and answers when there is something.
  const asked = at("/invocation/next");
  api.send({ id: "one", event: '{"a":1}', timeoutMs: 3_000 });
  const next = await asked;
  expect(next.status).toBe(200);
  expect(next.headers.get("Lambda-Runtime-Aws-Request-Id")).toBe("one");
  expect(next.headers.get("Lambda-Runtime-Invoked-Function-Arn")).toMatch(/:eu-north-1:.*:fixture$/);
  expect(Number(next.headers.get("Lambda-Runtime-Deadline-Ms"))).toBeGreaterThan(Date.now());
  expect(await next.json()).toEqual({ a: 1 });
  expect(await post("/invocation/another/response", "2")).toBe(400);
  expect(await post("/invocation/one/response", "2")).toBe(202);
  expect(await post("/invocation/one/response", "3")).toBe(400);
  expect(await post("/elsewhere", "")).toBe(404);
  expect(outcomes).toEqual([["one", { ok: true, payload: "2" }]]);
  await api.close();
});

test("a function's environment is Lambda's and its template's, and nothing of ours", async () => {
  process.env["AWS_PROFILE"] = "production";
  const fixture = await start("export const handler = async () => process.env;");
  const environment = payload(await fixture.invoke({}));
  delete process.env["AWS_PROFILE"];
  expect(environment).toMatchObject({
    AWS_REGION: "eu-north-1",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_LAMBDA_FUNCTION_NAME: "fixture",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "256",
    STATE_TABLE: "state",
  });
  for (const name of ["AWS_PROFILE", "HOME", "NODE_OPTIONS", "VITEST"]) {
    expect(environment).not.toHaveProperty(name);
  }
});

test("a function can read its own files, and no source, package or tool of this project", async () => {
  const files = {
    own: "index.mjs",
    source: fileURLToPath(new URL("../../lambda/sweep.ts", import.meta.url)),
    package: fileURLToPath(new URL("../../node_modules/tsx/package.json", import.meta.url)),
  };
  const code = `
    import { readFileSync } from "node:fs";
    const attempt = async (work) => { try { await work(); return "done"; } catch (error) { return error.code; } };
    export const handler = async (files) => ({
      own: await attempt(() => readFileSync(files.own)),
      source: await attempt(() => readFileSync(files.source)),
      imported: await attempt(() => import(files.source)),
      package: await attempt(() => readFileSync(files.package)),
      tsx: await attempt(() => import("tsx")),
    });`;
  expect(payload(await (await start(code)).invoke(files))).toEqual({
    own: "done",
    source: "ERR_ACCESS_DENIED",
    imported: "ERR_ACCESS_DENIED",
    package: "ERR_ACCESS_DENIED",
    tsx: expect.stringMatching(/^ERR_(MODULE_NOT_FOUND|ACCESS_DENIED)$/),
  });
});

test("a handler gets a context, and the time it has left", async () => {
  const code = `export const handler = async (_, context) => ({
    ...context, leftMs: context.getRemainingTimeInMillis(),
  });`;
  const context = payload(await (await start(code, { timeoutMs: 9_000 })).invoke({}));
  expect(context).toMatchObject({
    functionName: "fixture",
    memoryLimitInMB: "256",
    awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  const { leftMs } = context as { leftMs: number };
  expect(leftMs).toBeGreaterThan(0);
  expect(leftMs).toBeLessThanOrEqual(9_000);
});

test("an idle process is used again, and two invocations at a time have one each", async () => {
  const fixture = await start("let calls = 0; export const handler = async () => (calls += 1);");
  expect(payload(await fixture.invoke({}))).toBe(1);
  expect(payload(await fixture.invoke({}))).toBe(2);
  const both = await Promise.all([fixture.invoke({}), fixture.invoke({})]);
  expect(both.map(payload)).toEqual([3, 1]);
});

test("between two invocations a process stands still", async () => {
  const fixture = await start(`
    let [lastMs, longestMs] = [performance.now(), 0];
    const look = () => {
      longestMs = Math.max(longestMs, performance.now() - lastMs);
      lastMs = performance.now();
    };
    setInterval(look, 1);
    export const handler = async () => { look(); return longestMs; };`);
  const waiting = await start(
    "export const handler = () => new Promise((resolve) => setTimeout(resolve, 400));",
  );
  await fixture.invoke({});
  await waiting.invoke({});
  expect(payload(await fixture.invoke({}))).toBeGreaterThan(300);
});

test("what a handler throws comes as Lambda reports it", async () => {
  const fixture = await start('export const handler = async () => { throw new RangeError("told to"); };');
  const error = { errorType: "RangeError", errorMessage: "told to" };
  expect(await fixture.invoke({})).toMatchObject({ ok: false, error });
});

test("an exception that nobody awaits fails the invocation, and the next one gets a new process", async () => {
  const fixture = await start(`
    let calls = 0;
    export const handler = async ({ fail }) => {
      calls += 1;
      if (!fail) return calls;
      setImmediate(() => { throw new Error("unheard"); });
      return new Promise(() => {});
    };`);
  expect(await fixture.invoke({ fail: true })).toMatchObject({ error: { errorMessage: "fixture ended: 1" } });
  expect(payload(await fixture.invoke({}))).toBe(1);
});

test("at the time-out the process is gone, and the next invocation gets a new one", async () => {
  const code = `let calls = 0;
    export const handler = async ({ hang }) => (hang ? new Promise((end) => setTimeout(end, 60_000)) : (calls += 1));`;
  const fixture = await start(code, { timeoutMs: 2_000 });
  expect(await fixture.invoke({ hang: true })).toMatchObject({ error: { errorType: "Sandbox.Timedout" } });
  expect(payload(await fixture.invoke({}))).toBe(1);
});

test.each([
  ["throws as it is loaded", 'throw new Error("no luck");', "index.handler", "no luck"],
  ["has no such file", "export const handler = 1;", "main.handler", "cannot find module 'main'"],
  ["exports no function of that name", "export const other = () => 1;", "index.handler", "index.handler is"],
  [
    "imports a package that is not in its asset",
    'import "yaml"; export const handler = async () => 1;',
    "index.handler",
    "yaml",
  ],
])("code that %s fails the start", async (_, code, handler, why) => {
  await expect(start(code, { handler })).rejects.toThrow(why);
});

test("an endpoint in the cloud is refused before anything starts", async () => {
  const variables = { AWS_ENDPOINT_URL_SNS: "https://sns.eu-central-1.amazonaws.com" };
  await expect(start("export const handler = async () => 1;", { variables })).rejects.toThrow(
    /AWS_ENDPOINT_URL_SNS.*only this machine/,
  );
});
