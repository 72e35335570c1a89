import type { Order } from "../core/hands.ts";
import { close, closing } from "../core/orders.ts";
import { adopt } from "./adopt.ts";
import { convert } from "./convert.ts";
import { isSpokenOf, openOrder, readHands, takeHolds, takeWork } from "./hands.ts";
import { saveRecords } from "./save.ts";
import { startTelling, startTellingEndpoints } from "./tell.ts";
import { confirmAll, isInTime, patienceOf } from "./tick.ts";
import { type Group, healthsOf, inBackground, type Sweep, type Switch, update } from "./watch.ts";

/** How often the operators' row is read. At $0.125 for a million reads that is 7 cents a month. */
const heedEveryMs = 5_000;

/** Heeds what operators want, beside the ticks, until the sweep is over. */
export async function heed(sweep: Sweep, untilMs: number): Promise<void> {
  while (!sweep.work.over.aborted && !sweep.lost && sweep.world.now() < untilMs) {
    const slept = sweep.world.sleep(heedEveryMs, sweep.work.over);
    await readHands(sweep);
    if (sweep.work.over.aborted) return;
    for (const group of sweep.groups) {
      try {
        heedFor(sweep, group);
      } catch (error) {
        // What cannot be taken in of one group keeps no hold from the others.
        sweep.world.log("error", "operators' word not taken in", { group: group.id, error: String(error) });
      }
    }
    await slept;
  }
}

function heedFor(sweep: Sweep, group: Group): void {
  if (takeWork(sweep, group)) void inBackground(sweep, group.id, saveWork(sweep, group));
  const each = group.service && sweep.switches.get(group.service.id);
  if (each && isSpokenOf(sweep, group, each))
    void inBackground(sweep, group.id, heedService(sweep, group, each));
}

async function saveWork(sweep: Sweep, group: Group): Promise<void> {
  const ids = group.endpoints.map(({ id }) => id);
  await saveRecords(sweep, ids);
  startTellingEndpoints(sweep, ids);
}

async function heedService(sweep: Sweep, group: Group, each: Switch): Promise<void> {
  const before = each.state;
  await takeHolds(sweep, each);
  const order = openOrder(sweep, group);
  if (order) await carryOut(sweep, group, each, order);
  if (each.state !== before) startTelling(sweep, each);
}

/** What takes no evidence is done at once; for a move all locations are asked, and `judge` goes on with it. */
async function carryOut(sweep: Sweep, group: Group, each: Switch, order: Order): Promise<void> {
  if (each.state === undefined) return;
  // As the config has it: what a name is to be converted to only that says.
  const service = each.configured;
  const atMs = sweep.world.now();
  const end = closing(service, each.state, order, healthsOf(sweep, service), atMs);
  if (end) {
    await update(sweep, each, (state) => close(service, state, order, end, atMs));
  } else if (order.what === "adopt") {
    await adopt(sweep, group, each, order);
  } else if (order.what === "convert" || order.what === "retire") {
    await convert(sweep, group, each, order);
  } else {
    // Where there is no time for it any more the order stays, for the next sweep.
    if (isInTime(sweep)(group)) await sweep.work.begin(patienceOf(group), () => confirmAll(sweep, [group]));
  }
}
