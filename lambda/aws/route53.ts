import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  InvalidChangeBatch,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Route53Client,
} from "@aws-sdk/client-route-53";
import type { Alias, HostedZone } from "../core/config.ts";
import { type Change, type RecordSet, strangeAt, together } from "../core/records.ts";
import type { Dns } from "../steps/world.ts";
import { healthCheckOf } from "./health-checks.ts";
import { askedOnce, perKey } from "./per-key.ts";

/** Route 53 takes five requests a second for a whole account (its API's quotas); one is left to people. */
const requestsPerSecond = 4;

/** As whom a zone is asked and changed, and the line before its account's Route 53. */
type Way = { readonly client: Route53Client; readonly line: Line };

/**
 * Route 53 behind its clients: `clientIn` is asked once for each role, and for the one without. They have to be made
 * with one attempt: a change is sent again only by those who know how to tell whether the first one took effect.
 */
export function openDns(
  clientIn: (roleArn: string | undefined) => Route53Client,
  sleep: (ms: number) => Promise<void>,
): Dns {
  const clientOf = perKey(clientIn);
  // An account's roles share its quota; other accounts' names do not wait for one that has many.
  const lineOf = perKey((_account: string | undefined) => openLine(1000 / requestsPerSecond, sleep));
  const wayTo = ({ roleArn }: HostedZone): Way => ({
    client: clientOf(roleArn),
    line: lineOf(roleArn?.split(":")[4]),
  });
  return {
    change: async (zone, changes, comment, isWanted) => {
      const { client, line } = wayTo(zone);
      if (!(await line.turn(isWanted))) return { is: "withheld" };
      // Once an hour STS is asked first, and what is not wanted any more when it has answered is not sent.
      await client.config.credentials();
      if (!isWanted()) return { is: "withheld" };
      return change(client, zone.zoneId, changes, comment);
    },
    read: async (zone, places, generation) => {
      const way = wayTo(zone);
      const txt = { name: generation, type: "TXT" } as const;
      const found: RecordSet[][] = [];
      for (const place of [...places, txt]) found.push(await find(way, zone.zoneId, place));
      return {
        record: together(places, found),
        generation: together([txt], found.slice(places.length)),
      };
    },
    // A zone keeps its name servers as long as it lives.
    nameServers: askedOnce(
      ({ zoneId }) => zoneId,
      (zone) => nameServers(wayTo(zone), zone.zoneId),
    ),
    sets: (zone, { name, type }) => findAll(wayTo(zone), zone.zoneId, { name, type }),
    healthCheck: (id, withTimes) => {
      const { client, line } = wayTo({ zoneId: "" });
      return healthCheckOf(client, () => line.turn(), id, withTimes);
    },
    status: async (zone, changeId) => {
      const { client, line } = wayTo(zone);
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
    if (error instanceof InvalidChangeBatch) {
      return { is: "refused", why: error.messages?.join("; ") || error.message };
    }
    throw error;
  }
}

const toAws = (record: RecordSet): ResourceRecordSet => ({
  Name: record.name,
  Type: record.type,
  ...(record.failover && {
    SetIdentifier: record.failover.setIdentifier,
    Failover: record.failover.role,
    ...(record.failover.healthCheckId !== undefined && { HealthCheckId: record.failover.healthCheckId }),
  }),
  ...(record.weighted && { SetIdentifier: record.weighted.setIdentifier, Weight: record.weighted.weight }),
  ...(record.alias
    ? {
        AliasTarget: {
          HostedZoneId: record.alias.zoneId,
          DNSName: record.alias.name,
          EvaluateTargetHealth: record.alias.evaluateTargetHealth,
        },
      }
    : { TTL: record.ttlSeconds, ResourceRecords: record.values.map((Value) => ({ Value })) }),
});

async function nameServers({ client, line }: Way, zoneId: string): Promise<readonly string[]> {
  await line.turn();
  const { HostedZone, DelegationSet } = await client.send(new GetHostedZoneCommand({ Id: zoneId }));
  if (HostedZone?.Config?.PrivateZone) return [];
  const servers = (DelegationSet?.NameServers ?? []).map(plainName);
  // None would pass for a private zone.
  if (servers.length === 0) throw new Error(`Route 53 names no name servers of ${zoneId}`);
  return servers;
}

/** Of one name and type Route 53 takes so many record sets that share it by weight, or the like (its quotas). */
const mostSets = 100;

/** The record sets at a place: one mostly, so that no more are asked for before one is seen to share it. */
async function find(way: Way, zoneId: string, place: Pick<RecordSet, "name" | "type">): Promise<RecordSet[]> {
  const [first] = await list(way, zoneId, place, 1);
  if (first === undefined) return [];
  const sets = first.SetIdentifier === undefined ? [first] : await list(way, zoneId, place, mostSets);
  return sets.some(isStrange) ? [strangeAt(place, first.TTL ?? 0)] : sets.map((set) => recordOf(place, set));
}

async function list(
  { client, line }: Way,
  zoneId: string,
  { name, type }: Pick<RecordSet, "name" | "type">,
  most: number,
): Promise<ResourceRecordSet[]> {
  await line.turn();
  const { ResourceRecordSets = [] } = await client.send(
    new ListResourceRecordSetsCommand({
      HostedZoneId: zoneId,
      StartRecordName: name,
      StartRecordType: type,
      MaxItems: most,
    }),
  );
  return ResourceRecordSets.filter(({ Name = "", Type }) => Type === type && plainName(Name) === name);
}

const isStrange = ({ SetIdentifier, Weight, HealthCheckId }: ResourceRecordSet): boolean =>
  HealthCheckId !== undefined || (SetIdentifier !== undefined && Weight === undefined);

function recordOf({ name, type }: Pick<RecordSet, "name" | "type">, found: ResourceRecordSet): RecordSet {
  const { SetIdentifier: setIdentifier, Weight: weight } = found;
  const weighted = setIdentifier !== undefined &&
    weight !== undefined && { weighted: { setIdentifier, weight } };
  const alias = aliasOf(found);
  if (alias) return { name, type, ttlSeconds: 0, values: [], alias, ...weighted };
  const values = (found.ResourceRecords ?? []).flatMap(({ Value }) => (Value === undefined ? [] : [Value]));
  return { name, type, ttlSeconds: found.TTL ?? 0, values, ...weighted };
}

/** All of them as they stand; of another routing policy that is not told. */
const findAll = async (
  way: Way,
  zoneId: string,
  place: Pick<RecordSet, "name" | "type">,
): Promise<RecordSet[]> =>
  (await list(way, zoneId, place, mostSets)).map((found) => ({
    ...recordOf(place, found),
    ...failoverOf(found),
  }));

const failoverOf = ({
  Failover,
  SetIdentifier,
  HealthCheckId,
}: ResourceRecordSet): Pick<RecordSet, "failover"> =>
  Failover === undefined || SetIdentifier === undefined
    ? {}
    : {
        failover: {
          role: Failover,
          setIdentifier: SetIdentifier,
          ...(HealthCheckId !== undefined && { healthCheckId: HealthCheckId }),
        },
      };

/** As it was answered, letter by letter: a DELETE has to say it like that. */
function aliasOf({ AliasTarget: found }: ResourceRecordSet): Alias | undefined {
  if (found?.DNSName === undefined || found.HostedZoneId === undefined) return undefined;
  return {
    name: found.DNSName,
    zoneId: found.HostedZoneId,
    evaluateTargetHealth: found.EvaluateTargetHealth ?? false,
  };
}

/** Route 53 answers names with a trailing dot and special characters as octal escapes (`\052` is `*`). */
const plainName = (name: string): string =>
  name
    .replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
    .replace(/\.$/, "")
    .toLowerCase();
