import { ListResourceRecordSetsCommand, type Route53Client } from "@aws-sdk/client-route-53";

/**
 * What a hosted zone is called, without the trailing dot. It is read from the zone's first record, which is always one
 * of its own name (API_ListResourceRecordSets sorts by labels from the right, and every zone has NS and SOA records):
 * that takes no permission beside the one to read records.
 *
 * @throws what Route 53 answers for a zone that is not there or not to be read
 */
export async function zoneName(client: Route53Client, zoneId: string): Promise<string> {
  const { ResourceRecordSets } = await client.send(
    new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, MaxItems: 1 }),
  );
  return ResourceRecordSets?.[0]?.Name?.replace(/\.$/, "") ?? "";
}
