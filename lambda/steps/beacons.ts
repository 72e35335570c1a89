import {
  agreed,
  isOpen,
  needsRepair,
  quorum,
  type Saying,
  type Seen,
  sayingText,
  standingBy,
  stepFor,
  type Theirs,
  turnOf,
  unsoundAmong,
} from "../core/beacons.ts";
import type { Beacons } from "../core/config.ts";
import type { Change, Standing } from "../core/records.ts";
import type { BeaconStore, Dns, DnsOutcome, World } from "./world.ts";

export type BeaconWorld = Pick<World, "log"> & {
  readonly store: BeaconStore;
  /** The name servers of the zone a name is in, by DNS alone. */
  readonly serversOf: (name: string) => Promise<readonly string[]>;
};

/**
 * Route 53 for names that are moved through its API, and beacons for the others, behind one port: whatever decides,
 * saves, holds and proves a move does not know which it is.
 *
 * A change is accepted when two of three beacons say it, each replaced only as it was read. One that cannot be written
 * holds nothing up, and one alone moves nothing. Route 53's API is not called to move such names.
 */
export const withBeacons = (dns: Dns, world: BeaconWorld): Dns => ({
  change: (zone, changes, comment, isWanted) =>
    zone.beacons
      ? turn(world, zone.beacons, changes, isWanted)
      : dns.change(zone, changes, comment, isWanted),
  read: (zone, record, generation) =>
    zone.beacons ? readBeacons(world, zone.beacons) : dns.read(zone, record, generation),
  nameServers: (zone) => (zone.beacons ? world.serversOf(zone.beacons.record.name) : dns.nameServers(zone)),
  // Health checks need up to their interval from here; the name servers' answer is the proof.
  status: async (zone, changeId) => (changeId.startsWith(ownChange) ? "in-sync" : dns.status(zone, changeId)),
  sets: dns.sets,
  healthCheck: dns.healthCheck,
});

/** What the id of a change begins with that Route 53's API knows nothing of. */
const ownChange = "beacons ";

/** What each beacon says now. */
export const lookAt = ({ store }: Pick<BeaconWorld, "store">, { regions, key }: Beacons): Promise<Seen[]> =>
  Promise.all(
    regions.map(async (region): Promise<Seen> => {
      try {
        const found = await store.get(region, key);
        return found ? { is: "read", ...found } : { is: "absent" };
      } catch (error) {
        return { is: "silent", why: `${region}: ${String(error)}` };
      }
    }),
  );

async function turn(
  world: BeaconWorld,
  beacons: Beacons,
  changes: readonly Change[],
  isWanted: () => boolean,
): Promise<DnsOutcome> {
  const wish = turnOf(beacons, changes);
  const seen = await lookAt(world, beacons);
  if (!isOpen(seen, wish)) return { is: "refused" };
  // Nobody who never stood there is called into being by a move: that is what a conversion does.
  if (seen.every(({ is }) => is !== "read")) throw new Error(`no beacon can be read: ${why(seen)}`);
  if (!isWanted()) return { is: "withheld" };
  const { want, theirs } = wish;
  const results = await Promise.all(
    seen.map((each, index) => write(world, beacons, index, each, want, theirs)),
  );
  const count = (...wanted: Written[]) => results.filter((result) => wanted.includes(result)).length;
  if (count("said") >= quorum) return { is: "accepted", changeId: `${ownChange}${want.generation}` };
  if (count("refused") >= quorum) return { is: "refused" };
  const told = beacons.regions.map((region, index) => `${region} ${results[index]}`).join(", ");
  throw new Error(`two of three beacons have to say it: ${told}`);
}

export type Written = "said" | "refused" | "not known";

/** Brings one beacon to say it. Whoever has been there since it was read is not written over. */
export async function write(
  { store, log }: Pick<BeaconWorld, "store" | "log">,
  { regions, key }: Beacons,
  index: number,
  seen: Seen,
  want: Saying,
  theirs?: Theirs,
): Promise<Written> {
  const region = regions[index] ?? "";
  const step = stepFor(seen, want, theirs);
  if (step === "strange") return "refused";
  if (step !== "write") return step;
  try {
    const etag = seen.is === "read" ? seen.etag : undefined;
    return (await store.put(region, key, sayingText(want), etag)) === "written" ? "said" : "refused";
  } catch (error) {
    log("warn", "beacon not written", { region, key, error: String(error) });
    return "not known";
  }
}

/** What two of three say. One that fell behind is brought up to the others. */
async function readBeacons(world: BeaconWorld, beacons: Beacons): Promise<Standing> {
  const seen = await lookAt(world, beacons);
  const saying = agreed(seen);
  if (saying === undefined) throw new Error(`no two beacons say the same: ${why(seen)}`);
  await Promise.all(
    seen.map(async (each, index) => {
      if (needsRepair(each, saying)) await write(world, beacons, index, each, saying);
    }),
  );
  const unsound = unsoundAmong(beacons.regions, seen, saying);
  if (unsound) world.log("warn", "beacons are not all as they should be", { ...unsound });
  return { ...standingBy(beacons, saying), ...(unsound && { unsound }) };
}

const why = (seen: readonly Seen[]): string =>
  seen
    .map((each) =>
      each.is === "read" ? each.body.trim().slice(0, 80) : each.is === "absent" ? "absent" : each.why,
    )
    .join("; ");
