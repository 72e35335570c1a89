import { normalHost } from "./address.ts";
import type { Draft } from "./draft.ts";
import type { Problem } from "./finding.ts";
import { servicesOf, targetsOf } from "./probes.ts";
import type { FileConfig } from "./schema.ts";

const hint = "three Regions, none of them home's or a target's";

/** A beacon that is gone together with home or a target is missed on the day it is for. */
export const beaconRegionRule = ({ beacons = [], locations = [], ...file }: Draft<FileConfig>): Problem[] => {
  if (beacons.length === 0) return [];
  const hosts = servicesOf(file).flatMap((service) =>
    targetsOf(service).flatMap(({ value }) =>
      [value.value ?? []].flat().map((one) => `.${normalHost(one ?? "")}.`),
    ),
  );
  const wrong = (region: string, index: number): string | undefined => {
    if (region === locations[0]) return `${region} is home: both would be gone on the same day`;
    if (hosts.some((host) => host.includes(`.${region}.`))) {
      return `a target is in ${region}: both would be gone on the same day`;
    }
    return beacons.indexOf(region) < index ? `${region} is named already` : undefined;
  };
  const each = beacons.flatMap((region, index) => {
    const message = region === undefined ? undefined : wrong(region, index);
    return message === undefined ? [] : [{ path: ["beacons", index], message, hint }];
  });
  const tooMany = beacons.length > 3 ? [{ path: ["beacons"], message: "two of three decide", hint }] : [];
  return [...each, ...tooMany];
};

/** What a service that is moved by beacons has to have. */
export const beaconServiceRule = (file: Draft<FileConfig>): Problem[] =>
  servicesOf(file).flatMap(({ value, path }) => {
    if (value.via !== "beacons") return [];
    const targets = value.targets?.length ?? 2;
    const notTwo: Problem = {
      path: [...path, "targets"],
      message: `beacons switch between two targets, a PRIMARY and a SECONDARY; here are ${targets}`,
      hint: "two targets, or via: api",
    };
    const noRegions: Problem = {
      path: [...path, "via"],
      message: "no Regions for the beacons are named",
      hint: "beacons: three Regions, beside locations",
    };
    const elsewhere: Problem = {
      path: [...path, "dns", "roleArn"],
      message: "the health checks of beacons are in home's account, and so has the zone to be",
      hint: "no roleArn, or via: api",
    };
    const several: Problem = {
      path: [...path, "dns", "also"],
      message: "beacons move one record of one name",
      hint: "no also, or via: api",
    };
    const shaped = (value.targets ?? []).flatMap((target, index): Problem[] => {
      if (typeof target?.value === "string" || target === undefined) return [];
      const message = "beacons move a record of one value; not several, and no alias";
      return [{ path: [...path, "targets", index], message, hint: "one value, or via: api" }];
    });
    return [
      ...shaped,
      ...(value.dns?.also === undefined ? [] : [several]),
      ...(targets === 2 ? [] : [notTwo]),
      ...(file.beacons === undefined ? [noRegions] : []),
      ...(value.dns?.roleArn === undefined ? [] : [elsewhere]),
    ];
  });
