import { Duration, RemovalPolicy } from "aws-cdk-lib";
import {
  Architecture,
  Function as LambdaFunction,
  LoggingFormat,
  SystemLogLevel,
} from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import { Construct } from "constructs";
import type { VpcPlace } from "../config/compile.ts";
import { functionCode, handler, runtime } from "./bundle.ts";
import { functionRole } from "./function-role.ts";
import { probeMemoryMb } from "./memory.ts";
import { interfacePermissions, putInto } from "./vpc-place.ts";

export type ProbeLocationProps = {
  /** `probeFunctionName` of the Pointsman at home: home finds the function of each Region by this name. */
  readonly functionName: string;
  /**
   * Memory in MB, and with it CPU. It is paid for while probes run only, and a location that is short of CPU is late,
   * so that its probes are void.
   * @default 512
   */
  readonly memorySize?: number;
  /** The VPC the function is put into, for what is private and for IPv6. @default none */
  readonly vpc?: VpcPlace | undefined;
  /** How long the log is kept. @default RetentionDays.ONE_WEEK */
  readonly logRetention?: RetentionDays;
};

/**
 * The probe function of one Region. Its code may write its log, and nothing else. Its code and settings do not depend on
 * what is watched: home sends each check along, so that another endpoint is no reason to deploy here.
 */
export class ProbeLocation extends Construct {
  readonly function: LambdaFunction;
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ProbeLocationProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, "Log", {
      retention: props.logRetention ?? RetentionDays.ONE_WEEK,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const { vpc, functionName } = props;
    this.function = new LambdaFunction(this, "Function", {
      // The one physical name: it has to be known in another Region without asking there.
      functionName,
      description: "Pointsman: probes what home asks for, from this Region",
      architecture: Architecture.ARM_64,
      runtime,
      handler,
      code: functionCode("probe"),
      memorySize: props.memorySize ?? probeMemoryMb,
      // Longer than any request: its end is in the request. The function's own end is for what hangs.
      timeout: Duration.seconds(120),
      role: functionRole(this, this.logGroup, vpc && interfacePermissions(this, functionName)),
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      // START, END and REPORT of every tick would be most of the log.
      systemLogLevelV2: SystemLogLevel.WARN,
      retryAttempts: 0,
      maxEventAge: Duration.seconds(60),
    });
    if (vpc) putInto(vpc, this.function);
  }
}
