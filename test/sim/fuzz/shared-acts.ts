import type { Config, Service, Target } from "../../../lambda/core/config.ts";
import { applyBatch, type Change, type RecordSet } from "../../../local/route53/zone.ts";
import { setsIn } from "../names.ts";
import { changeZone, type Simulation, zoneNow } from "../simulation.ts";
import { deploy, deployed } from "./acts.ts";
import type { Dice } from "./dice.ts";

const kinds = [
  "ttl",
  "weight",
  "drain",
  "value",
  "another set",
  "delete one",
  "delete all",
  "deploy ttl",
  "deploy address",
  "deploy shadow",
  "deploy name",
  "deploy order",
  "deploy weight",
  "deploy without",
  "deploy rename",
] as const;

/** Something a person does to one weighted name or to its config; most things are undone after a while. */
export type SharedAct = {
  readonly atMs: number;
  readonly shop: number;
  readonly what: (typeof kinds)[number];
  /** Which of the targets, and what it is to carry, where it is about one. */
  readonly which: number;
  readonly weight: number;
  readonly forMs: number;
};

export const anySharedAct = (dice: Dice, atMs: number): SharedAct => ({
  atMs,
  shop: dice.between(0, 2),
  what: dice.one(kinds),
  which: dice.between(0, 3),
  weight: dice.one([0, 7, 40, 60, 100, 200]),
  forMs: dice.long(1_000, 600_000),
});

/** Without those that would begin while the same shop's record is as somebody's hand has left it. */
export function apart(acts: readonly SharedAct[]): SharedAct[] {
  const untilMs = new Map<number, number>();
  return acts.filter(({ shop, what, atMs, forMs }) => {
    if (what.startsWith("deploy") || what === "ttl") return true;
    if (atMs <= (untilMs.get(shop) ?? 0)) return false;
    untilMs.set(shop, atMs + forMs);
    return true;
  });
}

/** Lets people do what they do, and undo it after a while. */
export async function doSharedAct(sim: Simulation, act: SharedAct): Promise<void> {
  await sim.clock.sleep(act.atMs - sim.clock.now());
  const service = sim.config.services[act.shop];
  if (service === undefined) return;
  await (act.what.startsWith("deploy") ? doDeploy(sim, service, act) : doEdit(sim, service, act));
}

/** What stands at the name, and would be put there: all DELETEs first, as Route 53 wants it. */
const swapped = (before: readonly RecordSet[], after: readonly RecordSet[]): Change[] => [
  ...before.map((set): Change => ({ action: "DELETE", set })),
  ...after.map((set): Change => ({ action: "CREATE", set })),
];

async function doEdit(sim: Simulation, service: Service, act: SharedAct): Promise<void> {
  const before = setsIn(zoneNow(sim), service.dns);
  const after = edited(before, act);
  const changes = swapped(before, after);
  if (changes.length === 0 || !applyBatch(zoneNow(sim), changes).ok) return;
  changeZone(sim, changes);
  if (act.what === "ttl") return;
  await sim.clock.sleep(act.forMs);
  const now = setsIn(zoneNow(sim), service.dns);
  if (saidOf(now) !== saidOf(after)) return;
  const { ttlSeconds = 15 } = now[0] ?? before[0] ?? {};
  changeZone(
    sim,
    swapped(
      now,
      before.map((set) => ({ ...set, ttlSeconds })),
    ),
  );
}

/** The sets, whatever their order and TTL. */
const saidOf = (sets: readonly RecordSet[]): string =>
  sets
    .map(({ values, weighted }) => JSON.stringify([values, weighted]))
    .sort()
    .join();

/** What somebody's hand makes of the sets. */
function edited(sets: readonly RecordSet[], { what, which, weight }: SharedAct): readonly RecordSet[] {
  const one = sets[which % sets.length];
  const instead = (make: (set: RecordSet) => RecordSet) => sets.map((set) => (set === one ? make(set) : set));
  switch (what) {
    case "ttl":
      return sets.map((set) => ({ ...set, ttlSeconds: set.ttlSeconds + 1 }));
    case "weight":
      return instead((set) => weighing(set, weight));
    case "drain":
      return sets.map((set) => (set === one ? set : weighing(set, 0)));
    case "value":
      return instead((set) => ({ ...set, values: ["203.0.113.99"] }));
    case "another set":
      return one === undefined ? sets : [...sets, another(one, weight)];
    case "delete one":
      return sets.filter((set) => set !== one);
    default:
      return [];
  }
}

const weighing = (set: RecordSet, weight: number): RecordSet =>
  set.weighted ? { ...set, weighted: { ...set.weighted, weight } } : set;

const another = (set: RecordSet, weight: number): RecordSet => ({
  ...set,
  values: ["203.0.113.98"],
  weighted: { setIdentifier: "another", weight },
});

async function doDeploy(sim: Simulation, service: Service, act: SharedAct): Promise<void> {
  const { shop, what, forMs } = act;
  const target = service.targets[act.which % service.targets.length];
  if (target === undefined) return;
  switch (what) {
    case "deploy weight":
      return deploy(sim, shop, { targets: replaced(service, target, { weight: Math.max(20, act.weight) }) });
    case "deploy rename":
      return rename(sim, shop, service, target);
    case "deploy without":
      return without(sim, shop, service, target, forMs);
    default:
      deploy(sim, shop, deployed(service, what));
      await sim.clock.sleep(forMs);
      // The order and the name may stay as they are; whoever left the arms takes them up again.
      if (what === "deploy shadow") deploy(sim, shop, { mode: "armed" });
  }
}

const replaced = ({ targets }: Service, target: Target, over: Partial<Target>): Target[] =>
  targets.map((one) => (one === target ? { ...one, ...over } : one));

/** The same server under another id: its endpoint is another one as well, of which nothing is known. */
function rename(sim: Simulation, shop: number, service: Service, target: Target): void {
  const { endpoints } = sim.config;
  const now = { id: `${target.id}x`, endpoint: `${target.endpoint}x` };
  const renamed: Config["endpoints"] = endpoints.map((one) =>
    one.id === target.endpoint ? { ...one, id: now.endpoint } : one,
  );
  sim.config = { ...sim.config, endpoints: renamed };
  deploy(sim, shop, { targets: replaced(service, target, now) });
}

/** A target is taken away, where two are left, and given back after a while. */
async function without(
  sim: Simulation,
  shop: number,
  { targets }: Service,
  gone: Target,
  forMs: number,
): Promise<void> {
  if (targets.length < 3) return;
  deploy(sim, shop, { targets: targets.filter((one) => one !== gone) });
  await sim.clock.sleep(forMs);
  const now = sim.config.services[shop]?.targets ?? [];
  deploy(sim, shop, { targets: [...now, gone] });
}
