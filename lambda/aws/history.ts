import { type DynamoDBClient, QueryCommand } from "@aws-sdk/client-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { Event } from "../core/event.ts";

/** The newest events about a service or an endpoint, newest first. */
export async function readHistory(
  client: DynamoDBClient,
  resultsTable: string,
  subject: string,
  limit: number,
): Promise<Event[]> {
  const { Items } = await client.send(
    new QueryCommand({
      TableName: resultsTable,
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: marshall({ ":pk": `history#${subject}` }),
      ScanIndexForward: false,
      Limit: limit,
    }),
  );
  return (Items ?? []).map((item) => {
    const { pk: _, sk: __, ...event } = unmarshall(item);
    return event as Event;
  });
}
