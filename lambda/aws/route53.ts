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
  const line = openLine(1000 / requestsPerSecond, sleep);
  return {
    change: async (zoneId, changes, comment, isWanted) => {
      if (!(await line.turn(isWanted))) return { is: "withheld" };
      return change(client, zoneId, changes, comment);
    },
    read: async (zoneId, { name, type }, generation) => ({
      record: await find(client, line, zoneId, name, type),
      generation: await find(client, line, zoneId, generation, "TXT"),
    }),
    status: async (changeId) => {
      // Whoever only wants to know stands back while others wait: a move must not queue behind questions.
      if (line.waiting() > 0) return "not asked";
      await line.turn();
      const { ChangeInfo } = await client.send(new GetChangeCommand({ Id: changeId }));
      return ChangeInfo?.Status === "INSYNC" ? "in-sync" : "pending";
    },
  };
}

type Line = { turn(isWanted?: () => boolean): Promise<boolean>; waiting(): number };
type Waiter = { readonly isWanted: () => boolean; readonly go: (wanted: boolean) => void };

/** Lets one through every `gapMs`, in order; those who say whether they are still wanted go first, or not at all. */
export function openLine(gapMs: number, sleep: (ms: number) => Promise<void>): Line {
  const urgent: Waiter[] = [];
  const others: Waiter[] = [];
  let running = false;
  const run = async () => {
    running = true;
    for (let next = urgent.shift() ?? others.shift(); next; next = urgent.shift() ?? others.shift()) {
      const wanted = next.isWanted();
      next.go(wanted);
      if (wanted) await sleep(gapMs);
    }
    running = false;
  };
  return {
    waiting: () => urgent.length + others.length,
    turn: (isWanted) =>
      new Promise((go) => {
        if (isWanted) urgent.push({ isWanted, go });
        else others.push({ isWanted: () => true, go });
        if (!running) void run();
      }),
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
  line: Line,
  zoneId: string,
  name: string,
  type: RecordSet["type"],
): Promise<Standing["record"]> {
  await line.turn();
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
  if (
    found.SetIdentifier !== undefined ||
    found.AliasTarget !== undefined ||
    found.HealthCheckId !== undefined
  ) {
    // Nobody's target and not ours to delete: it disarms, and people are told.
    return {
      name,
      type,
      ttlSeconds: found.TTL ?? 0,
      values: ["an alias, a routing policy or a health check"],
    };
  }
  const values = (found.ResourceRecords ?? []).flatMap(({ Value }) => (Value === undefined ? [] : [Value]));
  return { name, type, ttlSeconds: found.TTL ?? 0, values };
}

/** Route 53 answers names with a trailing dot and special characters as octal escapes (`\052` is `*`). */
const plainName = (name: string): string =>
  name
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\.$/, "")
    .toLowerCase();
