import { chanceAt, hashText } from "./hash.ts";
import { type Noise, openNetwork } from "./network.ts";
import type { Behaviour } from "./simulation.ts";

/** This share of the probes meets `as`, each for itself; the others are well. */
export type BrownOut = { readonly share: number; readonly as: Behaviour };

/** A time in which a host is not well: for everybody, or for those who look from some locations. */
export type Spell = {
  /** `*` is every host: the locations are blind. */
  readonly host: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly behaviour: Behaviour | BrownOut;
  readonly from?: readonly string[];
};

/** How a host really is, seen from a location. The oracle's view: what networks lose by chance is not in it. */
export type Truth = Behaviour | BrownOut;

export type Nature = {
  /** What one probe meets: a pure function, so it does not matter who asks first. */
  readonly behaviour: (host: string, location: string, atMs: number) => Behaviour;
  readonly truth: (host: string, location: string, atMs: number) => Truth;
  /** The same of the host alone, though the location be blind. */
  readonly own: (host: string, location: string, atMs: number) => Truth;
};

export const isBrownOut = (truth: Truth): truth is BrownOut => typeof truth === "object" && "share" in truth;

/** Hosts that are well except in these spells, behind a network with this noise. */
export function openNature(seed: number, spells: readonly Spell[], noise?: Noise): Nature {
  const network = noise && openNetwork(seed, noise);
  const { everywhere, byLocation } = index(spells);
  const truth: Nature["truth"] = (host, location, atMs) => {
    const from = byLocation.get(location);
    return (
      spellAt(from?.get("*"), atMs) ??
      spellAt(from?.get(host), atMs) ??
      spellAt(everywhere.get("*"), atMs) ??
      spellAt(everywhere.get(host), atMs) ??
      "ok"
    );
  };
  const own: Nature["own"] = (host, location, atMs) =>
    spellAt(byLocation.get(location)?.get(host), atMs) ?? spellAt(everywhere.get(host), atMs) ?? "ok";
  const key = hashText(seed, "brown-out");
  return {
    truth,
    own,
    behaviour: (host, location, atMs) => {
      if (network?.isLost(location, host, atMs)) return "black hole";
      const is = truth(host, location, atMs);
      if (!isBrownOut(is)) return is;
      return chanceAt(hashText(hashText(key, location), host), atMs) < is.share ? is.as : "ok";
    },
  };
}

/** Spells of each host in order; one ends at the latest where the next begins. */
type Spells = Map<string, Spell[]>;

function index(spells: readonly Spell[]): { everywhere: Spells; byLocation: Map<string, Spells> } {
  const everywhere: Spells = new Map();
  const byLocation = new Map<string, Spells>();
  const add = (to: Spells, spell: Spell) => {
    const of = to.get(spell.host);
    if (of) of.push(spell);
    else to.set(spell.host, [spell]);
  };
  for (const spell of [...spells].sort((a, b) => a.fromMs - b.fromMs)) {
    if (spell.from === undefined) add(everywhere, spell);
    for (const location of spell.from ?? []) {
      const of = byLocation.get(location) ?? new Map();
      byLocation.set(location, of);
      add(of, spell);
    }
  }
  return { everywhere, byLocation };
}

/** What the last spell that has begun makes of a host, if it still lasts. */
function spellAt(spells: readonly Spell[] | undefined, atMs: number): Truth | undefined {
  if (spells === undefined) return undefined;
  let [low, high] = [0, spells.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spells[middle]?.fromMs ?? 0) <= atMs) low = middle + 1;
    else high = middle;
  }
  const last = spells[low - 1];
  return last && atMs < last.toMs ? last.behaviour : undefined;
}
