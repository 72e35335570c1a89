import { hostKind, normalHost } from "./address.ts";
import { credentials, plainSecrets } from "./advice-secrets.ts";
import { otherNameAsked } from "./advice-standbys.ts";
import { defaults } from "./defaults.ts";
import type { Draft } from "./draft.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { type Path, type Problem, quote } from "./finding.ts";
import { partsOf, schemesIn } from "./parts.ts";
import {
  endpointMap,
  endpointsOf,
  mergedCheck,
  servicesOf,
  targetProbes,
  targetsOf,
  valuesOf,
  writtenChecks,
} from "./probes.ts";
import { otherZoneAlias } from "./rules-alias.ts";
import type { FileConfig, FilePolicy } from "./schema.ts";

type File = Draft<FileConfig>;

/** What works and is unwise. */
type Advice = (file: File) => Problem[];

const locationCounts: Readonly<Record<number, string>> = {
  1: "one location: alerts only, no name is moved",
  2: "two locations: a move takes three that agree, so no name is moved",
  3: "three locations: a single one that sees nothing keeps every name where it is",
  4: "four locations: two that see nothing keep every name where it is",
};

const fewLocations: Advice = (file) => {
  const count = file.locations?.length ?? 5;
  const alone = count < 3 && file.acceptSingleLocation === true;
  const message = alone
    ? `what ${count === 1 ? "one location sees" : "two locations see"} is enough to move a name (acceptSingleLocation)`
    : locationCounts[count];
  return message === undefined ? [] : [{ path: ["locations"], message, hint: "five are advised" }];
};

const homeInUsEast1: Advice = (file) =>
  file.locations?.[0] === "us-east-1"
    ? [
        {
          path: ["locations", 0],
          message: "home is us-east-1, where Route 53's control plane is: both would be gone on the same day",
          hint: "another Region first",
        },
      ]
    : [];

const regionIn = (host: string, region: string): boolean => `.${host}.`.includes(`.${region}.`);

const homeWithTarget: Advice = (file) => {
  const home = file.locations?.[0];
  if (home === undefined) return [];
  return servicesOf(file).flatMap((service) =>
    targetsOf(service).flatMap((target) => {
      const probes = targetProbes(service.value, target.value, target.path);
      const hosts = [
        ...valuesOf(target.value, target.path).map(({ value = "" }) => normalHost(value)),
        ...probes.map((one) => one.probed?.to.host ?? ""),
      ];
      if (!hosts.some((host) => regionIn(host, home))) return [];
      const message = `this target is in ${home}, which is home: both would be gone on the same day`;
      const [{ path } = target] = valuesOf(target.value, target.path);
      return [{ path, message, hint: "another Region first in locations" }];
    }),
  );
};

const policies = (file: File): { own: Draft<FilePolicy>; path: Path }[] => [
  ...(file.defaults ? [{ own: file.defaults, path: ["defaults"] }] : []),
  ...endpointsOf(file).map(({ value, path }) => ({ own: endpointMap(value), path })),
  ...servicesOf(file).map(({ value, path }) => ({ own: value, path })),
];

const shortInterval: Advice = (file) =>
  policies(file).flatMap(({ own, path }) => {
    const ms = own.interval === undefined ? undefined : parseDuration(own.interval);
    if (ms === undefined || ms >= 5000) return [];
    const message = `an interval of ${formatDuration(ms)} costs more than it gains: the confirm takes longer`;
    return [{ path: [...path, "interval"], message, hint: "5s or more" }];
  });

const longTtl: Advice = (file) =>
  servicesOf(file).flatMap((service) => {
    const ttl = service.value.dns?.ttl;
    const ms = ttl === undefined ? undefined : parseDuration(ttl);
    if (ms === undefined || ms <= 60_000) return [];
    const message = `resolvers keep the old answer for up to ${ttl} after a move`;
    return [
      { path: [...service.path, "dns", "ttl"], message, hint: `60s at most; ${defaults.ttl} loses least` },
    ];
  });

