import type { RecordSet } from "./zone.ts";

/** Weighted record sets. Pages named are of the Route 53 Developer Guide, or of the API Reference where they begin with `API_`. */

/** What makes a record set one of several that share a name and type by weight (API_ResourceRecordSet, Weight). */
export type Weighted = {
  /** Unlike that of any other set with the name and type; 1 to 128 characters. */
  readonly setIdentifier: string;
  /** 0 to 255. */
  readonly weight: number;
};

/** "Quotas": geolocation, latency, weighted and the like with the same name and type. */
const maxSets = 100;

/** What a set is told by from others of its name and type; none of a simple one. */
export const identifierOf = ({ failover, weighted }: RecordSet): string | undefined =>
  failover?.setIdentifier ?? weighted?.setIdentifier;

/** Why a weighted set may not stand there, or another beside weighted ones: sets of one name and type have one policy. */
export function weightedProblem(here: readonly RecordSet[], set: RecordSet): string | undefined {
  const others = here.filter((other) => other.type === set.type && identifierOf(other) !== identifierOf(set));
  const which = `[name='${set.name}', type='${set.type}']`;
  if (others.some(({ weighted }) => (weighted === undefined) !== (set.weighted === undefined)))
    return `RRSet ${which} has another routing policy than those that stand there`;
  if (set.weighted === undefined) return undefined;
  // API_ResourceRecordSet, TTL: the same for all weighted sets. Not documented in words: the service's own message, as
  // users report it. An alias has none of its own.
  const isUnlike = (other: RecordSet) => !other.alias && !set.alias && other.ttlSeconds !== set.ttlSeconds;
  if (others.some(isUnlike))
    return `RRSet with DNS name ${set.name}, type ${set.type}, SetIdentifier ${set.weighted.setIdentifier} cannot be created as weighted sets must contain the same TTL.`;
  const { weight } = set.weighted;
  if (!Number.isInteger(weight) || weight < 0 || weight > 255)
    return `Invalid request: Weight must be 0 to 255 in ${which}`;
  return others.length >= maxSets ? `more than ${maxSets} weighted sets of ${which}` : undefined;
}

/**
 * The set that is answered: any other by chance, as often as its weight is part of all weights; where all weights are 0,
 * each as often as another (API_ResourceRecordSet, Weight).
 *
 * @param random 0 to less than 1
 */
export function chosen(sets: readonly RecordSet[], random: () => number): RecordSet | undefined {
  const [first] = sets;
  if (first?.weighted === undefined) return first;
  const total = sets.reduce((sum, { weighted }) => sum + (weighted?.weight ?? 0), 0);
  let left = random() * (total || sets.length);
  return sets.find(({ weighted }) => {
    left -= total === 0 ? 1 : (weighted?.weight ?? 0);
    return left < 0;
  });
}
