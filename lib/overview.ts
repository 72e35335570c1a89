import { Duration } from "aws-cdk-lib";
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type Metric,
} from "aws-cdk-lib/aws-cloudwatch";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import type { StateTables } from "./state-tables.ts";
import type { SweepMetrics } from "./sweep-metrics.ts";

export type OverviewProps = {
  readonly metrics: SweepMetrics;
  readonly alarms: readonly IAlarm[];
  readonly sweep: IFunction;
  readonly probe: IFunction;
  readonly tables: StateTables;
};

/** One page that says whether Pointsman itself is well. */
export class Overview extends Construct {
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, { metrics, alarms, sweep, probe, tables }: OverviewProps) {
    super(scope, id);
    const graph = (title: string, ...left: Metric[]) => new GraphWidget({ title, left, width: 12 });
    this.dashboard = new Dashboard(this, "Dashboard", { defaultInterval: Duration.hours(3) });
    this.dashboard.addWidgets(
      new AlarmStatusWidget({ title: "Pointsman's alarms", alarms: [...alarms], width: 24, height: 2 }),
      graph("Minutes saved, names being changed", metrics.minutesSaved(), metrics.switchesPending()),
      graph("All locations asked at once", metrics.confirms()),
      graph("Sweeps: failed, throttled", sweep.metricErrors(), sweep.metricThrottles()),
      graph("Home's probes: how long, failed", probe.metricDuration(), probe.metricErrors()),
      graph(
        "Write units",
        tables.state.metricConsumedWriteCapacityUnits(),
        tables.results.metricConsumedWriteCapacityUnits(),
      ),
    );
  }
}
