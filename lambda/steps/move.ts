import type { Service } from "../core/config.ts";
import { staysPut, unconverted } from "../core/conversion.ts";
import { type Decision, holdOn } from "../core/decide.ts";
import { generationName } from "../core/generation.ts";
import { isOrder } from "../core/hands.ts";
import {
  accepted,
  disarm,
  dropBatch,
  dropped,
  failing,
  intend,
  intervalOf,
  moveBatch,
} from "../core/move.ts";
import {
  type Destination,
  placesOf,
  recordFor,
  type Standing,
  sameRecord,
  sameValues,
} from "../core/records.ts";
import { note } from "../core/report.ts";
import { type Intent, resume, type ServiceState, show } from "../core/service-state.ts";
import { type Sweep, type Switch, update } from "./watch.ts";
import type { World } from "./world.ts";

/** Does what was decided at `atMs` on fresh evidence: nothing, a note, a new move, or what becomes of an old one. */
export async function act(
  sweep: Sweep,
  each: Switch,
  wish: Decision<Destination>,
  atMs: number,
): Promise<void> {
  const { service, state } = each;
  if (state?.intent && !state.disarmed) return goOn(sweep, each, state.intent, wish, atMs);
  if (wish.do === "stay" || service.mode === "shadow") {
    await update(sweep, each, (now) => note(service, now, wish, atMs));
    return;
  }
  // What was decided is decided about the state as it was: a look at the zone may have come between.
  const saved = await update(sweep, each, (now) =>
    now.intent || now.disarmed || isHeld(now, wish) || !sameRecord(now.written, state?.written ?? null)
      ? now
      : intend(service, now, wish, atMs),
  );
  if (saved && !each.state?.disarmed) await send(sweep, each, "move");
}

/** A freeze holds everybody, a pin the automaton. */
const isHeld = (state: ServiceState | undefined, { by }: Pick<Intent, "by">): boolean =>
  state !== undefined && (isOrder(by) ? state.frozen !== undefined : holdOn(state) !== undefined);

/**
 * A change is saved whose outcome is unknown. It goes on if today's evidence wants the same, and is given up at once
 * if not: whoever may still be about to send it is then refused, because the generation has moved on.
 */
async function goOn(
  sweep: Sweep,
  each: Switch,
  intent: Intent,
  wish: Decision<Destination>,
  atMs: number,
): Promise<void> {
  const isSame =
    each.service.mode === "armed" &&
    wish.do === "move" &&
    // By value, not by name: a deploy may have given the target another address, and only that one was probed.
    sameValues(recordFor(each.service, wish.to), intent.want);
  // What moves nothing goes on: to give an adoption up would be the very same change, and a conversion has begun already.
  if (!isSame && !staysPut(intent)) return send(sweep, each, "drop");
  const fresh = await update(sweep, each, (now) =>
    now.intent ? { ...now, intent: { ...now.intent, decidedMs: atMs } } : now,
  );
  if (fresh) await send(sweep, each, "move");
}

/** Tries at one change in a row, before the next tick tries again. */
const triesInARow = 4;

/** Sends a saved change until its outcome is known and saved, or the next tick has to go on with it. */
export async function send(sweep: Sweep, each: Switch, what: "move" | "drop"): Promise<void> {
  let trouble = "";
  for (let attempt = 0; attempt < triesInARow; attempt++) {
    if (attempt > 0)
      await sweep.world.sleep(500 * 2 ** attempt * (0.5 + sweep.world.random()), sweep.work.over);
    const intent = each.state?.intent;
    if (intent === undefined) return;
    // The next sweep goes on with it: nobody is asked while this one still tries.
    if (attempt > 0 && sweep.work.over.aborted) break;
    try {
      const outcome = await sendOnce(sweep, each, intent, what);
      if (outcome === "over") return;
      trouble = outcome;
    } catch (error) {
      trouble = String(error);
      sweep.world.log("warn", "Route 53 did not take the change", {
        service: each.service.id,
        error: trouble,
      });
    }
  }
  await update(sweep, each, (state) => failing(each.service, state, trouble, sweep.world.now()));
}

