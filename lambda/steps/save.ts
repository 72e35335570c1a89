import type { EndpointRecord } from "../core/endpoint-record.ts";
import type { Sweep } from "./watch.ts";

/** Writes one record for each of the endpoints and begins their next minute. */
export async function saveRecords(sweep: Sweep, endpoints: readonly string[]): Promise<void> {
  if (sweep.lost || endpoints.length === 0) return;
  const savedMs = sweep.world.now();
  const sequence = ++sweep.sequence;
  const records = endpoints.flatMap((id) => {
    const watched = sweep.watched.get(id);
    return watched ? [{ ...watched, epoch: sweep.held.lease.epoch, sequence, savedMs }] : [];
  });
  await sweep.world.store.putRecords(records);
  for (const record of records) markSaved(sweep, record);
}

/** What came in while the record was on its way stays unsaved. */
function markSaved(sweep: Sweep, record: EndpointRecord): void {
  const watched = sweep.watched.get(record.endpoint);
  if (watched === undefined) return;
  if (watched.health === record.health && watched.outbox === record.outbox)
    sweep.unsaved.delete(record.endpoint);
  const probes = watched.probes.filter((probe) => !record.probes.includes(probe));
  const shiftMs = record.savedMs - watched.fromMs;
  sweep.watched.set(record.endpoint, {
    ...watched,
    fromMs: record.savedMs,
    probes: probes.map(([offsetMs, ...rest]) => [offsetMs - shiftMs, ...rest]),
  });
}
