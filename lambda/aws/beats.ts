import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { marshall } from "@aws-sdk/util-dynamodb";
import { beatsCell, type Signal } from "../core/heartbeat.ts";

/** A job that says the same more often than this says nothing new; each of its writes costs. */
const apartMs = 1_000;

/**
 * Writes down that a job gave a signal: one conditional write. False when it gave the same one less than a second
 * ago: nothing was written then.
 *
 * @throws when the table could not be asked
 */
export async function putBeat(
  client: DynamoDBClient,
  table: string,
  id: string,
  signal: Signal,
  nowMs: number,
): Promise<boolean> {
  try {
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: marshall({ pk: beatsCell(id) }),
        UpdateExpression: "SET #at = :now",
        ConditionExpression: "attribute_not_exists(#at) OR #at <= :before",
        ExpressionAttributeNames: { "#at": `${signal}Ms` },
        ExpressionAttributeValues: marshall({ ":now": nowMs, ":before": nowMs - apartMs }),
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
