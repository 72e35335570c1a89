// Apart from the constructs, for commands that look for the stacks without loading the CDK.

export const homeStackName = "Pointsman";

export const locationStackName = (region: string): string => `Pointsman-${region}`;

/** The outputs that the command for heartbeats reads: where jobs call, and the table with the key. */
export const heartbeatOutput = "HeartbeatUrl";
export const stateTableOutput = "StateTable";

/** The output that holds a topic's ARN: home's for alerts, the first further location's for home's silence. */
export const topicOutput = "TopicArn";
