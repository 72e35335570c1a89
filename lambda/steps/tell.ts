import { alert } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import { inBackground, type Sweep, type Switch, update } from "./watch.ts";

/**
 * Tells and files what stands in a service's outbox, beside the ticks: nothing waits for SNS. An event is taken out
 * only after both have happened, so it is told at least once, always under the same id.
 */
export function startTelling(sweep: Sweep, each: Switch): void {
  if (each.state?.outbox.length) void inBackground(sweep, each.service.id, tellService(sweep, each));
}

async function tellService(sweep: Sweep, each: Switch): Promise<void> {
  const told = await tell(sweep, each.state?.outbox ?? []);
  if (told.size === 0) return;
  await update(sweep, each, (state) => ({
    ...state,
    outbox: state.outbox.filter(({ id }) => !told.has(id)),
  }));
}

/** The same for endpoints. */
export function startTellingEndpoints(sweep: Sweep, endpoints: Iterable<string>): void {
  void inBackground(sweep, "telling", tellEndpoints(sweep, endpoints));
}

/** What is still unsaved waits: an alert never comes before the state it tells of. */
async function tellEndpoints(sweep: Sweep, endpoints: Iterable<string>): Promise<void> {
  for (const id of endpoints) {
    const watched = sweep.watched.get(id);
    if (watched === undefined || watched.outbox.length === 0 || sweep.unsaved.has(id)) continue;
    const told = await tell(sweep, watched.outbox);
    const now = sweep.watched.get(id);
    if (now) sweep.watched.set(id, { ...now, outbox: now.outbox.filter((event) => !told.has(event.id)) });
  }
}

/** The ids of the events that were told and filed; the others are tried again with the next tick. */
async function tell(sweep: Sweep, events: readonly Event[]): Promise<Set<string>> {
  const told = new Set<string>();
  for (const event of events) {
    // The outbox is saved: whoever relieves this sweep tells the rest.
    if (sweep.lost || sweep.work.over.aborted) break;
    if (sweep.telling.has(event.id)) continue;
    sweep.telling.add(event.id);
    try {
      if (event.alert && !sweep.published.has(event.id)) await sweep.world.publish(alert(event));
      sweep.published.add(event.id);
      await sweep.world.store.file(event);
      sweep.world.log("info", "event", event);
      told.add(event.id);
    } catch (error) {
      sweep.world.log("error", "event not told yet", { id: event.id, error: String(error) });
    } finally {
      sweep.telling.delete(event.id);
    }
  }
  return told;
}
