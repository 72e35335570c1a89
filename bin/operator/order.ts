import { span } from "../../lambda/core/alert.ts";
import type { Service } from "../../lambda/core/config.ts";
import { type Note, type Order, type Outcome, withOrder, withoutOrder } from "../../lambda/core/hands.ts";
import { isAnswered, isUnderWay } from "../../lambda/core/orders.ts";
import { serviceKey } from "../../lambda/core/service-state.ts";
import { changeHands, type Desk, until } from "./desk.ts";
import { readState } from "./view.ts";

/** What is ordered. */
export type Wish = Pick<Order, "what"> & Partial<Pick<Order, "to" | "pin" | "force">>;

/** How an order ended, and how long its change took, by this machine's clock; times in milliseconds. */
export type Ending = Pick<Outcome, "is" | "why"> & { readonly tookMs: number; readonly inSyncMs?: number };

/** A sweep answers an order that has expired; with none running, nobody does. */
const graceMs = 10_000;

/** Longer nobody waits for the name servers; the sweep goes on, and tells when it takes long. */
const followMs = 120_000;

/**
 * Leaves an order for the sweep, which alone moves names, and waits until it is carried out and on the name servers, or
 * came to nothing. An order that nobody took up is taken back.
 */
export async function giveOrder(desk: Desk, service: Service, wish: Wish, note: Note): Promise<Ending> {
  const startMs = desk.now();
  const key = serviceKey(service);
  const hands = await changeHands(desk, (hands) => withOrder(hands, key, { ...note, ...wish }));
  const order = hands.services[key]?.order;
  if (order === undefined) throw new Error("bug: an order that was just written is not there");
  let isSaid = false;
  const outcome = await until(desk, order.expiresMs + graceMs, async () => {
    const state = await readState(desk, service);
    if (state && isAnswered(state, order)) return state.lastOrder;
    if (state && isUnderWay(state, order) && !isSaid) {
      isSaid = true;
      desk.print("  decided and saved; Route 53 is being asked");
    }
    return undefined;
  });
  const tookMs = desk.now() - startMs;
  if (outcome === undefined) return nobodyAnswered(desk, service, order, tookMs);
  const { is, why } = outcome;
  if (is !== "done") return { is, why, tookMs };
  const inSyncMs = await followChange(desk, service, startMs);
  return { is, why, tookMs, ...(inSyncMs !== undefined && { inSyncMs }) };
}

async function nobodyAnswered(desk: Desk, service: Service, order: Order, tookMs: number): Promise<Ending> {
  const state = await readState(desk, service);
  if (state && isUnderWay(state, order)) {
    const why = "the change is saved and Route 53 has not taken it; it is tried on: see `pointsman status`";
    return { is: "expired", why, tookMs };
  }
  await changeHands(desk, (hands) => withoutOrder(hands, serviceKey(service), order.number));
  return { is: "expired", why: "no sweep took it up, and it was taken back: nobody watches", tookMs };
}

/** When the accepted change was on all name servers; none when there is none, or it takes too long. */
async function followChange(desk: Desk, service: Service, startMs: number): Promise<number | undefined> {
  const first = (await readState(desk, service))?.propagation;
  if (first === undefined) return undefined;
  desk.print(`  Route 53 took it after ${span(desk.now() - startMs)}; waiting for its name servers`);
  const isOver = await until(desk, desk.now() + followMs, async () => {
    const now = (await readState(desk, service))?.propagation;
    return now?.times.acceptedMs === first.times.acceptedMs ? undefined : true;
  });
  return isOver && desk.now() - startMs;
}

/** How an order ended, to whoever gave it. */
export const sayEnding = ({ is, why, tookMs, inSyncMs }: Ending): string =>
  [
    `${is} after ${span(tookMs)}: ${why}`,
    ...(inSyncMs === undefined ? [] : [`on all name servers after ${span(inSyncMs)}`]),
  ].join("\n");
