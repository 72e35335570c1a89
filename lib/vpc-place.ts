import { Aws, Stack, Validations } from "aws-cdk-lib";
import { Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnFunction, type Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import type { VpcPlace } from "../config/compile.ts";
import { probeArn } from "./probe-arn.ts";

/** What AWS's managed policy AWSLambdaVPCAccessExecutionRole allows beside logs, in two parts. */
const reading = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"];
const changing = [
  "ec2:AssignPrivateIpAddresses",
  "ec2:CreateNetworkInterface",
  "ec2:DeleteNetworkInterface",
  "ec2:UnassignPrivateIpAddresses",
];

/** An interface's id is not known before. */
const anyOfEc2 = `arn:${Aws.PARTITION}:ec2:${Aws.REGION}:${Aws.ACCOUNT_ID}:*/*`;

/**
 * What Lambda itself does in a function's role to connect it to a VPC, in this Region and account, and what the
 * function's own code may not do although it has that role (Lambda Developer Guide, "Giving Lambda functions access to
 * resources in an Amazon VPC", "Required IAM permissions" and "Security best practices").
 */
export function interfacePermissions(scope: Construct, functionName: string): PolicyStatement[] {
  const { region } = Stack.of(scope);
  const reason = "Lambda takes these only of all resources, and the function's own code is denied them.";
  for (const resource of ["*", "arn:<AWS::Partition>:ec2:<AWS::Region>:<AWS::AccountId>:*/*"])
    Validations.of(scope).acknowledge({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason });
  return [
    new PolicyStatement({ actions: reading, resources: ["*"] }),
    new PolicyStatement({ actions: changing, resources: [anyOfEc2] }),
    new PolicyStatement({
      effect: Effect.DENY,
      actions: [...changing, ...reading],
      resources: ["*"],
      conditions: {
        ArnEquals: { "lambda:SourceFunctionArn": probeArn(scope, region, functionName) },
      },
    }),
  ];
}

/**
 * Puts a function into a VPC that is known by the ids of what is in it: CDK's own property would want the VPC's id and
 * its zones, too, or look them up with credentials.
 */
export function putInto({ subnets, securityGroups, ipv6 }: VpcPlace, { node }: LambdaFunction): void {
  if (!(node.defaultChild instanceof CfnFunction)) throw new Error("bug: a function without its resource");
  node.defaultChild.vpcConfig = {
    subnetIds: [...subnets],
    securityGroupIds: [...securityGroups],
    ipv6AllowedForDualStack: ipv6,
  };
}
