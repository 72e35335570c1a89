import { beaconBucket, outSign, quorum, sayingText } from "../lambda/core/beacons.ts";
import type { Beacons, Config } from "../lambda/core/config.ts";
import { pairOf } from "../lambda/core/pair.ts";
import type { RecordSet } from "../lambda/core/records.ts";
import { type Checkers, openCheckers } from "./route53/checkers.ts";
import type { HealthCheck } from "./route53/health-checks.ts";
import { openS3, type S3 } from "./s3.ts";

/** What every bucket's name begins with. */
export const bucketPrefix = "pointsman-laptop";

const beaconsIn = (config: Config): Beacons[] => config.services.flatMap(({ dns }) => dns.beacons ?? []);

/** A Region's bucket. */
export const beaconBucketIn = (region: string): string => beaconBucket(bucketPrefix, region);

/** The id of a name's CALCULATED check; those of its beacons have the Region before it. */
const checkIdOf = ({ key }: Beacons): string => key;

/** The standing failover records of a name. */
export const standingPair = (beacons: Beacons): RecordSet[] => pairOf(beacons, checkIdOf(beacons));

/** What a deployment would tell the sweep: which health check is whose. */
export const beaconChecks = (config: Config): Record<string, string> =>
  Object.fromEntries(
    config.services.flatMap(({ id, dns }) => (dns.beacons ? [[id, checkIdOf(dns.beacons)]] : [])),
  );

function checksOf(beacons: Beacons): HealthCheck[] {
  const children = beacons.regions.map((region) => `${region} ${checkIdOf(beacons)}`);
  return [
    ...beacons.regions.map(
      (region, index): HealthCheck => ({
        id: children[index] ?? "",
        type: "HTTPS_STR_MATCH",
        fullyQualifiedDomainName: `${beaconBucketIn(region)}.s3.${region}.amazonaws.com`,
        port: 443,
        resourcePath: `/${beacons.key}`,
        searchString: outSign,
        inverted: true,
        failureThreshold: 1,
      }),
    ),
    {
      id: checkIdOf(beacons),
      type: "CALCULATED",
      childHealthChecks: children,
      healthThreshold: quorum,
      inverted: false,
    },
  ];
}

export type BeaconParts = { readonly s3: S3; readonly checkers: Checkers };

/**
 * The buckets of a config's beacons, each saying that the primary is in, and the checkers that read them.
 *
 * @param owner whose word they are
 * @param everyMs how often they are read: 10 s by Route 53
 */
export async function openBeacons(config: Config, owner: string, everyMs: number): Promise<BeaconParts> {
  const beacons = beaconsIn(config);
  const regions = [...new Set(beacons.flatMap((each) => each.regions))];
  const s3 = await openS3(Object.fromEntries(regions.map((region) => [beaconBucketIn(region), region])));
  for (const { key, regions } of beacons)
    for (const region of regions)
      s3.set(beaconBucketIn(region), key, sayingText({ word: "IN", owner, generation: 0 }));
  const checkers = openCheckers(beacons.flatMap(checksOf), everyMs, ({ fullyQualifiedDomainName }) => {
    const [bucket = ""] = fullyQualifiedDomainName.split(".");
    return `${s3.url}/${bucket}`;
  });
  await checkers.round();
  return { s3, checkers };
}
