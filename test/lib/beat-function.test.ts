import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { withEndpoint } from "../config/sample.ts";
import { deployed, list, plain, resources, statementsOf } from "./deployed.ts";

const without = withEndpoint("https://docs.acme.com/");
const withJobs = `${without}heartbeats:\n  nightly: { interval: 1d }\n`;

test("jobs have a function with a URL, that may write their signals and read the key, and nothing else", () => {
  const { home } = deployed(withJobs);
  const shown = statementsOf(home, "BeatRole").map(({ Action, Resource, Condition }) => [
    list(Action).join(" "),
    plain(Resource),
    Condition ?? null,
  ]);
  const keys = (operator: string, key: string) => ({
    [`ForAllValues:${operator}`]: { "dynamodb:LeadingKeys": [key] },
    Null: { "dynamodb:LeadingKeys": "false" },
  });
  const table = expect.stringMatching(/^<PointsmanTablesState\w+\.Arn>$/);
  expect(shown).toEqual([
    ["logs:CreateLogStream logs:PutLogEvents", expect.stringMatching(/^<PointsmanBeatLog\w+\.Arn>$/), null],
    ["dynamodb:GetItem", table, keys("StringEquals", "heartbeat-key")],
    ["dynamodb:UpdateItem", table, keys("StringLike", "heartbeat#*")],
  ]);
  const [url] = Object.values(resources(home, "AWS::Lambda::Url"));
  expect(url?.Properties).toMatchObject({ AuthType: "NONE" });
  expect(url?.Properties).not.toHaveProperty("Cors");
});

test("no token is in any template, and another job is no other template", () => {
  const [one, two] = [deployed(withJobs), deployed(withJobs.replace("nightly", "hourly"))];
  const templateOf = ({ home }: typeof one) => JSON.stringify(home.toJSON()).replace(/[0-9a-f]{64}/g, "");
  expect(templateOf(one)).toBe(templateOf(two));
  expect(templateOf(one)).not.toContain("nightly");
});

test("without a job there is no such function", () => {
  const { home } = deployed(without);
  expect(resources(home, "AWS::Lambda::Url")).toEqual({});
  expect(Object.keys(resources(home, "AWS::Lambda::Function")).filter((id) => /Beat/.test(id))).toEqual([]);
});

test("cdk-nag's AwsSolutions has nothing against it", () => {
  for (const stack of deployed(withJobs).stacks)
    expect(new AwsSolutionsChecks().validateScope(stack).violations).toEqual([]);
});
