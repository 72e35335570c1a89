import { createHash } from "node:crypto";
import { Aws, CfnOutput, RemovalPolicy, Validations } from "aws-cdk-lib";
import { AnyPrincipal, Effect, PolicyStatement } from "aws-cdk-lib/aws-iam";
import { CfnHealthCheck } from "aws-cdk-lib/aws-route53";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { Construct } from "constructs";
import { beaconBucket, outSign, quorum } from "../lambda/core/beacons.ts";
import type { Beacons, Service } from "../lambda/core/config.ts";
import { checkerRanges } from "./checker-ranges.ts";
import { beaconCheckOutput } from "./stack-names.ts";

/** The beacons of all services that have some. */
export const beaconsOf = (services: readonly Service[]): Beacons[] =>
  services.flatMap(({ dns }) => dns.beacons ?? []);

/** What an installation's buckets begin with: a bucket's name is the whole world's, in lower case and short. */
export const bucketPrefix = (owner: string): string => `pointsman-${digestOf(owner)}-${Aws.ACCOUNT_ID}`;

const digestOf = (...parts: readonly string[]): string =>
  createHash("sha256").update(parts.join(" ")).digest("hex").slice(0, 8);

const bucketArn = (prefix: string, region: string): string =>
  `arn:${Aws.PARTITION}:s3:::${beaconBucket(prefix, region)}`;

/** What the sweep may do in S3: read and write exactly the beacons, and be told that one is missing. */
export function beaconPermissions(services: readonly Service[], prefix: string): PolicyStatement[] {
  const all = beaconsOf(services);
  const regions = [...new Set(all.flatMap(({ regions }) => regions))];
  if (regions.length === 0) return [];
  const keys = all.flatMap(({ regions, key }) =>
    regions.map((region) => `${bucketArn(prefix, region)}/${key}`),
  );
  return [
    new PolicyStatement({ actions: ["s3:GetObject", "s3:PutObject"], resources: keys }),
    // GetObject answers 403 instead of 404 to who may not list (S3 API, GetObject): a lost one could not be replaced.
    new PolicyStatement({
      actions: ["s3:ListBucket"],
      resources: regions.map((region) => bucketArn(prefix, region)),
    }),
  ];
}

export type BeaconBucketProps = {
  readonly owner: string;
  readonly region: string;
};

/**
 * One Region's beacons: a private bucket whose objects Route 53's checkers alone may read without credentials. It
 * outlives the stack: names' failover records go on to depend on it. So does its policy, which says nothing of single
 * names: a beacon that the checkers may not read says that the primary is in, whatever the primary is.
 */
export class BeaconBucket extends Construct {
  readonly bucket: Bucket;

  constructor(scope: Construct, id: string, { owner, region }: BeaconBucketProps) {
    super(scope, id);
    this.bucket = new Bucket(this, "Bucket", {
      bucketName: beaconBucket(bucketPrefix(owner), region),
      encryption: BucketEncryption.S3_MANAGED,
      // A policy that ends at fixed address ranges is not public (S3 User Guide, "The meaning of public").
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.bucket.addToResourcePolicy(
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new AnyPrincipal()],
        actions: ["s3:GetObject"],
        resources: [this.bucket.arnForObjects("*")],
        conditions: { IpAddress: { "aws:SourceIp": checkerRanges } },
      }),
    );
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
    Validations.of(this.bucket).acknowledge({
      id: "AwsSolutions-S1",
      reason:
        "Sixteen checkers read it every ten seconds: a log of that says nothing and costs more than the rest.",
    });
  }
}

export type BeaconChecksProps = {
  readonly beacons: Beacons;
  readonly owner: string;
  readonly service: string;
};

/** What the sweep may ask of the health checks: what they are, and when their checkers looked. */
export const checkPermissions = (checks: readonly BeaconChecks[]): PolicyStatement[] =>
  // One statement each: CDK moves whole ones where they do not fit.
  checks.map(
    ({ all }) =>
      new PolicyStatement({
        actions: ["route53:GetHealthCheck", "route53:GetHealthCheckStatus"],
        resources: all.map(
          ({ attrHealthCheckId }) => `arn:${Aws.PARTITION}:route53:::healthcheck/${attrHealthCheckId}`,
        ),
      }),
  );

/**
 * What decides whether a name's PRIMARY is in: one health check a beacon, and one that is healthy when two of them are.
 * Where others are to be looked for these are other checks, beside those that a name's records still depend on: a deploy
 * that made the same ones look elsewhere would move the name.
 */
export class BeaconChecks extends Construct {
  readonly calculated: CfnHealthCheck;
  readonly all: readonly CfnHealthCheck[];
  readonly service: string;

  constructor(scope: Construct, id: string, { beacons, owner, service }: BeaconChecksProps) {
    super(scope, id);
    this.service = service;
    const { key, regions } = beacons;
    const checks = regions.map(
      (region) =>
        new CfnHealthCheck(this, `${region}-${digestOf(owner, key)}`, {
          healthCheckConfig: {
            type: "HTTPS_STR_MATCH",
            fullyQualifiedDomainName: `${beaconBucket(bucketPrefix(owner), region)}.s3.${region}.${Aws.URL_SUFFIX}`,
            port: 443,
            resourcePath: `/${key}`,
            searchString: outSign,
            inverted: true,
            requestInterval: 10,
            failureThreshold: 1,
            enableSni: true,
          },
        }),
    );
    this.calculated = new CfnHealthCheck(this, `TwoOfThree-${digestOf(owner, key, ...regions)}`, {
      healthCheckConfig: {
        type: "CALCULATED",
        childHealthChecks: checks.map(({ attrHealthCheckId }) => attrHealthCheckId),
        healthThreshold: quorum,
      },
    });
    // A record's check that is deleted leaves its status to chance.
    this.all = [...checks, this.calculated];
    for (const check of this.all) check.applyRemovalPolicy(RemovalPolicy.RETAIN);
    const output = new CfnOutput(this, "Output", {
      value: this.calculated.attrHealthCheckId,
      description: `The health check of ${service}'s PRIMARY`,
    });
    output.overrideLogicalId(beaconCheckOutput(service));
  }
}
