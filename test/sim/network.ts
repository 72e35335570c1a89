import { chanceAt, hashText } from "./hash.ts";

/** Times of loss that come by chance: one begins every `everyMs` on average, lasts `lastMs`, and loses this share. */
export type Bursts = { readonly everyMs: number; readonly lastMs: number; readonly loss: number };

/** What networks do to probes. */
export type Noise = {
  /** The share of probes lost at any time, each for itself. */
  readonly loss: number;
  /** Between one location and one host. */
  readonly path?: Bursts;
  /** Of everything one location sends. */
  readonly location?: Bursts;
  /** One location sees nothing at all; it can be asked all the same. */
  readonly outage?: Bursts;
};

const [minuteMs, hourMs, dayMs, yearMs] = [60_000, 3_600_000, 86_400_000, 31_557_600_000];

/** What a well-run deployment meets. */
export const nominal: Noise = {
  loss: 0.01,
  path: { everyMs: 4 * hourMs, lastMs: 15_000, loss: 0.7 },
  location: { everyMs: dayMs, lastMs: 20_000, loss: 0.8 },
  outage: { everyMs: yearMs / 3, lastMs: 20 * minuteMs, loss: 1 },
};

/** Five times the loss, bursts four times as often. */
export const harsh: Noise = {
  ...nominal,
  loss: 0.05,
  path: { everyMs: hourMs, lastMs: 15_000, loss: 0.7 },
  location: { everyMs: dayMs / 4, lastMs: 20_000, loss: 0.8 },
};

export type Network = {
  /** Whether a probe from `location` to `host` that starts now gets no answer. The same for the same time, always. */
  isLost(location: string, host: string, atMs: number): boolean;
};

/** One source of bursts, with what was worked out last: time moves slowly. */
type Source = { readonly key: number; readonly bursts: Bursts; slot: number; fromMs: number; toMs: number };

const source = (key: number, bursts: Bursts | undefined): Source | undefined =>
  bursts && { key, bursts, slot: Number.NaN, fromMs: 0, toMs: 0 };

/**
 * The burst that begins in a slot, if one does: slots as long as a burst, each with a small chance of its own, come
 * close to a Poisson process and need no memory.
 */
function burstOf({ key, bursts: { everyMs, lastMs } }: Source, slot: number): number | undefined {
  const chance = chanceAt(key, slot);
  const share = lastMs / everyMs;
  // What is left of the chance says where in the slot it begins.
  return chance < share ? (slot + chance / share) * lastMs : undefined;
}

/** The share that a source loses at a time. */
function lossOf(source: Source | undefined, atMs: number): number {
  if (source === undefined) return 0;
  const { lastMs, loss } = source.bursts;
  const slot = Math.floor(atMs / lastMs);
  if (slot !== source.slot) {
    const here = burstOf(source, slot);
    const before = burstOf(source, slot - 1);
    source.slot = slot;
    source.toMs = before === undefined ? 0 : before + lastMs;
    source.fromMs = here ?? Number.POSITIVE_INFINITY;
  }
  return atMs < source.toMs || atMs >= source.fromMs ? loss : 0;
}

type Path = { readonly key: number; readonly bursts: Source | undefined };
type Place = {
  readonly key: number;
  readonly bursts: Source | undefined;
  readonly outage: Source | undefined;
  readonly paths: Map<string, Path>;
};

/** A network that belongs to a seed. Without noise nothing is ever lost. */
export function openNetwork(seed: number, noise: Noise): Network {
  const places = new Map<string, Place>();
  const placeOf = (location: string): Place => {
    const found = places.get(location);
    if (found) return found;
    const key = hashText(seed, location);
    const bursts = source(hashText(key, " bursts"), noise.location);
    const made = { key, bursts, outage: source(hashText(key, " outage"), noise.outage), paths: new Map() };
    places.set(location, made);
    return made;
  };
  const pathOf = (place: Place, host: string): Path => {
    const found = place.paths.get(host);
    if (found) return found;
    const key = hashText(place.key, host);
    const made = { key, bursts: source(hashText(key, " bursts"), noise.path) };
    place.paths.set(host, made);
    return made;
  };
  return {
    isLost: (location, host, atMs) => {
      const place = placeOf(location);
      const path = pathOf(place, host);
      const arrives =
        (1 - noise.loss) *
        (1 - lossOf(path.bursts, atMs)) *
        (1 - lossOf(place.bursts, atMs)) *
        (1 - lossOf(place.outage, atMs));
      return chanceAt(path.key, atMs) >= arrives;
    },
  };
}
