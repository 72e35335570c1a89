import type { Alert } from "../config/compile.ts";

/** A subscription as SNS lists it. */
export type Subscription = {
  readonly arn: string;
  readonly protocol: string;
  readonly endpoint: string;
};

/** Somebody who should be told, or is. */
export type Receiver = {
  readonly protocol: string;
  /** As it is shown: without passwords. */
  readonly endpoint: string;
  readonly standing: "confirmed" | "pending" | "gone";
  readonly isInFile: boolean;
};

/** The receivers of the file, each with what SNS says of it, and then whoever else is subscribed. */
export function receiversOf(
  alerts: readonly Alert[],
  subscriptions: readonly Subscription[],
): readonly Receiver[] {
  const keyOf = (one: { readonly protocol: string; readonly endpoint: string }) =>
    `${one.protocol} ${shown(one.endpoint)}`;
  const subscribed = new Map<string, Receiver>();
  for (const one of subscriptions) {
    const key = keyOf(one);
    const standing = standingOf(one.arn);
    // Who was subscribed again after leaving is listed twice for a while.
    const known = subscribed.get(key)?.standing ?? "gone";
    if (order.indexOf(standing) > order.indexOf(known)) continue;
    subscribed.set(key, {
      protocol: one.protocol,
      endpoint: shown(one.endpoint),
      standing,
      isInFile: false,
    });
  }
  const inFile = alerts.map(({ protocol, endpoint }): Receiver => {
    const key = keyOf({ protocol, endpoint });
    const standing = subscribed.get(key)?.standing ?? "gone";
    subscribed.delete(key);
    return { protocol, endpoint: shown(endpoint), standing, isInFile: true };
  });
  return [...inFile, ...[...subscribed.values()].filter(({ standing }) => standing !== "gone")];
}

const order: readonly Receiver["standing"][] = ["confirmed", "pending", "gone"];

/**
 * What stands where a confirmed subscription has its ARN: `PendingConfirmation` (SNS Developer Guide), or `Deleted`
 * for some time after somebody has left (undocumented; https://github.com/ansible/ansible/pull/20086).
 */
function standingOf(arn: string): Receiver["standing"] {
  if (arn.startsWith("arn:")) return "confirmed";
  return arn === "Deleted" ? "gone" : "pending";
}

/** What may be a secret in a URL, the password and the query, is not shown; SNS itself hides the password. */
function shown(endpoint: string): string {
  if (!/^https?:/.test(endpoint) || !URL.canParse(endpoint)) return endpoint;
  const url = new URL(endpoint);
  if (url.password !== "") url.password = "****";
  if (url.search !== "") url.search = "?****";
  return url.href;
}
