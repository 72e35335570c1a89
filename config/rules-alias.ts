import { normalHost } from "./address.ts";
import { needsZone, zoneOfService } from "./aws-zones.ts";
import type { Draft } from "./draft.ts";
import type { Path, Problem } from "./finding.ts";
import { servicesOf, targetsOf } from "./probes.ts";
import type { FileConfig } from "./schema.ts";

/** An alias that is taken to lie in the service's own zone, and how many labels it has in common with the name there. */
type Own = { readonly path: Path; readonly alias: string; readonly name: string; readonly common: number };

const inOwnZone = (file: Draft<FileConfig>): Own[] =>
  servicesOf(file).flatMap((service) =>
    targetsOf(service).flatMap((target): Own[] => {
      const written = target.value.alias;
      const said = service.value.dns?.name;
      if (written?.name === undefined || said === undefined || Object.hasOwn(written, "zoneId")) return [];
      const [alias, name] = [normalHost(written.name), normalHost(said)];
      if (needsZone(alias) || zoneOfService(alias) !== undefined) return [];
      return [{ path: [...target.path, "alias", "name"], alias, name, common: commonLabels(alias, name) }];
    }),
  );

function commonLabels(one: string, other: string): number {
  const labels = other.split(".").reverse();
  const differs = one
    .split(".")
    .reverse()
    .findIndex((label, i) => label !== labels[i]);
  return differs === -1 ? labels.length : differs;
}

const hint = "zoneId: the zone that name is in";

/** Names of one zone end in the same label at least. */
export const aliasZoneRule = (file: Draft<FileConfig>): Problem[] =>
  inOwnZone(file)
    .filter(({ common }) => common === 0)
    .map(({ path, alias, name }) => ({
      path,
      message: `without zoneId it has to lie in the service's own zone, and none holds both ${alias} and ${name}`,
      hint,
    }));

/** Hardly anybody has a zone for a whole top-level domain; a private one may be called by one label. */
export const otherZoneAlias = (file: Draft<FileConfig>): Problem[] =>
  inOwnZone(file)
    .filter(({ common }) => common === 1)
    .map(({ path, alias, name }) => ({
      path,
      message: `without zoneId it has to lie in the service's own zone, and ${alias} and ${name} seem to be in two`,
      hint,
    }));
