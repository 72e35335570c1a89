import { expect, test } from "vitest";
import { withEndpoint } from "../config/sample.ts";
import { deployed, list, plain, statementsOf } from "./deployed.ts";

const reads = (text: string) =>
  statementsOf(deployed(text).home, "SweepRole")
    .filter(({ Action }) => /^(?:secretsmanager|ssm|kms):/.test(list(Action)[0] ?? ""))
    .map(({ Action, Resource }) => [Action, plain(Resource)]);

const text = withEndpoint(`
    https: https://docs.acme.com/
    headers: { x-key: 'ssm:/prod/key', x-other: ssm:plain }
    basicAuth: { user: 'secretsmanager:prod/docs#user', password: 'secretsmanager:prod/docs#password' }
    clientCertificate:
      certificate: ssm:arn:aws:ssm:eu-west-1:123456789012:parameter/docs/crt
      key: secretsmanager:arn:aws:secretsmanager:eu-west-1:123456789012:secret:docs/key-AbCdEf
`);

test("the sweep may read the secrets that checks refer to, and no other", () => {
  expect(reads(text)).toEqual([
    [
      "secretsmanager:GetSecretValue",
      [
        "arn:aws:secretsmanager:eu-west-1:123456789012:secret:docs/key-AbCdEf",
        expect.stringMatching(/:secretsmanager:eu-central-1:[^:]+:secret:prod\/docs-\?{6}$/),
      ],
    ],
    [
      "ssm:GetParameter",
      [
        "arn:aws:ssm:eu-west-1:123456789012:parameter/docs/crt",
        expect.stringMatching(/:ssm:eu-central-1:[^:]+:parameter\/plain$/),
        expect.stringMatching(/:ssm:eu-central-1:[^:]+:parameter\/prod\/key$/),
      ],
    ],
  ]);
});

test("without a reference it may read none", () => {
  expect(reads(withEndpoint("https://docs.acme.com/"))).toEqual([]);
});

test("no location may read any: home sends them along", () => {
  const templates = [...deployed(text).further.values()].map((template) => JSON.stringify(template.toJSON()));
  expect(templates).toHaveLength(4);
  expect(templates.filter((template) => /secretsmanager|ssm:Get|prod\/key/.test(template))).toEqual([]);
});
