import { applyBatch, type BatchResult, type Change, type Zone } from "./zone.ts";

/** One accepted change batch. */
export type ChangeRecord = {
  readonly id: string;
  readonly zoneId: string;
  readonly comment?: string;
  readonly changes: readonly Change[];
  readonly submittedAtMs: number;
  /** From then on the DNS servers answer it. */
  readonly inSyncAtMs: number;
  /** The zone with this change made. */
  readonly zone: Zone;
};

export type Submission =
  | Extract<BatchResult, { ok: false }>
  | { readonly ok: true; readonly record: ChangeRecord };

/**
 * An account's hosted zones over time. The API sees a change at once; the DNS servers answer it from INSYNC on
 * (API_GetChange). Time is an argument, so that a simulator can use it as it is.
 */
export type Account = {
  /** The zone as the API sees it. */
  zone(id: string): Zone | undefined;
  zones(): readonly Zone[];
  /** The zones as the DNS servers answer them at that time. */
  answered(atMs: number): readonly Zone[];
  /** Applies a batch to a zone of this account; throws when it has no such zone. */
  submit(zoneId: string, changes: readonly Change[], atMs: number, comment?: string): Submission;
  /** All accepted batches, oldest first. */
  changes(): readonly ChangeRecord[];
  /** How long the changes submitted from now on stay PENDING; Infinity strands them. */
  setPropagationMs(propagationMs: number): void;
};

/** An account that holds these zones, in sync. */
export function openAccount(zones: readonly Zone[], initialPropagationMs: number): Account {
  const current = new Map(zones.map((zone) => [zone.id, zone]));
  const log: ChangeRecord[] = [];
  let propagationMs = initialPropagationMs;
  return {
    zone: (id) => current.get(id),
    zones: () => [...current.values()],
    answered: (atMs) => zones.map((zone) => answeredZone(zone, log, atMs)),
    submit(zoneId, changes, atMs, comment) {
      const zone = current.get(zoneId);
      if (!zone)
        throw new Error(`no hosted zone ${zoneId} in this account: ${[...current.keys()].join(", ")}`);
      const result = applyBatch(zone, changes);
      if (!result.ok) return result;
      const record: ChangeRecord = {
        id: `C${String(log.length + 1).padStart(13, "0")}`,
        zoneId,
        ...(comment !== undefined && { comment }),
        changes,
        submittedAtMs: atMs,
        inSyncAtMs: Math.max(atMs + propagationMs, lastInSyncMs(log, zoneId)),
        zone: result.zone,
      };
      current.set(zoneId, result.zone);
      log.push(record);
      return { ok: true, record };
    },
    changes: () => log,
    setPropagationMs: (ms) => {
      propagationMs = ms;
    },
  };
}

/** A zone's changes reach the DNS servers in the order of their submission. */
function lastInSyncMs(log: readonly ChangeRecord[], zoneId: string): number {
  return log.findLast((record) => record.zoneId === zoneId)?.inSyncAtMs ?? Number.NEGATIVE_INFINITY;
}

function answeredZone(initial: Zone, log: readonly ChangeRecord[], atMs: number): Zone {
  const last = log.findLast((record) => record.zoneId === initial.id && record.inSyncAtMs <= atMs);
  return last?.zone ?? initial;
}
