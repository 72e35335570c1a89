import { describe, expect, it } from "vitest";
import type { Check, HttpCheck, RequestSecrets } from "../../lambda/core/config.ts";
import { inArn, isReference, parseReference, referencesIn, withSecrets } from "../../lambda/core/secrets.ts";

const arn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/shop-AbCdEf";

describe("a reference", () => {
  it.each([
    ["secretsmanager:prod/shop", { kind: "secretsmanager", name: "prod/shop" }],
    ["secretsmanager:prod/shop#password", { kind: "secretsmanager", name: "prod/shop", key: "password" }],
    [`secretsmanager:${arn}#a b`, { kind: "secretsmanager", name: arn, key: "a b" }],
    ["ssm:/prod/shop.token", { kind: "ssm", name: "/prod/shop.token" }],
    ["env:TOKEN", { kind: "env", name: "TOKEN" }],
  ])("%s", (text, place) => {
    expect(parseReference(text)).toEqual(place);
    expect(isReference(text)).toBe(true);
  });

  it.each([
    "secretsmanager:",
    "ssm:a b",
    "env:1A",
    "env:A-B",
    "ssm:/a#",
    "secretsmanager:a*",
    "ssm:arn:aws:s3",
  ])("is meant, but is none: %s", (text) => {
    expect(parseReference(text)).toBeUndefined();
    expect(isReference(text)).toBe(true);
  });

  it.each(["s3cret", "vault:a", "Bearer env:A", ""])("is not even meant: %s", (text) => {
    expect(parseReference(text)).toBeUndefined();
    expect(isReference(text)).toBe(false);
  });

  it("by ARN says its Region, a name does not", () => {
    expect(inArn(arn)).toEqual({ region: "eu-west-1" });
    expect(inArn("prod/shop")).toBeUndefined();
  });
});

const http = (secrets?: RequestSecrets): HttpCheck => ({
  type: "http",
  url: "https://acme.com/",
  method: "GET",
  headers: { accept: "text/html" },
  status: [[200, 299]],
  redirects: 0,
  verifyCertificate: true,
  ...(secrets && { secrets }),
});

const identity = { certificate: "ssm:crt", key: "ssm:key" };
const read = new Map([
  ["env:A", { text: "a\n" }],
  ["env:B", { text: "b:ü" }],
  ["ssm:crt", { text: "CERTIFICATE\n" }],
  ["ssm:key", { text: "KEY\n" }],
  ["ssm:gone", { unread: "ParameterNotFound" }],
]);

describe("a check with secrets", () => {
  it.each<[string, RequestSecrets, Partial<HttpCheck>]>([
    ["a header", { headers: { "x-a": { is: "plain", value: "env:A" } } }, { headers: { "x-a": "a" } }],
    [
      "a token",
      { headers: { authorization: { is: "bearer", value: "env:A" } } },
      { headers: { authorization: "Bearer a" } },
    ],
    [
      "a user and a password",
      { headers: { authorization: { is: "basic", user: "probe", password: "env:B" } } },
      { headers: { authorization: "Basic cHJvYmU6YjrDvA==" } },
    ],
    [
      "a user that is secret, too",
      { headers: { authorization: { is: "basic", user: "env:A", password: "env:A" } } },
      { headers: { authorization: "Basic YTph" } },
    ],
    [
      "a certificate",
      { clientCertificate: identity },
      { clientCertificate: { certificate: "CERTIFICATE\n", key: "KEY\n" } },
    ],
  ])("is sent with what was read: %s", (_name, secrets, expected) => {
    const { headers, ...others } = expected;
    expect(withSecrets(http(secrets), read)).toEqual({
      ...http(),
      ...others,
      headers: { ...http().headers, ...headers },
    });
  });

  it("is sent without any of it where something could not be read, with the reason and no secret", () => {
    const secrets: RequestSecrets = {
      headers: { "x-a": { is: "plain", value: "env:A" }, "x-b": { is: "plain", value: "ssm:gone" } },
      clientCertificate: { certificate: "ssm:never", key: "ssm:key" },
    };
    expect(withSecrets(http(secrets), read)).toEqual({
      ...http(),
      unread: "ssm:gone (ParameterNotFound), ssm:never (not read)",
    });
  });

  it("among others: each for itself", () => {
    const tcp = { type: "tcp", host: "acme.com", port: 1 } as const;
    const header = (value: string) => http({ headers: { "x-a": { is: "plain", value } } });
    const check: Check = { type: "any", checks: [tcp, header("env:A"), header("ssm:gone"), http()] };
    expect(referencesIn(check)).toEqual(["env:A", "ssm:gone"]);
    expect(withSecrets(check, read)).toEqual({
      type: "any",
      checks: [
        tcp,
        { ...http(), headers: { accept: "text/html", "x-a": "a" } },
        { ...http(), unread: "ssm:gone (ParameterNotFound)" },
        http(),
      ],
    });
  });

  it("has each reference told, texts that are none left out", () => {
    const secrets: RequestSecrets = {
      headers: { authorization: { is: "basic", user: "probe", password: "env:B" } },
      clientCertificate: identity,
    };
    expect(referencesIn(http(secrets))).toEqual(["env:B", "ssm:crt", "ssm:key"]);
    expect(referencesIn(http())).toEqual([]);
  });
});
