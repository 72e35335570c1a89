import type { Endpoint } from "../../lambda/core/config.ts";
import { checkPrices, type Meter, prices } from "./prices.ts";
import { kindOf, type Use } from "./usage.ts";

const dollarsOf = (meter: Meter, amount: number): number =>
  (amount * prices[meter].dollars) / prices[meter].per;

/** A part's dollars by list price. */
export const priceOf = ({ meter, amount }: Use): number => dollarsOf(meter, amount);

/** What the parts come to: by list price, and when nothing else in the account uses what it gets for nothing. */
export function total(uses: readonly Use[]): { readonly list: number; readonly atLeast: number } {
  const meters = new Map<Meter, number>();
  for (const { meter, amount } of uses) meters.set(meter, (meters.get(meter) ?? 0) + amount);
  const sum = (amountOf: (amount: number, free: number) => number) =>
    [...meters].reduce(
      (dollars, [meter, amount]) => dollars + dollarsOf(meter, amountOf(amount, prices[meter].free)),
      0,
    );
  return {
    list: sum((amount) => amount),
    atLeast: sum((amount, free) => Math.max(0, amount - free)),
  };
}

/** What of Route 53's options an endpoint's check takes: https, and looking into the body. */
export const optionsOf = ({ check }: Endpoint): number =>
  (kindOf(check) === "https" ? 1 : 0) + (looksIntoBody({ check }) ? 1 : 0);

export const looksIntoBody = ({ check }: Pick<Endpoint, "check">): boolean =>
  check.type === "http" && (check.contains !== undefined || check.matches !== undefined);

/** Dollars a month for a health check of Route 53 for each endpoint, with the options that its check takes. */
export function checksBill(
  endpoints: readonly Endpoint[],
  kind: keyof typeof checkPrices,
  intervalS: 10 | 30,
): number {
  const { check, option, free } = checkPrices[kind];
  const options = endpoints.reduce((sum, each) => sum + optionsOf(each) + (intervalS === 10 ? 1 : 0), 0);
  return Math.max(0, endpoints.length - free) * check + options * option;
}
