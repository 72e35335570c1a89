import { Match } from "aws-cdk-lib/assertions";
import { describe, expect, test } from "vitest";
import { silence } from "../../lib/home-alarm.ts";
import { topicOutput } from "../../lib/stack-names.ts";
import { parseValid, withEndpoint } from "../config/sample.ts";
import { deployed, locations } from "./deployed.ts";

const text = withEndpoint("https://docs.acme.com/");

test("one stack for each further location, with the probe function home asks for by name", () => {
  const { home, further, stacks } = deployed(text);
  expect([...further.keys()]).toEqual(locations.slice(1));
  expect(stacks.map(({ stackName }) => stackName)).toEqual([
    "Pointsman",
    ...locations.slice(1).map((region) => `Pointsman-${region}`),
  ]);
  const nameIn = (template: typeof home) =>
    Object.values(template.findResources("AWS::Lambda::Function", { Properties: { Timeout: 120 } })).map(
      ({ Properties }) => Properties.FunctionName,
    );
  for (const template of further.values()) expect(nameIn(template)).toEqual(nameIn(home));
});

test("commands find a topic at home and one where home is watched from", () => {
  const { home, further } = deployed(text);
  const topicOf = (template: typeof home | undefined) =>
    Object.values(template?.findOutputs(topicOutput) ?? {}).map(({ Value }) => Value.Ref);
  expect(topicOf(home)).toEqual([expect.stringMatching(/AlertsTopic/)]);
  expect(locations.slice(1).map((region) => topicOf(further.get(region)))).toEqual([
    [expect.stringMatching(/AlertsTopic/)],
    [],
    [],
    [],
  ]);
});

test("home is deployed last: it would be blind until whom it asks is there", () => {
  const [home, ...further] = deployed(text).stacks;
  expect(home?.dependencies).toEqual(further);
});

test("no stack refers to another: no exports, no parameters that carry values across Regions", () => {
  const { home, further } = deployed(text);
  for (const template of [home, ...further.values()]) {
    expect(JSON.stringify(template)).not.toMatch(/Fn::ImportValue|Custom::CrossRegion|"Export"/);
  }
});

describe("home's death", () => {
  const { further } = deployed(text);

  test("is noticed in the first further location, on its own topic, and nowhere else", () => {
    const [first, ...others] = [...further.values()];
    first?.hasResourceProperties("AWS::CloudWatch::Alarm", {
      Namespace: "AWS/Lambda",
      MetricName: "Invocations",
      Statistic: "Sum",
      ComparisonOperator: "LessThanThreshold",
      Threshold: 1,
      TreatMissingData: "breaching",
      AlarmActions: [{ Ref: Match.stringLikeRegexp("HomeAlertsTopic") }],
    });
    first?.resourceCountIs("AWS::SNS::Topic", 1);
    first?.resourceCountIs("AWS::SNS::Subscription", 2);
    for (const other of others) {
      other.resourceCountIs("AWS::CloudWatch::Alarm", 0);
      other.resourceCountIs("AWS::SNS::Topic", 0);
    }
  });

  test("cannot be noticed by a single location, which says so", () => {
    const { stacks } = deployed(`locations: [eu-central-1]\nendpoints: { docs: https://docs.acme.com/ }\n`);
    expect(stacks).toHaveLength(1);
    const warnings = stacks[0]?.node.findChild("Pointsman").node.metadata.map(({ data }) => String(data));
    expect(warnings?.join()).toContain("nobody notices when it is gone");
  });

  test.each([
    ["10s", 5, 4],
    ["1m", 5, 8],
    ["1h", 5, 303],
    ["1h", 36, 37],
  ])(
    "asked by an endpoint of every %s in %d locations in turn: silent after %d periods",
    (interval, count, periods) => {
      const { config } = parseValid(withEndpoint(`{ https: https://docs.acme.com/, interval: ${interval} }`));
      const locations = Array.from({ length: count }, (_, index) => `region-${index}`);
      const { period, evaluationPeriods } = silence({ ...config, locations });
      expect(evaluationPeriods).toBe(periods);
      const seconds = period.toSeconds() * evaluationPeriods;
      // CloudWatch: a day at most, or a week when the period is an hour.
      expect(seconds).toBeLessThanOrEqual(period.toSeconds() < 3600 ? 86_400 : 604_800);
      expect(seconds * 1000).toBeGreaterThan((config.endpoints[0]?.policy.intervalMs ?? 0) * count + 120_000);
    },
  );
});
