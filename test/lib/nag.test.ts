import { Stack } from "aws-cdk-lib";
import { Topic } from "aws-cdk-lib/aws-sns";
import { AwsSolutionsChecks } from "cdk-nag";
import { expect, test } from "vitest";
import { withService } from "../config/sample.ts";
import { deployed, manyServices, newApp } from "./deployed.ts";

const found = (stack: Stack): string[] =>
  new AwsSolutionsChecks()
    .validateScope(stack)
    .violations.flatMap(({ ruleName, violatingResources }) =>
      violatingResources.map(({ constructPath }) => `${ruleName} ${constructPath}`),
    );

test.each([
  ["a service and five locations", withService()],
  ["400 services", manyServices(400)],
])("cdk-nag's AwsSolutions has nothing against %s", (_, text) => {
  for (const stack of deployed(text).stacks) expect(found(stack)).toEqual([]);
});

test("and would find something", () => {
  const stack = new Stack(newApp(), "Open");
  new Topic(stack, "Topic");
  expect(found(stack)).toEqual([expect.stringMatching(/^AwsSolutions-SNS3 Open\/Topic/)]);
});

test("what it is told not to mind, and where", () => {
  const [home] = deployed(withService()).stacks;
  const acknowledged = home?.node
    .findAll()
    .flatMap(({ node }) =>
      node.metadata
        .filter(({ type }) => type === "aws:cdk:acknowledged-rules")
        .map(({ data }) => `${node.path}: ${Object.keys(data as object).join()}`),
    );
  expect(acknowledged).toEqual([
    "Pointsman/Pointsman/Sweep: Annotation::AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:route53:::change/*]",
    "Pointsman/Pointsman/Sweep/Failures: Annotation::AwsSolutions-SQS3",
  ]);
});
