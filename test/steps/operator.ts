import {
  type Hands,
  handsKey,
  type Note,
  noHands,
  type Order,
  withFreeze,
  withMaintenance,
  withOrder,
} from "../../lambda/core/hands.ts";
import { type ServiceState, serviceKey } from "../../lambda/core/service-state.ts";
import { shop } from "../sim/config.ts";
import type { Simulation } from "../sim/simulation.ts";

/** Writes operators' row as their command does. */
export async function say(sim: Simulation, change: (hands: Hands, by: Note) => Hands): Promise<Hands> {
  const cell = sim.memory.store.cell<Hands>(handsKey);
  const row = await cell.read();
  const by = { who: "anna", why: "as the test says", atMs: sim.clock.now() };
  const hands = change({ ...noHands, ...row?.body }, by);
  if ((await cell.put(hands, row?.version ?? 0)) === "conflict") throw new Error("nobody else writes here");
  return hands;
}

type Wish = Pick<Order, "what"> & Partial<Pick<Order, "to" | "pin" | "force">>;

/** Orders something for a service; its number. */
export const order = async (sim: Simulation, wish: Wish, service = shop): Promise<number> =>
  (await say(sim, (hands, by) => withOrder(hands, serviceKey(service), { ...by, ...wish }))).number;

export const freeze = (sim: Simulation, is: "frozen" | "free", of: "shop" | "all" = "shop"): Promise<Hands> =>
  say(sim, (hands, by) => withFreeze(hands, of === "all" ? undefined : serviceKey(shop), { ...by, is }));

export const work = (sim: Simulation, endpoint: string, forS: number): Promise<Hands> =>
  say(sim, (hands, by) =>
    withMaintenance(hands, endpoint, { ...by, untilMs: sim.clock.now() + forS * 1000 }),
  );

/** A service's row as it is saved. */
export function saved(sim: Simulation, service = shop): ServiceState {
  const found = sim.memory.cells.get(serviceKey(service))?.body as ServiceState | undefined;
  if (found === undefined) throw new Error("the shop has no row");
  return found;
}

/** What became of the last order: `done` or why not. */
export const answer = (sim: Simulation): string => {
  const { lastOrder } = saved(sim);
  return lastOrder === undefined ? "none yet" : lastOrder.is === "done" ? "done" : lastOrder.why;
};

/** The kinds of what is in the history, oldest first. */
export const filed = (sim: Simulation): string[] =>
  [...sim.memory.history.values()].sort((a, b) => a.atMs - b.atMs).map(({ kind }) => kind);
