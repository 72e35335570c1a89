import { z } from "zod";
import { defaultReferences, defaults } from "./defaults.ts";
import { dnsKeys, grpcKeys, talkKeys, tlsKeys } from "./schema-checks.ts";
import { httpKeys } from "./schema-http.ts";
import { map, may, must, schemesOfKeys, together } from "./schema-keys.ts";
import { ownPolicyKeys, policyKeys } from "./schema-policy.ts";
import * as v from "./schema-values.ts";
import { endpointWays, serviceWays, targetWays } from "./schema-ways.ts";
import { routingKeys, weightKey } from "./schema-weighted.ts";
import { type Scheme, shortSchemes } from "./schemes.ts";

/** What a check may say beside where it goes. */
const optionKeys = { ...httpKeys, ...tlsKeys, ...talkKeys, ...dnsKeys, ...grpcKeys };

const endpointKeys = {
  ...endpointWays,
  ...optionKeys,
};

const endpointMap = map({
  ...endpointKeys,
  ...together(endpointKeys, "endpointCheck"),
  ...ownPolicyKeys,
}).meta({ title: "endpoint" });

const endpoint = z.union([v.url(...shortSchemes), endpointMap], {
  error: v.say("must be a URL or a map", "https://docs.acme.com/ or { https: …, status: [200] }"),
});

const placeOfServiceKeys = {
  port: may(v.port(), "The port, when it is not the scheme's.", {
    otherwise: "443, 80",
    goesWith: ["https", "http", "wss", "ws"],
  }),
  host: may(v.dnsName(), "The name asked for (Host, SNI, certificate), when it is not the service's own.", {
    otherwise: "`dns.name`",
    goesWith: ["https", "http", "tls", "wss", "ws", "grpcs", "grpc"],
  }),
};

/** The schemes that each key of a check goes with. */
export const schemesOfOptions: ReadonlyMap<string, readonly Scheme[]> = new Map([
  ...schemesOfKeys(httpKeys, ["https", "http"]),
  ...schemesOfKeys({ ...tlsKeys, ...talkKeys, ...dnsKeys, ...grpcKeys, ...placeOfServiceKeys }),
]);

const serviceKeys = {
  ...serviceWays,
  ...placeOfServiceKeys,
  ...optionKeys,
};

const serviceCheck = map({
  ...serviceKeys,
  ...together(serviceKeys, "serviceCheck"),
}).meta({ title: "check" });

const targetKeys = {
  ...targetWays,
  ...placeOfServiceKeys,
  ...optionKeys,
};

const targetCheck = map({
  ...targetKeys,
  ...together(targetKeys, "targetCheck"),
}).meta({ title: "target's check" });

const alias = map({
  name: must(v.dnsName(), "The name, as Route 53 shows it; also where the target is probed."),
  zoneId: may(v.zoneId(), "The hosted zone of that name: of a load balancer its `CanonicalHostedZoneId`.", {
    otherwise: "of CloudFront and Global Accelerator theirs, else `dns.zoneId`",
  }),
}).meta({ title: "alias" });

const target = map({
  id: must(v.id(), "Its name in alerts and in the history; unique in its service."),
  value: may(
    v.hosts(),
    "What the record holds while the name points here: an IPv4 address for A, IPv6 for AAAA, a name for CNAME; or a list of addresses, which are all probed.",
    { otherwise: "required without `alias`", limits: `one, or 1 to ${v.mostValues}` },
  ),
  alias: may(
    alias,
    "What the record is an alias of while the name points here: a load balancer, a CloudFront distribution, another name of the zone.",
  ),
  ...weightKey,
  check: may(targetCheck, "What differs from the service's check for this target."),
}).meta({ title: "target" });

const alsoMoved = map({
  name: may(v.dnsName(), "Its name.", { otherwise: "`dns.name`" }),
  type: may(z.enum(["A", "AAAA", "CNAME"]), "Its type.", { otherwise: "`dns.type`" }),
}).meta({ title: "also" });

