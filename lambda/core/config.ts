/**
 * The configuration as the sweep takes it: checked, defaults filled in, durations in milliseconds. It is made
 * from `pointsman.yaml` once, at synth time or at the start on a laptop, and trusted from there on.
 */

/** An inclusive range of HTTP status codes. */
export type StatusRange = readonly [from: number, to: number];

/** What one header of an answer must be. */
export type HeaderWish = { readonly name: string } & (
  | { readonly is: "present" | "absent" }
  | { readonly is: "equal" | "containing"; readonly text: string }
);

/** A comparison that must hold in the answer's JSON. */
export type JsonWish = {
  /** As the user wrote it. */
  readonly text: string;
  /** Keys and indexes from the outside in. */
  readonly path: readonly (string | number)[];
} & (
  | { readonly op: "exists" }
  | { readonly op: "==" | "!="; readonly value: string | number | boolean | null }
  | { readonly op: "<" | "<=" | ">" | ">="; readonly value: number }
);

/** A certificate that the prober shows, and its private key. */
export type ClientCertificate = { readonly certificate: string; readonly key: string };

/** What a header with a secret is made of: texts, or references to secrets (core/secrets.ts). */
export type SecretHeader =
  | { readonly is: "plain" | "bearer"; readonly value: string }
  | { readonly is: "basic"; readonly user: string; readonly password: string };

/** What of a request is secret, by reference. */
export type RequestSecrets = {
  /** Lower-case names. */
  readonly headers?: Readonly<Record<string, SecretHeader>>;
  readonly clientCertificate?: ClientCertificate;
};

export type HttpCheck = {
  readonly type: "http";
  /** The request as its server sees it: scheme, Host and path come from here. */
  readonly url: string;
  /** Where the socket goes when that is not what the URL's name resolves to (a probe pinned to its target). */
  readonly connect?: { readonly host: string; readonly port: number };
  readonly method: string;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** What home reads and puts into `headers` and `clientCertificate` of what it sends to a location. */
  readonly secrets?: RequestSecrets;
  /** In PEM; https only, and only in a request to a location. */
  readonly clientCertificate?: ClientCertificate;
  /** Why home could not read the secrets: there is nothing to ask with. Only in a request to a location. */
  readonly unread?: string;
  /** The request's body. */
  readonly body?: string;
  /** `h2` asks by HTTP/2 and fails where the server does not offer it; https only. HTTP/1.1 otherwise. */
  readonly protocol?: "h2";
  readonly status: readonly StatusRange[];
  /** The body must contain this text. */
  readonly contains?: string;
  /** The body must match this regular expression, RE2's. */
  readonly matches?: string;
  readonly answerHeaders?: readonly HeaderWish[];
  readonly json?: readonly JsonWish[];
  /** Bytes of the body as it is sent. */
  readonly minBytes?: number;
  readonly maxBytes?: number;
  /** For how many days more the certificate must be valid; https only. */
  readonly certificateDays?: number;
  /** The whole answer must have arrived within this time; none means the policy's time-out alone counts. */
  readonly withinMs?: number;
  /** How many redirects are followed; 0 means a redirect is the answer. */
  readonly redirects: number;
  /** The URL, in its normal form, that the answer must come from. */
  readonly finalUrl?: string;
  /** Every address of the name must be good, one after the other; otherwise one that accepts is enough. */
  readonly everyAddress?: true;
  /** It is in a private network, and redirects may lead to other addresses there. */
  readonly private?: true;
  /** Whether the certificate must be valid for `serverName`. */
  readonly verifyCertificate: boolean;
  /** The name asked for by SNI and expected in the certificate; https only. */
  readonly serverName?: string;
};

/** What is said over a connection. A text goes as UTF-8; `hex:` and hex digits are the bytes themselves. */
export type Talk = {
  /** A text to wait for before `send`. */
  readonly banner?: string;
  readonly send?: string;
  /** A text that must come: after `send`, or after connecting where nothing is sent. */
  readonly expect?: string;
};

