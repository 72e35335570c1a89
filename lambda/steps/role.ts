import type { Endpoint } from "../core/config.ts";
import type { Role } from "../core/report.ts";
import { activeOf } from "./scores.ts";
import type { Group, Sweep } from "./watch.ts";

/** What an endpoint is to the name of its group. */
export function roleOf(sweep: Sweep, group: Group, endpoint: Endpoint): Role {
  const each = group.service && sweep.switches.get(group.service.id);
  // A disarmed service has told that it keeps its hands off; it would not tell of an outage besides.
  if (each?.state === undefined || each.state.disarmed) return "alone";
  return activeOf(each.service, each.state) === endpoint.id ? "active" : "standby";
}