const dns = map({
  zoneId: must(v.zoneId(), "The Route 53 hosted zone the name lies in."),
  roleArn: may(
    v.shaped(
      // IAM allows more characters in a path; `*` and `?` among them would be wildcards in the sweep's own policy.
      /^arn:aws:iam::\d{12}:role\/(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,64}$/,
      "ARN of a role",
      "arn:aws:iam::123456789012:role/pointsman-zone",
    ),
    "The role to read and change the zone in, when the zone is in another account; docs/another-account.md says what it needs.",
  ),
  name: must(v.dnsName(), "The name that is moved; nothing else may manage this record."),
  type: must(z.enum(["A", "AAAA", "CNAME"]), "The record's type."),
  ttl: may(
    v.duration("1s", "1d", "s"),
    "How long resolvers may keep an answer, in whole seconds; 60s at most is advised.",
    {
      default: defaults.ttl,
    },
  ),
  also: may(
    z.array(alsoMoved),
    "Other records of the same zone that hold the same and are moved with it, in one batch: all or none.",
    { otherwise: "none", examples: [[{ name: "www.acme.com" }, { type: "AAAA" }]] },
  ),
}).meta({ title: "dns" });

const service = map({
  mode: may(z.enum(["shadow", "armed"]), "`shadow` tells what it would do; `armed` does it.", {
    default: defaults.mode,
  }),
  dns: must(dns, "The DNS record that is moved."),
  check: must(
    serviceCheck,
    "How every target is checked, by its own address and with the service's name in the request.",
  ),
  targets: must(z.array(target), "Where the name may point, in order; the first is the primary.", {
    limits: "2 or more",
    minItems: 2,
  }),
  ...routingKeys,
  failback: may(
    z.enum(["manual", "auto"]),
    "Whether the name goes back by itself when an earlier target is up again.",
    {
      default: defaults.failback,
    },
  ),
  failbackAfter: may(v.duration("0s", "7d"), "How long that target must have been up.", {
    default: defaults.failbackAfter,
  }),
  maxMovesPerHour: may(
    v.whole(1, 60),
    "Moves away from a target that is up, in any hour; leaving a down one is never held back. With `routing: weighted`: how often one begins to be brought back.",
    {
      default: defaults.maxMovesPerHour,
    },
  ),
  onForeign: may(
    z.enum(["hold", "retake"]),
    "When somebody else points the name back to a target that is down, as Terraform does in mid-outage: `hold` keeps its hands off and alerts, `retake` moves it away again.",
    {
      default: defaults.onForeign,
    },
  ),
  via: may(
    z.enum(["api", "beacons"]),
    "How the name is moved: through Route 53's API, or by beacons, which need that API on no day; docs/switching.md.",
    { default: defaults.via },
  ),
  ...ownPolicyKeys,
}).meta({ title: "service" });

const alert = map({
  email: may(
    v.shaped(/^[^\s@]+@[^\s@]+\.[^\s@]+$/, "e-mail address", "you@acme.com"),
    "An address; AWS asks it to confirm first.",
  ),
  sms: may(
    v.shaped(/^\+[1-9]\d{6,14}$/, "telephone number", "+4915112345678"),
    "A telephone number, in quotes.",
  ),
  https: may(v.url("https"), "A URL that takes SNS's POST."),
  sqs: may(
    v.shaped(
      /^arn:aws:sqs:[a-z0-9-]+:\d{12}:[\w-]+(?:\.fifo)?$/,
      "ARN of a queue",
      "arn:aws:sqs:eu-central-1:123456789012:alerts",
    ),
    "The ARN of a queue.",
  ),
  lambda: may(
    v.shaped(
      /^arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[\w:-]+$/,
      "ARN of a function",
      "arn:aws:lambda:eu-central-1:123456789012:function:alerts",
    ),
    "The ARN of a function.",
  ),
}).meta({ title: "alert", minProperties: 1, maxProperties: 1 });

