import { fromTemporaryCredentials } from "@aws-sdk/credential-providers";
import { expect, onTestFinished, test } from "vitest";
import { clientOf, forgetAws } from "../../local/aws-environment.ts";
import { openSts } from "../../local/sts.ts";

forgetAws(process.env);

const role = "arn:aws:iam::210987654321:role/dns/zone";
const startMs = Date.UTC(2026, 10, 21, 9);

async function open() {
  const clock = { nowMs: startMs };
  const sts = await openSts({ region: "eu-central-1", roles: [role], now: () => clock.nowMs });
  onTestFinished(sts.close);
  const assume = (RoleArn = role, RoleSessionName = "laptop", region = "eu-central-1") => {
    const clientConfig = { ...clientOf(region, sts.url), maxAttempts: 1 };
    return fromTemporaryCredentials({ params: { RoleArn, RoleSessionName }, clientConfig })();
  };
  return { sts, clock, assume };
}

test("a role it knows is given credentials for an hour, and whose they are is known", async () => {
  const { sts, clock, assume } = await open();
  const [one, other] = [await assume(), await assume()];
  expect(one).toMatchObject({ sessionToken: "local", expiration: new Date(startMs + 3_600_000) });
  expect(other.accessKeyId).not.toBe(one.accessKeyId);
  expect(sts.callerOf(one.accessKeyId)).toBe(role);
  expect(sts.callerOf("local")).toBe("home");
  clock.nowMs += 3_599_999;
  expect(sts.callerOf(one.accessKeyId)).toBe(role);
  clock.nowMs += 1;
  expect(sts.callerOf(one.accessKeyId)).toBeUndefined();
});

test.each<[string, Parameters<Awaited<ReturnType<typeof open>>["assume"]>, string]>([
  ["a role it does not know", [`${role}s`], "AccessDenied"],
  ["a session name of one character", [role, "x"], "ValidationError"],
  ["a session name with a space", [role, "my laptop"], "ValidationError"],
  ["a request for another Region", [role, "laptop", "us-east-1"], "SignatureDoesNotMatch"],
])("it refuses %s", async (_, args, name) => {
  const { sts, assume } = await open();
  await expect(assume(...args)).rejects.toMatchObject({ name });
  expect(sts.sessions()).toEqual([]);
});

test.each([
  ["an unsigned request", {}, "MissingAuthenticationToken"],
  [
    "another action",
    { authorization: "AWS4-HMAC-SHA256 Credential=local/20261121/eu-central-1/sts/aws4_request" },
    "InvalidAction",
  ],
])("it refuses %s", async (_, headers, code) => {
  const { sts } = await open();
  const body = new URLSearchParams({ Action: "GetCallerIdentity", Version: "2011-06-15" });
  const response = await fetch(sts.url, { method: "POST", headers, body });
  expect(await response.text()).toContain(`<Code>${code}</Code>`);
});
