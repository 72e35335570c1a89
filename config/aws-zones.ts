/**
 * The hosted zones of AWS services that are the same in every Region and account
 * (https://docs.aws.amazon.com/Route53/latest/APIReference/API_AliasTarget.html, HostedZoneId).
 */
const zones: readonly (readonly [ending: string, zoneId: string])[] = [
  [".cloudfront.net", "Z2FDTNDATAQYW2"],
  [".awsglobalaccelerator.com", "Z2BJ6XQ5FK7U4H"],
];

/** The zone of a service's name, where it is the same for everybody. */
export const zoneOfService = (name: string): string | undefined =>
  zones.find(([ending]) => name.endsWith(ending))?.[1];

/** Whether a name is of an AWS service whose zone is another in every Region: it has to be written. */
export const needsZone = (name: string): boolean => name.endsWith(".amazonaws.com");
