import { validateHeaderName, validateHeaderValue } from "node:http";
import type { Draft } from "./draft.ts";
import { type Path, type Problem, quote } from "./finding.ts";
import { combinationIn, schemesIn, waysIn, writtenParts } from "./parts.ts";
import { type Entry, endpointMap, endpointsOf, mergedCheck, servicesOf, targetsOf } from "./probes.ts";
import { httpProblems } from "./rules-http.ts";
import { typeProblems } from "./rules-types.ts";
import {
  type FileConfig,
  type FileEndpointMap,
  type FileService,
  type FileTargetCheck,
  schemesOfOptions,
} from "./schema.ts";
import { combinations, type Scheme, schemes } from "./schemes.ts";

type AnyCheck = Draft<FileEndpointMap> | Draft<FileTargetCheck>;

/** Headers that the request itself is made of. */
const ownHeaders: Readonly<Record<string, string>> = {
  host: "the name is taken from the URL; use host in the check",
  "content-length": "the probe counts the body itself",
  "transfer-encoding": "the probe frames the body itself",
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

const ways = [...schemes, ...combinations];

const wayProblems = (check: AnyCheck, path: Path, atLeast: 0 | 1, known: readonly string[]): Problem[] => {
  const found = waysIn(check);
  const [, second] = found;
  if (second !== undefined) {
    return [
      {
        path: [...path, second],
        at: "key",
        message: `a check has one of ${known.join(", ")}, not ${found.join(" and ")}`,
      },
    ];
  }
  if (found.length >= atLeast) return [];
  return [{ path, at: "key", missing: true, message: `needs one of ${known.join(", ")}` }];
};

const urlProblems = (check: AnyCheck, path: Path): Problem[] => {
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

/** An option beside a combination would be for none of the checks, or for all: it is said where it counts. */
const misplaced = (own: AnyCheck, merged: AnyCheck, path: Path): Problem[] =>
  Object.keys(own)
    .filter((key) => key !== "host" && schemesOfOptions.has(key))
    .map((key) => ({
      path: [...path, key],
      at: "key",
      message: `${key} belongs into a check of ${combinationIn(merged)}`,
    }));

/** `merged` is judged; pointed at is what the check itself says. */
const singleProblems = (own: AnyCheck, merged: AnyCheck, path: Path): Problem[] => [
  ...optionProblems(own, schemesIn(merged)[0], path),
  ...httpProblems({ own, merged, path }),
  ...typeProblems(own, merged, path),
  ...urlProblems(own, path),
];

const checkProblems = (own: AnyCheck, merged: AnyCheck, path: Path, atLeast: 0 | 1): Problem[] => [
  ...wayProblems(own, path, atLeast, ways),
  ...(combinationIn(merged) === undefined ? singleProblems(own, merged, path) : misplaced(own, merged, path)),
  ...writtenParts(own, path).flatMap((part) => [
    ...wayProblems(part.check, part.path, 1, schemes),
    ...singleProblems(part.check, part.check, part.path),
  ]),
];

const serviceProblems = (service: Entry<Draft<FileService>>): Problem[] => {
  const common = service.value.check;
  return [
    ...(common ? checkProblems(common, common, [...service.path, "check"], 1) : []),
    ...targetsOf(service).flatMap((target) => {
      const own = target.value.check;
      const merged = mergedCheck(service.value, target.value);
      return own ? checkProblems(own, merged, [...target.path, "check"], 0) : [];
    }),
  ];
};

/** Whether the keys of each check go together. */
export const checkRule = (file: Draft<FileConfig>): Problem[] => [
  ...endpointsOf(file).flatMap(({ value, path }) => {
    const check = endpointMap(value);
    return checkProblems(check, check, path, 1);
  }),
  ...servicesOf(file).flatMap(serviceProblems),
];
