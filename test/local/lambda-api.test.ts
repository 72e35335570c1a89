import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterEach, expect, test } from "vitest";
import { openLocations } from "../../lambda/aws/locations.ts";
import type { ProbeRequest } from "../../lambda/core/probe.ts";
import { clientOf, forgetAws } from "../../local/aws-environment.ts";
import { failed, type Outcome } from "../../local/invocation.ts";
import { type LambdaApi, type LocationCall, openLambdaApi } from "../../local/lambda-api.ts";

forgetAws(process.env);

let api: LambdaApi | undefined;
const calls: LocationCall[] = [];

afterEach(async () => {
  await api?.close();
  calls.length = 0;
});

const echo = async (event: unknown): Promise<Outcome> => {
  const { location } = event as ProbeRequest;
  return { ok: true, payload: JSON.stringify({ location, probes: [] }) };
};

async function open(invoke = echo): Promise<LambdaApi> {
  const probe = { name: "probe", invoke, kill: async () => {} };
  api = await openLambdaApi(probe, (call) => calls.push(call));
  return api;
}

const request = (location: string): ProbeRequest => ({ location, questions: [], endMs: 1_000 });

function invoke({ url }: LambdaApi, region: string, payload: string, name = "probe") {
  const client = new LambdaClient({ ...clientOf(region, url), maxAttempts: 1 });
  return client.send(new InvokeCommand({ FunctionName: name, Payload: payload }));
}

const nameOf = (sent: Promise<unknown>): Promise<string> =>
  sent.then(
    () => "no error",
    (error: Error) => error.name,
  );

test("the Region of the signature is the location that answers, and listeners see it", async () => {
  const answer = await invoke(await open(), "us-west-2", JSON.stringify(request("us-west-2")));
  expect(answer.StatusCode).toBe(200);
  expect(answer.FunctionError).toBeUndefined();
  expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toEqual({
    location: "us-west-2",
    probes: [],
  });
  expect(calls).toMatchObject([{ location: "us-west-2", answer: { location: "us-west-2", probes: [] } }]);
});

test("the product's own adapter asks it", async () => {
  const { url } = await open();
  process.env["AWS_ENDPOINT_URL_LAMBDA"] = url;
  process.env["AWS_ACCESS_KEY_ID"] = "local";
  process.env["AWS_SECRET_ACCESS_KEY"] = "local";
  expect(await openLocations("probe")(request("eu-west-1"))).toEqual({ location: "eu-west-1", probes: [] });
  forgetAws(process.env);
});

test("what is meant for another location is refused", async () => {
  const sent = invoke(await open(), "us-west-2", JSON.stringify(request("eu-west-1")));
  await expect(sent).rejects.toThrow("us-west-2 was asked what was meant for eu-west-1");
});

test("a function that threw answers 200 with its error", async () => {
  const opened = await open(async () => failed(new TypeError("a bug")));
  const answer = await invoke(opened, "eu-west-1", JSON.stringify(request("eu-west-1")));
  expect(answer.FunctionError).toBe("Unhandled");
  expect(JSON.parse(answer.Payload?.transformToString() ?? "")).toMatchObject({ errorType: "TypeError" });
  expect(calls[0]?.answer).toBe("a bug");
});

test("an unknown function is not found", async () => {
  const opened = await open();
  expect(await nameOf(invoke(opened, "eu-west-1", "{}", "other"))).toBe("ResourceNotFoundException");
});

test("a payload that is not JSON is refused", async () => {
  expect(await nameOf(invoke(await open(), "eu-west-1", "{"))).toBe("InvalidRequestContentException");
});

test("a payload of more than 6 MB is refused", async () => {
  const payload = JSON.stringify({ ...request("eu-west-1"), filling: "x".repeat(6 * 1024 * 1024) });
  expect(await nameOf(invoke(await open(), "eu-west-1", payload))).toBe("RequestTooLargeException");
});

test("a throttled location says so, the others answer, and it can be healed", async () => {
  const opened = await open();
  opened.setFault("eu-west-1", "throttled");
  const ask = (region: string) => nameOf(invoke(opened, region, JSON.stringify(request(region))));
  expect(await ask("eu-west-1")).toBe("TooManyRequestsException");
  expect(await ask("us-east-2")).toBe("no error");
  opened.setFault("eu-west-1", undefined);
  expect(await ask("eu-west-1")).toBe("no error");
  expect(calls.map(({ answer }) => typeof answer)).toEqual(["string", "object", "object"]);
});

test("an unreachable location breaks the connection", async () => {
  const opened = await open();
  opened.setFault("eu-west-1", "unreachable");
  await expect(invoke(opened, "eu-west-1", JSON.stringify(request("eu-west-1")))).rejects.toThrow(
    /hang up|ECONNRESET/,
  );
});
