import { alert } from "../core/alert.ts";
import type { Event } from "../core/event.ts";
import { inBackground, type Sweep, type Switch, update } from "./watch.ts";

/**
 * Tells and files what stands in a service's outbox, beside the ticks: nothing waits for SNS. An event is taken out
 * only after both have happened, so it is told at least once, always under the same id; of too many the oldest are given up.
 */
export function startTelling(sweep: Sweep, each: Switch): void {
  if (each.state?.outbox.length) void inBackground(sweep, each.service.id, tellService(sweep, each));
}

async function tellService(sweep: Sweep, each: Switch): Promise<void> {
  const done = await tell(sweep, each.state?.outbox ?? []);
  if (done.size === 0) return;
  await update(sweep, each, (state) => ({
    ...state,
    outbox: state.outbox.filter(({ id }) => !done.has(id)),
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
    const done = await tell(sweep, watched.outbox);
    const now = sweep.watched.get(id);
    if (now) sweep.watched.set(id, { ...now, outbox: now.outbox.filter((event) => !done.has(event.id)) });
  }
}

/**
 * So many events of one subject wait while SNS or the history cannot be reached, and what is younger than an hour. The
 * row they stand in takes 400 KB (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html), and a
 * name whose row cannot be saved cannot be moved.
 */
const mostWaiting = 50;
const keptForMs = 3_600_000;

/** The ids of the events that are told and filed, or given up; the others are tried again with the next tick. */
async function tell(sweep: Sweep, events: readonly Event[]): Promise<Set<string>> {
  const done = new Set<string>();
  const keptFromMs = sweep.world.now() - keptForMs;
  const tooMany = new Set(events.slice(0, -mostWaiting).filter(({ atMs }) => atMs < keptFromMs));
  for (const event of events) {
    // The outbox is saved: whoever relieves this sweep tells the rest.
    if (sweep.lost || sweep.work.over.aborted) break;
    if (sweep.telling.has(event.id)) continue;
    sweep.telling.add(event.id);
    if (await isTold(sweep, event)) done.add(event.id);
    else if (tooMany.has(event)) {
      await giveUp(sweep, event);
      done.add(event.id);
    }
    sweep.telling.delete(event.id);
  }
  return done;
}

/** Tells and files an event. @returns whether both have happened */
async function isTold({ world, published }: Sweep, event: Event): Promise<boolean> {
  try {
    if (event.alert && !published.has(event.id)) await world.publish(alert(event));
    published.add(event.id);
    await world.store.file(event);
    world.log("info", "event", event);
    return true;
  } catch (error) {
    world.log("error", "event not told yet", { id: event.id, error: String(error) });
    return false;
  }
}

/** Nobody is told of it any more: it stands in the history as that, if it can be written, and in the log. */
async function giveUp({ world, published }: Sweep, event: Event): Promise<void> {
  const given = { ...event, alert: event.alert && published.has(event.id) };
  await world.store.file(given).catch(() => undefined);
  world.log("error", "event given up", given);
}
