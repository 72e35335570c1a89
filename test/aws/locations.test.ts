import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { openLocations } from "../../lambda/aws/locations.ts";
import { type ProbeAnswer, type ProbeRequest, patienceMs } from "../../lambda/core/probe.ts";
import { functionEnvironment } from "../../local/aws-environment.ts";
import { type LocationCall, openLambdaApi } from "../../local/lambda-api.ts";
import { serveLoopback } from "../../local/loopback-server.ts";

type Outcome = Awaited<ReturnType<Parameters<typeof openLambdaApi>[0]["invoke"]>>;

const request = (location: string, endMs = 10_000): ProbeRequest => ({
  location,
  questions: [
    { id: "shop/ä", check: { type: "tcp", host: "192.0.2.10", port: 443 }, timeoutMs: 3_000, triesAtMs: [0] },
  ],
  endMs,
});

const answerFrom = (location: string): ProbeAnswer => ({
  location,
  probes: [{ id: "shop/ä", ok: true, latencyMs: 21, startedAfterMs: 3 }],
});

const answered = (value: unknown): Outcome => ({ ok: true, payload: JSON.stringify(value) });

/** Every function of this suite finds the Lambda API where the deployment's environment says. */
const lambdaAt = (url: string) => {
  for (const [name, value] of Object.entries(functionEnvironment("eu-central-1", { lambda: url }))) {
    vi.stubEnv(name, value);
  }
};
beforeEach(() => lambdaAt("http://127.0.0.1:9"));
afterEach(() => vi.unstubAllEnvs());

/** Locations behind a Lambda API whose function does this. */
async function open(invoke: (event: ProbeRequest) => Promise<Outcome>) {
  const calls: LocationCall[] = [];
  const invoked: unknown[] = [];
  const api = await openLambdaApi(
    {
      name: "pointsman-probe",
      invoke: async (event) => {
        invoked.push(event);
        return invoke(event as ProbeRequest);
      },
      kill: async () => {},
    },
    (call) => calls.push(call),
  );
  onTestFinished(api.close);
  lambdaAt(api.url);
  return { api, calls, invoked, ask: openLocations("pointsman-probe") };
}

describe("asking a location", () => {
  test("invokes the function in its Region with the request, and hands back its answer", async () => {
    const { calls, invoked, ask } = await open(async ({ location }) => answered(answerFrom(location)));
    const locations = ["eu-west-1", "us-east-2", "eu-west-1"];
    const answers = await Promise.all(locations.map((location) => ask(request(location))));
    expect(answers).toEqual(locations.map(answerFrom));
    expect(calls.map(({ location }) => location).sort()).toEqual([...locations].sort());
    expect(invoked).toContainEqual(request("us-east-2"));
  });

  test("keeps its connection from question to question", async () => {
    const sockets = new Set<unknown>();
    const server = await serveLoopback((incoming, response) => {
      sockets.add(incoming.socket);
      response.end(JSON.stringify(answerFrom("eu-west-1")));
    });
    onTestFinished(server.close);
    lambdaAt(server.url);
    const ask = openLocations("pointsman-probe");
    for (let i = 0; i < 3; i++) await ask(request("eu-west-1"));
    expect(sockets.size).toBe(1);
  });

  test("throws what the function died of", async () => {
    const error = { errorType: "TypeError", errorMessage: "of no use", trace: [] };
    const { ask } = await open(async () => ({ ok: false, error }));
    await expect(ask(request("eu-west-1"))).rejects.toThrow(/Unhandled.*TypeError.*of no use/);
  });

  test("throws when the answer is no JSON", async () => {
    const { ask } = await open(async () => ({ ok: true, payload: "" }));
    await expect(ask(request("eu-west-1"))).rejects.toThrow();
  });

  test("throws when the function is not there", async () => {
    await open(async () => answered({}));
    await expect(openLocations("another")(request("eu-west-1"))).rejects.toMatchObject({
      name: "ResourceNotFoundException",
    });
  });

  test("leaves the other locations alone when one fails", async () => {
    const { api, ask } = await open(async ({ location }) => answered(answerFrom(location)));
    api.setFault("eu-west-1", "unreachable");
    const [failed, fine] = await Promise.allSettled([ask(request("eu-west-1")), ask(request("us-east-2"))]);
    expect([failed.status, fine.status]).toEqual(["rejected", "fulfilled"]);
  });
});

describe("a question is asked once", () => {
  test.each([
    ["throttled", { name: "TooManyRequestsException" }],
    ["unreachable", { code: "ECONNRESET" }],
  ] as const)("%s", async (fault, error) => {
    const { api, calls, ask } = await open(async () => answered({}));
    api.setFault("eu-west-1", fault);
    await expect(ask(request("eu-west-1"))).rejects.toMatchObject(error);
    expect(calls).toHaveLength(1);
  });

  test("Lambda fails", async () => {
    let requests = 0;
    const server = await serveLoopback((_, response) => {
      requests += 1;
      response.writeHead(500, { "x-amzn-errortype": "ServiceException" }).end("{}");
    });
    onTestFinished(server.close);
    lambdaAt(server.url);
    await expect(openLocations("pointsman-probe")(request("eu-west-1"))).rejects.toMatchObject({
      name: "ServiceException",
    });
    expect(requests).toBe(1);
  });
});

describe("patience", { timeout: 10_000 }, () => {
  /** A request whose time was up long ago: home waits for its answer for this long only. */
  const impatient = (location: string) => request(location, 50 - patienceMs({ endMs: 0 }));
  const givenUp = { name: "AbortError" };

  test("ends with an unanswered question, and is as long as that question allows", async () => {
    const answers = new Map<string, (outcome: Outcome) => void>();
    const { ask } = await open(({ location }) => new Promise((resolve) => answers.set(location, resolve)));
    const patient = ask(request("us-east-2"));
    await expect(ask(impatient("eu-west-1"))).rejects.toMatchObject(givenUp);
    await vi.waitUntil(() => answers.has("us-east-2"));
    answers.get("us-east-2")?.(answered(answerFrom("us-east-2")));
    expect(await patient).toEqual(answerFrom("us-east-2"));
  });

  test("ends with an answer that stops in its middle", async () => {
    const server = await serveLoopback((_, response) => {
      response.writeHead(200, { "content-length": 100 }).write('{"location":');
    });
    onTestFinished(server.close);
    lambdaAt(server.url);
    await expect(openLocations("pointsman-probe")(impatient("eu-west-1"))).rejects.toThrow();
  });
});