export type TcpCheck = { readonly type: "tcp"; readonly host: string; readonly port: number } & Talk;

/** A protocol that begins in plain text and goes over to TLS on request. */
export type StartTls = "smtp" | "imap" | "pop3" | "ftp" | "postgres";

export type TlsCheck = {
  readonly type: "tls";
  readonly host: string;
  readonly port: number;
  /** The name or address asked for (by SNI, if it is a name) and expected in the certificate. */
  readonly serverName: string;
  readonly verifyCertificate: boolean;
  readonly starttls?: StartTls;
  /** For how many days more the certificate must be valid. */
  readonly certificateDays?: number;
  readonly minVersion?: "1.2" | "1.3";
} & Talk;

export type UdpCheck = {
  readonly type: "udp";
  readonly host: string;
  readonly port: number;
  /** A text, or bytes after `hex:`. */
  readonly send: string;
  /** A text that must be in the answer; without it any answer is good. */
  readonly expect?: string;
};

export type DnsType = "A" | "AAAA" | "CAA" | "CNAME" | "MX" | "NS" | "PTR" | "SOA" | "SRV" | "TXT";
export type Rcode = "NOERROR" | "FORMERR" | "SERVFAIL" | "NXDOMAIN" | "NOTIMP" | "REFUSED";

export type DnsCheck = {
  readonly type: "dns";
  /** The server that is asked. */
  readonly host: string;
  readonly port: number;
  /** What it is asked for: lower-case, without the trailing dot. */
  readonly name: string;
  readonly recordType: DnsType;
  readonly rcode: Rcode;
  /** Values, as `dig +short` prints them, all of which must be among the answers. */
  readonly answers: readonly string[];
  /** Values of which one must be among the answers; none means any will do. */
  readonly anyAnswer: readonly string[];
};

export type WebsocketCheck = Pick<
  HttpCheck,
  "connect" | "headers" | "secrets" | "clientCertificate" | "unread" | "verifyCertificate" | "serverName"
> & {
  readonly type: "websocket";
  /** ws or wss. */
  readonly url: string;
  /** A message: text, or bytes after `hex:`. */
  readonly send?: string;
  /** A text that one of the messages that come must have; without it the upgrade is good enough. */
  readonly expect?: string;
};

export type GrpcCheck = {
  readonly type: "grpc";
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** The name or address in the request, asked for by SNI and expected in the certificate. */
  readonly serverName: string;
  readonly verifyCertificate: boolean;
  /** The service whose health is asked for; empty for the server as a whole. */
  readonly service: string;
};

export type SingleCheck = HttpCheck | TcpCheck | TlsCheck | UdpCheck | DnsCheck | WebsocketCheck | GrpcCheck;

/** Several checks at once: good when all of them are, or when any of them is. */
export type CombinedCheck = { readonly type: "all" | "any"; readonly checks: readonly SingleCheck[] };

export type Check = SingleCheck | CombinedCheck;

/** When and how hard an endpoint is probed, and how long it takes to believe a change. */
export type Policy = {
  readonly intervalMs: number;
  /** Every location asks once an interval, one after the other, instead of one in turn: sooner found, at their cost. */
  readonly staggered: boolean;
  readonly timeoutMs: number;
  /** Tries in a row that must fail at one location before it votes down. */
  readonly failureThreshold: number;
  /** How long after a failed probe began all locations must have seen the endpoint fail. */
  readonly confirmWithinMs: number;
  /** How long an endpoint believed down must be seen good before it is believed up. */
  readonly recoverAfterMs: number;
};

export type Endpoint = {
  /** `docs`, or `shop/frankfurt` for a target of a service. */
  readonly id: string;
  readonly check: Check;
  readonly policy: Policy;
};

export type RecordType = "A" | "AAAA" | "CNAME";

