import { span } from "../../lambda/core/alert.ts";
import type { Service } from "../../lambda/core/config.ts";
import type { Event } from "../../lambda/core/event.ts";
import { type Note, type Order, type Outcome, withOrder, withoutOrder } from "../../lambda/core/hands.ts";
import { isAnswered, isUnderWay } from "../../lambda/core/orders.ts";
import { answerLateMs, syncLateMs } from "../../lambda/core/propagation.ts";
import { serviceKey } from "../../lambda/core/service-state.ts";
import { changeHands, type Desk, until } from "./desk.ts";
import { readState } from "./view.ts";

/** What is ordered. */
export type Wish = Pick<Order, "what"> & Partial<Pick<Order, "to" | "pin" | "force">>;

/** How an order ended, how long it took by this machine's clock, in milliseconds, and what proved its effect. */
export type Ending = Pick<Outcome, "is" | "why"> & { readonly tookMs: number; readonly effect?: string };

/** A sweep answers an order that has expired; with none running, nobody does. */
const graceMs = 10_000;

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
  desk.print("  ordered: it is carried out also when this command is stopped");
  let isSaid = false;
  const outcome = await until(desk, order.expiresMs + graceMs, async () => {
    const state = await readState(desk, service);
    if (state && isAnswered(state, order)) return state.lastOrder;
    if (state && isUnderWay(state, order) && !isSaid) {
      isSaid = true;
      desk.print("  decided and saved, and on its way");
    }
    return undefined;
  });
  const tookMs = desk.now() - startMs;
  if (outcome === undefined) return nobodyAnswered(desk, service, order, tookMs);
  if (outcome.number !== order.number) {
    const why = `a later order took its place: see \`pointsman history ${service.id}\``;
    return { is: "refused", why, tookMs };
  }
  const { is, why } = outcome;
  if (is !== "done") return { is, why, tookMs };
  const effect = await followChange(desk, service, startMs);
  return { is, why, tookMs, ...(effect !== undefined && { effect }) };
}

async function nobodyAnswered(desk: Desk, service: Service, order: Order, tookMs: number): Promise<Ending> {
  const state = await readState(desk, service);
  // It was answered in this moment.
  if (state?.lastOrder?.number === order.number) return { ...state.lastOrder, tookMs };
  if (state && isUnderWay(state, order)) {
    const why = "the change is saved and not accepted yet; it is tried on: see `pointsman status`";
    return { is: "expired", why, tookMs };
  }
  await changeHands(desk, (hands) => withoutOrder(hands, serviceKey(service), order.number));
  return { is: "expired", why: "no sweep took it up, and it was taken back: nobody watches", tookMs };
}

/**
 * Waits until the name servers answer the change that was accepted last.
 *
 * @param startMs what is printed counts from then, Unix milliseconds
 * @returns what they were seen to answer; none where there is nothing left to follow
 */
export async function followChange(
  desk: Desk,
  service: Service,
  startMs: number,
): Promise<string | undefined> {
  const open = (await readState(desk, service))?.propagation;
  if (open === undefined) return undefined;
  desk.print(`  accepted after ${span(desk.now() - startMs)}; waiting until its name servers answer it`);
  const { acceptedMs } = open.times;
  const isEnd = ({ kind, times, alert }: Event) =>
    times?.acceptedMs === acceptedMs &&
    (kind === "answered" || kind === "unproven" || (kind === "in-sync" && alert));
  const end = await until(desk, acceptedMs + syncLateMs + answerLateMs, async () =>
    (await desk.history(service.id, newest)).find(isEnd),
  );
  if (end === undefined) return "its name servers were not seen to answer it yet: see `pointsman status`";
  return `${end.kind} after ${span(desk.now() - startMs)}: ${end.why}`;
}

/** What follows a move is among so many of the newest events. */
const newest = 20;

/** How an order ended, to whoever gave it. */
export const sayEnding = ({ is, why, tookMs, effect }: Ending): string =>
  [`${is} after ${span(tookMs)}: ${why}`, ...(effect === undefined ? [] : [effect])].join("\n");
