import { Duration, Stack } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { IFunction } from "aws-cdk-lib/aws-lambda";
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
  TimeWindow,
} from "aws-cdk-lib/aws-scheduler";
import { LambdaInvoke } from "aws-cdk-lib/aws-scheduler-targets";
import { Construct } from "constructs";

/**
 * Starts a sweep every minute and tells it which minute that is. No retries: a minute that is over is the next
 * sweep's, which comes anyhow.
 */
export class MinuteSchedule extends Construct {
  readonly schedule: Schedule;

  constructor(scope: Construct, id: string, target: IFunction) {
    super(scope, id);
    const role = this.role(target);
    this.schedule = new Schedule(this, "Schedule", {
      description: "Pointsman: a sweep every minute, each relieved by the next",
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      timeWindow: TimeWindow.off(),
      target: new LambdaInvoke(target, {
        // The target would add the function's versions and aliases to what the role may invoke.
        role: role.withoutPolicyUpdates(),
        input: ScheduleTargetInput.fromObject({ scheduledTime: ContextAttribute.scheduledTime }),
        retryAttempts: 0,
        maxEventAge: Duration.seconds(60),
      }),
    });
    // Scheduler looks at once whether it may take the role.
    this.schedule.node.addDependency(role);
  }

  /** Scheduler may take it for this account's schedules only (Scheduler User Guide, "confused deputy prevention"). */
  private role(target: IFunction): Role {
    const stack = Stack.of(this);
    const group = stack.formatArn({
      service: "scheduler",
      resource: "schedule-group",
      resourceName: "default",
    });
    const role = new Role(this, "Role", {
      assumedBy: new ServicePrincipal("scheduler.amazonaws.com", {
        conditions: { StringEquals: { "aws:SourceAccount": stack.account, "aws:SourceArn": group } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ["lambda:InvokeFunction"], resources: [target.functionArn] }),
    );
    return role;
  }
}
