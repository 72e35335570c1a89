import type { Order } from "../core/hands.ts";
import { intendAdoption } from "../core/move.ts";
import { close, isAnswered } from "../core/orders.ts";
import { unadoptable } from "../core/records.ts";
import { isStillOrdered } from "./hands.ts";
import { readZone, send } from "./move.ts";
import { type Group, type Sweep, type Switch, update } from "./watch.ts";

/** Takes over what stands in the zone of a name that we keep our hands off, as an operator has ordered. */
export async function adopt(sweep: Sweep, group: Group, each: Switch, order: Order): Promise<void> {
  if (sweep.confirming.has(group.id)) return;
  sweep.confirming.add(group.id);
  try {
    const standing = await readZone(sweep.world, each.service);
    if (!(await isStillOrdered(sweep, group, order))) return;
    const atMs = sweep.world.now();
    const why = unadoptable(standing);
    if (why !== undefined) {
      await update(sweep, each, (state) => close(each.service, state, order, { is: "refused", why }, atMs));
      return;
    }
    const saved = await update(sweep, each, (state) =>
      state.disarmed && !isAnswered(state, order)
        ? intendAdoption(each.service, state, standing, order, atMs)
        : state,
    );
    if (saved && each.state?.intent?.kind === "adopted") await send(sweep, each, "move");
  } finally {
    sweep.confirming.delete(group.id);
  }
}
