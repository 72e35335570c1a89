import { Aws, Validations } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import type { Service } from "../lambda/core/config.ts";
import { generationName } from "../lambda/core/generation.ts";
import { placesOf } from "../lambda/core/records.ts";

/**
 * Room for names in one statement. A role's inline policies hold 10,240 characters together and a managed policy
 * 6,144, white space not counted (IAM User Guide, "IAM and AWS STS quotas"). CDK's Role moves whole statements
 * that do not fit into managed policies of 6,000 characters: two statements of this size and their frames fill one.
 */
const namesPerStatementChars = 2_350;

/** What the sweep may do in DNS: what its own zones need, and take on the roles of the others, no other role. */
export function dnsPermissions(services: readonly Service[]): PolicyStatement[] {
  const roles = [...new Set(services.flatMap(({ dns }) => dns.roleArn ?? []))].sort();
  return [
    ...zonePermissions(services.filter(({ dns }) => dns.roleArn === undefined)),
    ...chunks(roles.map((role) => [role])).map(
      (resources) => new PolicyStatement({ actions: ["sts:AssumeRole"], resources }),
    ),
  ];
}

/**
 * What moving these names takes in Route 53: change exactly them, with their types and the TXT beside them, by CREATE
 * and DELETE only; read those zones' records, and which their name servers are; ask what became of a change.
 */
export function zonePermissions(services: readonly Service[]): PolicyStatement[] {
  if (services.length === 0) return [];
  const zones = [...new Set(services.map((service) => service.dns.zoneId))].sort();
  return [
    ...grouped(services).flatMap(changePermissions),
    new PolicyStatement({
      actions: ["route53:GetHostedZone", "route53:ListResourceRecordSets"],
      resources: zones.map(zoneArn),
    }),
    new PolicyStatement({ actions: ["route53:GetChange"], resources: [changeArn] }),
  ];
}

/** A change's id is not known before the change. */
const changeArn = `arn:${Aws.PARTITION}:route53:::change/*`;

/** Tells cdk-nag that `changeArn` is meant. */
export function acknowledgeAnyChange(scope: Construct): void {
  Validations.of(scope).acknowledge({
    id: "AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:route53:::change/*]",
    reason: "A change's id is not known before the change, and Route 53 has no finer resource for GetChange.",
  });
}

const zoneArn = (zoneId: string): string => `arn:${Aws.PARTITION}:route53:::hostedzone/${zoneId}`;

/** The names of a service's records, each once, and of its TXT. */
const namesOf = ({ dns }: Service): string[] => [
  ...new Set([...placesOf(dns).map(({ name }) => name), generationName(dns.name, dns.type)].map(normalized)),
];

const typesOf = ({ dns }: Service): string[] => [...new Set(placesOf(dns).map(({ type }) => type))].sort();

/**
 * Services of the same zone and types. IAM cannot pair a name with a type within one batch, which changes a record
 * and its TXT: together such services are allowed the same single changes as each alone, no name or type more.
 */
function grouped(services: readonly Service[]): Service[][] {
  const groups = new Map<string, Service[]>();
  for (const service of services) {
    const key = `${service.dns.zoneId} ${typesOf(service).join(" ")}`;
    groups.set(key, [...(groups.get(key) ?? []), service]);
  }
  return [...groups.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function changePermissions(group: readonly Service[]): PolicyStatement[] {
  const [first] = group;
  if (first === undefined) return [];
  const { zoneId } = first.dns;
  return chunks(group.map(namesOf)).map(
    (names) =>
      new PolicyStatement({
        actions: ["route53:ChangeResourceRecordSets"],
        resources: [zoneArn(zoneId)],
        conditions: {
          "ForAllValues:StringEquals": {
            [namesKey]: names,
            [typesKey]: [...typesOf(first), "TXT"],
            [actionsKey]: ["CREATE", "DELETE"],
          },
          // ForAllValues holds for a request that has no values at all (IAM User Guide, "multivalued context keys").
          Null: { [namesKey]: "false", [typesKey]: "false", [actionsKey]: "false" },
        },
      }),
  );
}

const namesKey = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
const typesKey = "route53:ChangeResourceRecordSetsRecordTypes";
const actionsKey = "route53:ChangeResourceRecordSetsActions";

/**
 * A name as the condition key has it: lower-case, without the trailing dot, what is not a-z, 0-9, `-`, `_` or `.` in
 * three octal digits (Route 53 Developer Guide, "Using IAM policy conditions for fine-grained access control").
 */
export const normalized = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.$/, "")
    .replace(/[^a-z0-9._-]/g, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, "0")}`);

/** What one statement has room for. A service's names stay together: its batch has to be allowed by one statement. */
export function chunks(items: readonly (readonly string[])[]): string[][] {
  const list: string[][] = [];
  let room = 0;
  for (const item of items) {
    const chars = JSON.stringify(item).length;
    if (chars > room) {
      list.push([]);
      room = namesPerStatementChars;
    }
    list.at(-1)?.push(...item);
    room -= chars;
  }
  return list;
}
