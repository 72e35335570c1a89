import { Duration, RemovalPolicy, Stack, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import { Architecture, Function as LambdaFunction, LoggingFormat } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { ITopic } from "aws-cdk-lib/aws-sns";
import { Queue, QueueEncryption } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Config } from "../lambda/core/config.ts";
import {
  type BeaconChecks,
  beaconPermissions,
  beaconsOf,
  bucketPrefix,
  checkPermissions,
} from "./beacons.ts";
import { configFile, functionCode, handler, runtime } from "./bundle.ts";
import { acknowledgeAnyChange, dnsPermissions } from "./dns-permissions.ts";
import { functionRole } from "./function-role.ts";
import { heapOptions, sweepMemoryMb } from "./memory.ts";
import { probeArn } from "./probe-arn.ts";
import { secretPermissions } from "./secret-permissions.ts";
import type { StateTables } from "./state-tables.ts";

export type SweepFunctionProps = {
  readonly config: Config;
  readonly owner: string;
  readonly probeFunctionName: string;
  readonly tables: StateTables;
  readonly topic: ITopic;
  /** The health checks of the names that are moved by beacons. */
  readonly beaconChecks: readonly BeaconChecks[];
  readonly memorySize?: number | undefined;
  readonly logRetention?: RetentionDays | undefined;
};

/** A sweep goes on for 270 s when nobody relieves it; then it needs time to end well. */
const timeout = Duration.seconds(300);

/** The function that watches, decides and moves, with exactly the permissions that takes. */
export class SweepFunction extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;
  /** Sweeps that failed or came too late: the event and the error, for 14 days. */
  readonly failures: Queue;

  constructor(scope: Construct, id: string, props: SweepFunctionProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, "Log", {
      retention: props.logRetention ?? RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.failures = new Queue(this, "Failures", {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const { failures } = this;
    const memorySize = props.memorySize ?? sweepMemoryMb;
    this.function = new LambdaFunction(this, "Function", {
      description: "Pointsman: watches, decides, moves, tells",
      architecture: Architecture.ARM_64,
      runtime,
      handler,
      code: functionCode("sweep", { [configFile]: JSON.stringify(props.config) }),
      environment: { ...environmentOf(props, memorySize), ...beaconEnvironment(this, props) },
      memorySize,
      timeout,
      role: functionRole(this, this.logGroup, this.permissions(props)),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // The next minute's sweep is the retry; a late one would be a stranger to its own minute.
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
      // Not `SqsDestination`: that would allow more than sending.
      onFailure: { bind: () => ({ destination: failures.queueArn }) },
    });
    this.acknowledgeRules();
  }

  private permissions({
    config,
    owner,
    probeFunctionName,
    tables,
    topic,
    beaconChecks,
  }: SweepFunctionProps): PolicyStatement[] {
    return [
      ...tables.permissions(),
      // Those of beacons too: until they are converted, to convert them, and to see that nobody else changes them.
      ...dnsPermissions(config.services),
      ...beaconPermissions(config.services, bucketPrefix(owner)),
      ...checkPermissions(beaconChecks),
      ...secretPermissions(this, config.endpoints),
      new PolicyStatement({ actions: ["sns:Publish"], resources: [topic.topicArn] }),
      new PolicyStatement({
        actions: ["lambda:InvokeFunction"],
        resources: config.locations.map((region) => probeArn(this, region, probeFunctionName)),
      }),
      // Not the function's own doing: Lambda sends what failed there, in the function's name.
      new PolicyStatement({ actions: ["sqs:SendMessage"], resources: [this.failures.queueArn] }),
    ];
  }

  private acknowledgeRules(): void {
    Validations.of(this.failures).acknowledge({
      id: "AwsSolutions-SQS3",
      reason: "It is itself the end of the way: it holds what failed, and no machine receives from it.",
    });
    acknowledgeAnyChange(this);
  }
}

const environmentOf = (props: SweepFunctionProps, memoryMb: number): Record<string, string> => ({
  NODE_OPTIONS: heapOptions(memoryMb),
  CONFIG_FILE: configFile,
  OWNER: props.owner,
  PROBE_FUNCTION: props.probeFunctionName,
  STATE_TABLE: props.tables.state.tableName,
  RESULTS_TABLE: props.tables.results.tableName,
  TOPIC_ARN: props.topic.topicArn,
});

/** Where the beacons are, and which health check is whose: only the deployment knows that. */
function beaconEnvironment(
  scope: Construct,
  { config, owner, beaconChecks }: SweepFunctionProps,
): Record<string, string> {
  if (beaconsOf(config.services).length === 0) return {};
  const checks = beaconChecks.map(({ service, calculated }) => [service, calculated.attrHealthCheckId]);
  return {
    BEACON_BUCKETS: bucketPrefix(owner),
    BEACON_CHECKS: Stack.of(scope).toJsonString(Object.fromEntries(checks)),
  };
}
