import type { Config, Service } from "../../lambda/core/config.ts";
import { partsOf, type RecordSet, recordFor } from "../../lambda/core/records.ts";
import { findSets, type Zone } from "../../local/route53/zone.ts";
import { endpoint, policy, shop, shopConfig } from "./config.ts";
import { openSimulation, type Simulation } from "./simulation.ts";

/** A shop in three places that share its load; a target is brought back in steps of half a minute. */
export const sharedShop: Service = {
  ...shop,
  targets: [
    { id: "frankfurt", endpoint: "shop/frankfurt", values: ["192.0.2.10"], weight: 100 },
    { id: "ireland", endpoint: "shop/ireland", values: ["198.51.100.20"], weight: 100 },
    { id: "oslo", endpoint: "shop/oslo", values: ["203.0.113.30"], weight: 50 },
  ],
  failback: "manual",
  weighted: { stepsPercent: [5, 25, 100], stepForMs: 30_000 },
};

/** Its endpoints are believed again after 20 s. */
export function sharedConfig(over: Partial<Service> = {}): Config {
  const service = { ...sharedShop, ...over };
  const endpoints = service.targets.map(({ id }) => ({
    ...endpoint(`shop/${id}`, id),
    policy: { ...policy, recoverAfterMs: 20_000 },
  }));
  return shopConfig({ endpoints, services: [service] });
}

/** What stands in the zone with these weights of the targets, in order. */
export const sharedRecord = (weights: readonly number[], service = sharedShop): RecordSet =>
  recordFor(service, {
    id: "",
    weights: new Map(service.targets.map(({ id }, i) => [id, weights[i] ?? 0])),
  });

/** The weights in the zone, in the order of the targets' ids: `100 100 50`; `simple` of a record that has none. */
export const weightsOf = (zone: Zone): string =>
  findSets(zone, "shop.example.com", "A")
    .map(({ weighted }) => weighted?.weight ?? "simple")
    .join(" ");

/** The shop with its record sets as they should be, whose endpoints behave so. */
export function simulateShared(behaviour: Simulation["behaviour"], over: Partial<Service> = {}): Simulation {
  const sim = openSimulation(sharedConfig(over), partsOf(sharedRecord([100, 100, 50])));
  sim.behaviour = behaviour;
  return sim;
}

/** The weights after each change of ours, oldest first. */
export function spreadsOf(sim: Simulation): string[] {
  const all = sim.zones.map(({ zone }) => weightsOf(zone));
  return all.filter((weights, i) => i > 0 && sim.zones[i]?.by !== "user" && weights !== all[i - 1]);
}