/** One warning however many they are: it is how every service starts. */
const shadow: Advice = (file) => {
  const found = servicesOf(file).filter(
    ({ value }) => (Object.hasOwn(value, "mode") ? value.mode : defaults.mode) === "shadow",
  );
  const [first, second] = found;
  if (first === undefined) return [];
  const message =
    second === undefined
      ? "mode shadow: this service tells what it would do and moves nothing"
      : `mode shadow: ${found.length} services tell what they would do and move nothing: ${someOf(found.map(({ id }) => id))}`;
  const hint = "mode: armed, once you believe it";
  return Object.hasOwn(first.value, "mode")
    ? [{ path: [...first.path, "mode"], message, hint }]
    : [{ path: first.path, at: "key", message, hint }];
};

const someOf = (ids: readonly string[]): string =>
  ids.length <= 4 ? ids.join(", ") : `${ids.slice(0, 3).join(", ")} and ${ids.length - 3} more`;

const placeholderName: Advice = (file) =>
  servicesOf(file).flatMap(({ value, path }) => {
    const name = value.dns?.name;
    if (name === undefined || hostKind(name) !== "placeholder") return [];
    return [
      {
        path: [...path, "dns", "name"],
        message: `${normalHost(name)} is a placeholder`,
        hint: "write your own name",
      },
    ];
  });

const unverified: Advice = (file) =>
  writtenChecks(file).flatMap(({ check, path }) =>
    check.verifyCertificate === false
      ? [
          {
            path: [...path, "verifyCertificate"],
            message: "anybody's certificate is taken: a wrong server on this address looks healthy",
            hint: "remove it, or say with host which name the certificate is for",
          },
        ]
      : [],
  );

const certificateMoves: Advice = (file) =>
  writtenChecks(file).flatMap(({ check, path }) =>
    path[0] === "services" && check.certificateDays !== undefined
      ? [
          {
            path: [...path, "certificateDays"],
            at: "key" as const,
            message: "a certificate that is still valid would count as down, and the name would be moved",
            hint: "an endpoint of its own for the certificate, under endpoints",
          },
        ]
      : [],
  );

const plainHttpServices: Advice = (file) => {
  const services = servicesOf(file);
  const schemes = services.flatMap((service) =>
    targetsOf(service).flatMap(({ value }) =>
      partsOf(mergedCheck(service.value, value), []).map(({ check }) => schemesIn(check)[0]),
    ),
  );
  if (schemes.length === 0 || schemes.some((scheme) => scheme !== "http")) return [];
  const message = "all services are checked by http: a broken or expired certificate goes unnoticed";
  return [{ path: ["services"], at: "key", message, hint: "https where the users come by https" }];
};

const alertsMissing: Advice = (file) => {
  if (Object.hasOwn(file, "alerts") && file.alerts?.length !== 0) return [];
  return [
    { path: ["alerts"], message: "nobody is told: no alerts", hint: "alerts: [{ email: you@acme.com }]" },
  ];
};

const loneEmail: Advice = (file) => {
  const [only, second] = file.alerts ?? [];
  if (only?.email === undefined || second !== undefined) return [];
  const message = "one e-mail is the only alert: it may be filtered, read late, or never have been confirmed";
  return [{ path: ["alerts", 0], message, hint: "a second way, for example sms or https" }];
};

const placeholderReceivers: Advice = (file) =>
  (file.alerts ?? []).flatMap((alert, index) => {
    const { email, https } = alert ?? {};
    const host =
      email?.split("@")[1] ?? (https !== undefined && URL.canParse(https) ? new URL(https).hostname : "");
    if (host === "" || hostKind(host) !== "placeholder") return [];
    const key = email === undefined ? "https" : "email";
    return [
      {
        path: ["alerts", index, key],
        message: `${quote(host)} is a placeholder: nobody is told`,
        hint: "write your own",
      },
    ];
  });

const referencesOff: Advice = (file) =>
  file.references?.length === 0
    ? [
        {
          path: ["references"],
          message: "no references: a location that sees nothing cannot tell",
          hint: "leave the key out for good ones",
        },
      ]
    : [];

const advice: readonly Advice[] = [
  fewLocations,
  homeInUsEast1,
  homeWithTarget,
  alertsMissing,
  loneEmail,
  placeholderReceivers,
  referencesOff,
  shortInterval,
  longTtl,
  shadow,
  placeholderName,
  plainHttpServices,
  unverified,
  otherNameAsked,
  otherZoneAlias,
  credentials,
  plainSecrets,
  certificateMoves,
];

/** Warnings: the file may hold errors, what of it could be read is judged. */
export const advise = (file: File): Problem[] => advice.flatMap((one) => one(file));
