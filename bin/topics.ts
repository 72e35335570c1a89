import type { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { homeStackName, locationStackName, topicOutput } from "../lib/stack-names.ts";

import { stackOutput } from "./stack-outputs.ts";

/** A topic that tells people, or where one was looked for. */
export type Place = {
  readonly region: string;
  /** What comes through it. */
  readonly tells: string;
  readonly arn: () => Promise<string>;
};

/** The topics of a deployment: home's, and the one in the next location, which tells of home's silence. */
export function deployedTopics(
  locations: readonly string[],
  cloudFormation: (region: string) => CloudFormationClient,
): Place[] {
  const [home, second] = locations;
  const place = (region: string | undefined, tells: string, stack: (region: string) => string): Place[] =>
    region === undefined
      ? []
      : [{ region, tells, arn: () => topicOf(cloudFormation(region), region, stack(region)) }];
  return [
    ...place(home, "alerts and alarms", () => homeStackName),
    ...place(second, "that home is silent", locationStackName),
  ];
}

/** A topic somebody names; undefined when that is no topic's ARN. */
export function namedTopic(arn: string): Place | undefined {
  const [, region] = /^arn:aws:sns:([a-z]{2}(?:-[a-z]+)+-\d):\d{12}:[\w-]{1,256}$/.exec(arn) ?? [];
  return region === undefined ? undefined : { region, tells: "the topic named", arn: async () => arn };
}

const topicOf = (client: CloudFormationClient, region: string, stackName: string): Promise<string> =>
  stackOutput(client, region, stackName, topicOutput, "a construct in an app of your own: --topic ARN");
