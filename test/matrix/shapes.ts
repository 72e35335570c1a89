import type { Alias, RecordType, Service, Target } from "../../lambda/core/config.ts";
import { shop } from "../sim/config.ts";

/** What the primary and the standby hold, and where. */
type Shape = {
  readonly dns?: Partial<Service["dns"]>;
  readonly primary: Pick<Target, "values" | "alias">;
  readonly standby: Pick<Target, "values" | "alias">;
  readonly isPrivate?: true;
};

const alias = (name: string, zoneId: string): { values: []; alias: Alias } => ({
  values: [],
  alias: { name, zoneId, evaluateTargetHealth: false },
});

const loadBalancer = alias("shop-1.eu-central-1.elb.amazonaws.com.", "Z215JYRZR1TBD5");
const distribution = alias("d1.cloudfront.net.", "Z2FDTNDATAQYW2");
const [primary, standby] = [{ values: ["192.0.2.10"] }, { values: ["198.51.100.20"] }];

/** Every shape of a record that can be moved. Weighted sets have no place here: their moves are in steps. */
export const shapes = {
  a: { primary, standby },
  "a-several": {
    primary: { values: ["192.0.2.10", "192.0.2.11"] },
    standby: { values: ["198.51.100.20", "198.51.100.21"] },
  },
  "a-one-in-common": { primary, standby: { values: ["192.0.2.10", "198.51.100.20"] } },
  aaaa: {
    dns: { type: "AAAA" },
    primary: { values: ["2001:db8::10"] },
    standby: { values: ["2001:db8::20"] },
  },
  cname: {
    dns: { type: "CNAME" },
    primary: { values: ["frankfurt.example.net"] },
    standby: { values: ["ireland.example.net"] },
  },
  alias: { primary: loadBalancer, standby: distribution },
  "value-alias": { primary, standby: distribution },
  "two-names": {
    dns: {
      beside: [
        { name: "shop.example.com", type: "AAAA" },
        { name: "www.example.com", type: "A" },
        { name: "www.example.com", type: "AAAA" },
      ],
    },
    primary: { values: ["192.0.2.10", "2001:db8::10"] },
    standby: { values: ["198.51.100.20", "2001:db8::20"] },
  },
  "two-names-alias": {
    dns: { beside: [{ name: "www.example.com", type: "A" }] },
    primary,
    standby: distribution,
  },
  "private-zone": { primary, standby, isPrivate: true },
} as const satisfies Record<string, Shape>;

export type ShapeName = keyof typeof shapes;
export type Way = "api" | "beacons";

/** A record of one shape, moved in one way. */
export type Setting = { readonly shape: ShapeName; readonly way: Way };

/** Beacons move one record of one value, in a zone that everybody can ask. */
const byBeacons: readonly ShapeName[] = ["a", "aaaa", "cname"];

export const settings: readonly Setting[] = [
  ...(Object.keys(shapes) as ShapeName[]).map((shape) => ({ shape, way: "api" as const })),
  ...byBeacons.map((shape) => ({ shape, way: "beacons" as const })),
];

const typeOf = ({ dns }: Shape): RecordType => dns?.type ?? "A";

/** The shop with a record of that shape; its targets are called as they are in the simulation. */
export function serviceOf(shape: Shape, over: Partial<Service>): Service {
  const [first, second] = shop.targets;
  if (!first || !second) throw new Error("the shop has two targets");
  return {
    ...shop,
    ...over,
    dns: { ...shop.dns, ...shape.dns, type: typeOf(shape) },
    targets: [
      { ...first, ...shape.primary },
      { ...second, ...shape.standby },
    ],
  };
}
