import type { Config, Service } from "../../lambda/core/config.ts";
import { type Decision, decide } from "../../lambda/core/decide.ts";
import type { Health } from "../../lambda/core/health.ts";
import type { ServiceState } from "../../lambda/core/service-state.ts";
import type { Ballots } from "../../lambda/core/vote.ts";
import { shopConfig } from "../sim/config.ts";
import { ballots, health, nineMs } from "./fixture.ts";
import { frankfurt, ireland, oslo, pointing, shop3 } from "./zone-fixture.ts";

export const at = (seconds: number): number => nineMs + seconds * 1000;
const targets = [frankfurt, ireland, oslo];
export const ids = targets.map(({ endpoint }) => endpoint);

/** What a decision rests on. */
export type Situation = {
  readonly config: Config;
  readonly service: Service;
  readonly state: ServiceState;
  readonly healths: Readonly<Record<string, Health>>;
  readonly ballots: Ballots;
};

export const up = (over: Partial<Health> = {}): Health => health("up", { sinceMs: at(-86_400), ...over });
export const down = (over: Partial<Health> = {}): Health => health("down", { sinceMs: at(-5), ...over });

/** Health of the targets in order. */
export const are = (...healths: Health[]): Situation["healths"] =>
  Object.fromEntries(healths.map((one, i) => [ids[i] ?? "", one]));

/** All five locations say the same of the targets, in order. */
export const allSay = (letters: string): Ballots => ballots(ids, letters, letters, letters, letters, letters);

export const at3 = (value: string | readonly string[], over: Partial<ServiceState> = {}): ServiceState => ({
  written: pointing(value),
  generation: 3,
  movesFromUpMs: [],
  outbox: [],
  ...over,
});
export const atFrankfurt = at3(frankfurt.values);
export const atIreland = at3(ireland.values);
export const atNothing: ServiceState = { ...atFrankfurt, written: null };
export const atOrphan = at3("203.0.113.99");
export const failback = (over: Partial<Service> = {}): Service => ({ ...shop3, failback: "auto", ...over });
export const manual: Service = { ...shop3, failback: "manual" };

export const quiet: Situation = {
  config: shopConfig(),
  service: shop3,
  state: atFrankfurt,
  healths: are(up(), up(), up()),
  ballots: allSay("uuu"),
};
export const decided = (over: Partial<Situation>): Decision => {
  const now = { ...quiet, ...over };
  return decide(now.config, now.service, now.state, {
    healths: now.healths,
    ballots: now.ballots,
    atMs: at(0),
  });
};
export const outcome = (decision: Decision): string =>
  decision.do === "stay" ? decision.code : `${decision.kind} to ${decision.to.id}`;

/** The name is at the standby, and the primary has been up for two minutes. */
export const back: Partial<Situation> = {
  service: failback(),
  state: atIreland,
  healths: are(up({ sinceMs: at(-120) }), up(), up()),
};
