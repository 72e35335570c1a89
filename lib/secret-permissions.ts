import { ArnFormat, Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Endpoint } from "../lambda/core/config.ts";
import { parseReference, referencesIn, type SecretPlace } from "../lambda/core/secrets.ts";
import { chunks } from "./dns-permissions.ts";

/**
 * Reading the secrets that checks refer to, those and no others. A key of the customer's own that one is encrypted
 * with has to let the sweep's role decrypt; the keys AWS keeps for the two services let it by themselves.
 */
export function secretPermissions(scope: Construct, endpoints: readonly Endpoint[]): PolicyStatement[] {
  const places = endpoints
    .flatMap(({ check }) => referencesIn(check))
    .flatMap((reference) => parseReference(reference) ?? []);
  return [
    ...statements("secretsmanager:GetSecretValue", arnsOf(places, "secretsmanager", secretArn(scope))),
    ...statements("ssm:GetParameter", arnsOf(places, "ssm", parameterArn(scope))),
  ];
}

const statements = (action: string, arns: readonly string[]): PolicyStatement[] =>
  chunks(arns.map((arn) => [arn])).map((resources) => new PolicyStatement({ actions: [action], resources }));

function arnsOf(
  places: readonly SecretPlace[],
  kind: SecretPlace["kind"],
  arnOf: (name: string) => string,
): string[] {
  const arns = places.flatMap((place) => {
    if (place.kind !== kind) return [];
    return [place.name.startsWith("arn:") ? place.name : arnOf(place.name)];
  });
  return [...new Set(arns)].sort();
}

/** Six characters of AWS's own end a secret's ARN (Secrets Manager User Guide, "Example: specific secrets"). */
const secretArn = (scope: Construct) => (name: string) =>
  Stack.of(scope).formatArn({
    service: "secretsmanager",
    resource: "secret",
    resourceName: `${name}-??????`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });

/** `/prod/shop` is `parameter/prod/shop` (Systems Manager User Guide, "Restricting access to parameters"). */
const parameterArn = (scope: Construct) => (name: string) =>
  Stack.of(scope).formatArn({
    service: "ssm",
    resource: "parameter",
    resourceName: name.replace(/^\//, ""),
  });
