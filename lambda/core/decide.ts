import type { Config, Service, Target } from "./config.ts";
import { type Maintenance, type Order, sayNote } from "./hands.ts";
import { type Health, wellSinceMs } from "./health.ts";
import { pointsTo } from "./records.ts";
import type { ServiceState } from "./service-state.ts";
import { provesMove, provesUp, sightOf } from "./verdict.ts";
import type { Ballots } from "./vote.ts";

/** Why a name stays where it is. `healthy` is nothing to tell anybody, `coming-back` neither news nor its end. */
export type StayCode =
  | "healthy"
  | "coming-back"
  | "all-down"
  | "not-proven"
  | "too-few-locations"
  | "disarmed"
  | "orphan"
  | "limit"
  | "held";

export type Decision<To = Target> =
  | { readonly do: "stay"; readonly code: StayCode; readonly why: string }
  | {
      readonly do: "move";
      readonly kind: "failover" | "failback" | "created" | "moved" | "taken-out" | "reweighted";
      /** The id of the target the name leaves; `orphan` or none as in `pointsTo`. */
      readonly from: string | undefined;
      readonly to: To;
      readonly why: string;
      /** Whether the target that is left was up. */
      readonly fromUp: boolean;
      /** When the target that is left failed, and when that was found. */
      readonly failedMs?: number;
      readonly foundMs?: number;
      /** An operator wants it. */
      readonly by?: Order | Maintenance;
    };

/** Everything a decision rests on. `ballots` are those of one confirm that asked for all targets: fresh evidence. */
export type Evidence = {
  readonly healths: Readonly<Record<string, Health>>;
  readonly ballots: Ballots;
  readonly atMs: number;
};

const hourMs = 3_600_000;

export const allDown = "every target is down";

export const orphanWhy = "the name points to a target the config no longer has, which nobody probes";

export const stay = (code: StayCode, why: string): Decision<never> => ({ do: "stay", code, why });

/** Stay, or move and where to. Nothing moves without proof from this very confirm. */
export function decide(config: Config, service: Service, state: ServiceState, evidence: Evidence): Decision {
  if (state.disarmed) return stay("disarmed", state.disarmed.why);
  const active = pointsTo(service, state.written);
  const target = service.targets.find(({ id }) => id === active);
  const health = target && evidence.healths[target.endpoint];
  const hold = holdOn(state);
  if (hold !== undefined) {
    return health?.state === "down" ? stay("held", `${hold}; ${health.why}`) : stay("healthy", hold);
  }
  if (active === undefined) return create(config, service, evidence);
  const drained =
    target && health?.maintenance && drain(config, service, target, health.maintenance, evidence);
  if (drained) return drained;
  if (target && health?.state === "down") return leave(config, service, target, health, evidence);
  return comeBack(config, service, state, target, evidence);
}

/** Why nothing moves the name but an operator; none while the automaton may. */
export function holdOn({ frozen, placed }: Pick<ServiceState, "frozen" | "placed">): string | undefined {
  if (frozen) return `frozen ${sayNote(frozen)}`;
  return placed?.pinned ? `pinned to ${placed.target} ${sayNote(placed)}` : undefined;
}

/** Where a name may go: not where somebody works. */
const candidates = (service: Service, active: Target | undefined, { healths }: Evidence): Target[] =>
  service.targets.filter((target) => target !== active && !healths[target.endpoint]?.maintenance);

/** Somebody works on the active target: to the first other one that is proven up. */
function drain(
  config: Config,
  service: Service,
  active: Target,
  by: Maintenance,
  evidence: Evidence,
): Decision | undefined {
  const to = candidates(service, active, evidence).find(({ endpoint }) =>
    provesUp(evidence.ballots, endpoint, config.locations.length, sightOf(config)),
  );
  if (to === undefined) return undefined;
  const why = `${active.id} is being worked on`;
  return { do: "move", kind: "moved", from: active.id, to, why, fromUp: false, by };
}

/** The active target is down: to the first of the others, in order, that this confirm proves. */
function leave(
  config: Config,
  service: Service,
  active: Target,
  health: Health,
  evidence: Evidence,
): Decision {
  if (health.goodSinceMs !== undefined) return stay("coming-back", `${active.id} is coming back`);
  const others = candidates(service, active, evidence);
  const to = others.find((target) =>
    provesMove(evidence.ballots, active.endpoint, target.endpoint, config.locations.length, sightOf(config)),
  );
  if (to === undefined) {
    const down = others.every((target) => evidence.healths[target.endpoint]?.state === "down");
    return down
      ? stay(
          "all-down",
          others.length === service.targets.length - 1 ? allDown : `${allDown}, or being worked on`,
        )
      : stay("not-proven", `no other target was proven up by the locations that saw ${active.id} down`);
  }
  if (!mayMove(config)) return stay("too-few-locations", tooFew);
  const kind = to === service.targets[0] ? "failback" : "failover";
  return { do: "move", kind, from: active.id, to, why: health.why, fromUp: false, ...timesOf(health) };
}

