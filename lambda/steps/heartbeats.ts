import type { Heartbeat } from "../core/config.ts";
import { count, settle } from "../core/counters.ts";
import { type Beats, beatsCell, hear, unheardSince } from "../core/heartbeat.ts";
import { healthEvents } from "../core/report.ts";
import { noteTold } from "../core/told.ts";
import { saveRecords } from "./save.ts";
import { startTellingEndpoints } from "./tell.ts";
import type { Sweep } from "./watch.ts";

/** How often the signals of jobs are looked up: a read costs less than a probe, and grace is minutes. */
const lookEveryMs = 20_000;

/** Longer than two looks and a relief: what lies between was not seen. */
const maxGapMs = 120_000;

/** Looks up what jobs have said, every 20 s, and judges each. One that cannot be looked up stays as it was. */
export async function listen(sweep: Sweep, fromMs: number, toMs: number): Promise<void> {
  const { heartbeats = [] } = sweep.config;
  if (heartbeats.length === 0 || Math.floor(fromMs / lookEveryMs) === Math.floor(toMs / lookEveryMs)) return;
  const changed = await Promise.all(heartbeats.map((heartbeat) => lookUp(sweep, heartbeat)));
  const ids = changed.flatMap((id) => id ?? []);
  await saveRecords(sweep, ids).catch((error: unknown) => {
    sweep.world.log("error", "change of health not saved yet", { heartbeats: ids, error: String(error) });
  });
  startTellingEndpoints(sweep, ids);
}

/** The id where what is believed changed in a way that is saved at once. */
async function lookUp(sweep: Sweep, heartbeat: Heartbeat): Promise<string | undefined> {
  const { id } = heartbeat;
  let beats: Beats;
  try {
    beats = (await sweep.world.store.cell<Beats>(beatsCell(id)).read())?.body ?? {};
  } catch (error) {
    sweep.world.log("warn", "heartbeat could not be looked up", { heartbeat: id, error: String(error) });
    return undefined;
  }
  const watched = sweep.watched.get(id);
  if (watched === undefined) return undefined;
  const nowMs = sweep.world.now();
  const { health: before, counters } = watched;
  const unheard = unheardSince(watched.unheard, counters.untilMs, nowMs);
  const health = hear(heartbeat, beats, unheard, before, nowMs);
  const events = healthEvents(id, "alone", before, health, nowMs);
  sweep.watched.set(id, {
    ...watched,
    health: noteTold(before, health, events, nowMs),
    counters: settle(count(counters, before, nowMs, maxGapMs), before, health),
    outbox: [...watched.outbox, ...events],
    ...(unheard && { unheard }),
  });
  if (before.state === health.state && before.trouble === health.trouble) return undefined;
  sweep.unsaved.add(id);
  return id;
}
