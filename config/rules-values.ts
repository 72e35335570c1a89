import { isIPv4, isIPv6 } from "node:net";
import type { RecordType } from "../lambda/core/config.ts";
import { isHostname, normalHost } from "./address.ts";
import { needsZone } from "./aws-zones.ts";
import type { Draft } from "./draft.ts";
import { type Problem, quote } from "./finding.ts";
import { combinationIn } from "./parts.ts";
import {
  type Entry,
  isOfValue,
  mergedCheck,
  movedBy,
  servicesOf,
  targetProbes,
  targetsOf,
  type Value,
  valuesOf,
} from "./probes.ts";
import type { FileConfig, FileService, FileTarget } from "./schema.ts";
import { mostValues } from "./schema-values.ts";

type ServiceEntry = Entry<Draft<FileService>>;
type TargetEntry = Entry<Draft<FileTarget>>;

const wanted = {
  A: { fits: isIPv4, what: "an IPv4 address" },
  AAAA: { fits: (value: string) => isIPv6(value) && !value.includes("%"), what: "an IPv6 address" },
  CNAME: { fits: (value: string) => isHostname(value) && !isIPv4(value), what: "a name" },
} as const;

const typeHint = (value: string): string | undefined => {
  if (isIPv4(value)) return "IPv4 addresses go with type A";
  return isIPv6(value) ? "IPv6 addresses go with type AAAA" : "names go with type CNAME";
};

const typesOf = (service: ServiceEntry): RecordType[] => [
  ...new Set(movedBy(service).flatMap(({ type }) => type ?? [])),
];

/** A CNAME holds a name, the others addresses: no target could fill both. */
const typeProblems = (service: ServiceEntry): Problem[] =>
  movedBy(service).flatMap(({ type, path }, index) => {
    const [first] = movedBy(service);
    if (index === 0 || type === undefined || first?.type === undefined) return [];
    if ((type === "CNAME") === (first.type === "CNAME")) return [];
    const message = `${type} and ${first.type} are never moved together`;
    return [{ path: [...path, "type"], message, hint: "A and AAAA, or CNAME alone" }];
  });

/** Each record needs something to hold, wherever it points. */
const lackProblems = (service: ServiceEntry, { value: target, path }: TargetEntry): Problem[] => {
  const values = valuesOf(target, path);
  const isMixed = typesOf(service).length > 1 && typesOf(service).includes("CNAME");
  if (isMixed || values.some(({ value }) => value === undefined)) return [];
  const lacking = typesOf(service).filter(
    (type) => !values.some(({ value = "" }) => wanted[type].fits(value)),
  );
  // One value that does not fit the only type is said to be that.
  if (lacking.length === 0 || typesOf(service).length === 1) return [];
  const what = lacking.map((type) => wanted[type].what).join(" and ");
  return [{ path: [...path, "value"], message: `holds not ${what}`, hint: `${lacking} is moved as well` }];
};

const circle = (name: string): Omit<Problem, "path"> => ({
  message: `${name} is a name that is moved itself: it would point in a circle`,
  hint: "write the name of the target behind it",
});

const valueProblem = (value: string, service: ServiceEntry, moved: ReadonlySet<string>) => {
  const types = typesOf(service);
  const [type] = types;
  if (type === undefined) return undefined;
  if (!types.some((one) => wanted[one].fits(value))) {
    return {
      message: `${quote(value)} is not ${wanted[type].what}, as type ${type} needs`,
      hint: typeHint(value),
    };
  }
  return type === "CNAME" && moved.has(normalHost(value)) ? circle(normalHost(value)) : undefined;
};

const aliasProblems = (service: ServiceEntry, target: TargetEntry, moved: ReadonlySet<string>): Problem[] => {
  const { value, alias } = target.value;
  const path = [...target.path, "alias"];
  const name = alias?.name === undefined ? undefined : normalHost(alias.name);
  if (value !== undefined) {
    return [{ path, message: "value and alias are two answers", hint: "keep one of them" }];
  }
  if (service.value.dns?.type === "CNAME") {
    return [{ path, message: "an alias goes with A and AAAA", hint: "type: A, or value: with that name" }];
  }
  if (name === undefined || alias === undefined) return [];
  if (moved.has(name)) return [{ path: [...path, "name"], ...circle(name) }];
  if (Object.hasOwn(alias, "zoneId") || !needsZone(name)) return [];
  const hint = "aws elbv2 describe-load-balancers shows it as CanonicalHostedZoneId";
  return [
    { path: [...path, "zoneId"], missing: true, message: "is missing: it is another in every Region", hint },
  ];
};

