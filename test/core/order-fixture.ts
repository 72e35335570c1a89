import type { Maintenance, Order } from "../../lambda/core/hands.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import { at } from "./situation.ts";

export const anna = { who: "anna", why: "she tries it", atMs: at(-3) };

/** Anna's order, three seconds ago. */
export const ordered = (over: Partial<Order> = {}): Order => ({
  ...anna,
  number: 7,
  expiresMs: at(117),
  what: "failover",
  ...over,
});

export const to = (target: string, over: Partial<Order> = {}) => ordered({ to: target, ...over });

/** Bob works on it. */
export const work: Maintenance = { who: "bob", why: "new disks", atMs: at(-60), untilMs: at(600) };

export const pinned = (target: string, state: ServiceState): ServiceState => ({
  ...state,
  placed: { ...anna, target, pinned: true, toldMs: at(-2) },
});
