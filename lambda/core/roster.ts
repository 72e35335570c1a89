import type { Config, Service } from "./config.ts";

/** What is deployed, as far as operators have to know it: they see and order what runs, not what a file says. */
export type Roster = {
  readonly locations: readonly string[];
  readonly services: readonly Service[];
  /** The ids of endpoints that stand alone. */
  readonly endpoints: readonly string[];
};

export const rosterKey = "roster#0";

export function rosterOf({ locations, services, endpoints }: Config): Roster {
  const targets = new Set(services.flatMap((service) => service.targets.map(({ endpoint }) => endpoint)));
  const alone = endpoints.map(({ id }) => id).filter((id) => !targets.has(id));
  return { locations, services, endpoints: alone };
}
