import type { Config, Service } from "../../lambda/core/config.ts";
import type { Health } from "../../lambda/core/health.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import type { Ballots } from "../../lambda/core/vote.ts";
import { decideWeights } from "../../lambda/core/weights.ts";
import { sharedConfig, sharedRecord, sharedShop } from "../sim/weighted.ts";
import { allSay, are, at, down, up } from "./situation.ts";

export const by = { who: "anna", why: "she repairs it", atMs: at(-100) };
export const frozen = { frozen: { ...by, is: "frozen", toldMs: 0 } } as const;
export const two: Partial<Config> = { locations: ["a", "b"] };

/** A target's health by a letter. */
export const healthOf: Readonly<Record<string, Health>> = {
  u: up(),
  d: down(),
  /** Down, and seen good since ten seconds. */
  c: down({ goodSinceMs: at(-10), goodUntilMs: at(-1) }),
  /** Up again for two minutes. */
  b: up({ sinceMs: at(-120) }),
  w: up({ maintenance: { ...by, untilMs: at(3_600) } }),
  /** Worked on, and down. */
  x: down({ maintenance: { ...by, untilMs: at(3_600) } }),
  /** Looked at again for ten seconds only. */
  g: up({ watchedSinceMs: at(-10) }),
  r: up({ trouble: "refused" }),
  /** A trouble is over only now, and since ten seconds. */
  n: up({ clearSinceMs: at(0) }),
  t: up({ clearSinceMs: at(-10) }),
};

export const healths = (letters: string) =>
  are(...[...letters].map((letter) => healthOf[letter] ?? healthOf["u"] ?? up()));

/** A state with these weights in the zone; none: no record. */
export const shared = (weights: string, over: Partial<ServiceState> = {}): ServiceState => ({
  written: weights === "none" ? null : sharedRecord(weights.split(" ").map(Number)),
  generation: 3,
  movesFromUpMs: [],
  outbox: [],
  ...over,
});

export type Given = readonly [
  weights: string,
  healths: string,
  says: string | Ballots,
  over?: Partial<ServiceState>,
  service?: Partial<Service>,
  config?: Partial<Config>,
];

export const decided = ([weights, letters, says, over, service, config]: Given) =>
  decideWeights({ ...sharedConfig(), ...config }, { ...sharedShop, ...service }, shared(weights, over), {
    healths: healths(letters),
    ballots: typeof says === "string" ? allSay(says) : says,
    atMs: at(0),
  });

/** `taken-out 0 100 50`, or why nothing changes. */
export function outcome(given: Given): string {
  const decision = decided(given);
  if (decision.do === "stay") return decision.code;
  return `${decision.kind} ${[...decision.to.weights.values()].join(" ")}`;
}
