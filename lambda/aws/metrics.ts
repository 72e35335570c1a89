import { Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import type { Report } from "../steps/sweep.ts";

/** CloudWatch's names for what a sweep counts. One dimension, the owner: as many time series as names. */
export const metricNames = {
  namespace: "Pointsman",
  /** Always `service` in Powertools; its value is the owner. */
  dimension: "service",
  /** One for each sweep that saved what it saw. */
  minutesSaved: "MinutesSaved",
  /** Names whose record is being changed, and not everywhere yet, as the sweep ends. */
  switchesPending: "SwitchesPending",
  /** How often all locations were asked at once. */
  confirms: "Confirms",
} as const;

/**
 * The numbers of a sweep in CloudWatch's embedded metric format: fields to put into its log line, which becomes
 * metrics without another call. None for a sweep that left at once or lost the lease: it saved nothing.
 */
export function metricsOf(report: Report, owner: string): object {
  if ("left" in report || report.ended === "lost") return {};
  const metrics = new Metrics({ namespace: metricNames.namespace, serviceName: owner });
  metrics.addMetric(metricNames.minutesSaved, MetricUnit.Count, 1);
  metrics.addMetric(metricNames.switchesPending, MetricUnit.Count, report.pending);
  metrics.addMetric(metricNames.confirms, MetricUnit.Count, report.confirms);
  return metrics.serializeMetrics();
}
