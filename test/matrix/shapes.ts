import type { Alias, RecordType, Service, Target } from "../../lambda/core/config.ts";
import { shop } from "../sim/config.ts";

/** What the primary and the standby hold, and where. */
type Shape = {
  readonly dns?: Partial<Service["dns"]>;
  readonly primary: Pick<Target, "values" | "alias">;
  readonly standby: Pick<Target, "values" | "alias">;
  /** A third target: the load is spread over all of them. */
  readonly third?: Pick<Target, "values" | "alias">;
  readonly isPrivate?: true;
};

const alias = (name: string, zoneId: string): { values: []; alias: Alias } => ({
  values: [],
  alias: { name, zoneId, evaluateTargetHealth: false },
});

const loadBalancer = alias("shop-1.eu-central-1.elb.amazonaws.com.", "Z215JYRZR1TBD5");
const distribution = alias("d1.cloudfront.net.", "Z2FDTNDATAQYW2");
const [primary, standby] = [{ values: ["192.0.2.10"] }, { values: ["198.51.100.20"] }];

/** Every shape of a record that can be moved. Those with a third target are spread over all of them. */
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
  weighted: { primary, standby, third: { values: ["203.0.113.30"] } },
  "weighted-two-names": {
    dns: {
      beside: [
        { name: "shop.example.com", type: "AAAA" },
        { name: "www.example.com", type: "A" },
      ],
    },
    primary: { values: ["192.0.2.10", "2001:db8::10"] },
    standby: { values: ["198.51.100.20", "2001:db8::20"] },
    third: { values: ["203.0.113.30", "2001:db8::30"] },
  },
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

export const isShared = ({ shape }: Setting): boolean => "third" in shapes[shape];

const typeOf = ({ dns }: Shape): RecordType => dns?.type ?? "A";

/** The shop with a record of that shape; its targets are called as they are in the simulation. */
export function serviceOf(shape: Shape, over: Partial<Service>): Service {
  const [first, second] = shop.targets;
  if (!first || !second) throw new Error("the shop has two targets");
  const service: Service = {
    ...shop,
    ...over,
    dns: { ...shop.dns, ...shape.dns, type: typeOf(shape) },
    targets: [
      { ...first, ...shape.primary },
      { ...second, ...shape.standby },
    ],
  };
  return shape.third ? spread(service, shape.third) : service;
}

/** The same with a third target, and each with its part of the load. */
function spread(service: Service, third: Pick<Target, "values" | "alias">): Service {
  const [first, second] = service.targets.map((target) => ({ ...target, weight: 100 }));
  if (!first || !second) throw new Error("the shop has two targets");
  return {
    ...service,
    failback: "manual",
    weighted: { stepsPercent: [5, 100], stepForMs: 30_000 },
    targets: [first, second, { id: "oslo", endpoint: "shop/oslo", weight: 50, ...third }],
  };
}

/** The same where one target at a time carries the name. */
export function unspread({ weighted: _, ...service }: Service): Service {
  return { ...service, failback: "auto", failbackAfterMs: 30_000 };
}
