import { Duration } from "aws-cdk-lib";
import { Alarm, ComparisonOperator, Stats, TreatMissingData } from "aws-cdk-lib/aws-cloudwatch";
import { SnsAction } from "aws-cdk-lib/aws-cloudwatch-actions";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import type { Topic } from "aws-cdk-lib/aws-sns";
import { Construct } from "constructs";
import type { Alert } from "../config/compile.ts";
import type { Config } from "../lambda/core/config.ts";
import { AlertTopic } from "./alert-topic.ts";

export type HomeAlarmProps = {
  /** The config's locations and how often they are asked set how long a silence is too long. */
  readonly config: Config;
  /** Who is told: the same as at home. */
  readonly alerts: readonly Alert[];
  /** This location's probe function. */
  readonly probe: IFunction;
};

/**
 * Notices home's death from another Region: home asks every location in turn, so a probe function that nobody asks
 * any more means that home is gone. It has a topic of its own, because home's is where home was.
 */
export class HomeAlarm extends Construct {
  readonly topic: Topic;
  readonly alarm: Alarm;

  constructor(scope: Construct, id: string, props: HomeAlarmProps) {
    super(scope, id);
    const [home] = props.config.locations;
    const { period, evaluationPeriods } = silence(props.config);
    this.topic = new AlertTopic(this, "Alerts", {
      displayName: "Pointsman",
      alerts: props.alerts,
    }).topic;
    this.alarm = new Alarm(this, "HomeSilent", {
      alarmDescription: `Pointsman's home ${home} does not ask this location any more: nothing is watched and no name is moved.`,
      metric: props.probe.metricInvocations({ period, statistic: Stats.SUM }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods,
      treatMissingData: TreatMissingData.BREACHING,
    });
    const action = new SnsAction(this.topic);
    this.alarm.addAlarmAction(action);
    this.alarm.addOkAction(action);
  }
}

/** What home may lose of its time without being dead: a sweep that fails is followed by the next. */
const marginMinutes = 3;

/**
 * How long a silence is too long. Each endpoint asks one location after the other, so a location hears of the most
 * impatient one after `interval` x locations. An alarm looks back a day at most, a week in hours (CloudWatch's
 * `PutMetricAlarm`).
 */
export function silence(config: Config): { period: Duration; evaluationPeriods: number } {
  const intervalMs = Math.min(...config.endpoints.map(({ policy }) => policy.intervalMs));
  const minutes = Math.ceil((intervalMs * config.locations.length) / 60_000) + marginMinutes;
  return minutes <= 24 * 60
    ? { period: Duration.minutes(1), evaluationPeriods: minutes }
    : { period: Duration.hours(1), evaluationPeriods: Math.ceil(minutes / 60) };
}
