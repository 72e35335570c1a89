import type { Draft } from "./draft.ts";
import { type Path, type Problem, quote } from "./finding.ts";
import { partsOf } from "./parts.ts";
import { endpointMap, endpointsOf, servicesOf, targetsOf } from "./probes.ts";
import { aliasZoneRule } from "./rules-alias.ts";
import { beaconRegionRule, beaconServiceRule } from "./rules-beacons.ts";
import { checkRule } from "./rules-checks.ts";
import { hostRule, movedNameRule, privateRule, sameProbeRule } from "./rules-hosts.ts";
import { oneNameRule, oneZoneRule, targetIdRule } from "./rules-records.ts";
import { secretRule } from "./rules-secrets.ts";
import { targetValueRule } from "./rules-values.ts";
import { reachRule, vpcRule } from "./rules-vpc.ts";
import { weightedRule } from "./rules-weighted.ts";
import type { FileConfig, FileEndpointMap, FileTargetCheck } from "./schema.ts";
import { idComplaint } from "./schema-values.ts";
import { effectiveMs, staggeredProblems, timingProblems, withinProblems } from "./timing.ts";

export type RuleOptions = {
  /** A laptop may probe itself; in Lambda that would be the function. */
  readonly laptop?: boolean;
};

/** What takes two values of the file to tell. Rules judge what is there and skip what is missing or wrong. */
type Rule = (file: Draft<FileConfig>, options: RuleOptions) => Problem[];

const somethingRule: Rule = (file) => {
  const sections = ["endpoints", "services", "heartbeats"] as const;
  if (sections.some((key) => Object.keys(file[key] ?? {}).length > 0)) return [];
  if (sections.some((key) => Object.hasOwn(file, key) && !file[key])) return [];
  const hint = "add endpoints: { docs: https://docs.acme.com/ }";
  return [{ path: [], missing: true, message: "nothing to watch: neither endpoints nor services", hint }];
};

const idRule: Rule = (file) =>
  (["endpoints", "services", "heartbeats"] as const).flatMap((section) =>
    Object.keys(file[section] ?? {}).flatMap((id): Problem[] => {
      const [message, hint] = idComplaint(id)?.split("\n", 2) ?? [];
      return message === undefined ? [] : [{ path: [section, id], at: "key", message, hint }];
    }),
  );

/** Both are endpoints in records and alerts. */
const heartbeatRule: Rule = (file) =>
  Object.keys(file.heartbeats ?? {})
    .filter((id) => Object.hasOwn(file.endpoints ?? {}, id))
    .map((id) => ({
      path: ["heartbeats", id],
      at: "key",
      message: `${quote(id)} is an endpoint's id, too`,
      hint: "another id",
    }));

/** Every value after the first that is the same. */
const repeated = (
  values: readonly (string | undefined)[],
  at: (index: number) => Path,
  what: string,
): Problem[] => {
  const seen = new Set<string>();
  return values.flatMap((value, index) => {
    if (value === undefined) return [];
    const problem = {
      path: at(index),
      message: `${what} ${quote(value)} is there twice`,
      hint: "keep one of them",
    };
    return seen.size === seen.add(value).size ? [problem] : [];
  });
};

const duplicateRule: Rule = (file) => [
  ...repeated(file.locations ?? [], (index) => ["locations", index], "location"),
  ...repeated(file.references ?? [], (index) => ["references", index], "reference"),
  ...repeated(file.resolvers ?? [], (index) => ["resolvers", index], "resolver"),
  ...servicesOf(file).flatMap((service) =>
    repeated(
      (service.value.targets ?? []).map((target) => target?.id),
      (index) => [...service.path, "targets", index, "id"],
      "target",
    ),
  ),
];

const sizeRule: Rule = (file) => {
  const problems: Problem[] = [];
  if (file.locations?.length === 0) {
    problems.push({
      path: ["locations"],
      message: "must name one Region at least",
      hint: "five are advised",
    });
  }
  const references = file.references?.length ?? 0;
  if (references > 0 && references < 3) {
    const message = `${references} references tell too little: one that is down would blind a location`;
    problems.push({ path: ["references"], message, hint: "3 or more in different networks, or [] for none" });
  }
  for (const service of servicesOf(file)) {
    const targets = service.value.targets?.length ?? 2;
    const hint = "a primary and a standby; what is only watched belongs under endpoints";
    const path = [...service.path, "targets"];
    if (targets < 2) problems.push({ path, message: "must hold two targets at least", hint });
  }
  return problems;
};

const alertRule: Rule = (file) =>
  (file.alerts ?? []).flatMap((alert, index) => {
    if (alert === undefined || Object.keys(alert).length === 1) return [];
    const hint = "as - email: you@acme.com";
    return [
      { path: ["alerts", index], message: "must have exactly one of email, sms, https, sqs, lambda", hint },
    ];
  });

const lateProblems = (
  check: Draft<FileEndpointMap> | Draft<FileTargetCheck>,
  path: Path,
  timeout: number | undefined,
): Problem[] => partsOf(check, path).flatMap((part) => withinProblems(part.check, part.path, timeout));

const timingRule: Rule = (file) => [
  ...timingProblems(file.defaults ?? {}, ["defaults"]),
  ...endpointsOf(file).flatMap(({ value, path }) => {
    const endpoint = endpointMap(value);
    const timeout = effectiveMs("timeout", endpoint, file.defaults);
    return [...timingProblems(endpoint, path, file.defaults), ...lateProblems(endpoint, path, timeout)];
  }),
  ...servicesOf(file).flatMap((service) => {
    const timeout = effectiveMs("timeout", service.value, file.defaults);
    return [
      ...timingProblems(service.value, service.path, file.defaults),
      ...lateProblems(service.value.check ?? {}, [...service.path, "check"], timeout),
      ...targetsOf(service).flatMap((target) =>
        lateProblems(target.value.check ?? {}, [...target.path, "check"], timeout),
      ),
    ];
  }),
];

const staggeredRule: Rule = (file) => {
  const { length } = file.locations ?? [];
  return [
    ...staggeredProblems(file.defaults ?? {}, ["defaults"], length),
    ...endpointsOf(file).flatMap(({ value, path }) =>
      staggeredProblems(endpointMap(value), path, length, file.defaults),
    ),
    ...servicesOf(file).flatMap(({ value, path }) => staggeredProblems(value, path, length, file.defaults)),
  ];
};

const rules: readonly Rule[] = [
  somethingRule,
  idRule,
  heartbeatRule,
  duplicateRule,
  sizeRule,
  alertRule,
  timingRule,
  staggeredRule,
  checkRule,
  oneNameRule,
  oneZoneRule,
  targetIdRule,
  targetValueRule,
  aliasZoneRule,
  movedNameRule,
  hostRule,
  privateRule,
  vpcRule,
  reachRule,
  sameProbeRule,
  secretRule,
  beaconRegionRule,
  beaconServiceRule,
  weightedRule,
];

/** Everything wrong that no single value shows. */
export const checkRules = (file: Draft<FileConfig>, options: RuleOptions): Problem[] =>
  rules.flatMap((rule) => rule(file, options));
