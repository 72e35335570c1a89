import type { Endpoint } from "../core/config.ts";
import type { Role } from "../core/report.ts";
import { activesOf } from "./scores.ts";
import type { Group, Sweep } from "./watch.ts";

/** What an endpoint is to the name of its group. */
export function roleOf(sweep: Sweep, group: Group, endpoint: Endpoint): Role {
  const each = group.service && sweep.switches.get(group.service.id);
  // A disarmed service has told that it keeps its hands off; it would not tell of an outage besides.
  if (each?.state === undefined || each.state.disarmed) return "alone";
  return activesOf(each.service, each.state).includes(endpoint.id) ? "active" : "standby";
}
