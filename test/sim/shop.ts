import type { Service } from "../../lambda/core/config.ts";
import { shop, shopConfig, shopRecord } from "./config.ts";
import { type Behaviour, openSimulation, type Simulation, startMs } from "./simulation.ts";

/** A second of the simulation, as its clock has it. */
export const at = (seconds: number): number => startMs + seconds * 1000;

export const frankfurt = "192.0.2.10";
export const ireland = "198.51.100.20";

export type Span = readonly [
  host: string,
  fromS: number,
  toS: number,
  behaviour: Behaviour,
  from?: readonly string[],
];

/** Endpoints are well except where a span says otherwise. */
export const broken =
  (...spans: Span[]): Simulation["behaviour"] =>
  (host, location, atMs) =>
    spans.find(
      ([of, fromS, toS, , from]) =>
        (of === "*" || of === host) &&
        atMs >= at(fromS) &&
        atMs < at(toS) &&
        (from === undefined || from.includes(location)),
    )?.[3] ?? "ok";

/** A shop whose endpoints behave so, with something of the service changed. */
export function simulate(behaviour: Simulation["behaviour"], service: Partial<Service> = {}): Simulation {
  const sim = openSimulation(shopConfig({ services: [{ ...shop, ...service }] }), [shopRecord]);
  sim.behaviour = behaviour;
  return sim;
}

/** Every log line, for the message of a failed assertion. */
export const story = (sim: Simulation): string => sim.trace.join("\n");

export const forever = 1e9;
