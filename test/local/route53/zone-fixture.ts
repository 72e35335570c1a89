import type { RecordType } from "../../../local/route53/values.ts";
import {
  type Action,
  applyBatch,
  type Change,
  openZone,
  type RecordSet,
} from "../../../local/route53/zone.ts";

export const set = (name: string, type: RecordType, values: string[], ttlSeconds = 60): RecordSet => ({
  name,
  type,
  ttlSeconds,
  values,
});
export const change = (action: Action, ...of: Parameters<typeof set>): Change => ({
  action,
  set: set(...of),
});
export const CREATE = (...of: Parameters<typeof set>) => change("CREATE", ...of);
export const DELETE = (...of: Parameters<typeof set>) => change("DELETE", ...of);
export const UPSERT = (...of: Parameters<typeof set>) => change("UPSERT", ...of);

export const soa = "ns-1.route53.test. hostmaster.route53.test. 1 7200 900 1209600 86400";
export const nameServers = ["ns-1.route53.test.", "ns-2.route53.test."];
export const zone = openZone("Z1", "Example.com", [
  set("www.example.com", "A", ["192.0.2.10", "192.0.2.11"]),
  set("alias.example.com", "CNAME", ["www.example.com"]),
]);

export const refusal = (...changes: Change[]) => {
  const result = applyBatch(zone, changes);
  return result.ok ? "accepted" : result.code;
};
