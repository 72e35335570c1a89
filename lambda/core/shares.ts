import type { Config, Service, Target } from "./config.ts";
import { type Evidence, leftUpLately } from "./decide.ts";
import { type Health, wellSinceMs } from "./health.ts";
import {
  carriers,
  fullWeight,
  isAtPlace,
  partsOf,
  placesOf,
  type RecordSet,
  recordFor,
  type Spread,
  sameValues,
  spreadOf,
  weightsIn,
} from "./records.ts";
import type { ServiceState } from "./service-state.ts";
import { provesMove, provesUp, sightOf } from "./verdict.ts";

/** A target, what it carries now, and what it is to carry. */
export type Share = { readonly target: Target; readonly now: number; readonly want: number };

type Failing = { readonly target: Target; readonly health: Health };

/** What one decision looks at. */
export type Scene = {
  readonly config: Config;
  readonly service: Service;
  readonly state: ServiceState;
  readonly evidence: Evidence;
  /** Those that the name is answered with. */
  readonly carrying: readonly Target[];
  /** Of those: believed down, and not seen good since. */
  readonly failing: readonly Failing[];
  /** Of those: being worked on. */
  readonly worked: readonly Target[];
  /** Proven up by this very confirm, and not being worked on. */
  readonly proven: readonly Target[];
};

export const isDown = (health: Health | undefined): boolean => health?.state === "down";

export const isWorked = (health: Health | undefined): boolean => health?.maintenance !== undefined;

export function sceneOf(config: Config, service: Service, state: ServiceState, evidence: Evidence): Scene {
  const { healths, ballots } = evidence;
  const carrying = carriers(service, state.written);
  return {
    config,
    service,
    state,
    evidence,
    carrying,
    failing: carrying.flatMap((target): Failing[] => {
      const health = healths[target.endpoint];
      const isFailing = health?.state === "down" && health.goodSinceMs === undefined;
      return isFailing && !isWorked(health) ? [{ target, health }] : [];
    }),
    worked: carrying.filter(({ endpoint }) => isWorked(healths[endpoint])),
    proven: service.targets.filter(
      ({ endpoint }) =>
        !isWorked(healths[endpoint]) && provesUp(ballots, endpoint, config.locations.length, sightOf(config)),
    ),
  };
}

/** Those that lose their weight: down, by the proof of a failover, or being worked on; while somebody is left. */
export function outOf({ config, evidence, failing, worked, proven }: Scene): readonly Target[] {
  const { ballots } = evidence;
  const down = failing.map(({ target }) => target);
  const left = proven.filter((target) => !down.includes(target));
  const isProven = ({ endpoint }: Target) =>
    left.some((other) =>
      provesMove(ballots, endpoint, other.endpoint, config.locations.length, sightOf(config)),
    );
  return [...down.filter(isProven), ...worked];
}

/**
 * What each target is to carry. Steps spare a target that comes back beside others that carry the load: where nobody
 * carries its full weight any more, all that are proven up do so at once. Whoever takes something out goes by proof alone:
 * what is not proven up is not known to carry the load that comes to it.
 */
export function wantedShares(scene: Scene, out: readonly Target[]): Share[] {
  const { service, state, proven, carrying } = scene;
  const shares = weightsIn(service, state.written).map(({ target, weight: now }): Share => {
    if (out.includes(target)) return { target, now, want: 0 };
    const next = proven.includes(target) ? nextWeight(scene, target, now, isSpent(scene)) : undefined;
    return { target, now, want: next ?? now };
  });
  const isCarried = shares.some(
    ({ target, want }) =>
      want > 0 && want >= fullWeight(target) && (out.length === 0 || proven.includes(target)),
  );
  if (isCarried) return shares;
  const isLeft = shares.some(({ want }) => want > 0);
  const isNeeded = ({ target, want }: Share): boolean =>
    want > 0 || (!isLeft && (carrying.length === 0 || out.length > 0) && !out.includes(target));
  return shares.map((share) =>
    isNeeded(share) && proven.includes(share.target) ? { ...share, want: fullWeight(share.target) } : share,
  );
}

/** Bringing back is what flaps: it is begun so often within the hour. To take out is never held back. */
export const isSpent = ({
  service,
  state,
  evidence,
}: Pick<Scene, "service" | "state" | "evidence">): boolean =>
  leftUpLately(state, evidence.atMs) >= service.maxMovesPerHour;

/** What a target that is well is to carry next, once that is due; none while it stays at what it carries. */
export function nextWeight(
  {
    service,
    state,
    evidence: { healths, atMs },
  }: Pick<Scene, "service" | "state"> & {
    readonly evidence: Pick<Evidence, "healths" | "atMs">;
  },
  target: Target,
  now: number,
  isHeldBack: boolean,
): number | undefined {
  const health = healths[target.endpoint];
  const full = fullWeight(target);
  if (health?.state !== "up" || health.trouble !== undefined || isWorked(health) || now === full)
    return undefined;
  // A trouble that is over only now is to be seen over once more.
  if (health.clearSinceMs === atMs) return undefined;
  if (now > full) return full;
  const next = stepsOf(service, target).find((weight) => weight > now);
  if (now === 0) return isHeldBack ? undefined : next;
  const sinceMs = Math.max(state.steppedMs?.[target.id] ?? 0, wellSinceMs(health));
  return atMs - sinceMs >= (service.weighted?.stepForMs ?? 0) ? next : undefined;
}

/** A target's weights on its way back; rounded, and never nothing. */
export const stepsOf = ({ weighted }: Service, target: Target): number[] =>
  (weighted?.stepsPercent ?? []).map((percent) =>
    Math.max(1, Math.round((fullWeight(target) * percent) / 100)),
  );

/**
 * Whether somebody's hand left a target's sets at several places unlike each other: to make them alike is to give it more, or
 * less, at one of them.
 */
export function isUneven(service: Service, record: RecordSet | null, target: Target): boolean {
  const parts = record === null ? [] : partsOf(record);
  const weights = placesOf(service.dns).map(
    (place) =>
      parts.find((part) => isAtPlace(part, place) && part.weighted?.setIdentifier === target.id)?.weighted
        ?.weight ?? 0,
  );
  return new Set(weights).size > 1;
}

/** How the load of a weighted name is spread while all is well. */
export const fullSpread = ({ targets }: Pick<Service, "targets">): Spread =>
  spreadOf(targets.map((target) => ({ target, weight: fullWeight(target) })));

/** Whether the zone has exactly the record sets of the config, whatever their weights. */
export const isExact = (service: Service, { written }: Pick<ServiceState, "written">): boolean =>
  sameValues(written, recordFor(service, spreadOf(weightsIn(service, written))));
