import { freezeOf, type Hands, handsKey, noHands, type Order, orderOf } from "../core/hands.ts";
import { remind, takeFreeze, takeMaintenance } from "../core/holds.ts";
import { type ServiceState, serviceKey } from "../core/service-state.ts";
import { roleOf } from "./role.ts";
import { type Group, type Sweep, type Switch, update } from "./watch.ts";
import type { World } from "./world.ts";

/**
 * Reads what operators want. Where it cannot be read, what was last taken in goes on: holds are saved with what they
 * hold, and nothing is ordered.
 */
export async function readHands(
  sweep: Pick<Sweep, "hands" | "handsSilent"> & { readonly world: Pick<World, "store" | "log"> },
): Promise<void> {
  try {
    const row = await sweep.world.store.cell<Hands>(handsKey).read();
    const version = row?.version ?? 0;
    sweep.handsSilent = false;
    // Two reads may be under way, and the older one may be answered last.
    if (sweep.hands && sweep.hands.version > version) return;
    sweep.hands = { version, body: { ...noHands, ...row?.body } };
  } catch (error) {
    sweep.handsSilent = true;
    sweep.world.log("warn", "operators' row not read", { error: String(error) });
  }
}

/** Takes in what is being worked on of a group. True when that changed. */
export function takeWork(sweep: Sweep, group: Group): boolean {
  const atMs = sweep.world.now();
  const changed = group.endpoints.filter((endpoint) => {
    const watched = sweep.watched.get(endpoint.id);
    if (watched === undefined) return false;
    const word = sweep.hands ? sweep.hands.body.maintenance[endpoint.id] : watched.health.maintenance;
    // Of most endpoints nobody says anything for weeks.
    if (word === undefined && watched.health.maintenance === undefined) return false;
    const after = takeMaintenance(watched, endpoint.policy, roleOf(sweep, group, endpoint), word, atMs);
    if (after === watched) return false;
    sweep.watched.set(endpoint.id, after);
    sweep.unsaved.add(endpoint.id);
    return true;
  });
  return changed.length > 0;
}

/**
 * Takes in who holds a service.
 *
 * @throws when that could not be saved: then nothing may be moved, because the hold might be forgotten
 */
export async function takeHolds(sweep: Sweep, each: Switch): Promise<void> {
  if (sweep.hands === undefined || each.state === undefined) return;
  await update(sweep, each, holding(sweep, each, sweep.hands.body));
}

/** Whether a hold or an order waits to be taken in: of most services nobody says anything for weeks. */
export function isSpokenOf(sweep: Sweep, group: Group, each: Switch): boolean {
  const { hands } = sweep;
  if (hands === undefined || each.state === undefined) return false;
  return (
    each.unsure ||
    holding(sweep, each, hands.body)(each.state) !== each.state ||
    openOrder(sweep, group) !== undefined
  );
}

function holding(sweep: Sweep, each: Switch, hands: Hands): (state: ServiceState) => ServiceState {
  const { service } = each;
  const freeze = freezeOf(hands, serviceKey(service));
  const isOfAll = freeze !== undefined && freeze === hands.freeze;
  const isTold = !isOfAll || each.configured === sweep.config.services[0];
  const atMs = sweep.world.now();
  return (state) => remind(service, takeFreeze(service, state, { freeze, isOfAll, isTold }, atMs), atMs);
}

/** The order for a group's service that nobody has answered yet; none where it may have been taken back since. */
export function openOrder(sweep: Sweep, group: Group): Order | undefined {
  const each = group.service && sweep.switches.get(group.service.id);
  if (sweep.hands === undefined || sweep.handsSilent || each?.state === undefined) return undefined;
  return orderOf(sweep.hands.body, serviceKey(each.service), each.state.lastOrder);
}

/** Whether an order that something was looked up for stands still: the operator may have been told that it does not. */
export async function isStillOrdered(sweep: Sweep, group: Group, { number }: Order): Promise<boolean> {
  await readHands(sweep);
  return openOrder(sweep, group)?.number === number;
}
