import { ArnFormat, Stack } from "aws-cdk-lib";
import type { Construct } from "constructs";

/** The ARN of the probe function of a Region, in this account: written down, not referred to. */
export const probeArn = (scope: Construct, region: string, functionName: string): string =>
  Stack.of(scope).formatArn({
    service: "lambda",
    region,
    resource: "function",
    resourceName: functionName,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
