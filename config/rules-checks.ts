import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Draft } from "./draft.ts";
import { type Path, type Problem, quote } from "./finding.ts";
import {
  type Entry,
  endpointMap,
  endpointsOf,
  mergedCheck,
  type Scheme,
  schemes,
  schemesIn,
  servicesOf,
  targetsOf,
} from "./probes.ts";
import { httpProblems } from "./rules-http.ts";
import {
  type FileConfig,
  type FileEndpointMap,
  type FileService,
  type FileTargetCheck,
  httpOnlyKeys,
} from "./schema.ts";

type AnyCheck = Draft<FileEndpointMap> | Draft<FileTargetCheck>;

/** Headers that the request itself is made of. */
const ownHeaders: Readonly<Record<string, string>> = {
  host: "the name is taken from the URL; use host in the check",
  "content-length": "the probe counts the body itself",
  "transfer-encoding": "the probe frames the body itself",
  connection: "every probe opens its own connection",
};

const isAccepted = (validate: () => void): boolean => {
  try {
    validate();
    return true;
  } catch {
    return false;
  }
};

const headerProblem = (name: string, value: string | undefined, path: Path): Problem[] => {
  const hint = ownHeaders[name.toLowerCase()];
  if (hint !== undefined) return [{ path, at: "key", message: "this header cannot be set", hint }];
  if (!isAccepted(() => validateHeaderName(name))) {
    return [{ path, at: "key", message: `${quote(name)} is no header name` }];
  }
  if (value === undefined || isAccepted(() => validateHeaderValue(name, value))) return [];
  return [{ path, message: "a header cannot hold line breaks, control characters or text outside Latin-1" }];
};

const optionProblems = (check: AnyCheck, scheme: Scheme | undefined, path: Path): Problem[] => {
  const given = Object.keys(check);
  if (scheme === "tcp") {
    return given
      .filter((key) => httpOnlyKeys.includes(key) || key === "port")
      .map((key) => ({
        path: [...path, key],
        at: "key",
        message: `${key} is for https and http, not for tcp`,
      }));
  }
  const headers = Object.entries(check.headers ?? {}).flatMap(([name, value]) =>
    headerProblem(name, value, [...path, "headers", name]),
  );
  return headers;
};

const schemeProblems = (check: AnyCheck, path: Path, atLeast: 0 | 1): Problem[] => {
  const found = schemesIn(check);
  const [, second] = found;
  if (second !== undefined) {
    return [
      {
        path: [...path, second],
        at: "key",
        message: `a check has one of ${schemes.join(", ")}, not ${found.join(" and ")}`,
      },
    ];
  }
  if (found.length >= atLeast) return [];
  return [{ path, at: "key", missing: true, message: `needs one of ${schemes.join(", ")}` }];
};

const urlProblems = (check: Draft<FileTargetCheck>, path: Path): Problem[] => {
  const inFull = [check.https, check.http].some(
    (written) => written !== undefined && !written.startsWith("/"),
  );
  if (!inFull) return [];
  return (["host", "port"] as const)
    .filter((key) => Object.hasOwn(check, key))
    .map((key) => ({
      path: [...path, key],
      at: "key",
      message: `${key} says again what the URL says`,
      hint: "write it in the URL",
    }));
};

const serviceProblems = (service: Entry<Draft<FileService>>): Problem[] => {
  const path = [...service.path, "check"];
  const common = service.value.check;
  const ofService = common
    ? [
        ...schemeProblems(common, path, 1),
        ...optionProblems(common, schemesIn(common)[0], path),
        ...httpProblems({ own: common, merged: common, path }, schemesIn(common)[0]),
      ]
    : [];
  const ofTargets = targetsOf(service).flatMap((target) => {
    const own = target.value.check;
    if (!own) return [];
    const at = [...target.path, "check"];
    const merged = mergedCheck(service.value, target.value);
    return [
      ...schemeProblems(own, at, 0),
      ...optionProblems(own, schemesIn(merged)[0], at),
      ...httpProblems({ own, merged, path: at }, schemesIn(merged)[0]),
      ...urlProblems(own, at),
    ];
  });
  return [...ofService, ...ofTargets];
};

/** Whether the keys of each check go together. */
export const checkRule = (file: Draft<FileConfig>): Problem[] => [
  ...endpointsOf(file).flatMap(({ value, path }) => {
    const check = endpointMap(value);
    const [scheme] = schemesIn(check);
    return [
      ...schemeProblems(check, path, 1),
      ...optionProblems(check, scheme, path),
      ...httpProblems({ own: check, merged: check, path }, scheme),
    ];
  }),
  ...servicesOf(file).flatMap(serviceProblems),
];
