import type { Config, Service, Target } from "./config.ts";
import {
  allDown,
  type Decision,
  type Evidence,
  holdOn,
  isTold,
  leftUpLately,
  mayMove,
  mustWait,
  stay,
  timesOf,
  tooFew,
} from "./decide.ts";
import { sayNote } from "./hands.ts";
import { carriers, fullWeight, pointsTo, type Spread, spreadOf, weightsIn } from "./records.ts";
import type { ServiceState } from "./service-state.ts";
import {
  isDown,
  isExact,
  isSpent,
  isUneven,
  isWorked,
  nextWeight,
  outOf,
  type Scene,
  type Share,
  sceneOf,
  wantedShares,
} from "./shares.ts";

/**
 * What becomes of a weighted name on this evidence. A target that is down loses its weight by the proof that a
 * failover takes, while another one keeps carrying that this confirm proves up; one that is well again gets it back in
 * steps. As long as nothing is proven, all stays as it is, so that never all weights are 0.
 */
export function decideWeights(
  config: Config,
  service: Service,
  state: ServiceState,
  evidence: Evidence,
): Decision<Spread> {
  if (state.disarmed) return stay("disarmed", state.disarmed.why);
  const scene = sceneOf(config, service, state, evidence);
  const hold = heldBy(state);
  if (hold !== undefined) return held(scene, hold);
  const out = outOf(scene);
  const shares = wantedShares(scene, out);
  const moving = shares.filter(({ now, want }) => now !== want);
  if (!isFounded(scene, out, shares) || (moving.length === 0 && isExact(service, state)))
    return remain(scene, shares);
  const isDrained = out.length > 0 && out.every((target) => scene.worked.includes(target));
  if (mayMove(config) || isDrained) return change(scene, out, shares, moving);
  if (scene.failing.length > 0) return stay("too-few-locations", tooFew);
  return stay(isComingBack(scene) ? "coming-back" : "healthy", tooFew);
}

/** An operator's hold; a record of somebody else's that one had us take over stays until he releases it. */
function heldBy(state: ServiceState): string | undefined {
  const { placed } = state;
  return (
    holdOn(state) ?? (placed?.target === "orphan" ? `taken over as it stands, ${sayNote(placed)}` : undefined)
  );
}

/**
 * Something carries on that this confirm proves up; and as long as nothing has to be taken out, nobody's unlike sets are
 * made alike without such proof.
 */
function isFounded(
  { service, state, proven }: Scene,
  out: readonly Target[],
  shares: readonly Share[],
): boolean {
  const isServed = shares.some(({ target, want }) => want > 0 && proven.includes(target));
  return (
    isServed &&
    (out.length > 0 ||
      service.targets.every((target) => proven.includes(target) || !isUneven(service, state.written, target)))
  );
}

function held(scene: Scene, hold: string): Decision<Spread> {
  const { service, state, failing } = scene;
  const [first] = failing;
  if (first) return stay("held", `${hold}; ${sayFailing(first)}`);
  if (isComingBack(scene)) return stay("coming-back", hold);
  return isStray(service, state) ? stay("orphan", `${orphanStays}; ${hold}`) : stay("healthy", hold);
}

/** Why nothing changes. */
function remain(scene: Scene, shares: readonly Share[]): Decision<Spread> {
  const { service, state, evidence } = scene;
  const [first] = scene.failing.length > 0 ? scene.failing : fallen(scene);
  if (first !== undefined) {
    const { healths } = evidence;
    const isOut = ({ endpoint }: Target) => isDown(healths[endpoint]) || isWorked(healths[endpoint]);
    const isAnyWorked = service.targets.some(({ endpoint }) => isWorked(healths[endpoint]));
    return service.targets.every(isOut)
      ? stay("all-down", isAnyWorked ? `${allDown}, or being worked on` : allDown)
      : stay("not-proven", `${sayFailing(first)}; no other target is proven up that could carry the load`);
  }
  if (state.written === null) return stay("not-proven", "the name has no record and no target is proven up");
  if (isComingBack(scene)) return stay("coming-back", "a target that the name leads to is coming back");
  const waiting = shares.find(
    ({ target, now }) => isSpent(scene) && now === 0 && nextWeight(scene, target, 0, false) !== undefined,
  );
  if (waiting) {
    const many = leftUpLately(state, evidence.atMs);
    return stay(
      "limit",
      `${waiting.target.id} is up again; ${many} times within the hour to bring one back are enough`,
    );
  }
  return isStray(service, state)
    ? stay("orphan", `${orphanStays}, and no target is proven up`)
    : stay("healthy", "every target carries what it may");
}

