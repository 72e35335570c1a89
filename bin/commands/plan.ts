import type { Command } from "commander";
import { loadConfig } from "../../config/load.ts";
import { report } from "../../config/report.ts";
import { openDns } from "../../lambda/aws/route53.ts";
import { route53Clients } from "../../lambda/aws/route53-clients.ts";
import type { Service } from "../../lambda/core/config.ts";
import { generationName, pointsTo, type Standing } from "../../lambda/core/records.ts";
import { show } from "../../lambda/core/service-state.ts";
import { readZone } from "../../lambda/steps/move.ts";
import type { Dns } from "../../lambda/steps/world.ts";

/** What `plan` says of one service. */
export type Plan = {
  readonly service: string;
  readonly now: string;
  readonly wanted: string;
  readonly change: string;
  /** Pointsman could do its work with the zone as it is. */
  readonly ok: boolean;
};

/** The record now, the record wanted while all is well, and what starting Pointsman would change. */
export function planOf(service: Service, standing: Standing): Plan {
  const [primary] = service.targets;
  const named = `${service.id} (${service.dns.name} ${service.dns.type}, ${service.mode})`;
  const wanted = `${primary?.value ?? ""} (TTL ${service.dns.ttlSeconds} s): ${primary?.id ?? ""}`;
  const at = pointsTo(service, standing.record);
  const now =
    at === undefined
      ? "no record"
      : `${show(standing.record)}: ${at === "orphan" ? "none of the targets" : at}`;
  return { service: named, now, wanted, ...changeOf(service, standing, at) };
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
  const isOtherTtl = standing.record?.ttlSeconds !== service.dns.ttlSeconds;
  const ttl = isOtherTtl ? `; the TTL becomes ${service.dns.ttlSeconds} s with the first move` : "";
  const when =
    at === service.targets[0]?.id
      ? "none until the primary is proven down"
      : `none until ${service.failback === "auto" ? "the primary has been up long enough" : "you fail back"}`;
  return { change: `${when}${ttl}${moved}`, ok: true };
}

/** Reads the zones of all services; an error is an answer too. */
async function planAll(services: readonly Service[], dns: Dns): Promise<Plan[]> {
  const plans: Plan[] = [];
  for (const service of services) {
    const { zoneId, name, type, roleArn } = service.dns;
    try {
      plans.push(planOf(service, await readZone({ dns }, service)));
    } catch (error) {
      const why = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      const as = roleArn === undefined ? "" : ` as ${roleArn}`;
      const now = `zone ${zoneId} could not be read${as}: ${why}`;
      plans.push({
        service: `${service.id} (${name} ${type})`,
        now,
        wanted: "",
        change: "unknown",
        ok: false,
      });
    }
  }
  return plans;
}

const linesOf = ({ service, now, wanted, change }: Plan): string[] => [
  service,
  `  now     ${now}`,
  ...(wanted === "" ? [] : [`  wanted  ${wanted}`]),
  `  change  ${change}`,
];

/**
 * Prints the plan; returns the exit code: 1 when the config is wrong or a service could not be served.
 *
 * @param openDnsFrom what reads the zones, given the Region whose STS gives out roles
 */
export async function plan(
  file: string,
  openDnsFrom: (home: string) => Dns,
  print: (text: string) => void,
): Promise<number> {
  const loaded = loadConfig(file, { laptop: true });
  if (!loaded.ok) {
    print(report(loaded).join("\n"));
    return 1;
  }
  const { services, locations } = loaded.config;
  if (services.length === 0) print(`${file} has no services: nothing in DNS is ever changed.`);
  const plans = await planAll(services, openDnsFrom(locations[0] ?? ""));
  for (const each of plans) print(linesOf(each).join("\n"));
  return plans.every(({ ok }) => ok) ? 0 : 1;
}

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
      const openDnsFrom = (home: string) => openDns(route53Clients(home, "pointsman-plan", 3), sleep);
      process.exitCode = await plan(file, openDnsFrom, (text) => console.log(text));
    });
};