const heartbeat = map({
  interval: must(v.duration("10s", "31d"), "How long after one success the next is due."),
  grace: may(
    v.duration("10s", "7d"),
    "How late it may be, and how long a run that said that it began may take.",
    { default: defaults.grace },
  ),
}).meta({ title: "heartbeat" });

const vpc = map({
  subnets: must(
    z.array(v.shaped(/^subnet-[0-9a-f]{8,17}$/, "id of a subnet", "subnet-0a1b2c3d4e5f60718")),
    "Subnets of one VPC, by id: private ones, since a function gets no public address in any. Two in different zones are advised.",
    { limits: "1 to 16", minItems: 1 },
  ),
  securityGroups: must(
    z.array(v.shaped(/^sg-[0-9a-f]{8,17}$/, "id of a security group", "sg-0a1b2c3d4e5f60718")),
    "Security groups of that VPC, by id. They must let the checks out, and need to let nothing in.",
    { limits: "1 to 5", minItems: 1 },
  ),
  ipv6: may(v.yesOrNo(), "Whether the subnets are dual-stack, so that IPv6 is reached from there.", {
    default: defaults.ipv6,
  }),
}).meta({ title: "vpc" });

const byId = { propertyNames: { pattern: v.idPattern.source } };

/** `pointsman.yaml`. What one value alone can tell is checked here; what takes two is in `rules`. */
export const fileSchema = map({
  locations: must(
    z.array(v.region()),
    "Regions to probe from; the first is home, where everything else runs. Five are advised.",
    { limits: "1 or more", minItems: 1 },
  ),
  vpcs: may(
    z.record(z.string(), vpc),
    "The VPCs that locations probe from, by Region: for what is private, and for IPv6. Other locations are in none.",
  ),
  acceptSingleLocation: may(v.yesOrNo(), "Whether fewer than three locations may move a name.", {
    default: defaults.acceptSingleLocation,
  }),
  alerts: may(z.array(alert), "Who is told, each entry with one of these keys."),
  references: may(
    z.array(v.place(true)),
    "Hosts in different networks that tell a location whether it can see at all; `[]` switches that off.",
    {
      default: [...defaultReferences],
      limits: "none, or 3 or more",
    },
  ),
  resolvers: may(
    z.array(v.ipv4()),
    "Public resolvers that are asked, beside the zone's own name servers, whether a move took effect.",
    { otherwise: "none", examples: [["1.1.1.1", "8.8.8.8"]] },
  ),
  beacons: may(
    z.array(v.region()),
    "Regions of the three buckets that services with `via: beacons` are moved by; none of them home or a target's.",
    { limits: "3", minItems: 3, otherwise: "none" },
  ),
  endpoints: may(
    z.record(z.string(), endpoint),
    "What is watched, by id: a URL (`https://`, `http://`, `tcp://host:port`) or a map.",
    byId,
  ),
  services: may(z.record(z.string(), service), "DNS names that are moved, by id.", byId),
  heartbeats: may(
    z.record(z.string(), heartbeat),
    "Jobs that call a URL of ours, by id: one that does not is down, and you are told. No name is moved by it.",
    byId,
  ),
  defaults: may(
    map(policyKeys).meta({ title: "defaults" }),
    "When and how hard everything is probed, unless it says otherwise itself.",
  ),
}).meta({ title: "Pointsman" });

export type FileConfig = z.infer<typeof fileSchema>;
export type FileEndpoint = NonNullable<FileConfig["endpoints"]>[string];
export type FileEndpointMap = z.infer<typeof endpointMap>;
export type FileService = z.infer<typeof service>;
export type FileTarget = z.infer<typeof target>;
export type FileServiceCheck = z.infer<typeof serviceCheck>;
export type FileTargetCheck = z.infer<typeof targetCheck>;
export type FilePolicy = NonNullable<FileConfig["defaults"]>;
