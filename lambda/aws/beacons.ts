import { beaconBucket } from "../core/beacons.ts";
import type { BeaconStore } from "../steps/world.ts";
import { clientSettings } from "./clients.ts";
import { perKey } from "./per-key.ts";

/** A beacon that takes longer is done without: the two others decide. */
const patienceMs = 2_000;

/**
 * Beacons in S3. The client is loaded by the first who needs it: most configs have no beacons.
 *
 * @param bucketPrefix what every Region's bucket begins with
 */
export function openBeaconStore(bucketPrefix: string): BeaconStore {
  // One attempt: what was sent twice could not be told from what somebody else wrote.
  const settings = clientSettings(1, patienceMs);
  const bucketIn = perKey(async (region: string) => {
    const { openBucket } = await import("./bucket.ts");
    return openBucket(region, beaconBucket(bucketPrefix, region), settings);
  });
  return {
    get: async (region, key) => (await bucketIn(region)).get(key),
    put: async (region, key, body, seen) => (await bucketIn(region)).put(key, body, seen),
  };
}
