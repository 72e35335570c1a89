import type { Check } from "../core/config.ts";
import type { Finding } from "../core/probe.ts";
import { type Attempt, startAttempt, timesOf, untilDeadline } from "./attempt.ts";
import { type Means, sharedSecureContext } from "./dial.ts";
import type { Failure } from "./failure.ts";
import { checkHttp } from "./http.ts";
import { openResolver } from "./resolve.ts";
import { checkTcp } from "./tcp.ts";

/** How one type of check is done: undefined means good. It needs no deadline and closes nothing by itself. */
type CheckFunction<C extends Check> = (
  check: C,
  attempt: Attempt,
  means: Means,
) => Promise<Failure | undefined>;

const registry: { readonly [T in Check["type"]]: CheckFunction<Extract<Check, { type: T }>> } = {
  http: checkHttp,
  tcp: checkTcp,
};

/** Does a check once and says what it found; see `runCheck`. */
export type RunCheck = (check: Check, timeoutMs: number, signal: AbortSignal) => Promise<Finding>;

/** Probes that share a DNS resolver; `close` drops its open queries. */
export type Prober = { readonly runCheck: RunCheck; readonly close: () => void };

const secureContext = sharedSecureContext();

/** Opens a prober. `ca` (PEM) replaces the trusted roots. */
export function openProber(ca?: string): Prober {
  const resolver = openResolver();
  const means: Means = {
    resolve: resolver.resolve,
    secureContext: ca === undefined ? secureContext : sharedSecureContext(ca),
  };
  return {
    runCheck: (check, timeoutMs, signal) => probe(check, timeoutMs, signal, means),
    close: resolver.close,
  };
}

/**
 * Does `check` once, within `timeoutMs` from the resolution of its name to the last byte of its answer, whatever
 * the server does. Whatever it meets is a finding: also a check that makes no sense (`bad-check`). When `signal`
 * aborts, the finding is `no-time`. Its socket is closed when the promise settles. Rejects on a bug of ours only.
 */
export const runCheck: RunCheck = async (check, timeoutMs, signal) => {
  const prober = openProber();
  try {
    return await prober.runCheck(check, timeoutMs, signal);
  } finally {
    prober.close();
  }
};

/** `runCheck` with the means given: a resolver and a TLS context of the caller's. */
export async function probe(
  check: Check,
  timeoutMs: number,
  signal: AbortSignal,
  means: Means,
): Promise<Finding> {
  const attempt = startAttempt("The check");
  const failure = await untilDeadline(attempt, timeoutMs, signal, () => dispatch(check, attempt, means));
  const times = timesOf(attempt);
  if (failure === undefined) return { ok: true, ...times };
  return { ok: false, ...times, reason: failure.reason, detail: `${attempt.where} ${failure.what}.` };
}

async function dispatch(check: Check, attempt: Attempt, means: Means): Promise<Failure | undefined> {
  if (!Object.hasOwn(registry, check.type)) {
    return {
      reason: "bad-check",
      what: `is of an unknown type; known are ${Object.keys(registry).join(", ")}`,
    };
  }
  // The registry's own type pairs each function with its check; TypeScript cannot follow that through an index.
  const run = registry[check.type] as CheckFunction<Check>;
  return await run(check, attempt, means);
}
