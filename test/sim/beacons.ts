import { agreed, quorum, type Saying, sayingText } from "../../lambda/core/beacons.ts";
import type { Beacons, Service } from "../../lambda/core/config.ts";
import { withBeacons } from "../../lambda/steps/beacons.ts";
import type { BeaconStore, Dns } from "../../lambda/steps/world.ts";
import { shop } from "./config.ts";
import { type Effect, effectsOf } from "./ports.ts";
import type { Life, Simulation } from "./simulation.ts";

export const beacons: Beacons = {
  regions: ["eu-south-1", "ca-central-1", "ap-south-1"],
  key: "shop.example.com/A",
  record: { name: "shop.example.com", type: "A", ttlSeconds: 15 },
  in: "192.0.2.10",
  out: "198.51.100.20",
};

/** The shop whose name is moved by beacons. */
export const beaconShop: Service = { ...shop, dns: { ...shop.dns, beacons } };

export const owner = "test";
export const say = (word: Saying["word"], generation: number, by = owner): string =>
  sayingText({ word, owner: by, generation });

/** Three objects, one in each Region, replaced as S3 does: by their ETag, which is their text here. */
export type Objects = Map<string, string>;

export const openObjects = (body = say("IN", 0)): Objects =>
  new Map(beacons.regions.map((region) => [region, body]));

export const storeOf = (objects: Objects, effect: Effect, written = () => {}): BeaconStore => ({
  get: (region) =>
    effect(`get ${region}`, () => {
      const body = objects.get(region);
      return body === undefined ? undefined : { body, etag: body, writtenMs: 0 };
    }),
  put: (region, _key, body, seen) =>
    effect(`put ${region}`, () => {
      if (objects.get(region) !== seen) return "refused";
      objects.set(region, body);
      written();
      return "written";
    }),
});

/** What Route 53's checkers make of the objects: two of three that say OUT. */
export const isOut = (objects: Objects): boolean =>
  [...objects.values()].filter((body) => body.startsWith("OUT gen=")).length >= quorum;

export const agreedOf = (objects: Objects): Saying | undefined =>
  agreed([...objects.values()].map((body) => ({ is: "read", body, etag: body })));

const unreachable = async (): Promise<never> => {
  throw new Error("Route 53's API cannot be reached");
};

/** An API that is gone. */
const noRoute53: Dns = {
  change: unreachable,
  read: unreachable,
  nameServers: unreachable,
  sets: unreachable,
  healthCheck: unreachable,
  status: unreachable,
};

/** When the answer turned, and what to. */
export type Turn = { readonly atMs: number; readonly out: boolean };

/**
 * Gives every sweep beacons in place of a Route 53 that cannot be reached at all.
 *
 * @param onWritten told of every beacon that a sweep has written
 */
export function moveByBeacons(
  sim: Simulation,
  objects = openObjects(),
  of: Beacons = beacons,
  onWritten: (by: Life) => void = () => {},
): { objects: Objects; turns: Turn[] } {
  const turns: Turn[] = [];
  const note = () => {
    const out = isOut(objects);
    if ((turns.at(-1)?.out ?? false) !== out) turns.push({ atMs: sim.clock.now(), out });
  };
  sim.alter = (world, life) => {
    const effect = effectsOf(sim, life);
    const written = () => {
      note();
      onWritten(life);
    };
    const dns = withBeacons(noRoute53, {
      log: world.log,
      store: storeOf(objects, effect, written),
      serversOf: () => effect("name servers", () => ["ns-1.route53.test"]),
    });
    const answers = () => effect("answers", () => [isOut(objects) ? of.out : of.in]);
    return { ...world, dns, answers };
  };
  return { objects, turns };
}
