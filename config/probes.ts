import type { RecordType } from "../lambda/core/config.ts";
import { hostOf, inUrl, isPort, normalHost, type Place, parsePlace } from "./address.ts";
import type { Draft } from "./draft.ts";
import type { Path } from "./finding.ts";
import { combinationIn, type Part, partsOf, schemesIn, waysIn } from "./parts.ts";
import type {
  FileConfig,
  FileEndpoint,
  FileEndpointMap,
  FileService,
  FileTarget,
  FileTargetCheck,
} from "./schema.ts";
import { placeOfUrl } from "./schema-values.ts";
import { combinations, defaultPorts, hasUrl, type Scheme, schemes, shortSchemes } from "./schemes.ts";

/** What a check in the file comes to: where its socket goes, and what is asked there. */
export type Probed = {
  readonly scheme: Scheme;
  readonly to: Place;
  /** Whether `to` is something else than the URL's own host and port. */
  readonly pinned: boolean;
  /** Whether the file says that it is in a private network. */
  readonly inside: boolean;
  /** The request, where the scheme has one. */
  readonly url?: URL;
  /** The name asked for by SNI and in the certificate, where no URL says it. */
  readonly name?: string;
  /** What in the file says where the socket goes. */
  readonly said: Path;
};

/** An endpoint written as a URL is short for a map with one key. */
export const endpointMap = (endpoint: Draft<FileEndpoint>): Draft<FileEndpointMap> => {
  if (typeof endpoint !== "string") return endpoint;
  const [scheme = ""] = endpoint.toLowerCase().split(":", 1);
  const key = shortSchemes.find((one) => one === scheme) ?? "https";
  return { [key]: placeOfUrl(endpoint) ?? endpoint };
};

/**
 * The check of a target: its own keys instead of the service's. A target that names a scheme has left the
 * service's scheme with its port; beside a combination, of either, only the name is taken over.
 */
export const mergedCheck = (
  service: Draft<FileService>,
  target: Draft<FileTarget>,
): Draft<FileTargetCheck> => {
  const own = target.check ?? {};
  const common = service.check ?? {};
  if (waysIn(own).length === 0) return { ...common, ...own };
  if (combinationIn(own) !== undefined)
    return { ...(common.host !== undefined && { host: common.host }), ...own };
  const left = new Set<string>([...schemes, ...combinations, "port"]);
  const rest = Object.fromEntries(Object.entries(common).filter(([key]) => !left.has(key)));
  return { ...rest, ...own };
};

const parseUrl = (text: string): URL | undefined => (URL.canParse(text) ? new URL(text) : undefined);

const placeOf = (url: URL, scheme: Scheme): Place => ({
  host: hostOf(url),
  port: url.port === "" ? (defaultPorts[scheme] ?? 0) : Number(url.port),
});

type Connect = { readonly connect?: string | undefined; readonly private?: boolean | undefined };

/** The place of `connect`, with the port it leaves out; undefined when there is none or it is wrong. */
const connectPlace = (check: Connect, port: number): Place | undefined => {
  const place = check.connect === undefined ? undefined : parsePlace(check.connect);
  return place && { port, ...place };
};

const isWrong = (check: Connect): boolean => Object.hasOwn(check, "connect") && check.connect === undefined;

const urlProbe = (scheme: Scheme, text: string, check: Connect, said: Path): Probed | undefined => {
  const url = parseUrl(text);
  if (!url) return undefined;
  url.hash = "";
  const own = placeOf(url, scheme);
  const to = connectPlace(check, own.port);
  return { scheme, url, to: to ?? own, pinned: to !== undefined, inside: check.private === true, said };
};

const placeProbe = (
  scheme: Scheme,
  to: Place | undefined,
  name: string | undefined,
  said: Path,
): Probed | undefined =>
  to && isPort(to.port)
    ? { scheme, to, pinned: false, inside: false, ...(name !== undefined && { name }), said }
    : undefined;

type Written = { readonly scheme: Scheme; readonly written: string | number };

/** The one scheme a check names with what stands there; undefined when that is missing, wrong or not one. */
const writtenIn = (
  check: Connect & { readonly [of in Scheme]?: string | number | undefined },
): Written | undefined => {
  const [scheme, second] = schemesIn(check);
  const written = scheme && check[scheme];
  if (scheme === undefined || written === undefined || second !== undefined || isWrong(check))
    return undefined;
  return { scheme, written };
};

type AnyCheck = Draft<FileEndpointMap> | Draft<FileTargetCheck>;

/** A check with one scheme, and what it comes to; undefined when what that needs is missing or wrong. */
export type Planned = { readonly check: AnyCheck; readonly probed: Probed | undefined };

const endpointProbe = ({ check, path, connectPath }: Part<Draft<FileEndpointMap>>, isShort: boolean) => {
  const { scheme, written } = writtenIn(check) ?? {};
  if (scheme === undefined || typeof written !== "string") return undefined;
  const where = isShort ? path : [...path, scheme];
  const said = check.connect === undefined ? where : connectPath;
  if (hasUrl(scheme)) return urlProbe(scheme, written, check, said);
  const place = parsePlace(written);
  const own = place && { port: defaultPorts[scheme] ?? 0, ...place };
  return placeProbe(scheme, connectPlace(check, own?.port ?? 0) ?? own, own?.host, said);
};

/** What an endpoint's check comes to, or each of those it combines. */
export const endpointProbes = (endpoint: Draft<FileEndpoint>, path: Path): Planned[] =>
  partsOf(endpointMap(endpoint), path).map((part) => ({
    check: part.check,
    probed: endpointProbe(part, typeof endpoint === "string"),
  }));

