import { PublishCommand, type SNSClient } from "@aws-sdk/client-sns";
import type { Alert } from "../core/alert.ts";

const text = (value: string) => ({ DataType: "String", StringValue: value });

/** Publishes an alert: each protocol gets its own text, attributes serve filter policies. */
export function openTopic(client: SNSClient, topicArn: string): (alert: Alert) => Promise<void> {
  return async (alert) => {
    await client.send(
      new PublishCommand({
        TopicArn: topicArn,
        Subject: alert.subject,
        MessageStructure: "json",
        Message: JSON.stringify({
          default: alert.json,
          email: alert.text,
          sms: alert.line,
        }),
        MessageAttributes: {
          id: text(alert.id),
          event: text(alert.attributes.event),
          service: text(alert.attributes.service),
          severity: text(alert.attributes.severity),
        },
      }),
    );
  };
}