/** Route 53 answers what it finds there: a load balancer, a distribution, another name of the zone. */
export type Alias = {
  /** As Route 53 returns it: lower-case, with the trailing dot. */
  readonly name: string;
  /** The zone that name lies in: the AWS service's own, or that of the record itself. */
  readonly zoneId: string;
  readonly evaluateTargetHealth: boolean;
};

export type Target = {
  readonly id: string;
  /** The id of the endpoint that is probed for it: `<service>/<target>`. */
  readonly endpoint: string;
  /** The record's values while the name points here; none of an alias. */
  readonly values: readonly string[];
  /** What the record is an alias of while the name points here. */
  readonly alias?: Alias;
  /** Of a weighted name: what its record set has while all is well, 1 to 255. */
  readonly weight?: number;
};

/** A hosted zone and the way to it. */
export type HostedZone = {
  readonly zoneId: string;
  /** The role that everything about the zone is asked in, when the zone is in another account. */
  readonly roleArn?: string;
  /** The name is moved by these instead of Route 53's API. */
  readonly beacons?: Beacons;
};

/** What decides, two of three, which of a name's two standing failover records is answered. */
export type Beacons = {
  /** Three; a bucket in each. */
  readonly regions: readonly string[];
  /** The object's key in every bucket. */
  readonly key: string;
  /** The record that both failover records are of. */
  readonly record: { readonly name: string; readonly type: RecordType; readonly ttlSeconds: number };
  /** What the PRIMARY holds, and the SECONDARY. */
  readonly in: string;
  readonly out: string;
  /** The CALCULATED health check of the PRIMARY; none before it was deployed. */
  readonly check?: string;
};

/** What a record set is found by. */
export type Place = { readonly name: string; readonly type: RecordType };

export type Service = {
  readonly id: string;
  /** `shadow` tells what it would do; `armed` does it. */
  readonly mode: "shadow" | "armed";
  readonly dns: HostedZone & {
    /** Lower-case, without the trailing dot. */
    readonly name: string;
    readonly type: RecordType;
    readonly ttlSeconds: number;
    /** Other records of the zone that are moved with it, in the same batch; sorted. */
    readonly beside?: readonly Place[];
  };
  /** In order of preference; the first is the primary. */
  readonly targets: readonly Target[];
  /** Every target that is well carries its weight; without it one target at a time carries the name. */
  readonly weighted?: {
    /** How a target is brought back: percents of its weight, rising to 100. */
    readonly stepsPercent: readonly number[];
    /** How long each of them is held. */
    readonly stepForMs: number;
  };
  readonly failback: "manual" | "auto";
  readonly failbackAfterMs: number;
  /** Moves away from a target that is up, at most, in any hour. */
  readonly maxMovesPerHour: number;
  /** Pointed to a target that is down by somebody else: left to them, or moved away again. */
  readonly onForeign: "hold" | "retake";
};

/** A job that calls us. No name is moved by it. */
export type Heartbeat = {
  readonly id: string;
  /** How long after one success the next is due. */
  readonly intervalMs: number;
  /** How late it may be, and how long what has begun may take. */
  readonly graceMs: number;
};

export type Config = {
  /** Regions that probe; the first is home, where the sweep runs. */
  readonly locations: readonly string[];
  /** Whether fewer than three locations may move a name. */
  readonly acceptSingleLocation: boolean;
  /** Hosts in different networks that tell a location whether it can see at all; empty switches the rule off. */
  readonly references: readonly TcpCheck[];
  /** Addresses of public resolvers that are asked as well whether a move took effect. */
  readonly resolvers?: readonly string[];
  /** Every endpoint that is probed, the targets of services included. */
  readonly endpoints: readonly Endpoint[];
  readonly services: readonly Service[];
  /** Jobs that are heard; none where it is left out. Their ids are no endpoints'. */
  readonly heartbeats?: readonly Heartbeat[];
};
