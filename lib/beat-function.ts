import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import {
  Architecture,
  type FunctionUrl,
  FunctionUrlAuthType,
  Function as LambdaFunction,
  LoggingFormat,
  SystemLogLevel,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import { beatsCell, heartbeatKeyCell } from "../lambda/core/heartbeat.ts";
import { functionCode, handler, runtime } from "./bundle.ts";
import { functionRole } from "./function-role.ts";
import type { StateTables } from "./state-tables.ts";

/**
 * What jobs call: a function with a URL of its own. Anybody may call it; it writes only for who has a job's token, and
 * only that job's signals. Tokens are in no template: they are made with a key that stands in the state table.
 */
export class BeatFunction extends Construct {
  readonly function: LambdaFunction;
  readonly url: FunctionUrl;

  constructor(scope: Construct, id: string, { state }: Pick<StateTables, "state">) {
    super(scope, id);
    const logGroup = new LogGroup(this, "Log", {
      retention: RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const may = (action: string, operator: string, key: string) =>
      new PolicyStatement({
        actions: [action],
        resources: [state.tableArn],
        conditions: {
          [`ForAllValues:${operator}`]: { "dynamodb:LeadingKeys": [key] },
          // ForAllValues holds for a request that has no values at all (IAM User Guide, "multivalued context keys").
          Null: { "dynamodb:LeadingKeys": "false" },
        },
      });
    this.function = new LambdaFunction(this, "Function", {
      description: "Pointsman: takes in what jobs say of themselves",
      architecture: Architecture.ARM_64,
      runtime,
      handler,
      code: functionCode("beat"),
      environment: { STATE_TABLE: state.tableName },
      memorySize: 256,
      timeout: Duration.seconds(15),
      role: functionRole(this, logGroup, [
        may("dynamodb:GetItem", "StringEquals", heartbeatKeyCell),
        may("dynamodb:UpdateItem", "StringLike", beatsCell("*")),
      ]),
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      systemLogLevelV2: SystemLogLevel.WARN,
    });
    this.url = this.function.addFunctionUrl({ authType: FunctionUrlAuthType.NONE });
  }
}
