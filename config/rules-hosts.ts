import { isIP } from "node:net";
import { type HostKind, hostKind } from "./address.ts";
import type { Draft } from "./draft.ts";
import { formatPath, type Path, type Problem, quote } from "./finding.ts";
import { allProbes, isOfValue, movedBy, servicesOf, targetProbes, targetsOf } from "./probes.ts";
import type { FileConfig } from "./schema.ts";

type Refusal = { readonly why: string; readonly hint: string };

const elsewhere = "or say with connect where to probe instead";
const reached =
  "write an address that others reach; only `npm start` and `pointsman probe`, which run here, take it";

const refused: Partial<Record<HostKind, Refusal>> = {
  placeholder: { why: "is a placeholder: nothing of yours answers there", hint: "write your own host" },
  documentation: {
    why: "is an address for documentation: nothing answers there",
    hint: `write the real address, ${elsewhere}`,
  },
  loopback: {
    why: "is the machine that probes: in Lambda the function itself",
    hint: reached,
  },
  "link-local": {
    why: "is reached on its own network segment only",
    hint: reached,
  },
  metadata: { why: "is the metadata service of AWS", hint: "write an address of your own" },
  unusable: { why: "is no address to connect to", hint: "write an address of your own" },
};

const onLaptop: ReadonlySet<HostKind> = new Set(["loopback", "link-local", "metadata"]);

/** Nothing is probed where nothing of the user's can answer. */
export const hostRule = (file: Draft<FileConfig>, options: { readonly laptop?: boolean }): Problem[] =>
  allProbes(file).flatMap(({ to, said }) => {
    const kind = hostKind(to.host);
    const refusal = refused[kind];
    if (!refusal || (options.laptop && onLaptop.has(kind))) return [];
    return [{ path: said, message: `would be probed, but ${to.host} ${refusal.why}`, hint: refusal.hint }];
  });

/** What a name resolves to is known when it is probed; an address is known now. */
export const privateRule = (file: Draft<FileConfig>): Problem[] =>
  allProbes(file).flatMap(({ to, inside, said }) => {
    if (!inside || isIP(to.host) === 0 || hostKind(to.host) !== "public") return [];
    const message = `is called private, but ${to.host} is a public address`;
    return [{ path: said, message, hint: "private: true is for what only your own network reaches" }];
  });

const movedNames = (file: Draft<FileConfig>): Map<string, Path> =>
  new Map(
    servicesOf(file).flatMap((service) =>
      movedBy(service).flatMap(({ name, path }) =>
        name === undefined ? [] : [[name, [...path, "name"]] as const],
      ),
    ),
  );

/** A check by the name that is moved would follow the move and say nothing about the target. */
export const movedNameRule = (file: Draft<FileConfig>): Problem[] => {
  const names = movedNames(file);
  return allProbes(file).flatMap(({ to, said }) => {
    const moved = names.get(to.host);
    if (!moved || isOfValue(said)) return [];
    const message = `would be probed by ${to.host}, the name that ${formatPath(moved)} moves`;
    return [{ path: said, message, hint: "probe the address or a name of its own behind it" }];
  });
};

/** Two targets that are probed alike would always be up and down together. */
export const sameProbeRule = (file: Draft<FileConfig>): Problem[] =>
  servicesOf(file).flatMap((service) => {
    const seen = new Map<string, string>();
    return targetsOf(service).flatMap((target) => {
      const probes = targetProbes(service.value, target.value, target.path).flatMap(
        (one) => one.probed ?? [],
      );
      if (probes.length === 0) return [];
      const key = probes.map(({ to, url }) => `${to.host} ${to.port} ${url?.href}`).join(" ");
      const twin = seen.get(key);
      seen.set(key, target.id);
      const said = probes.find((probed) => !isOfValue(probed.said))?.said;
      if (twin === undefined || said === undefined) return [];
      const message = `probes the same place as target ${quote(twin)}`;
      return [{ path: said, message, hint: "each target needs a place of its own" }];
    });
  });
