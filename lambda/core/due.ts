import type { Endpoint, Policy } from "./config.ts";

/** An endpoint whose turn it is, and the location whose turn it is to ask it. */
export type Turn = { readonly endpoint: Endpoint; readonly location: string };

/** How often an endpoint is asked, in milliseconds: by one location in turn, or by all of them in an interval. */
export const askEveryMs = ({ intervalMs, staggered }: Policy, locations: number): number =>
  staggered ? Math.round(intervalMs / locations) : intervalMs;

/**
 * Between two looks, in milliseconds: a longer time was not seen. Two intervals, and what a probe and a confirm take.
 */
export const maxGapMs = (policy: Policy): number =>
  2 * policy.intervalMs + policy.timeoutMs + policy.confirmWithinMs + 2_000;

/** How often the sweep looks who is due: as often as the most impatient endpoint wants. */
export const tickMs = (endpoints: readonly Endpoint[], locations: number): number =>
  Math.min(60_000, ...endpoints.map(({ policy }) => askEveryMs(policy, locations)));

/** The next tick after `nowMs`; ticks lie on multiples of `tick` so that one sweep goes on where another ended. */
export const nextTickMs = (nowMs: number, tick: number): number => (Math.floor(nowMs / tick) + 1) * tick;

/**
 * Who is due in (fromMs, toMs], each with the location that asks. Every interval one location asks and the next
 * interval the next one, so each location sees each endpoint at one location's cost. An endpoint that missed
 * several intervals is asked once.
 */
export function due(
  endpoints: readonly Endpoint[],
  locations: readonly string[],
  fromMs: number,
  toMs: number,
): Turn[] {
  const tick = tickMs(endpoints, locations.length);
  return endpoints.flatMap((endpoint) => {
    const everyMs = askEveryMs(endpoint.policy, locations.length);
    const phase = phaseMs(endpoint, everyMs, tick);
    const round = Math.floor((toMs - phase) / everyMs);
    if (round <= Math.floor((fromMs - phase) / everyMs)) return [];
    const location = locations[round % locations.length];
    return location === undefined ? [] : [{ endpoint, location }];
  });
}

/**
 * How long the starts of one tick's probes are spread over, so that a thousand handshakes do not begin in the
 * same millisecond: 5 ms each, at most 1.5 s and a fifth of the interval.
 */
export const spreadMs = (count: number, intervalMs: number): number =>
  Math.min(1500, intervalMs / 5, count * 5);

/** Slow endpoints take turns: one asked every minute belongs to one of the six ticks of its minute, always the same. */
function phaseMs(endpoint: Endpoint, everyMs: number, tick: number): number {
  const ticks = Math.floor(everyMs / tick);
  if (ticks === 1) return 0;
  return (hash(endpoint.id) % ticks) * tick;
}

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/): spreads ids evenly, same on every machine. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}