/** We were paused, or tried for long: what was decided then is not evidence now. */
const isStale = (sweep: Sweep, each: Switch, intent: Intent): boolean =>
  sweep.world.now() - intent.decidedMs > 2 * intervalOf(sweep.config, each.service);

const isStillWanted = (sweep: Sweep, each: Switch, intent: Intent): boolean =>
  !isStale(sweep, each, intent) && (staysPut(intent) || !isHeld(each.state, intent));

/** The next sweep is waiting: whoever stands in line for Route 53 is left to it, and nobody stays unwatched meanwhile. */
const isKeepingOthers = (sweep: Sweep, askedMs: number): boolean =>
  sweep.work.over.aborted && sweep.world.elapsed() - askedMs > 1_000;

/** One request. `over` when its outcome is saved, else what stood in the way. */
async function sendOnce(sweep: Sweep, each: Switch, intent: Intent, what: "move" | "drop"): Promise<string> {
  const { service } = each;
  const { owner } = sweep;
  const askedMs = sweep.world.elapsed();
  const changes = what === "move" ? moveBatch(service, intent, owner) : dropBatch(service, intent, owner);
  const outcome = await sweep.world.dns.change(
    service.dns,
    changes,
    `Pointsman ${what}: ${intent.from ?? "none"} -> ${intent.to}`,
    () =>
      !sweep.lost &&
      !isKeepingOthers(sweep, askedMs) &&
      (what === "drop" || isStillWanted(sweep, each, intent)),
  );
  if (outcome.is === "withheld") return "over";
  if (outcome.is === "refused") return afterRefusal(sweep, each, intent, outcome.why);
  if (what === "move") {
    sweep.done.moves += 1;
    await accept(sweep, each, intent, outcome.changeId);
  } else {
    await giveUp(sweep, each, intent);
  }
  return "over";
}

const accept = (sweep: Sweep, each: Switch, intent: Intent, changeId: string | undefined): Promise<boolean> =>
  update(sweep, each, (state) =>
    // Another life of this sweep may have closed it already; closing it twice would count it twice.
    state.intent ? accepted(each.service, state, intent, changeId, sweep.world.now()) : state,
  );

const giveUp = (sweep: Sweep, each: Switch, intent: Intent): Promise<boolean> =>
  update(sweep, each, (state) =>
    state.intent ? dropped(each.service, state, intent, sweep.world.now()) : state,
  );

/** What stands in the zone for a service. */
export const readZone = (world: Pick<World, "dns">, { dns }: Service): Promise<Standing> =>
  world.dns.read(dns, placesOf(dns), generationName(dns.name, dns.type));

/**
 * Compare-and-set said no: the zone is not as we thought. Our own change whose answer was lost is done; our own
 * value under another TTL is adopted; anything else is foreign.
 *
 * @returns `over` when the outcome is saved, else why it has to be tried again
 */
async function afterRefusal(
  sweep: Sweep,
  each: Switch,
  intent: Intent,
  said = "no reason was given",
): Promise<string> {
  const standing = await readZone(sweep.world, each.service);
  const found = resume(intent, standing, sweep.owner);
  const atMs = sweep.world.now();
  if (intent.conversion && found.is !== "done") {
    const why = `the records, or their TXT, are not as they were read: ${show(standing.record)}`;
    await update(sweep, each, (state) => unconverted(each.service, state, why, atMs));
    return "over";
  }
  switch (found.is) {
    case "done":
      sweep.done.moves += 1;
      await accept(sweep, each, intent, undefined);
      return "over";
    case "dropped":
      await giveUp(sweep, each, intent);
      return "over";
    case "adopt":
      await update(sweep, each, (state) => withNow(state, found.now));
      return "the TTL was changed by somebody else, and adopted";
    case "foreign":
      await update(sweep, each, (state) => disarmAndNote(each.service, state, found.why, atMs));
      return "over";
    case "apply":
      return `Route 53 refused the change although the zone is as it was left: ${said}`;
  }
}

const withNow = (state: ServiceState, now: Intent["now"]): ServiceState =>
  state.intent ? { ...state, written: now, intent: { ...state.intent, now } } : state;

function disarmAndNote(service: Service, state: ServiceState, why: string, atMs: number): ServiceState {
  return note(service, disarm(state, why, atMs), { do: "stay", code: "disarmed", why }, atMs);
}