/** What a target holds that is no alias. */
const ownProblems = (service: ServiceEntry, target: TargetEntry, moved: ReadonlySet<string>): Problem[] => {
  if (!Object.hasOwn(target.value, "value")) {
    const path = [...target.path, "value"];
    return [{ path, missing: true, message: "is missing", hint: "or alias" }];
  }
  return [
    ...valueProblems(valuesOf(target.value, target.path), service, moved),
    ...severalProblems(service, target),
    ...lackProblems(service, target),
  ];
};

const valueProblems = (
  values: readonly Value[],
  service: ServiceEntry,
  moved: ReadonlySet<string>,
): Problem[] => {
  const seen = new Set<string>();
  return values.flatMap(({ value, path }) => {
    if (value === undefined) return [];
    const isTwice = seen.has(normalHost(value));
    seen.add(normalHost(value));
    if (isTwice) return [{ path, message: `${quote(value)} is written twice`, hint: "each value once" }];
    const problem = valueProblem(value, service, moved);
    return problem ? [{ path, ...problem }] : [];
  });
};

/** What may not be with several values. */
const severalProblems = (service: ServiceEntry, { value: target, path }: TargetEntry): Problem[] => {
  const values = valuesOf(target, path);
  const at = [...path, "value"];
  if (values.length < 2) return [];
  if (service.value.dns?.type === "CNAME") {
    return [{ path: at, message: "a CNAME record has one value", hint: "one name" }];
  }
  const probes = targetProbes(service.value, target, path).flatMap(({ probed }) => probed ?? []);
  const everyValue = "say with connect where to probe instead";
  if (
    combinationIn(mergedCheck(service.value, target)) === "any" &&
    probes.some(({ said }) => isOfValue(said))
  ) {
    return [
      {
        path: at,
        message: "several values go with no check of any: each of them must be good",
        hint: everyValue,
      },
    ];
  }
  if (probes.length <= mostValues) return [];
  const message = `${values.length} values and their checks are ${probes.length} probes at once; ${mostValues} are the most`;
  return [{ path: at, message, hint: `fewer values or checks, or ${everyValue}` }];
};

/** What a target's record would hold, in one spelling and order. */
const contentOf = ({ value, path }: TargetEntry): string =>
  valuesOf(value, path)
    .flatMap((one) => (one.value === undefined ? [] : [normalHost(one.value)]))
    .sort()
    .join(" ");

const twinProblems = (targets: readonly TargetEntry[]): Problem[] => {
  const seen = new Map<string, string>();
  return targets.flatMap((target) => {
    const content = contentOf(target);
    const twin = seen.get(content);
    if (content !== "") seen.set(content, target.id);
    if (twin === undefined) return [];
    const message = `the same value as target ${quote(twin)}`;
    const key = Object.hasOwn(target.value, "alias") ? "alias" : "value";
    return [{ path: [...target.path, key], message, hint: "a move between them would change nothing" }];
  });
};

/** A target's values must fit the record's type, differ from its siblings' and not lead back to a moved name. */
export const targetValueRule = (file: Draft<FileConfig>): Problem[] => {
  const services = servicesOf(file);
  const moved = new Set(services.flatMap((service) => movedBy(service).flatMap(({ name }) => name ?? [])));
  return services.flatMap((service) => {
    const targets = targetsOf(service);
    const twins = twinProblems(targets);
    const others = targets.flatMap((target) =>
      Object.hasOwn(target.value, "alias")
        ? aliasProblems(service, target, moved)
        : ownProblems(service, target, moved),
    );
    // A twin is said to be one, and not once more what is wrong with both.
    return [
      ...typeProblems(service),
      ...twins,
      ...others.filter(({ path }) => !twins.some((twin) => `${twin.path}` === `${path}`)),
    ];
  });
};
