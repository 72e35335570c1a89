import { type PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { ILogGroup } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";

/** A function's role that may write its own log and nothing else: AWS's managed policy would allow every log. */
export function functionRole(
  scope: Construct,
  logGroup: ILogGroup,
  statements: readonly PolicyStatement[] = [],
): Role {
  const role = new Role(scope, "Role", { assumedBy: new ServicePrincipal("lambda.amazonaws.com") });
  logGroup.grantWrite(role);
  for (const statement of statements) role.addToPolicy(statement);
  return role;
}