/** When an outage began, and when it was found. */
export const timesOf = ({ sinceMs, foundMs }: Health): { failedMs: number; foundMs?: number } => ({
  failedMs: sinceMs,
  ...(foundMs !== undefined && { foundMs }),
});

/**
 * Back to the primary, once it has been up long enough and is proven up now. Where too few locations judge it is not:
 * the name is well where it is, so that this is nobody's alarm.
 */
function comeBack(
  config: Config,
  service: Service,
  state: ServiceState,
  active: Target | undefined,
  evidence: Evidence,
): Decision {
  const [primary] = service.targets;
  if (primary === undefined || primary === active) return stay("healthy", "the name points to the primary");
  const isProven =
    mayMove(config) && provesUp(evidence.ballots, primary.endpoint, config.locations.length, sightOf(config));
  if (!isProven || !failbackDue(service, state, evidence.healths, evidence.atMs)) {
    return active === undefined
      ? stay("orphan", orphanWhy)
      : stay("healthy", `the name points to ${active.id}`);
  }
  const moves = leftUpLately(state, evidence.atMs);
  if (moves >= service.maxMovesPerHour) {
    return stay("limit", `${moves} moves away from a healthy target within the hour are enough`);
  }
  const why = `${primary.id} has been up again for ${Math.round(service.failbackAfterMs / 1000)} s`;
  return { do: "move", kind: "failback", from: active?.id ?? "orphan", to: primary, why, fromUp: true };
}

/** How many of the moves that are limited were made within the hour. */
export const leftUpLately = ({ movesFromUpMs }: ServiceState, atMs: number): number =>
  movesFromUpMs.filter((ms) => ms > atMs - hourMs).length;

/** The name has no record yet: it gets the first target, in order, that is proven up. */
function create(config: Config, service: Service, evidence: Evidence): Decision {
  const to = candidates(service, undefined, evidence).find(({ endpoint }) =>
    provesUp(evidence.ballots, endpoint, config.locations.length, sightOf(config)),
  );
  if (to === undefined) return stay("not-proven", "the name has no record and no target is proven up");
  if (!mayMove(config)) return stay("too-few-locations", tooFew);
  return { do: "move", kind: "created", from: undefined, to, why: "the name had no record", fromUp: false };
}

/**
 * Whether the name should go back to the primary as far as time and beliefs tell: it has been up for `failbackAfter`,
 * and for as long nothing else was the matter with it. The proof comes after. Where an operator has put it, it is left.
 */
export function failbackDue(
  service: Service,
  state: ServiceState,
  healths: Readonly<Record<string, Health>>,
  atMs: number,
): boolean {
  const [primary] = service.targets;
  if (service.failback !== "auto" || primary === undefined) return false;
  const active = pointsTo(service, state.written);
  const health = healths[primary.endpoint];
  return (
    active !== undefined &&
    active !== primary.id &&
    active !== state.placed?.target &&
    health?.state === "up" &&
    health.trouble === undefined &&
    health.maintenance === undefined &&
    // A trouble that is over only now is to be seen over once more.
    health.clearSinceMs !== atMs &&
    atMs - wellSinceMs(health) >= service.failbackAfterMs
  );
}

export const mayMove = (config: Config): boolean =>
  config.locations.length >= 3 || config.acceptSingleLocation;

export const tooFew = "fewer than three locations judge, and acceptSingleLocation is not set";

/**
 * Whether a service needs fresh evidence although no probe asks for it: a change waits to go on, the name has no
 * record, it should go back to the primary, or it points to a target believed down, or being worked on, while another
 * may be up. Of a name that is held it is asked when people are to be told that it is down.
 */
export function wantsEvidence(
  service: Service,
  state: ServiceState,
  healths: Readonly<Record<string, Health>>,
  atMs: number,
): boolean {
  if (state.disarmed) return false;
  if (state.intent) return true;
  const active = pointsTo(service, state.written);
  const here = service.targets.find(({ id }) => id === active);
  const isDown = ({ endpoint }: Target) => healths[endpoint]?.state === "down";
  if (holdOn(state) !== undefined) return here !== undefined && isDown(here) && !isTold(state, atMs);
  if (mustWait(service, state)) return false;
  if (active === undefined || failbackDue(service, state, healths, atMs)) return true;
  const isOut = (target: Target) => isDown(target) || healths[target.endpoint]?.maintenance !== undefined;
  return here !== undefined && isOut(here) && !service.targets.every(isOut);
}

/** How often people are reminded of a name that is down and stays where it is. */
export const isTold = ({ condition }: ServiceState, atMs: number): boolean =>
  condition?.code === "held" && atMs - condition.toldMs < hourMs;

/** More evidence would only say again what people were told: that nothing moves in this mode. */
export const mustWait = (service: Service, state: ServiceState): boolean =>
  service.mode === "shadow" && state.condition?.code.startsWith("would-move/") === true;
