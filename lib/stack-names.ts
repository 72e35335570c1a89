// Apart from the constructs, for commands that look for the stacks without loading the CDK.

export const homeStackName = "Pointsman";

export const locationStackName = (region: string): string => `Pointsman-${region}`;

export const beaconStackName = (region: string): string => `Pointsman-beacon-${region}`;

/** The output of home's stack that holds the id of the health check of a service's PRIMARY. */
export const beaconCheckOutput = (service: string): string =>
  `BeaconCheck${service.replace(/[^A-Za-z0-9]/g, (char) => `x${char.charCodeAt(0)}`)}`;

/** The output of home's stack that says where jobs call. */
export const heartbeatOutput = "HeartbeatUrl";

/** The output that holds a topic's ARN: home's for alerts, the first further location's for home's silence. */
export const topicOutput = "TopicArn";

/** The outputs of home's stack that say what the tables are called. */
export const stateTableOutput = "StateTable";
export const resultsTableOutput = "ResultsTable";
