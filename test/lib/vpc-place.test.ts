import type { Template } from "aws-cdk-lib/assertions";
import { expect, test } from "vitest";
import { parseValid, vpcs, withEndpoint } from "../config/sample.ts";
import { deployed, plain, resources, statementsOf } from "./deployed.ts";

const docs = withEndpoint("https://docs.acme.com/");
const { home, further } = deployed(
  docs + vpcs(true, ["eu-central-1"]) + vpcs(false, ["us-west-2"]).replace("vpcs:\n", ""),
);

const probeIn = (template: Template | undefined) => {
  if (!template) throw new Error("no such location");
  const functions = Object.values(resources(template, "AWS::Lambda::Function"));
  return functions.find(({ Properties }) => Properties["Timeout"] === 120);
};

test("the probe function of a location goes into the VPC the file names, by IPv6 where that is asked", () => {
  const vpc = {
    SubnetIds: ["subnet-0a1b2c3d"],
    SecurityGroupIds: ["sg-0a1b2c3d"],
    Ipv6AllowedForDualStack: true,
  };
  expect(probeIn(home)?.Properties["VpcConfig"]).toEqual(vpc);
  const other = { ...vpc, Ipv6AllowedForDualStack: false };
  expect(probeIn(further.get("us-west-2"))?.Properties["VpcConfig"]).toEqual(other);
});

test("no other function goes into one, and no VPC means no permission", () => {
  const functions = Object.values(resources(home, "AWS::Lambda::Function"));
  expect(functions.filter(({ Properties }) => "VpcConfig" in Properties)).toHaveLength(1);
  for (const region of ["eu-north-1", "us-east-2"])
    expect(JSON.stringify(further.get(region)?.toJSON())).not.toMatch(/VpcConfig|ec2:/);
});

test("Lambda may do what AWS's own policy for that lets it do, and the function's code may not", () => {
  const [, reading, changing, denied, ...rest] = statementsOf(home, "ProbeRole").map(plain);
  const ofInterfaces = [
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
  ];
  const seen = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
  expect(reading).toEqual({ Effect: "Allow", Action: seen, Resource: "*" });
  expect(changing).toEqual({
    Effect: "Allow",
    Action: ofInterfaces,
    Resource: "arn:aws:ec2:<AWS::Region>:123456789012:*/*",
  });
  expect(denied).toEqual({
    Effect: "Deny",
    Action: [...ofInterfaces, ...seen].sort(),
    Resource: "*",
    Condition: {
      ArnEquals: {
        "lambda:SourceFunctionArn": `arn:aws:lambda:eu-central-1:123456789012:function:${probeIn(home)?.Properties["FunctionName"]}`,
      },
    },
  });
  expect(rest).toEqual([]);
});

test("the function waits for its role's permissions: without them it cannot be made", () => {
  const [policy = ""] = Object.keys(resources(home, "AWS::IAM::Policy")).filter((id) =>
    id.includes("ProbeRole"),
  );
  expect(policy).not.toBe("");
  expect(probeIn(home)).toMatchObject({ DependsOn: expect.arrayContaining([policy]) });
});

test("what is watched from a VPC is nothing to the sweep: its config is the same", () => {
  expect(parseValid(docs + vpcs(true)).config).toEqual(parseValid(docs).config);
});
