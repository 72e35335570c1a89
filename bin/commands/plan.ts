import type { Command } from "commander";
import { findNameServers, openNameServers } from "../../lambda/aws/name-servers.ts";
import { perKey } from "../../lambda/aws/per-key.ts";
import { openDns } from "../../lambda/aws/route53.ts";
import { route53Clients } from "../../lambda/aws/route53-clients.ts";
import type { HostedZone, Place, Service } from "../../lambda/core/config.ts";
import { generationName } from "../../lambda/core/generation.ts";
import { placesOf, pointsTo, recordFor, type Standing } from "../../lambda/core/records.ts";
import { show } from "../../lambda/core/service-state.ts";
import { fullSpread } from "../../lambda/core/shares.ts";
import { readZone } from "../../lambda/steps/move.ts";
import type { Dns } from "../../lambda/steps/world.ts";
import { astray } from "../astray.ts";
import { explain, isOfCredentials } from "../aws-error.ts";
import { readConfig } from "../config-file.ts";
import { zoneName } from "../zone-name.ts";
import { planOfPair } from "./plan-pair.ts";

/** What `plan` says of one service. */
export type Plan = {
  readonly service: string;
  readonly now: string;
  readonly wanted: string;
  readonly change: string;
  /** Where DNS does not lead to the zone. */
  readonly dns?: string;
  /** Pointsman could do its work with the zone as it is. */
  readonly ok: boolean;
};

/** The record now, the record wanted while all is well, and what starting Pointsman would change. */
export function planOf(service: Service, standing: Standing): Plan {
  const [primary] = service.targets;
  const named = `${service.id} (${service.dns.name} ${service.dns.type}, ${service.mode}${service.weighted ? ", weighted" : ""})`;
  const wanted = service.weighted
    ? show(recordFor(service, fullSpread(service)))
    : `${primary ? show(recordFor(service, primary)) : ""}: ${primary?.id ?? ""}`;
  const at = pointsTo(service, standing.record);
  const now =
    at === undefined
      ? "no record"
      : `${show(standing.record)}: ${at === "orphan" ? "none of the targets" : at}`;
  const change = service.weighted ? changeOfShares : changeOf;
  return { service: named, now, wanted, ...change(service, standing, at) };
}

function changeOf(service: Service, standing: Standing, at: string | undefined): Pick<Plan, "change" | "ok"> {
  const [generation] = standing.generation?.values ?? [];
  const moved =
    generation === undefined
      ? ""
      : `; moved before: ${generationName(service.dns.name, service.dns.type)} says ${generation}`;
  if (at === "orphan") {
    const change = `none: the record is none of the targets, Pointsman would keep its hands off${moved}`;
    return { change, ok: false };
  }
  if (at === undefined) {
    const how = "the first target that is proven up";
    const change =
      service.mode === "armed"
        ? `create the record, pointing to ${how}`
        : `none in shadow mode; armed: ${how}`;
    return { change, ok: true };
  }
  const isOtherTtl = !standing.record?.alias && standing.record?.ttlSeconds !== service.dns.ttlSeconds;
  const ttl = isOtherTtl ? `; the TTL becomes ${service.dns.ttlSeconds} s with the first move` : "";
  const when =
    at === service.targets[0]?.id
      ? "none until the primary is proven down"
      : `none until ${service.failback === "auto" ? "the primary has been up long enough" : "you fail back"}`;
  return { change: `${when}${ttl}${moved}`, ok: true };
}

function changeOfShares(
  service: Service,
  { record, generation }: Standing,
  at: string | undefined,
): Pick<Plan, "change" | "ok"> {
  const how = service.mode === "armed" ? "" : "none in shadow mode; armed: ";
  if (at === "orphan" && generation !== null) {
    const [txt] = generation.values;
    const change = `${how}if the record is as Pointsman left it (${txt}), it becomes the config's sets, in one batch, as soon as a target is proven up; if not, hands off`;
    return { change, ok: true };
  }
  if (at === "orphan") {
    const change =
      "none: the record is not the targets', Pointsman would keep its hands off; `pointsman adopt` and then `release` make weighted sets of it";
    return { change, ok: false };
  }
  if (at === undefined)
    return { change: `${how}create a set for each target, those proven up with their weight`, ok: true };
  if (record?.weighted === undefined) {
    const change = `${how}the simple record becomes weighted sets, in one batch: ${at} with its weight, the others in steps`;
    return { change, ok: true };
  }
  const isFull = at === fullSpread(service).id;
  return {
    change: isFull ? "none while all targets are up" : `${how}weights rise in steps while targets are up`,
    ok: true,
  };
}

const misplaced = ({ id, dns }: Service, zone: string): Plan => ({
  service: `${id} (${dns.name} ${dns.type})`,
  now: `zone ${dns.zoneId} is ${zone}: ${dns.name} does not lie in it`,
  wanted: "",
  change: "none: Route 53 would refuse it; look at zoneId and name",
  ok: false,
});

