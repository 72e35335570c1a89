import { type App, CfnOutput, Stack } from "aws-cdk-lib";
import type { Settings } from "../config/compile.ts";
import type { Config } from "../lambda/core/config.ts";
import { BeaconBucket, beaconsOf, bucketPrefix } from "./beacons.ts";
import { HomeAlarm } from "./home-alarm.ts";
import { Pointsman } from "./pointsman.ts";
import { ProbeLocation } from "./probe-location.ts";
import {
  beaconStackName,
  heartbeatOutput,
  homeStackName,
  locationStackName,
  resultsTableOutput,
  stateTableOutput,
  topicOutput,
} from "./stack-names.ts";

export type DeploymentProps = {
  readonly config: Config;
  readonly settings: Settings;
  /** None: the stacks go to whatever account the credentials are of. */
  readonly account?: string | undefined;
};

/** Everything a config needs: the home stack, one for each further location, and one for each Region of beacons. */
export function addDeployment(app: App, { config, settings, account }: DeploymentProps): Stack[] {
  const [home, ...further] = config.locations;
  if (home === undefined) throw new Error("bug: a config without a location was not refused");
  const stackIn = (id: string, region: string, description: string) =>
    new Stack(app, id, { env: { region, ...(account !== undefined && { account }) }, description });

  const homeStack = stackIn(homeStackName, home, "Pointsman: home");
  const pointsman = new Pointsman(homeStack, "Pointsman", {
    config,
    alerts: settings.alerts,
    probeVpc: settings.vpcs.get(home),
  });
  outputs(homeStack, pointsman);

  const locations = further.map((region, index) => {
    const stack = stackIn(locationStackName(region), region, "Pointsman: a location that probes");
    const location = new ProbeLocation(stack, "Probe", {
      functionName: pointsman.probeFunctionName,
      vpc: settings.vpcs.get(region),
    });
    if (index === 0) {
      const props = { config, alerts: settings.alerts, probe: location.function };
      const { topic } = new HomeAlarm(stack, "Home", props);
      new CfnOutput(stack, topicOutput, { value: topic.topicArn, description: "Home's silence" });
    }
    // Whom home is going to ask comes first: it would be blind until then.
    homeStack.addStackDependency(stack);
    return stack;
  });
  const { services } = config;
  const beaconRegions = new Set(beaconsOf(services).flatMap(({ regions }) => regions));
  if (beaconRegions.size > 0) {
    const value = bucketPrefix(pointsman.owner);
    new CfnOutput(homeStack, "BeaconBuckets", {
      value,
      description: "What the buckets of beacons begin with",
    });
    new CfnOutput(homeStack, "Owner", { value: pointsman.owner, description: "Whose word beacons say" });
  }
  const beacons = [...beaconRegions].map((region) => {
    const stack = stackIn(beaconStackName(region), region, "Pointsman: a beacon that names are moved by");
    new BeaconBucket(stack, "Beacon", { owner: pointsman.owner, region });
    homeStack.addStackDependency(stack);
    return stack;
  });
  return [homeStack, ...locations, ...beacons];
}

/** What the operator's commands and people look for. */
function outputs(stack: Stack, pointsman: Pointsman): void {
  new CfnOutput(stack, topicOutput, { value: pointsman.topic.topicArn, description: "Alerts and alarms" });
  if (pointsman.heartbeatUrl !== undefined) {
    const description = "Where jobs call; pointsman heartbeats tells the rest of each URL";
    new CfnOutput(stack, heartbeatOutput, { value: pointsman.heartbeatUrl, description });
  }
  new CfnOutput(stack, stateTableOutput, { value: pointsman.stateTable.tableName, description: "Names" });
  new CfnOutput(stack, resultsTableOutput, {
    value: pointsman.resultsTable.tableName,
    description: "Minutes and history",
  });
  const { role } = pointsman.sweep;
  if (role !== undefined) {
    new CfnOutput(stack, "SweepRole", {
      value: role.roleArn,
      description: "Whom the roles of zones in other accounts have to trust",
    });
  }
  new CfnOutput(stack, "SweepLog", {
    value: pointsman.sweep.logGroup.logGroupName,
    description: "One line a minute, and one for each event",
  });
}
