import { Names, Stack, Token, Validations } from "aws-cdk-lib";
import type { Alarm } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { TableV2 } from "aws-cdk-lib/aws-dynamodb";
import type { Grant, IGrantable } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Schedule } from "aws-cdk-lib/aws-scheduler";
import type { Topic } from "aws-cdk-lib/aws-sns";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import type { Alert, VpcPlace } from "../config/compile.ts";
import type { Config } from "../lambda/core/config.ts";
import { AlertTopic } from "./alert-topic.ts";
import { BeaconChecks } from "./beacons.ts";
import { BeatFunction } from "./beat-function.ts";
import { MinuteSchedule } from "./minute-schedule.ts";
import { Overview } from "./overview.ts";
import { ProbeLocation } from "./probe-location.ts";
import { StateTables } from "./state-tables.ts";
import { SweepAlarms } from "./sweep-alarms.ts";
import { SweepFunction } from "./sweep-function.ts";
import { type SweepMetrics, sweepMetrics } from "./sweep-metrics.ts";

export type PointsmanProps = {
  /** What is watched and moved: `config` of what `loadConfig` returns. */
  readonly config: Config;
  /** Who is told: `settings.alerts` of what `loadConfig` returns. @default nobody; subscribe to `topic` */
  readonly alerts?: readonly Alert[];
  /**
   * One word that names this installation: in the TXT records beside moved names, in metrics, and before `-probe`
   * as the probe functions' name. Whoever changes it later finds every moved name foreign.
   * @default made from the stack's name and the construct's path
   */
  readonly owner?: string;
  /** Memory of the sweep in MB. @default 256 */
  readonly sweepMemorySize?: number;
  /** Memory of home's probe function in MB. @default 512 */
  readonly probeMemorySize?: number;
  /** The VPC home's probe function is put into: `settings.vpcs` of what `loadConfig` returns. @default none */
  readonly probeVpc?: VpcPlace | undefined;
  /** How long the sweep's log is kept. @default RetentionDays.ONE_MONTH */
  readonly logRetention?: RetentionDays;
  /** Whether there is a dashboard; CloudWatch's first three cost nothing. @default true */
  readonly dashboard?: boolean;
};

/**
 * Pointsman at home: watches endpoints from every location of the config and moves names. Each further location
 * takes a `ProbeLocation` in a stack of its own in that Region.
 *
 * What it is made of is there as properties, and below them everything CDK made: change what no property sets with
 * CDK's escape hatches, as `pointsman.sweep.node.defaultChild`.
 */
export class Pointsman extends Construct {
  /** Alerts and alarms; subscribe whom you like. */
  readonly topic: Topic;
  readonly stateTable: TableV2;
  readonly resultsTable: TableV2;
  readonly sweep: LambdaFunction;
  /** The probe function in the home Region. */
  readonly probe: LambdaFunction;
  readonly schedule: Schedule;
  /** Sweeps that failed, for 14 days. */
  readonly failures: Queue;
  readonly alarms: readonly Alarm[];
  readonly metrics: SweepMetrics;
  readonly owner: string;
  /** Where jobs call; none without heartbeats. Behind it stands a path for each that `pointsman heartbeats` tells. */
  readonly heartbeatUrl?: string;
  /** What every location's probe function is called. */
  readonly probeFunctionName: string;

  /** @throws when the stack is in another Region than the config's first location, or `owner` is not one word */
  constructor(scope: Construct, id: string, props: PointsmanProps) {
    super(scope, id);
    const { config } = props;
    this.owner = ownerOf(this, props.owner);
    this.probeFunctionName = `${this.owner}-probe`;
    checkRegion(this, config);

    const tables = new StateTables(this, "Tables");
    const alerts = new AlertTopic(this, "Alerts", {
      displayName: "Pointsman",
      alerts: props.alerts ?? [],
    });
    const home = new ProbeLocation(this, "Probe", {
      functionName: this.probeFunctionName,
      vpc: props.probeVpc,
      ...(props.probeMemorySize !== undefined && { memorySize: props.probeMemorySize }),
    });
    const { owner } = this;
    const beaconChecks = config.services.flatMap(({ id: service, dns: { beacons } }) =>
      beacons ? [new BeaconChecks(this, `Beacons-${service}`, { beacons, owner, service })] : [],
    );
    const sweep = new SweepFunction(this, "Sweep", {
      config,
      owner: this.owner,
      probeFunctionName: this.probeFunctionName,
      tables,
      topic: alerts.topic,
      beaconChecks,
      memorySize: props.sweepMemorySize,
      logRetention: props.logRetention,
    });
    const { heartbeats = [] } = config;
    if (heartbeats.length > 0) this.heartbeatUrl = new BeatFunction(this, "Beat", tables).url.url;
    const minute = new MinuteSchedule(this, "Minute", sweep.function);
    this.metrics = sweepMetrics(this.owner);
    const alarms = new SweepAlarms(this, "Alarms", {
      metrics: this.metrics,
      sweep: sweep.function,
      action: new SnsAction(alerts.topic),
    });

    this.topic = alerts.topic;
    this.stateTable = tables.state;
    this.resultsTable = tables.results;
    this.sweep = sweep.function;
    this.probe = home.function;
    this.schedule = minute.schedule;
    this.failures = sweep.failures;
    this.alarms = [alarms.noMinuteSaved, alarms.sweepFailed, alarms.switchPending];
    if (props.dashboard ?? true) {
      const { metrics, alarms } = this;
      new Overview(this, "Overview", { metrics, alarms, sweep: this.sweep, probe: this.probe, tables });
    }
  }

  /** Lets somebody read what was seen and what happened: availability, history. */
  grantReadResults(grantee: IGrantable): Grant {
    return this.resultsTable.grantReadData(grantee);
  }
}

/**
 * A probe function's name has 64 characters at most (Lambda's API), a session's in another account's role 2 at least
 * (STS's), and the TXT record's `owner=` is one word.
 */
function ownerOf(scope: Construct, given: string | undefined): string {
  const owner = given ?? Names.uniqueResourceName(scope, { maxLength: 50, separator: "-" });
  if (/^[A-Za-z0-9_-]{2,58}$/.test(owner)) return owner;
  throw new Error(
    `owner ${JSON.stringify(owner)} is not one word of letters, digits, - and _, 2 to 58 of them`,
  );
}

function checkRegion(scope: Construct, config: Config): void {
  const [home, ...further] = config.locations;
  const { region } = Stack.of(scope);
  if (!Token.isUnresolved(region) && region !== home) {
    throw new Error(`home is ${home}, the config's first location; this stack is in ${region}`);
  }
  if (further.length > 0) return;
  Validations.of(scope).addWarning(
    "pointsman:home-unwatched",
    "one location: nobody notices when it is gone, and no name is moved; five are advised",
  );
}
