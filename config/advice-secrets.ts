import { isReference } from "../lambda/core/secrets.ts";
import type { Draft } from "./draft.ts";
import type { Path, Problem } from "./finding.ts";
import { schemesIn, writtenParts } from "./parts.ts";
import { endpointMap, endpointsOf, mergedCheck, servicesOf, targetsOf, writtenChecks } from "./probes.ts";
import type { FileConfig, FileEndpointMap, FileTargetCheck } from "./schema.ts";

type AnyCheck = Draft<FileEndpointMap> | Draft<FileTargetCheck>;

const credentialHeader = /^(?:authorization|proxy-authorization|cookie|.*(?:api-?key|token|secret).*)$/i;

/** A credential that is written as itself. */
export const credentials = (file: Draft<FileConfig>): Problem[] =>
  writtenChecks(file).flatMap(({ check, path }) =>
    Object.entries(check.headers ?? {})
      .filter(([name, value]) => credentialHeader.test(name) && !isReference(value ?? ""))
      .map(([name]) => ({
        path: [...path, "headers", name],
        at: "key" as const,
        message: "a credential in this file is readable by everyone who may read the functions",
        hint: "write where it is kept: secretsmanager:… or ssm:…",
      })),
  );

/** Where in a check a secret that is sent stands; a client's key never leaves the prober. */
const secretIn = ({ bearer, basicAuth, headers = {} }: AnyCheck): Path | undefined => {
  if (bearer !== undefined) return ["bearer"];
  if (basicAuth !== undefined) return ["basicAuth"];
  const name = Object.keys(headers).find((one) => isReference(headers[one] ?? ""));
  return name === undefined ? undefined : ["headers", name];
};

/** `merged` is judged; pointed at is what the check itself says, the secret or the scheme. */
const exposed = (own: AnyCheck, merged: AnyCheck, path: Path): Problem[] => {
  const [scheme] = schemesIn(merged);
  const secret = secretIn(merged);
  if ((scheme !== "http" && scheme !== "ws") || secret === undefined) return [];
  const said = secretIn(own) ?? (Object.hasOwn(own, scheme) ? [scheme] : undefined);
  if (said === undefined) return [];
  const message = `a secret is sent by ${scheme}, readable by whoever is on the way`;
  return [{ path: [...path, ...said], at: "key", message, hint: `${scheme === "ws" ? "wss" : "https"}` }];
};

const exposedIn = (own: AnyCheck, merged: AnyCheck, path: Path): Problem[] => [
  ...exposed(own, merged, path),
  ...writtenParts(own, path).flatMap((part) => exposed(part.check, part.check, part.path)),
];

/** A secret that goes over the wire without TLS. */
export const plainSecrets = (file: Draft<FileConfig>): Problem[] => [
  ...endpointsOf(file).flatMap(({ value, path }) => {
    const check = endpointMap(value);
    return exposedIn(check, check, path);
  }),
  ...servicesOf(file).flatMap((service) => {
    const common = service.value.check ?? {};
    return [
      ...exposedIn(common, common, [...service.path, "check"]),
      ...targetsOf(service).flatMap(({ value, path }) =>
        exposedIn(value.check ?? {}, mergedCheck(service.value, value), [...path, "check"]),
      ),
    ];
  }),
];
