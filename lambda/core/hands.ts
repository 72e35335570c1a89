/**
 * What operators want, in one row that the command writes and the sweep reads: who holds what still, what is being
 * worked on, and what is to be done now. The sweep stays the only one who moves a name.
 */
export type Hands = {
  /** The last word on a freeze of all services. */
  readonly freeze?: Freeze;
  /** By the key of the service's row. */
  readonly services: Readonly<Record<string, OneService>>;
  /** By endpoint. */
  readonly maintenance: Readonly<Record<string, Maintenance>>;
  /** The highest number that an order was given. */
  readonly number: number;
};

type OneService = { readonly freeze?: Freeze; readonly order?: Order };

/** Who said it, why, and when by their clock. */
export type Note = { readonly who: string; readonly why: string; readonly atMs: number };

/** That the automaton is to decide nothing, or that it may again. */
export type Freeze = Note & { readonly is: "frozen" | "free" };

/** Somebody works on an endpoint until then: it may fail, nothing is moved to it, and a name at it is moved away. */
export type Maintenance = Note & { readonly untilMs: number };

/** Something to be done once, soon, or not at all. */
export type Order = Note & {
  /** Higher than that of every earlier order: what was carried out is never carried out again. */
  readonly number: number;
  readonly expiresMs: number;
  readonly what: "failover" | "failback" | "release" | "adopt" | "convert" | "retire";
  /** The target to move to; none: the first other one, in order, that is proven up. */
  readonly to?: string;
  /** Stay there even while it is down, until released. */
  readonly pin?: boolean;
  /** Move although the target is not proven up. */
  readonly force?: boolean;
};

/** What became of an order. */
export type Outcome = {
  readonly number: number;
  readonly is: "done" | "refused" | "expired";
  readonly why: string;
  readonly atMs: number;
};

export const handsKey = "hands#0";

export const noHands: Hands = { services: {}, maintenance: {}, number: 0 };

/**
 * How long an order is good for, in milliseconds. A sweep that dies is replaced within 75 s (the next minute, and 15 s
 * in which its lease stands still), and a confirm takes some seconds.
 */
export const orderGoodForMs = 120_000;

/** What counts for a service: its own freeze, or that of all; else the last word that it may move again. */
export function freezeOf(hands: Hands, key: string): Freeze | undefined {
  const [own, all] = [hands.services[key]?.freeze, hands.freeze];
  if (own === undefined || all === undefined) return own ?? all;
  const words = [own, all];
  return words.find(({ is }) => is === "frozen") ?? words.sort((a, b) => b.atMs - a.atMs)[0];
}

/** The work on an endpoint that goes on now. */
export function maintenanceOf(hands: Hands, endpoint: string, atMs: number): Maintenance | undefined {
  const work = hands.maintenance[endpoint];
  return work !== undefined && atMs < work.untilMs ? work : undefined;
}

/** The order for a service that nobody has answered yet, which may be too old to be carried out. */
export function orderOf(hands: Hands, key: string, last: Outcome | undefined): Order | undefined {
  const order = hands.services[key]?.order;
  return order !== undefined && order.number > (last?.number ?? 0) ? order : undefined;
}

/** A freeze, or the end of one; `key` none means all services. A service's own freeze outlives that of all. */
export function withFreeze(hands: Hands, key: string | undefined, freeze: Freeze): Hands {
  if (key === undefined) return { ...hands, freeze };
  return { ...hands, services: { ...hands.services, [key]: { ...hands.services[key], freeze } } };
}

const dayMs = 86_400_000;

/** Work on an endpoint, or with an `untilMs` that is over, its end. What ended a day ago is forgotten. */
export function withMaintenance(hands: Hands, endpoint: string, work: Maintenance): Hands {
  const others = Object.entries(hands.maintenance).filter(([, { untilMs }]) => untilMs > work.atMs - dayMs);
  return { ...hands, maintenance: { ...Object.fromEntries(others), [endpoint]: work } };
}

/**
 * An order in the place of the service's last one. Its number is the time of day where clocks allow, so that it is
 * above every earlier one even when the row was lost.
 */
export function withOrder(hands: Hands, key: string, wish: Omit<Order, "number" | "expiresMs">): Hands {
  const number = Math.max(hands.number + 1, Math.floor(wish.atMs / 1000));
  const order = { ...wish, number, expiresMs: wish.atMs + orderGoodForMs };
  return { ...hands, number, services: { ...hands.services, [key]: { ...hands.services[key], order } } };
}

/** Without an order that nobody took up. */
export function withoutOrder(hands: Hands, key: string, number: number): Hands {
  const { order, ...rest } = hands.services[key] ?? {};
  if (order?.number !== number) return hands;
  return { ...hands, services: { ...hands.services, [key]: rest } };
}

/** `by anna: she repairs it`. */
export const sayNote = ({ who, why }: Note): string => `by ${who}: ${why}`;

/** What moved a name was an order, and not that its target is being worked on. */
export const isOrder = (by: Order | Maintenance | undefined): by is Order =>
  by !== undefined && "number" in by;
