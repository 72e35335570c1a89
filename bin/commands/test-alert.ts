import { CloudFormationClient } from "@aws-sdk/client-cloudformation";
import { paginateListSubscriptionsByTopic, SNSClient } from "@aws-sdk/client-sns";
import type { Command } from "commander";
import type { Alert } from "../../config/compile.ts";
import { clientSettings } from "../../lambda/aws/clients.ts";
import { openTopic } from "../../lambda/aws/topic.ts";
import { alert } from "../../lambda/core/alert.ts";
import { event } from "../../lambda/core/event.ts";
import { explain, isOfCredentials } from "../aws-error.ts";
import { readConfig } from "../config-file.ts";
import { type Receiver, receiversOf, type Subscription } from "../receivers.ts";
import { table } from "../table.ts";
import { deployedTopics, namedTopic, type Place } from "../topics.ts";

/** The services that are asked, by Region. */
export type Clients = {
  readonly sns: (region: string) => SNSClient;
  readonly cloudFormation: (region: string) => CloudFormationClient;
};

/** The alert as a sweep would send it; each topic's has an id of its own, so that nobody takes one for the other. */
const testAlertOf = ({ region, tells }: Place, atMs: number) =>
  alert(
    event({
      kind: "test",
      subject: `test-alert/${region}`,
      atMs,
      why: `sent by hand, with "pointsman test-alert", the way of: ${tells}`,
      alert: true,
    }),
  );

async function subscriptionsOf(client: SNSClient, TopicArn: string): Promise<Subscription[]> {
  const found: Subscription[] = [];
  for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn })) {
    for (const { SubscriptionArn = "", Protocol = "", Endpoint = "" } of page.Subscriptions ?? []) {
      found.push({ arn: SubscriptionArn, protocol: Protocol, endpoint: Endpoint });
    }
  }
  return found;
}

const remarks: Record<Receiver["standing"], string> = {
  confirmed: "",
  pending: "not confirmed: gets nothing until the link in SNS's mail is followed, within 48 hours",
  gone: "not subscribed: has left, or never confirmed",
};

const rowOf = ({ standing, protocol, endpoint, isInFile }: Receiver): string[] => [
  `  ${standing}`,
  protocol,
  endpoint,
  [remarks[standing], isInFile ? "" : "not in the file"].filter((remark) => remark !== "").join("; "),
];

/** Sends through one topic and says who gets it. False when nobody does. */
async function tryTopic(
  place: Place,
  client: SNSClient,
  alerts: readonly Alert[],
  atMs: number,
  print: (text: string) => void,
): Promise<boolean> {
  const arn = await place.arn();
  const sent = testAlertOf(place, atMs);
  await openTopic(client, arn)(sent);
  print(`${place.region}, ${place.tells}: sent ${sent.id}\n  through ${arn}`);
  const receivers = receiversOf(alerts, await subscriptionsOf(client, arn));
  if (receivers.length > 0) print(table(receivers.map(rowOf)));
  const isHeard = receivers.some(({ standing }) => standing === "confirmed");
  if (!isHeard) print("  nobody gets what is sent here; `test` in docs/operations.md says what to do");
  return isHeard;
}

/**
 * Sends a test alert through every topic and lists who is confirmed, pending, gone; returns the exit code: 1 when
 * through one of them nobody gets anything, or it could not be tried.
 */
export async function testAlert(
  file: string,
  topics: readonly string[],
  clients: Clients,
  atMs: number,
  print: (text: string) => void,
): Promise<number> {
  const loaded = readConfig(file, print);
  if (loaded === undefined) return 1;
  const wrong = topics.filter((arn) => namedTopic(arn) === undefined);
  if (wrong.length > 0) {
    print(`${wrong.join(", ")}: no topic's ARN; as arn:aws:sns:eu-central-1:123456789012:my-topic`);
    return 1;
  }
  const named = topics.flatMap((arn) => namedTopic(arn) ?? []);
  const places = named.length > 0 ? named : deployedTopics(loaded.config.locations, clients.cloudFormation);
  let exitCode = 0;
  for (const place of places) {
    try {
      const { alerts } = loaded.settings;
      if (!(await tryTopic(place, clients.sns(place.region), alerts, atMs, print))) exitCode = 1;
    } catch (error) {
      print(`${place.region}, ${place.tells}: not tried to the end\n  ${explain(error)}`);
      exitCode = 1;
      if (isOfCredentials(error)) break;
    }
  }
  return exitCode;
}

/** `pointsman test-alert [file] [--topic ARN...]` */
export const testAlertCommand = (program: Command): void => {
  program
    .command("test-alert")
    .description("send a test alert through the deployed topics, and list who is confirmed, pending, gone")
    .argument("[file]", "the config", "pointsman.yaml")
    .option("--topic <arn...>", "topics of a construct in an app of your own, instead of the stacks' own")
    .action(async (file: string, { topic = [] }: { topic?: string[] }) => {
      const clients: Clients = {
        sns: (region) => new SNSClient({ region, ...clientSettings(3) }),
        cloudFormation: (region) => new CloudFormationClient({ region, ...clientSettings(3) }),
      };
      process.exitCode = await testAlert(file, topic, clients, Date.now(), (text) => console.log(text));
    });
};
