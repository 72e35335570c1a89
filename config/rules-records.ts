import { normalHost } from "./address.ts";
import type { Draft } from "./draft.ts";
import { formatPath, type Path, type Problem, quote } from "./finding.ts";
import { type Entry, movedBy, servicesOf, targetsOf } from "./probes.ts";
import type { FileConfig, FileService } from "./schema.ts";

type Claim = { readonly type: string | undefined; readonly path: Path };

const clash = (claim: Claim, before: readonly Claim[]): Problem[] => {
  const same = before.find((one) => one.type !== undefined && one.type === claim.type);
  const isBeside = claim.path.includes("also");
  const path = isBeside ? claim.path : [...claim.path, "name"];
  if (same) {
    const message = `${formatPath(same.path)} moves the same name and type already`;
    return [{ path, message, hint: "one service per name and type" }];
  }
  const alias = before.find(
    (one) => one.type === "CNAME" || (claim.type === "CNAME" && one.type !== undefined),
  );
  if (!alias || claim.type === undefined) return [];
  return [
    {
      path,
      message: `a CNAME stands alone on its name, and ${formatPath(alias.path)} has ${alias.type} there`,
      hint: "use A and AAAA, or another name",
    },
  ];
};

/** Two services that move one name would fight over it. */
export const oneNameRule = (file: Draft<FileConfig>): Problem[] => {
  const claims = new Map<string, Claim[]>();
  return servicesOf(file).flatMap((service) => {
    const zoneId = service.value.dns?.zoneId;
    if (zoneId === undefined) return [];
    return movedBy(service).flatMap(({ name, type, path }) => {
      if (name === undefined) return [];
      const key = `${zoneId} ${name}`;
      const before = claims.get(key) ?? [];
      const claim = { type, path };
      claims.set(key, [...before, claim]);
      return clash(claim, before);
    });
  });
};

type ServiceEntry = Entry<Draft<FileService>>;

const wayOf = (roleArn: string | undefined): string =>
  roleArn === undefined ? "without a role" : `by ${roleArn}`;

/** The same zone by two ways is most likely a key that was forgotten or left: one of them would find no zone. */
const otherWay = (service: ServiceEntry, first: ServiceEntry): Problem[] => {
  const [dns, before] = [service.value.dns ?? {}, first.value.dns ?? {}];
  const isWrong = [dns, before].some((one) => Object.hasOwn(one, "roleArn") && one.roleArn === undefined);
  if (isWrong || dns.roleArn === before.roleArn) return [];
  const said = formatPath([...first.path, "dns"]);
  return [
    {
      path: [...service.path, "dns", "roleArn"],
      missing: dns.roleArn === undefined,
      message: `${said} reaches the same zone ${wayOf(before.roleArn)}`,
      hint: "one roleArn, or none, for all services of a zone",
    },
  ];
};

const topOf = (name: string): string | undefined => normalHost(name).split(".").at(-1);

/** Names of one zone end in the zone's name, so in the same label at least. */
const otherDomain = (service: ServiceEntry, first: ServiceEntry): Problem[] => {
  const before = first.value.dns?.name;
  return movedBy(service).flatMap(({ name, path }) => {
    if (name === undefined || before === undefined || topOf(name) === topOf(before)) return [];
    const message = `no zone holds both ${name} and ${normalHost(before)}`;
    const hint = `${formatPath([...first.path, "dns"])} has the same zoneId`;
    return [{ path: [...path, "name"], message, hint }];
  });
};

/** What services say of the zone they share has to fit together. */
export const oneZoneRule = (file: Draft<FileConfig>): Problem[] => {
  const firsts = new Map<string, ServiceEntry>();
  return servicesOf(file).flatMap((service) => {
    const zoneId = service.value.dns?.zoneId;
    if (zoneId === undefined) return [];
    const first = firsts.get(zoneId);
    if (first !== undefined) return [...otherWay(service, first), ...otherDomain(service, first)];
    firsts.set(zoneId, service);
    return otherDomain(service, service);
  });
};

/** Words that stand in alerts and tables where a target's id would. */
const reservedIds = ["orphan", "nothing", "armed", "disarmed"];

/** A target must not be called what Pointsman calls the lack of one. */
export const targetIdRule = (file: Draft<FileConfig>): Problem[] =>
  servicesOf(file).flatMap((service) =>
    targetsOf(service).flatMap((target): Problem[] => {
      const { id } = target.value;
      if (id === undefined || !reservedIds.includes(id)) return [];
      const hint = `any other id; ${reservedIds.join(", ")} have a meaning of their own`;
      return [{ path: [...target.path, "id"], message: `a target cannot be called ${quote(id)}`, hint }];
    }),
  );
