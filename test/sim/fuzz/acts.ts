import type { Config, Service } from "../../../lambda/core/config.ts";
import { findSet, type RecordSet } from "../../../local/route53/zone.ts";
import { changeZone, type Simulation, zoneNow } from "../simulation.ts";
import type { Dice } from "./dice.ts";

/** Something a person does to one shop's name or to its config; most things are undone after a while. */
export type Act = {
  readonly atMs: number;
  readonly shop: number;
  readonly what:
    | "ttl"
    | "foreign"
    | "repoint"
    | "delete"
    | "deploy ttl"
    | "deploy address"
    | "deploy shadow"
    | "deploy name"
    | "deploy order";
  readonly forMs: number;
};

export const anyAct = (dice: Dice, atMs: number): Act => ({
  atMs,
  shop: dice.between(0, 2),
  what: dice.one([
    "ttl",
    "foreign",
    "repoint",
    "delete",
    "deploy ttl",
    "deploy address",
    "deploy shadow",
    "deploy name",
    "deploy order",
  ]),
  forMs: dice.long(1_000, 600_000),
});

/** Lets people do what they do, and undo it after a while. */
export async function doAct(sim: Simulation, act: Act): Promise<void> {
  const { shop, what, forMs } = act;
  await sim.clock.sleep(act.atMs - sim.clock.now());
  const service = sim.config.services[shop];
  if (service === undefined) return;
  if (what.startsWith("deploy")) {
    deploy(sim, shop, deployed(service, what));
    await sim.clock.sleep(forMs);
    // The order and the name may stay as they are; whoever left the arms takes them up again.
    if (what === "deploy shadow") deploy(sim, shop, { mode: "armed" });
    return;
  }
  const before = recordOf(sim, service);
  if (before === undefined) return;
  const after = edited(service, before, what);
  put(sim, before, after);
  if (what !== "foreign" && what !== "delete") return;
  await sim.clock.sleep(forMs);
  const now = recordOf(sim, service);
  if (now?.values.join() === after?.values.join()) put(sim, now, before);
}

const recordOf = (sim: Simulation, { dns }: Service): RecordSet | undefined =>
  findSet(zoneNow(sim), dns.name, dns.type);

function put(sim: Simulation, before: RecordSet | undefined, after: RecordSet | undefined): void {
  changeZone(sim, [
    ...(before ? [{ action: "DELETE" as const, set: before }] : []),
    ...(after ? [{ action: "CREATE" as const, set: after }] : []),
  ]);
}

/** What somebody's hand makes of a record. */
function edited({ targets }: Service, record: RecordSet, what: Act["what"]): RecordSet | undefined {
  switch (what) {
    case "ttl":
      return { ...record, ttlSeconds: record.ttlSeconds + 1 };
    case "foreign":
      return { ...record, values: ["203.0.113.99"] };
    case "repoint": {
      const other = targets.find(({ values }) => values.join() !== record.values.join());
      return { ...record, values: other?.values ?? ["203.0.113.99"] };
    }
    default:
      return undefined;
  }
}

/** What a deploy changes of a service. */
export function deployed(service: Service, what: string): Partial<Service> {
  const { dns, targets, id } = service;
  switch (what) {
    case "deploy ttl":
      return { dns: { ...dns, ttlSeconds: dns.ttlSeconds + 5 } };
    case "deploy address":
      return {
        targets: targets.map((target, i) =>
          i === 0 ? target : { ...target, values: target.values.map(nextAddress) },
        ),
      };
    case "deploy shadow":
      return { mode: "shadow" };
    case "deploy name":
      return { id: `${id}x` };
    default:
      return { targets: [...targets].reverse() };
  }
}

/** 198.51.100.1 -> 198.51.100.11 */
const nextAddress = (value: string): string => {
  const at = value.lastIndexOf(".") + 1;
  return `${value.slice(0, at)}${(Number(value.slice(at)) + 10) % 250}`;
};

export function deploy(sim: Simulation, shop: number, change: Partial<Service>): void {
  const services: Config["services"] = sim.config.services.map((service, i) =>
    i === shop ? { ...service, ...change } : service,
  );
  sim.config = { ...sim.config, services };
  sim.say("user", () => `DEPLOYED shop ${shop}: ${JSON.stringify(change)}`);
}
