// Apart from the constructs, for commands that look for the stacks without loading the CDK.

export const homeStackName = "Pointsman";

export const locationStackName = (region: string): string => `Pointsman-${region}`;

/** The output of home's stack that says where jobs call. */
export const heartbeatOutput = "HeartbeatUrl";

/** The output that holds a topic's ARN: home's for alerts, the first further location's for home's silence. */
export const topicOutput = "TopicArn";

/** The outputs of home's stack that say what the tables are called. */
export const stateTableOutput = "StateTable";
export const resultsTableOutput = "ResultsTable";
