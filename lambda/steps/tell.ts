import { alert } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import { type Sweep, type Switch, update } from "./watch.ts";

/**
 * Tells and files what stands in a service's outbox. An event is taken out only after both have happened, so it
 * is told at least once, always under the same id. One call after another, or an event would be told by each.
 */
export function tellService(sweep: Sweep, each: Switch): Promise<void> {
  const run = each.telling.then(() => tellServiceNow(sweep, each));
  each.telling = run.catch(() => undefined);
  return run;
}

async function tellServiceNow(sweep: Sweep, each: Switch): Promise<void> {
  const told = await tell(sweep, each.state?.outbox ?? []);
  if (told.size === 0) return;
  await update(sweep, each, (state) => ({
    ...state,
    outbox: state.outbox.filter(({ id }) => !told.has(id)),
  }));
}

/** The same for endpoints. What is still unsaved waits: an alert never comes before the state it tells of. */
export async function tellEndpoints(sweep: Sweep, endpoints: Iterable<string>): Promise<void> {
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
    if (sweep.lost) break;
    try {
      if (event.alert) await sweep.world.publish(alert(event));
      await sweep.world.store.file(event);
      sweep.world.log("info", "event", event);
      told.add(event.id);
    } catch (error) {
      sweep.world.log("error", "event not told yet", { id: event.id, error: String(error) });
    }
  }
  return told;
}