const unread = ({ id, dns }: Service, error: unknown): Plan => ({
  service: `${id} (${dns.name} ${dns.type})`,
  now: `zone ${dns.zoneId} could not be read${dns.roleArn ? ` as ${dns.roleArn}` : ""}: ${explain(error)}`,
  wanted: "",
  change: "unknown",
  ok: false,
});

/** What `plan` asks of Route 53: records, and what a zone is called; and what name servers answer for a name. */
export type Zones = {
  readonly dns: Dns;
  readonly nameOf: (zone: HostedZone) => Promise<string>;
  /** @throws when none of them answers */
  readonly answered: (place: Place) => Promise<readonly string[]>;
  /** The name servers of the zone that a name is in, by DNS alone. @throws when there are none */
  readonly serversOf: (name: string) => Promise<readonly string[]>;
};

/** Failover records are told as what they are, whatever way is configured; anything else as what would become of it. */
async function planAt(service: Service, { dns, answered }: Zones): Promise<Plan> {
  const { beacons: _, ...zone } = service.dns;
  const pair = await planOfPair(service, await dns.sets(zone, zone), () => answered(zone).catch(explain));
  if (pair) return pair;
  const plan = planOf(service, await readZone({ dns }, service));
  if (service.dns.beacons === undefined) return plan;
  const change = `${plan.change}; pointsman convert ${service.id} makes it the failover records of its beacons`;
  return plan.ok ? { ...plan, change } : plan;
}

/** With what is to be said of the way that DNS takes to each of its names. */
async function withWay(service: Service, zone: string, plan: Plan, { dns, serversOf }: Zones): Promise<Plan> {
  const names = [...new Set(placesOf(service.dns).map(({ name }) => name))];
  const ours = () => dns.nameServers(service.dns);
  const said = await Promise.all(names.map((name) => astray(name, zone, ours, serversOf)));
  const why = said.find((one) => one !== undefined);
  return why === undefined ? plan : { ...plan, dns: why };
}

/** Reads the zones of all services; an error is an answer too, unless it would be everybody's. */
async function planAll(services: readonly Service[], zones: Zones): Promise<Plan[]> {
  const names = new Map<string, string>();
  const plans: Plan[] = [];
  for (const service of services) {
    const { zoneId } = service.dns;
    try {
      const zone = names.get(zoneId) ?? (await zones.nameOf(service.dns));
      names.set(zoneId, zone);
      const isInside = placesOf(service.dns).every((at) => at.name === zone || at.name.endsWith(`.${zone}`));
      plans.push(
        isInside
          ? await withWay(service, zone, await planAt(service, zones), zones)
          : misplaced(service, zone),
      );
    } catch (error) {
      if (isOfCredentials(error) && service.dns.roleArn === undefined) throw error;
      plans.push(unread(service, error));
    }
  }
  return plans;
}

const linesOf = ({ service, now, wanted, change, dns }: Plan): string[] => [
  service,
  `  now     ${now}`,
  ...(wanted === "" ? [] : [`  wanted  ${wanted}`]),
  `  change  ${change}`,
  ...(dns === undefined ? [] : [`  dns     ${dns}`]),
];

/**
 * Prints the plan; returns the exit code: 1 when the config is wrong or a service could not be served.
 *
 * @param openZones what reads the zones, given the Region whose STS gives out roles
 */
export async function plan(
  file: string,
  openZones: (home: string) => Zones,
  print: (text: string) => void,
): Promise<number> {
  const loaded = readConfig(file, print);
  if (loaded === undefined) return 1;
  const { services, locations } = loaded.config;
  if (services.length === 0) print(`${file} has no services: nothing in DNS is ever changed.`);
  try {
    const plans = await planAll(services, openZones(locations[0] ?? ""));
    for (const each of plans) print(linesOf(each).join("\n"));
    return plans.every(({ ok }) => ok) ? 0 : 1;
  } catch (error) {
    print(explain(error));
    return 1;
  }
}

/** What the first of its zone's name servers that answers says. */
const asksNameServers = (elsewhere: string | undefined): Zones["answered"] => {
  const serversOf = findNameServers(elsewhere);
  const answers = openNameServers(elsewhere);
  return async (place) => {
    const servers = await serversOf(place.name);
    return Promise.any(servers.map((server) => answers(server, place, new AbortController().signal)));
  };
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** `pointsman plan [file]` */
export const planCommand = (program: Command): void => {
  program
    .command("plan")
    .description(
      "for each service: the record now, the record wanted, what would change; reads Route 53, writes nothing",
    )
    .argument("[file]", "the config", "pointsman.yaml")
    .action(async (file: string) => {
      const openZones = (home: string): Zones => {
        const clientIn = perKey(route53Clients(home, "pointsman-plan", 3));
        return {
          dns: openDns(clientIn, sleep),
          nameOf: ({ zoneId, roleArn }) => zoneName(clientIn(roleArn), zoneId),
          answered: asksNameServers(process.env["NAME_SERVER_ENDPOINT"]),
          serversOf: findNameServers(process.env["NAME_SERVER_ENDPOINT"]),
        };
      };
      process.exitCode = await plan(file, openZones, (text) => console.log(text));
    });
};
