import { Stack } from "aws-cdk-lib";
import { Template } from "aws-cdk-lib/assertions";
import { Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { CfnFunction } from "aws-cdk-lib/aws-lambda";
import { Pointsman } from "pointsman";
import { ProbeLocation } from "pointsman/probe-location";
import { describe, expect, test } from "vitest";
import { parseValid, withService } from "../config/sample.ts";
import { newApp, plain, statementsOf } from "./deployed.ts";

const { config } = parseValid(withService());

describe("in a user's own app", () => {
  test("it takes a config, and each further location its function's name", () => {
    const app = newApp();
    const home = new Stack(app, "Mine", { env: { region: "eu-central-1" } });
    const north = new Stack(app, "North", { env: { region: "eu-north-1" } });
    const pointsman = new Pointsman(home, "Watch", { config });
    new ProbeLocation(north, "Probe", { functionName: pointsman.probeFunctionName });
    Template.fromStack(north).hasResourceProperties("AWS::Lambda::Function", {
      FunctionName: pointsman.probeFunctionName,
    });
    expect(home.dependencies).toEqual([]);
  });

  test("a stack that knows its Region at deploy time only is fine", () => {
    const stack = new Stack(newApp(), "Mine");
    new Pointsman(stack, "Watch", { config });
    Template.fromStack(stack).resourceCountIs("AWS::Scheduler::Schedule", 1);
  });

  test("a stack in another Region than the config's home is refused", () => {
    const stack = new Stack(newApp(), "Mine", { env: { region: "eu-west-1" } });
    expect(() => new Pointsman(stack, "Watch", { config })).toThrow(/home is eu-central-1.*eu-west-1/);
  });

  test.each(["two words", "", "x", "ää", "x".repeat(59)])("%j is no owner", (owner) => {
    expect(() => new Pointsman(new Stack(newApp(), "Mine"), "Watch", { config, owner })).toThrow(/owner/);
  });

  test("two of them in one stack are two owners, the same ones each time", () => {
    const owners = () => {
      const stack = new Stack(newApp(), "Mine");
      return ["One", "Two"].map((id) => new Pointsman(stack, id, { config }).owner);
    };
    expect(new Set(owners()).size).toBe(2);
    expect(owners()).toEqual(owners());
  });

  test("what it is made of can be used and changed", () => {
    const stack = new Stack(newApp(), "Mine");
    const pointsman = new Pointsman(stack, "Watch", {
      config,
      owner: "acme",
      dashboard: false,
      sweepMemorySize: 512,
    });
    const reader = new Role(stack, "Reader", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
    pointsman.grantReadResults(reader);
    (pointsman.sweep.node.defaultChild as CfnFunction).addPropertyOverride("TracingConfig.Mode", "Active");
    const template = Template.fromStack(stack);
    template.hasResourceProperties("AWS::Lambda::Function", {
      MemorySize: 512,
      TracingConfig: { Mode: "Active" },
      Environment: {
        Variables: {
          OWNER: "acme",
          PROBE_FUNCTION: "acme-probe",
          NODE_OPTIONS: "--max-semi-space-size=4 --max-old-space-size=256",
        },
      },
    });
    template.resourceCountIs("AWS::CloudWatch::Dashboard", 0);
    expect(JSON.stringify(plain(statementsOf(template, "Reader")))).toMatch(/dynamodb:Query.*TablesResults/);
    expect(pointsman.metrics.minutesSaved().dimensions).toEqual({ service: "acme" });
  });
});
