import { hostOf, inUrl, isPort, normalHost, type Place, parsePlace } from "./address.ts";
import type { Draft } from "./draft.ts";
import type { Path } from "./finding.ts";
import type {
  FileConfig,
  FileEndpoint,
  FileEndpointMap,
  FileService,
  FileTarget,
  FileTargetCheck,
} from "./schema.ts";

export const schemes = ["https", "http", "tcp"] as const;
export type Scheme = (typeof schemes)[number];

/** What a check in the file comes to: where its socket goes, and what is asked there. */
export type Probed = {
  readonly scheme: Scheme;
  readonly to: Place;
  /** Whether `to` is something else than the URL's own host and port. */
  readonly pinned: boolean;
  /** Whether the file says that it is in a private network. */
  readonly inside: boolean;
  /** The request; http and https only. */
  readonly url?: URL;
  /** What in the file says where the socket goes. */
  readonly said: Path;
};

const defaultPorts: Readonly<Record<string, number>> = { https: 443, http: 80 };

/** The schemes a check names; in a valid one exactly one. */
export const schemesIn = (check: object | undefined): Scheme[] =>
  check === undefined ? [] : schemes.filter((scheme) => Object.hasOwn(check, scheme));

/** An endpoint written as a URL is short for a map with one key. */
export const endpointMap = (endpoint: Draft<FileEndpoint>): Draft<FileEndpointMap> => {
  if (typeof endpoint !== "string") return endpoint;
  if (/^tcp:/i.test(endpoint)) return { tcp: endpoint.slice("tcp://".length).replace(/\/$/, "") };
  return /^http:/i.test(endpoint) ? { http: endpoint } : { https: endpoint };
};

/**
 * The check of a target: its own keys instead of the service's. A target that names a scheme has left the
 * service's scheme with its port.
 */
export const mergedCheck = (
  service: Draft<FileService>,
  target: Draft<FileTarget>,
): Draft<FileTargetCheck> => {
  const own = target.check ?? {};
  const common = service.check ?? {};
  if (schemesIn(own).length === 0) return { ...common, ...own };
  const { https: _https, http: _http, tcp: _tcp, port: _port, ...rest } = common;
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

const placeProbe = (to: Place | undefined, said: Path): Probed | undefined =>
  to && isPort(to.port) ? { scheme: "tcp", to, pinned: false, inside: false, said } : undefined;

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

/** What an endpoint's check comes to; undefined when what it needs is missing or wrong. */
export const endpointProbe = (endpoint: Draft<FileEndpoint>, path: Path): Probed | undefined => {
  const check = endpointMap(endpoint);
  const { scheme, written } = writtenIn(check) ?? {};
  if (scheme === undefined || typeof written !== "string") return undefined;
  const own = typeof endpoint === "string" ? path : [...path, scheme];
  const said = check.connect === undefined ? own : [...path, "connect"];
  if (scheme !== "tcp") return urlProbe(scheme, written, check, said);
  const place = parsePlace(written);
  return placeProbe(connectPlace(check, place?.port ?? 0) ?? (place && { port: 0, ...place }), said);
};

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
  if (scheme === "tcp") return placeProbe(to, said);
  if (!to || name === undefined) return undefined;
  const url = parseUrl(`${scheme}://${inUrl(normalHost(name))}:${port}${written}`);
  return url && { scheme, url, to, pinned: true, inside: check.private === true, said };
};

/** What a target's check comes to: pinned to the target's own address unless the file says otherwise. */
export const targetProbe = (
  service: Draft<FileService>,
  target: Draft<FileTarget>,
  path: Path,
): Probed | undefined => {
  const check = mergedCheck(service, target);
  const found = writtenIn(check);
  if (!found) return undefined;
  const { scheme, written } = found;
  const connect = check.connect === undefined ? undefined : [...path, "check", "connect"];
  if (typeof written === "string" && !written.startsWith("/")) {
    return urlProbe(scheme, written, check, connect ?? [...path, "check", scheme]);
  }
  const name = check.host ?? service.dns?.name;
  return pinnedProbe(found, check, name, target.value, connect ?? [...path, "value"]);
};

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
    ...endpointsOf(file).map((endpoint) => endpointProbe(endpoint.value, endpoint.path)),
    ...servicesOf(file).flatMap((service) =>
      targetsOf(service).map((target) => targetProbe(service.value, target.value, target.path)),
    ),
    ...(file.references ?? []).map((reference, index) => {
      const place = reference === undefined ? undefined : parsePlace(reference);
      return placeProbe(place && { port: 0, ...place }, ["references", index]);
    }),
  ].filter((probed) => probed !== undefined);