const orphanStays = "a record that the config does not have is answered";

const isStray = (service: Service, { written }: Pick<ServiceState, "written">): boolean =>
  pointsTo(service, written) === "orphan";

/** Where everybody who carries is down, also if somebody works on it, the name is: of those, who is not seen good again. */
function fallen({ carrying, evidence: { healths } }: Scene): Scene["failing"] {
  const down = carrying.flatMap((target): Scene["failing"] => {
    const health = healths[target.endpoint];
    return health?.state === "down" ? [{ target, health }] : [];
  });
  return down.length === carrying.length ? down.filter(({ health }) => health.goodSinceMs === undefined) : [];
}

/** Somebody who carries is seen good again, and not believed up yet. */
const isComingBack = ({ carrying, evidence: { healths } }: Scene): boolean =>
  carrying.some(({ endpoint }) => healths[endpoint]?.goodSinceMs !== undefined);

const sayFailing = ({ target, health }: Scene["failing"][number]): string => `${target.id}: ${health.why}`;

function change(
  scene: Scene,
  out: readonly Target[],
  shares: readonly Share[],
  moving: readonly Share[],
): Decision<Spread> {
  const { service, state, evidence } = scene;
  const down = scene.failing.filter(({ target }) => out.includes(target));
  const [first] = down.map(({ health }) => health).sort((a, b) => a.sinceMs - b.sinceMs);
  const [worked] = out.filter((target) => scene.worked.includes(target));
  const by = worked && evidence.healths[worked.endpoint]?.maintenance;
  const kind = down.length > 0 ? "taken-out" : by ? "moved" : state.written ? "reweighted" : "created";
  return {
    do: "move",
    kind,
    from: pointsTo(service, state.written),
    to: spreadOf(shares.map(({ target, want }) => ({ target, weight: want }))),
    why: sayWhy(scene, out, moving),
    fromUp: state.written !== null && moving.some((share) => isBegun(share, out)),
    ...(first && timesOf(first)),
    ...(kind === "moved" && by && { by }),
  };
}

/** It is begun to bring it back, and not because nobody else would be left. */
const isBegun = ({ target, now, want }: Share, out: readonly Target[]): boolean =>
  now === 0 && want > 0 && (out.length === 0 || want < fullWeight(target));

function sayWhy(scene: Scene, out: readonly Target[], moving: readonly Share[]): string {
  if (scene.state.written === null) return "the name had no record";
  const said = moving.map(({ target, want }) => {
    if (!out.includes(target))
      return `${target.id} carries ${Math.round((100 * want) / fullWeight(target))} % of its weight`;
    const failing = scene.failing.find((one) => one.target === target);
    return failing ? sayFailing(failing) : `${target.id} is being worked on`;
  });
  return said.length > 0 ? said.join("; ") : "the record sets become those of the config";
}

/**
 * Whether a weighted name needs fresh evidence although no probe asks for it: a change waits to go on, the record sets
 * are not those of the config, a step is due, or somebody carries weight that is down or being worked on while another
 * target may be up.
 */
export function wantsWeights(
  service: Service,
  state: ServiceState,
  healths: Evidence["healths"],
  atMs: number,
): boolean {
  if (state.disarmed) return false;
  if (state.intent) return true;
  const carrying = carriers(service, state.written);
  if (heldBy(state) !== undefined)
    return carrying.some(({ endpoint }) => isDown(healths[endpoint])) && !isTold(state, atMs);
  if (mustWait(service, state)) return false;
  const isOut = ({ endpoint }: Target) => isDown(healths[endpoint]) || isWorked(healths[endpoint]);
  if (state.written !== null && service.targets.every(isOut)) return false;
  if (carrying.some(isOut) || !isExact(service, state)) return true;
  const scene = { service, state, evidence: { healths, atMs } };
  // Whoever has to wait for the hour to be over needs no evidence, once that is told.
  const isWaiting = state.condition?.code === "limit" && leftUpLately(state, atMs) >= service.maxMovesPerHour;
  return weightsIn(service, state.written).some(
    ({ target, weight }) => nextWeight(scene, target, weight, isWaiting) !== undefined,
  );
}
