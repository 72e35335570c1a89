import { RemovalPolicy } from "aws-cdk-lib";
import { AttributeType, Billing, TableV2 } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Construct } from "constructs";
import { tableKeys } from "../lambda/aws/tables.ts";

/**
 * The two tables: what was done to names (never expires), and what was seen. Both outlive the stack: they are kept
 * when it is destroyed, refuse to be deleted by hand, and can be restored to any second of the last 35 days.
 */
export class StateTables extends Construct {
  readonly state: TableV2;
  readonly results: TableV2;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.state = new TableV2(this, "State", {
      ...kept,
      partitionKey: { name: tableKeys.state.partition, type: AttributeType.STRING },
    });
    this.results = new TableV2(this, "Results", {
      ...kept,
      partitionKey: { name: tableKeys.results.partition, type: AttributeType.STRING },
      sortKey: { name: tableKeys.results.sort, type: AttributeType.STRING },
      timeToLiveAttribute: tableKeys.results.ttl,
    });
  }

  /** What the adapter in `lambda/aws/tables.ts` calls, on the table it calls it on. */
  permissions(): PolicyStatement[] {
    return [
      new PolicyStatement({
        actions: ["dynamodb:GetItem", "dynamodb:PutItem"],
        resources: [this.state.tableArn],
      }),
      new PolicyStatement({
        actions: ["dynamodb:BatchGetItem", "dynamodb:BatchWriteItem", "dynamodb:PutItem", "dynamodb:Query"],
        resources: [this.results.tableArn],
      }),
    ];
  }
}

const kept = {
  billing: Billing.onDemand(),
  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
  removalPolicy: RemovalPolicy.RETAIN,
  deletionProtection: true,
};