const pinnedProbe = (
  { scheme, written }: Written,
  check: Draft<FileTargetCheck>,
  name: string | undefined,
  address: string | undefined,
  said: Path,
): Probed | undefined => {
  const port = typeof written === "number" ? written : (check.port ?? defaultPorts[scheme] ?? 0);
  const pin = address === undefined ? undefined : { host: normalHost(address), port };
  const to = connectPlace(check, port) ?? pin;
  if (!hasUrl(scheme)) return placeProbe(scheme, to, name === undefined ? name : normalHost(name), said);
  if (!to || name === undefined) return undefined;
  const url = parseUrl(`${scheme}://${inUrl(normalHost(name))}:${port}${written}`);
  return url && { scheme, url, to, pinned: true, inside: check.private === true, said };
};

/** A value of a target, and where it stands. */
export type Value = { readonly value: string | undefined; readonly path: Path };

/** A record that a service moves, as far as it could be read, and where it stands. */
export type Moved = { readonly name?: string; readonly type?: RecordType; readonly path: Path };

/** All records of a service: its own and those that are moved with it. */
export const movedBy = ({ value, path }: Entry<Draft<FileService>>): Moved[] => {
  const { name, type, also = [] } = value.dns ?? {};
  const at = [...path, "dns"];
  const all = [{ name, type }, ...also.map((one) => one && { name, type, ...one })];
  return all.map((one, index) => ({
    ...(one?.name !== undefined && { name: normalHost(one.name) }),
    ...(one?.type !== undefined && { type: one.type }),
    path: index === 0 ? at : [...at, "also", index - 1],
  }));
};

/** What a name holds while it points to the target, as far as it could be read; of an alias the name it leads to. */
export const valuesOf = ({ value, alias }: Draft<FileTarget>, targetPath: Path): Value[] => {
  if (alias !== undefined) return [{ value: alias.name, path: [...targetPath, "alias", "name"] }];
  const path = [...targetPath, "value"];
  if (value === undefined || typeof value === "string") return [{ value, path }];
  return value.map((one, index) => ({ value: one, path: [...path, index] }));
};

/** Whether a place in the file is a target's value, or one of several. */
export const isOfValue = (path: Path): boolean =>
  path[0] === "services" && (path[4] === "value" || path[4] === "alias");

const probesOfPart = (
  { check, path, connectPath }: Part<Draft<FileTargetCheck>>,
  service: Draft<FileService>,
  values: readonly Value[],
): (Probed | undefined)[] => {
  const found = writtenIn(check);
  if (!found) return [undefined];
  const { scheme, written } = found;
  const connect = check.connect === undefined ? undefined : connectPath;
  if (typeof written === "string" && !written.startsWith("/")) {
    return [urlProbe(scheme, written, check, connect ?? [...path, scheme])];
  }
  const name = check.host ?? service.dns?.name;
  if (connect !== undefined) return [pinnedProbe(found, check, name, undefined, connect)];
  return values.map(({ value, path: said }) => pinnedProbe(found, check, name, value, said));
};

/**
 * What a target's check comes to, or each of those it combines: pinned to the target's own address, each of them where
 * it has several, unless the file says otherwise.
 */
export const targetProbes = (service: Draft<FileService>, target: Draft<FileTarget>, path: Path): Planned[] =>
  partsOf(mergedCheck(service, target), [...path, "check"]).flatMap((part) =>
    probesOfPart(part, service, valuesOf(target, path)).map((probed) => ({ check: part.check, probed })),
  );

export type Entry<T> = { readonly id: string; readonly value: T; readonly path: Path };

const entries = <T>(of: { readonly [id: string]: T | undefined } | undefined, section: string): Entry<T>[] =>
  Object.entries(of ?? {}).flatMap(([id, value]) =>
    value === undefined ? [] : [{ id, value, path: [section, id] }],
  );

/** The endpoints that could be read, each with its place in the file. */
export const endpointsOf = (file: Draft<FileConfig>) => entries(file.endpoints, "endpoints");

/** The services that could be read. */
export const servicesOf = (file: Draft<FileConfig>) => entries(file.services, "services");

/** The targets of a service that could be read. */
export const targetsOf = (service: Entry<Draft<FileService>>): Entry<Draft<FileTarget>>[] =>
  (service.value.targets ?? []).flatMap((value, index) =>
    value === undefined ? [] : [{ id: value.id ?? "", value, path: [...service.path, "targets", index] }],
  );

/** Every place something in the file would connect to. */
export const allProbes = (file: Draft<FileConfig>): Probed[] =>
  [
    ...endpointsOf(file).flatMap((endpoint) => endpointProbes(endpoint.value, endpoint.path)),
    ...servicesOf(file).flatMap((service) =>
      targetsOf(service).flatMap((target) => targetProbes(service.value, target.value, target.path)),
    ),
    ...(file.references ?? []).map((reference, index) => {
      const place = reference === undefined ? undefined : parsePlace(reference);
      const said = ["references", index];
      return { probed: placeProbe("tcp", place && { port: 0, ...place }, undefined, said) };
    }),
  ].flatMap(({ probed }) => probed ?? []);

/** Every check as it was written, a service's once, and each of those that are combined. */
export const writtenChecks = (
  file: Draft<FileConfig>,
): { readonly check: AnyCheck; readonly path: Path }[] => [
  ...endpointsOf(file).flatMap(({ value, path }) => partsOf(endpointMap(value), path)),
  ...servicesOf(file).flatMap((service) => [
    ...partsOf(service.value.check ?? {}, [...service.path, "check"]),
    ...targetsOf(service).flatMap(({ value, path }) => partsOf(value.check ?? {}, [...path, "check"])),
  ]),
];
