import { nextEpoch } from "./endpoint-record.ts";

/** Who sweeps, and who waits to. One row, written only where it is as it was read. */
export type Lease = {
  /** The sweep that holds it; none when it was released. */
  readonly holder?: string;
  readonly epoch: number;
  /** Grows with each renewal: a waiter sees by it that the holder lives, without comparing clocks. */
  readonly beat: number;
  /** The minute the holder was scheduled for. */
  readonly scheduledMs: number;
  /** The latest minute whose sweep asks for the lease. */
  readonly wantedMs: number;
  /** The holder's wall clock at its last renewal, for people; it is compared with nothing. */
  readonly renewedMs?: number;
  /** Until when endpoints were asked, by the last holder's clock. */
  readonly tickedMs?: number;
  /** Where the last holder, when it released, left all endpoint records. */
  readonly saved?: { readonly epoch: number; readonly sequence: number };
};

/** How often the holder renews, and how long a beat must stand still before a waiter takes over. */
export const renewEveryMs = 5_000;
export const stalledAfterMs = 15_000;

export type Claim =
  | { readonly is: "take"; readonly lease: Lease; readonly released: boolean }
  | { readonly is: "wait"; readonly lease: Lease }
  | { readonly is: "leave"; readonly why: string };

/**
 * What a sweep that was just started does about the lease. A later scheduled minute relieves an earlier one; the
 * same or an earlier one has nothing to do here.
 *
 * @param stalled the holder's beat stood still for `stalledAfterMs` on the asker's own monotonic clock
 */
export function claim(
  row: Lease | undefined,
  me: { readonly holder: string; readonly scheduledMs: number },
  stalled: boolean,
  nowMs: number,
): Claim {
  if (row && row.scheduledMs >= me.scheduledMs)
    return { is: "leave", why: "this minute or a later one is served" };
  if (row?.holder !== undefined && !stalled) {
    if (row.wantedMs > me.scheduledMs) return { is: "leave", why: "the sweep of a later minute waits" };
    return { is: "wait", lease: { ...row, wantedMs: me.scheduledMs } };
  }
  const released = row?.holder === undefined;
  const lease: Lease = {
    holder: me.holder,
    scheduledMs: me.scheduledMs,
    epoch: nextEpoch(row?.epoch ?? 0, nowMs),
    beat: 0,
    wantedMs: me.scheduledMs,
    renewedMs: nowMs,
    ...(row?.tickedMs === undefined ? {} : { tickedMs: row.tickedMs }),
    ...(released && row?.saved ? { saved: row.saved } : {}),
  };
  return { is: "take", lease, released };
}

/** Whether the sweep of a later minute waits for this lease. */
export const isRelieved = (lease: Lease): boolean => lease.wantedMs > lease.scheduledMs;

export const renewed = (lease: Lease, nowMs: number): Lease => ({
  ...lease,
  beat: lease.beat + 1,
  renewedMs: nowMs,
});

/** The lease as its holder leaves it; `sequence` is missing where its records could not be saved together. */
export function released(lease: Lease, tickedMs: number, sequence: number | undefined): Lease {
  const { holder: _, saved: __, ...rest } = lease;
  return {
    ...rest,
    tickedMs,
    ...(sequence === undefined ? {} : { saved: { epoch: lease.epoch, sequence } }),
  };
}
