/**
 * A token bucket: a request takes one token; they come back at the given rate, up to the burst. Route 53 throttles so
 * (Developer Guide, "Throttling for Amazon Route 53 API requests"). Returns whether the request may go on.
 */
export function openThrottle(perSecond: number, burst = perSecond): (atMs: number) => boolean {
  let tokens = burst;
  let lastMs = Number.NEGATIVE_INFINITY;
  return (atMs) => {
    if (!Number.isFinite(perSecond)) return true;
    tokens = Math.min(burst, tokens + (Math.max(0, atMs - lastMs) / 1000) * perSecond);
    lastMs = atMs;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
