import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { openSecretPlaces } from "../../lambda/aws/secrets.ts";
import { functionEnvironment } from "../../local/aws-environment.ts";
import { openSecretStore, type SecretFault } from "../../local/secrets.ts";

afterEach(() => vi.unstubAllEnvs());

const secrets = { "secretsmanager:prod/shop": "s3cret", "ssm:/prod/token": "t0ken" };
const arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:prod/shop-AbCdEf";

async function open() {
  const store = await openSecretStore({ region: "eu-central-1", secrets });
  onTestFinished(store.close);
  for (const [name, value] of Object.entries(functionEnvironment("us-east-1", { secrets: store.url }))) {
    vi.stubEnv(name, value);
  }
  return { store, fetch: openSecretPlaces("eu-central-1", { SHOP: "from here", EMPTY: "" }) };
}

test.each([
  ["secretsmanager", "prod/shop", "s3cret"],
  ["secretsmanager", arn, "s3cret"],
  ["ssm", "/prod/token", "t0ken"],
  ["ssm", "arn:aws:ssm:eu-central-1:000000000000:parameter/prod/token", "t0ken"],
  ["env", "SHOP", "from here"],
] as const)("%s:%s is read where it is kept", async (kind, name, expected) => {
  const { fetch } = await open();
  expect(await fetch({ kind, name })).toBe(expected);
});

test.each([
  ["secretsmanager", "prod/gone", "ResourceNotFoundException"],
  ["ssm", "/prod/gone", "ParameterNotFound"],
  ["env", "GONE", "NotSet"],
  ["env", "EMPTY", "NotSet"],
  // Another Region's endpoint would answer; here it is the wrong one.
  ["secretsmanager", arn.replace("eu-central-1", "eu-west-1"), "InvalidSignatureException"],
] as const)("%s:%s is not: %s", async (kind, name, error) => {
  const { fetch } = await open();
  await expect(fetch({ kind, name })).rejects.toMatchObject({ name: error });
});

describe.each(["secretsmanager:prod/shop", "ssm:/prod/token"] as const)("%s", (reference) => {
  const [kind, name = ""] = reference.split(":") as ["secretsmanager" | "ssm", string];

  test("has another value after its rotation", async () => {
    const { store, fetch } = await open();
    store.put(reference, "rotated");
    expect(await fetch({ kind, name })).toBe("rotated");
    store.put(reference, undefined);
    await expect(fetch({ kind, name })).rejects.toThrow();
    expect(store.reads()).toEqual([reference, reference]);
  });

  test.each<[SecretFault, string]>([
    ["denied", "AccessDeniedException"],
    ["throttled", "ThrottlingException"],
  ])("%s: %s", async (fault, error) => {
    const { store, fetch } = await open();
    store.setFault(fault);
    await expect(fetch({ kind, name })).rejects.toMatchObject({ name: error });
  });

  test("whose service breaks the connection fails", async () => {
    const { store, fetch } = await open();
    store.setFault("broken");
    await expect(fetch({ kind, name })).rejects.toThrow();
  });
});
