import { Match } from "aws-cdk-lib/assertions";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { withService } from "../config/sample.ts";
import { deployed, list, plain, resources, statementsOf } from "./deployed.ts";

const regions = ["eu-south-1", "ca-central-1", "ap-south-1"];
const text = `${withService({ more: "    via: beacons" })}\nbeacons: [${regions.join(", ")}]\n`;
const { home, further, stacks, config } = deployed(text);

const bucket = (region: string) =>
  expect.stringMatching(new RegExp(`^pointsman-[0-9a-f]{8}-123456789012-${region}$`));

test("each Region of beacons has a stack with one bucket: private, retained, for TLS alone", () => {
  for (const region of regions) {
    const template = further.get(region);
    if (template === undefined) throw new Error(`no stack in ${region}`);
    const [[, found] = []] = Object.entries(resources(template, "AWS::S3::Bucket"));
    expect(plain(found?.Properties["BucketName"])).toEqual(bucket(region));
    template.hasResource("AWS::S3::Bucket", {
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      },
    });
  }
  expect(stacks.filter((stack) => regions.includes(stack.region))).toHaveLength(3);
});

test("without credentials nothing but beacons is read, and from Route 53's checkers only", () => {
  const template = further.get("eu-south-1");
  const [[, policy] = []] = Object.entries(resources(template ?? home, "AWS::S3::BucketPolicy"));
  if (policy === undefined) throw new Error("no policy");
  const { Statement } = policy.Properties["PolicyDocument"] as { Statement: Record<string, unknown>[] };
  const allowing = Statement.filter(({ Effect }) => Effect === "Allow").map(plain);
  expect(allowing).toEqual([
    {
      Effect: "Allow",
      Principal: { AWS: "*" },
      Action: "s3:GetObject",
      // All that is in the bucket: a name that a deploy no longer knows still stands by its beacons.
      Resource: expect.stringMatching(/^<Beacon.*\.Arn>\/\*$/),
      Condition: { IpAddress: { "aws:SourceIp": expect.arrayContaining(["15.177.0.0/18"]) } },
    },
  ]);
  const ranges = JSON.stringify(allowing).match(/\d+\.\d+\.\d+\.\d+\/\d+/g) ?? [];
  expect(ranges).toHaveLength(17);
  // Block Public Access takes ranges wider than /8 for public.
  expect(ranges.every((range) => Number(range.split("/")[1]) >= 18)).toBe(true);
});

test("what the checkers may read outlives the stack: refused, they would answer the primary", () => {
  for (const region of regions) {
    further.get(region)?.hasResource("AWS::S3::BucketPolicy", {
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
    });
  }
});

test.each<[string, string]>([
  ["other Regions", text.replace("[eu-south-1, ca-central-1", "[sa-east-1, us-east-1")],
  ["another name", text.replace(/name: \S+/, "name: other.acme.com,")],
])("a deploy of %s makes other health checks, and leaves those that the name stands by", (_, changed) => {
  const checksOf = (template: typeof home) => resources(template, "AWS::Route53::HealthCheck");
  const [before, after] = [checksOf(home), checksOf(deployed(changed).home)];
  expect(after).not.toEqual(before);
  for (const [id, { Properties }] of Object.entries(after)) {
    const standing = before[id];
    if (standing) expect(Properties).toEqual(standing.Properties);
  }
});

test("the sweep may read and write exactly the beacons, and in Route 53 what moving the name by its API takes", () => {
  const all = statementsOf(home, "Sweep").map((statement) => ({
    actions: list(statement.Action),
    resources: list(plain(statement.Resource)),
  }));
  const s3 = all.filter(({ actions }) => actions.some((action) => action.startsWith("s3:")));
  const arn = (region: string, key: string) =>
    expect.stringMatching(new RegExp(`^arn:aws:s3:::pointsman-[0-9a-f]{8}-123456789012-${region}${key}$`));
  expect(s3).toEqual([
    {
      actions: ["s3:GetObject", "s3:PutObject"],
      resources: [...regions].sort().map((region) => arn(region, "/shop.acme.com/A")),
    },
    { actions: ["s3:ListBucket"], resources: [...regions].sort().map((region) => arn(region, "")) },
  ]);
  // To convert the name and back, and to see whether somebody else changes its records or health checks.
  const route53 = all.filter(({ actions }) => actions.some((action) => action.startsWith("route53:")));
  const byApi = statementsOf(deployed(withService()).home, "Sweep").map((statement) =>
    list(statement.Action),
  );
  expect(route53.map(({ actions }) => actions)).toEqual([
    ...byApi.filter((actions) => actions.some((action) => action.startsWith("route53:"))),
    ["route53:GetHealthCheck", "route53:GetHealthCheckStatus"],
  ]);
  const checks = route53.at(-1)?.resources;
  expect(checks).toHaveLength(4);
  for (const arn of checks ?? []) expect(arn).toMatch(/^arn:aws:route53:::healthcheck\/<.*HealthCheckId>$/);
});

test("three fast health checks look for OUT, upside down, and two of three decide", () => {
  home.resourceCountIs("AWS::Route53::HealthCheck", 4);
  for (const region of regions) {
    home.hasResource("AWS::Route53::HealthCheck", {
      DeletionPolicy: "Retain",
      Properties: {
        HealthCheckConfig: {
          Type: "HTTPS_STR_MATCH",
          FullyQualifiedDomainName: Match.objectLike({
            "Fn::Join": ["", Match.arrayWith([Match.stringLikeRegexp(`-${region}\\.s3\\.${region}\\.`)])],
          }),
          Port: 443,
          ResourcePath: "/shop.acme.com/A",
          SearchString: "OUT gen=",
          Inverted: true,
          RequestInterval: 10,
          FailureThreshold: 1,
          EnableSNI: true,
        },
      },
    });
  }
  home.hasResource("AWS::Route53::HealthCheck", {
    DeletionPolicy: "Retain",
    Properties: { HealthCheckConfig: { Type: "CALCULATED", HealthThreshold: 2 } },
  });
  expect(Object.keys(home.findOutputs("*"))).toContain("BeaconCheckshop");
  expect(Object.keys(home.findOutputs("*"))).toEqual(expect.arrayContaining(["BeaconBuckets", "Owner"]));
});

test("the sweep is told what the buckets begin with, and which health check is whose", () => {
  const functions = Object.values(resources(home, "AWS::Lambda::Function"));
  const environments = functions.map(({ Properties }) => plain(Properties["Environment"]));
  expect(JSON.stringify(environments)).toMatch(/"BEACON_BUCKETS":"pointsman-[0-9a-f]{8}-123456789012"/);
  expect(JSON.stringify(environments)).toMatch(/"BEACON_CHECKS":"\{\\"shop\\":\\"<.*TwoOfThree.*>/);
  expect(config.services[0]?.dns.beacons?.regions).toEqual(regions);
});

test("cdk-nag's AwsSolutions has nothing against it", () => {
  for (const stack of stacks) {
    const { violations } = new AwsSolutionsChecks().validateScope(stack);
    expect(violations.map(({ ruleName }) => ruleName)).toEqual([]);
  }
});

test("without beacons there is no bucket, no check and no permission", () => {
  const { home, stacks } = deployed(withService());
  expect(stacks).toHaveLength(5);
  home.resourceCountIs("AWS::Route53::HealthCheck", 0);
  expect(JSON.stringify(statementsOf(home, "Sweep"))).not.toContain("s3:");
});
