import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  InvalidChangeBatch,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Route53Client,
} from "@aws-sdk/client-route-53";
import type { Change, RecordSet, Standing } from "../core/records.ts";
import type { Dns } from "../steps/world.ts";

/** Route 53 takes five requests a second for a whole account (its API's quotas); one is left to people. */
const requestsPerSecond = 4;

/**
 * Route 53 behind its client, which has to be made with one attempt: a change is sent again only by those who know
 * how to tell whether the first one took effect.
 */
export function openDns(client: Route53Client, sleep: (ms: number) => Promise<void>): Dns {
  const turn = queue(1000 / requestsPerSecond, sleep);
  return {
    change: async (zoneId, changes, comment) => {
      await turn();
      return change(client, zoneId, changes, comment);
    },
    read: async (zoneId, { name, type }, generation) => ({
      record: await find(client, turn, zoneId, name, type),
      generation: await find(client, turn, zoneId, generation, "TXT"),
    }),
    status: async (changeId) => {
      await turn();
      const { ChangeInfo } = await client.send(new GetChangeCommand({ Id: changeId }));
      return ChangeInfo?.Status === "INSYNC" ? "in-sync" : "pending";
    },
  };
}

/** Lets one through every `gapMs`, in order. */
function queue(gapMs: number, sleep: (ms: number) => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    const mine = last;
    last = mine.then(() => sleep(gapMs));
    return mine;
  };
}

async function change(
  client: Route53Client,
  zoneId: string,
  changes: readonly Change[],
  comment: string,
): ReturnType<Dns["change"]> {
  try {
    const { ChangeInfo } = await client.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: {
          // Route 53: at most 256 characters.
          Comment: comment.slice(0, 256),
          Changes: changes.map(({ action, record }) => ({
            Action: action,
            ResourceRecordSet: toAws(record),
          })),
        },
      }),
    );
    return { is: "accepted", changeId: ChangeInfo?.Id ?? "" };
  } catch (error) {
    if (error instanceof InvalidChangeBatch) return { is: "refused" };
    throw error;
  }
}

const toAws = (record: RecordSet): ResourceRecordSet => ({
  Name: record.name,
  Type: record.type,
  TTL: record.ttlSeconds,
  ResourceRecords: record.values.map((Value) => ({ Value })),
});

async function find(
  client: Route53Client,
  turn: () => Promise<void>,
  zoneId: string,
  name: string,
  type: RecordSet["type"],
): Promise<Standing["record"]> {
  await turn();
  const { ResourceRecordSets } = await client.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      StartRecordName: name,
      StartRecordType: type,
      MaxItems: 1,
    }),
  );
  const [found] = ResourceRecordSets ?? [];
  if (found?.Name === undefined || found.Type !== type || plainName(found.Name) !== name) return null;
  if (found.SetIdentifier !== undefined || found.AliasTarget !== undefined) {
    throw new Error(`${name} ${type} is not a simple record (it has a routing policy or is an alias)`);
  }
  const values = (found.ResourceRecords ?? []).flatMap(({ Value }) => (Value === undefined ? [] : [Value]));
  return { name, type, ttlSeconds: found.TTL ?? 0, values };
}

/** Route 53 answers names with a trailing dot and special characters as octal escapes (`\052` is `*`). */
export const plainName = (name: string): string =>
  name
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\.$/, "")
    .toLowerCase();
