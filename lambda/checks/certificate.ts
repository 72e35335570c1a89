import type { Failure } from "./failure.ts";

const dayMs = 86_400_000;

/** Whether a certificate that is valid until `validTo` is so for `days` more. */
export function expiry(validTo: string, days: number, nowMs: number): Failure | undefined {
  const leftDays = (Date.parse(validTo) - nowMs) / dayMs;
  if (leftDays >= days) return undefined;
  // Only where the handshake did not look at it.
  if (leftDays < 0) return { reason: "tls-expired", what: "showed a certificate that has expired" };
  return {
    reason: "tls-expires-soon",
    what: `showed a certificate that expires in ${Math.floor(leftDays)} days, sooner than in ${days}`,
  };
}
