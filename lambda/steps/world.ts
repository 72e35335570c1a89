import type { Alert } from "../core/alert.ts";
import type { HostedZone } from "../core/config.ts";
import type { EndpointRecord } from "../core/endpoint-record.ts";
import type { Event } from "../core/event.ts";
import type { HealthCheck } from "../core/pair.ts";
import type { ProbeAnswer, ProbeRequest } from "../core/probe.ts";
import type { Change, RecordSet, Standing } from "../core/records.ts";

/** A thing that is written only where it is as it was read. */
export type Versioned<T> = { readonly version: number; readonly body: T };

export type Cell<T> = {
  /** Strongly consistent. @throws when the table could not be asked */
  read(): Promise<Versioned<T> | undefined>;
  /**
   * Writes version `seen + 1` if version `seen` stands there (0: nothing). `conflict` when something else does; a
   * write of ours whose answer was lost is recognised as saved.
   * @throws when the outcome is unknown
   */
  put(body: T, seen: number): Promise<"saved" | "conflict">;
};

export type Store = {
  cell<T extends object>(key: string): Cell<T>;
  /** The newest record of each endpoint; `saved` is where all of them are if the last sweep ended well. */
  newest(
    endpoints: readonly string[],
    saved: { readonly epoch: number; readonly sequence: number } | undefined,
  ): Promise<Map<string, EndpointRecord>>;
  /** Writes all of them, in any order. @throws when some may not have been written */
  putRecords(records: readonly EndpointRecord[]): Promise<void>;
  /** Files an event in the history; filing it again changes nothing. */
  file(event: Event): Promise<void>;
};

export type DnsOutcome =
  | { readonly is: "accepted"; readonly changeId: string }
  /** `why` is for people: what became of it the zone says. */
  | { readonly is: "refused"; readonly why?: string }
  | { readonly is: "withheld" };

/** Where a record set stands. */
type At = Pick<RecordSet, "name" | "type">;

export type Dns = {
  /**
   * Sends one atomic batch, once, when its turn comes: `withheld` when `isWanted` says no by then.
   * @throws when it was not taken or the outcome is unknown
   */
  change(
    zone: HostedZone,
    changes: readonly Change[],
    comment: string,
    isWanted: () => boolean,
  ): Promise<DnsOutcome>;
  /** What stands in the zone at these places, as one record, and under the name of the generation. */
  read(zone: HostedZone, places: readonly At[], generation: string): Promise<Standing>;
  /** The name servers of a public zone; none of a private one: nobody can ask those from outside. Asked once. */
  nameServers(zone: HostedZone): Promise<readonly string[]>;
  /** Every record set of a name and type, as the zone has it: a simple one, or those of a failover pair. */
  sets(zone: HostedZone, place: At): Promise<readonly RecordSet[]>;
  /** A health check and its children, and if asked for, when their checkers looked; none where there is none. */
  healthCheck(id: string, withTimes: boolean): Promise<HealthCheck | undefined>;
  /** How far an accepted change of the zone is. */
  status(zone: HostedZone, changeId: string): Promise<"pending" | "in-sync" | "not asked">;
};

/** Objects in one bucket of each Region. */
export type BeaconStore = {
  /** `writtenMs` is Unix milliseconds, by S3's clock. @throws when nothing is known of it */
  get(
    region: string,
    key: string,
  ): Promise<{ readonly body: string; readonly etag: string; readonly writtenMs?: number } | undefined>;
  /**
   * Writes where `seen` still stands, by its ETag, or nothing where it is none.
   * @throws when the outcome is unknown
   */
  put(region: string, key: string, body: string, seen: string | undefined): Promise<"written" | "refused">;
};

/** Everything a sweep touches outside itself. On AWS, on a laptop and in the simulator it is another one. */
export type World = {
  /** Wall clock, Unix milliseconds. */
  now(): number;
  /** Monotonic clock, milliseconds from anywhere: the only one to measure a wait with. */
  elapsed(): number;
  /** Between 0 and 1, for jitter. */
  random(): number;
  /** Resolves after `ms`, or as soon as `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Asks a location. @throws when it could not be asked */
  ask(request: ProbeRequest): Promise<ProbeAnswer>;
  readonly store: Store;
  readonly dns: Dns;
  /** What names are converted to; none where nobody has beacons. */
  readonly beacons?: BeaconStore;
  /**
   * What one server, a name or an address, answers for a record: its values, none where it says that there is none.
   * @throws when it did not answer in time, or `signal` is aborted
   */
  answers(
    server: string,
    record: Pick<RecordSet, "name" | "type">,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  publish(alert: Alert): Promise<void>;
  /** One structured line. */
  log(level: "info" | "warn" | "error", message: string, facts?: object): void;
};
