import type { Service } from "../../lambda/core/config.ts";
import { isPair, pairFlaw, saySets } from "../../lambda/core/pair.ts";
import { holds, type RecordSet } from "../../lambda/core/records.ts";
import type { Plan } from "./plan.ts";

/**
 * What `plan` says of a name that stands as failover records; none of one that does not.
 *
 * @param answered what its name servers answer now, or why they were not heard
 */
export async function planOfPair(
  service: Service,
  sets: readonly RecordSet[],
  answered: () => Promise<readonly string[] | string>,
): Promise<Plan | undefined> {
  if (!isPair(sets)) return undefined;
  const { id, dns, mode } = service;
  const stands = { service: `${id} (${dns.name} ${dns.type}, ${mode})`, now: saySets(sets) };
  const { beacons } = dns;
  if (beacons === undefined) {
    const change = `none: these are failover records, and via: api moves a simple one; via: beacons, or pointsman retire ${id}`;
    return { ...stands, wanted: "", change, ok: false };
  }
  const wanted = `PRIMARY ${beacons.in}; SECONDARY ${beacons.out} (TTL ${beacons.record.ttlSeconds} s)`;
  if (pairFlaw(beacons, sets) !== undefined) {
    const change = `none: beacons would move the name between other values; pointsman retire ${id}, then convert it`;
    return { ...stands, wanted, change, ok: false };
  }
  return {
    ...stands,
    now: `${stands.now}; ${sayAnswer(service, await answered())}`,
    wanted,
    ...changeOf(service),
  };
}

function sayAnswer({ dns, targets }: Service, answered: readonly string[] | string): string {
  if (typeof answered === "string") return `which of them is answered was not heard: ${answered}`;
  const target = targets.find((target) => holds(target, dns.type, answered));
  return `answered is ${answered.join(", ") || "nothing"}: ${target?.id ?? "none of the targets"}`;
}

const changeOf = ({ failback, mode }: Service): Pick<Plan, "change" | "ok"> => ({
  change:
    mode === "shadow"
      ? "none in shadow mode"
      : `none in Route 53: the beacons move it, and back ${failback === "auto" ? "by themselves" : "when you fail back"}`,
  ok: true,
});
