import type { Beacons, Service } from "../../lambda/core/config.ts";
import { generationRecord } from "../../lambda/core/generation.ts";
import { partsOf, type RecordSet, recordFor, sayContent, spreadOf } from "../../lambda/core/records.ts";
import { fullSpread } from "../../lambda/core/shares.ts";
import { findSet, openZone } from "../../local/route53/zone.ts";
import { agreedOf, beacons, isOut, moveByBeacons, openObjects, owner, say } from "../sim/beacons.ts";
import { endpoint, policy, shopConfig } from "../sim/config.ts";
import { standsIn } from "../sim/names.ts";
import { movesOf } from "../sim/oracle.ts";
import { changeZone, openSimulation, type Simulation, zoneNow } from "../sim/simulation.ts";
import type { Move } from "./moves.ts";
import { isShared, type Setting, serviceOf, shapes, unspread } from "./shapes.ts";

/** A shop whose record is of one shape and is moved in one way, and what people can do to it behind our back. */
export type Open = {
  readonly sim: Simulation;
  readonly service: Service;
  /** What the zone holds while the name leads to a target, or is spread like this. */
  readonly contents: Readonly<Partial<Record<Whereto, string>>>;
  /** Points the name to a target as somebody does who knows nothing of generations. */
  point(to: "primary" | "standby"): void;
  /** Leaves the name where it is none of ours, as somebody else's, or in a state we lost. */
  stray(): void;
  /** Where what is answered is not what the simulated zone says. */
  unlike(): string[];
};

/** To one target; or spread over all, with the first one out, at its first step, or given less; or begun with it alone. */
export type Whereto = "primary" | "standby" | keyof typeof spreads;

const spreads = {
  full: [100, 100, 50],
  out: [0, 100, 50],
  step: [5, 100, 50],
  reweighed: [60, 100, 50],
  begun: [100, 5, 3],
} as const;

export function open(
  setting: Setting,
  move: Pick<Move, "service" | "isSimpleFirst">,
  isQuiet: boolean,
): Open {
  const { shape, way } = setting;
  const { service: over, isSimpleFirst } = move;
  const plain = serviceOf(shapes[shape], over);
  const service = way === "beacons" ? { ...plain, dns: { ...plain.dns, beacons: beaconsOf(plain) } } : plain;
  const [primary, standby] = service.targets.map((target) => recordFor(service, target));
  if (!primary || !standby) throw new Error("the shop has two targets");
  const config = shopConfig({
    endpoints: service.targets.map(({ id, endpoint: of }) => ({
      ...endpoint(of, id),
      policy: { ...policy, recoverAfterMs: 20_000 },
    })),
    services: [isSimpleFirst ? unspread(service) : service],
  });
  const isSpread = isShared(setting) && !isSimpleFirst;
  const first = isSpread ? recordFor(service, fullSpread(service)) : primary;
  const sim = openSimulation(config, partsOf(first), { isQuiet });
  if ("isPrivate" in shapes[shape]) sim.nameServers = [];
  const records = { primary, standby };
  return {
    sim,
    service,
    contents: {
      primary: sayContent(primary),
      standby: sayContent(standby),
      ...(isShared(setting) && spreadsOf(service)),
    },
    ...(service.dns.beacons ? byBeacons(sim, service.dns.beacons) : byApi(sim, records)),
  };
}

const spreadsOf = (service: Service): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(spreads).map(([name, weights]) => {
      const carried = service.targets.map((target, i) => ({ target, weight: weights[i] ?? 0 }));
      return [name, sayContent(recordFor(service, spreadOf(carried)))];
    }),
  );

type Hand = Pick<Open, "point" | "stray" | "unlike">;

function byApi(sim: Simulation, records: Readonly<Record<"primary" | "standby", RecordSet>>): Hand {
  const put = (record: RecordSet) =>
    changeZone(
      sim,
      partsOf(record).flatMap((set) => {
        const now = findSet(zoneNow(sim), set.name, set.type);
        const create = { action: "CREATE" as const, set };
        return now ? [{ action: "DELETE" as const, set: now }, create] : [create];
      }),
    );
  const strange: RecordSet = { ...records.primary, values: ["203.0.113.99"], ttlSeconds: 15 };
  return { point: (to) => put(records[to]), stray: () => put(strange), unlike: () => [] };
}

const beaconsOf = ({ dns: { name, type, ttlSeconds }, targets }: Service): Beacons => {
  const [inside = "", outside = ""] = targets.map(({ values }) => values.join());
  return { ...beacons, record: { name, type, ttlSeconds }, in: inside, out: outside };
};

/**
 * The simulated zone is kept as the beacons have it, so that whoever judges moves need not know of them: two of three
 * that say OUT are what Route 53's checkers go by, and the generation is the one that two of three agree on. Between
 * two agreements it stays as it was; no answer may turn to and fro there.
 */
function byBeacons(sim: Simulation, of: Beacons): Hand {
  const objects = openObjects();
  const answer = () => (isOut(objects) ? of.out : of.in);
  let [answered, turns] = [answer(), 0];
  const mirror = (by: string) => {
    if (answer() !== answered) turns += 1;
    answered = answer();
    const saying = agreedOf(objects);
    if (saying === undefined) return;
    const stands = standsIn(zoneNow(sim), { zoneId: "Z1", ...of.record });
    if (stands.value === answered && stands.generation === saying.generation) return;
    const record: RecordSet = { ...of.record, values: [answered] };
    const txt = generationRecord(of.record, owner, saying.generation);
    const zone = openZone("Z1", "example.com", txt ? [record, txt] : [record]);
    const atMs = sim.clock.now();
    sim.zones.push({ atMs, sentMs: atMs, by, config: sim.config, zone });
    sim.say("world", () => `the beacons say ${[...objects.values()].join(" ").replaceAll("\n", "")}`);
  };
  moveByBeacons(sim, objects, of, ({ name }) => mirror(name));
  const sayAll = (body: string) => {
    for (const region of of.regions) objects.set(region, body);
    mirror("user");
  };
  return {
    point: (to) => sayAll(say(to === "primary" ? "IN" : "OUT", agreedOf(objects)?.generation ?? 0)),
    stray: () => sayAll(say("OUT", 7)),
    unlike: () => [
      ...(agreedOf(objects) ? [] : ["no two beacons agree"]),
      ...(turns === movesOf(sim).length
        ? []
        : [`the answer turned ${turns} times, and the beacons agreed on ${movesOf(sim).length} moves`]),
    ],
  };
}
