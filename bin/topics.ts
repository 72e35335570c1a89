import { type CloudFormationClient, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { homeStackName, locationStackName, topicOutput } from "../lib/stack-names.ts";

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

const elsewhere =
  "deploy first (npx cdk deploy --all), or take the credentials of the account it was deployed to; " +
  "a construct in an app of your own: --topic ARN";

async function topicOf(client: CloudFormationClient, region: string, stackName: string): Promise<string> {
  const outputs = await outputsOf(client, stackName);
  const topic = outputs?.find(({ OutputKey }) => OutputKey === topicOutput)?.OutputValue;
  if (topic !== undefined) return topic;
  const missing = outputs ? `the stack ${stackName} has no output ${topicOutput}` : `no stack ${stackName}`;
  throw new Error(`${missing} in ${region}: ${elsewhere}`);
}

async function outputsOf(client: CloudFormationClient, StackName: string) {
  try {
    const { Stacks } = await client.send(new DescribeStacksCommand({ StackName }));
    return Stacks?.[0]?.Outputs ?? [];
  } catch (error) {
    // API_DescribeStacks: "If the stack doesn't exist, a ValidationError is returned."
    if (error instanceof Error && error.name === "ValidationError") return undefined;
    throw error;
  }
}
