import type { Beacons } from "../../lambda/core/config.ts";
import { type HealthCheck, pairOf } from "../../lambda/core/pair.ts";
import type { RecordSet } from "../../lambda/core/records.ts";
import { withBeacons } from "../../lambda/steps/beacons.ts";
import { findSet } from "../../local/route53/zone.ts";
import { beaconShop, isOut, type Objects, openObjects, storeOf, beacons as theBeacons } from "./beacons.ts";
import { policy, shopConfig, shopRecord } from "./config.ts";
import { setsIn } from "./names.ts";
import { effectsOf } from "./ports.ts";
import { openSimulation, type Simulation, zoneNow } from "./simulation.ts";

/** The health check of the beacons, whose checkers last asked at that time; of another key where that is given. */
export const checkOf = (seenMs: number, key = theBeacons.key): HealthCheck => ({
  ...{ type: "CALCULATED", isDisabled: false, isInverted: false, healthThreshold: 2, seenMs: [] },
  children: theBeacons.regions.map((region) => ({
    ...{ type: "HTTPS_STR_MATCH", isDisabled: false, isInverted: true, children: [], failureThreshold: 1 },
    host: `pointsman-${region}.s3.${region}.amazonaws.com`,
    path: `/${key}`,
    searchString: "OUT gen=",
    seenMs: [seenMs, seenMs, seenMs],
  })),
});

export const setsNow = (sim: Simulation): RecordSet[] =>
  setsIn(zoneNow(sim), { name: "shop.example.com", type: "A" });

/** What the simple record says, if it is one. */
export function simple(sim: Simulation): string | undefined {
  const [set, ...others] = setsNow(sim);
  return others.length === 0 && set?.failover === undefined ? set?.values.join() : undefined;
}

export type Options = {
  readonly beacons?: Beacons;
  readonly objects?: Objects;
  /** The name begins as the failover records. */
  readonly pair?: boolean;
  readonly check?: () => HealthCheck | undefined;
};

/** A shop whose zone holds a record or the pair, whose objects are or are not there, and what is answered of both. */
export function openConversion(options: Options = {}) {
  const { objects = openObjects(), pair = false } = options;
  const { check: id = "check-1", ...left } = options.beacons ?? theBeacons;
  const beacons: Beacons = id === "" ? left : { ...left, check: id };
  const service = { ...beaconShop, dns: { ...beaconShop.dns, beacons }, failbackAfterMs: 30_000 };
  const quick = { ...policy, recoverAfterMs: 20_000 };
  const { endpoints } = shopConfig();
  const config = shopConfig({
    endpoints: endpoints.map((endpoint) => ({ ...endpoint, policy: quick })),
    services: [service],
  });
  const sim = openSimulation(config, pair ? pairOf(beacons, id) : [shopRecord]);
  let said: { values: readonly string[] | undefined } | undefined;
  const answers: string[] = [];
  const speaking = (): readonly string[] => {
    const sets = setsNow(sim);
    const role = isOut(objects) ? "SECONDARY" : "PRIMARY";
    const [set] = sets.filter(({ failover }) => failover === undefined || failover.role === role);
    return set?.values ?? [];
  };
  const note = () => {
    const now = speaking().join();
    if (answers.at(-1) !== now) answers.push(now);
  };
  note();
  sim.observe = note;
  sim.alter = (world, life) => {
    const effect = effectsOf(sim, life);
    const store = storeOf(objects, effect, note);
    const healthCheck = () =>
      effect("health check", options.check ?? (() => (id === "" ? undefined : checkOf(sim.clock.now()))));
    const serversOf = () => effect("name servers", () => ["ns-1.route53.test"]);
    const ask = (name: string, type: string): readonly string[] => {
      if (said) return said.values ?? silent();
      return type === "TXT" ? (findSet(zoneNow(sim), name, "TXT")?.values ?? []) : speaking();
    };
    return {
      ...world,
      beacons: store,
      dns: withBeacons({ ...world.dns, healthCheck }, { log: world.log, store, serversOf }),
      answers: (_server, { name, type }) => effect("answers", () => ask(name, type)),
    };
  };
  const answer = (values: readonly string[] | undefined) => {
    said = { values };
  };
  return { sim, objects, answers, answer };
}

const silent = (): never => {
  throw new Error("no answer");
};
