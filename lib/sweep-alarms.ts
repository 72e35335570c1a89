import { Duration } from "aws-cdk-lib";
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  type IAlarmAction,
  Stats,
  TreatMissingData,
} from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { SweepMetrics } from "./sweep-metrics.ts";

export type SweepAlarmsProps = {
  readonly metrics: SweepMetrics;
  readonly sweep: IFunction;
  readonly action: IAlarmAction;
};

const minute = Duration.minutes(1);

/** What Pointsman cannot tell of itself. What to do about each is in docs/operations.md. */
export class SweepAlarms extends Construct {
  readonly noMinuteSaved: Alarm;
  readonly sweepFailed: Alarm;
  readonly switchPending: Alarm;

  constructor(scope: Construct, id: string, { metrics, sweep, action }: SweepAlarmsProps) {
    super(scope, id);
    const alarm = (name: string, props: AlarmProps): Alarm => {
      const made = new Alarm(this, name, props);
      made.addAlarmAction(action);
      made.addOkAction(action);
      return made;
    };
    this.noMinuteSaved = alarm("NoMinuteSaved", {
      alarmDescription:
        "Pointsman saved nothing for 3 minutes: nothing is watched and no name is moved. See the sweep's log.",
      metric: metrics.minutesSaved({ period: minute, statistic: Stats.SUM }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      // Sweeps save a minute apart, give or take a minute: two empty minutes are nothing yet.
      evaluationPeriods: 3,
      treatMissingData: TreatMissingData.BREACHING,
    });
    this.sweepFailed = alarm("SweepFailed", {
      alarmDescription:
        "A Pointsman sweep failed. The next one goes on; if they all fail, nothing is watched. See the sweep's log.",
      // Lambda's own count: it knows of time-outs and of code that does not start.
      metric: sweep.metricErrors({ period: minute, statistic: Stats.SUM }),
      threshold: 1,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.switchPending = alarm("SwitchPending", {
      alarmDescription:
        "A change of a name has been under way for 3 sweeps: Route 53 does not take it or does not spread it.",
      metric: metrics.switchesPending({ period: minute, statistic: Stats.MINIMUM }),
      threshold: 1,
      evaluationPeriods: 3,
      // A minute without a sweep's end says nothing; that none comes at all is the first alarm's.
      treatMissingData: TreatMissingData.IGNORE,
    });
  }
}
