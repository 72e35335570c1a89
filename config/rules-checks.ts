import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Draft } from "./draft.ts";
import { type Path, type Problem, quote } from "./finding.ts";
import {
  type Entry,
  endpointMap,
  endpointsOf,
  mergedCheck,
  schemesIn,
  servicesOf,
  targetsOf,
} from "./probes.ts";
import { typeProblems } from "./rules-types.ts";
import {
  type FileConfig,
  type FileEndpointMap,
  type FileService,
  type FileTargetCheck,
  schemesOfOptions,
} from "./schema.ts";
import { type Scheme, schemes } from "./schemes.ts";

type AnyCheck = Draft<FileEndpointMap> | Draft<FileTargetCheck>;

/** Headers that the request itself is made of. */
const ownHeaders: Readonly<Record<string, string>> = {
  host: "the name is taken from the URL; use host in the check",
  "content-length": "a probe has no body",
  "transfer-encoding": "a probe has no body",
  connection: "every probe opens its own connection",
  upgrade: "wss and ws ask for it",
  "sec-websocket-key": "wss and ws choose one",
  "sec-websocket-version": "wss and ws speak 13",
  "sec-websocket-extensions": "wss and ws speak none",
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

const listed = (words: readonly string[]): string =>
  [words.slice(0, -1).join(", "), ...words.slice(-1)].filter((part) => part !== "").join(" and ");

/** A key that the scheme does not know. */
const strangers = (check: AnyCheck, scheme: Scheme, path: Path): Problem[] =>
  Object.keys(check).flatMap((key) => {
    const fitting = schemesOfOptions.get(key);
    if (fitting === undefined || fitting.includes(scheme)) return [];
    const hint =
      scheme === "tcp" && fitting.includes("tls") ? "tls: instead of tcp: shakes hands" : undefined;
    const message = `${key} is for ${listed(fitting)}, not for ${scheme}`;
    return [{ path: [...path, key], at: "key", message, hint }];
  });

const optionProblems = (check: AnyCheck, scheme: Scheme | undefined, path: Path): Problem[] => {
  const headers = Object.entries(check.headers ?? {}).flatMap(([name, value]) =>
    headerProblem(name, value, [...path, "headers", name]),
  );
  return scheme === undefined ? headers : [...strangers(check, scheme, path), ...headers];
};

/** A HEAD has no body to look into; pointed at is what this check itself says. */
const headProblems = (own: AnyCheck, merged: AnyCheck, path: Path): Problem[] => {
  const looked = (["contains", "matches"] as const).find((key) => merged[key] !== undefined);
  const key = looked && Object.hasOwn(own, looked) ? looked : "method";
  if (merged.method !== "HEAD" || looked === undefined || !Object.hasOwn(own, key)) return [];
  return [{ path: [...path, key], message: `the answer to HEAD has no body for ${looked}`, hint: "use GET" }];
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
  const inFull = [check.https, check.http, check.wss, check.ws].some(
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
        ...headProblems(common, common, path),
        ...typeProblems(common, common, path),
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
      ...headProblems(own, merged, at),
      ...typeProblems(own, merged, at),
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
      ...headProblems(check, check, path),
      ...typeProblems(check, check, path),
    ];
  }),
  ...servicesOf(file).flatMap(serviceProblems),
];
