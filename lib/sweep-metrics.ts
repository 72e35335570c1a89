import { Metric, type MetricOptions, Stats } from "aws-cdk-lib/aws-cloudwatch";
import { metricNames } from "../lambda/aws/metrics.ts";

/** The numbers a sweep writes into its log line, as CloudWatch has them. */
export type SweepMetrics = {
  /** One for each sweep that saved what it saw. */
  minutesSaved(options?: MetricOptions): Metric;
  /** Names whose change was under way as a sweep ended. */
  switchesPending(options?: MetricOptions): Metric;
  /** How often all locations were asked at once. */
  confirms(options?: MetricOptions): Metric;
};

/** The metrics of one Pointsman, told from another one's by its owner. */
export function sweepMetrics(owner: string): SweepMetrics {
  const metric = (metricName: string, statistic: string) => (options?: MetricOptions) =>
    new Metric({
      namespace: metricNames.namespace,
      metricName,
      dimensionsMap: { [metricNames.dimension]: owner },
      statistic,
      ...options,
    });
  return {
    minutesSaved: metric(metricNames.minutesSaved, Stats.SUM),
    switchesPending: metric(metricNames.switchesPending, Stats.MAXIMUM),
    confirms: metric(metricNames.confirms, Stats.SUM),
  };
}
