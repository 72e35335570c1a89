import { keyTable } from "./docs.ts";
import type { JsonSchema } from "./json-schema.ts";
import { schemesOfOptions } from "./schema.ts";
import type { Scheme } from "./schemes.ts";

type Type = {
  readonly title: string;
  /** The scheme whose options are listed; a combination has none of its own. */
  readonly scheme?: Scheme;
  readonly example: string;
  readonly notes: string;
};

const types: readonly Type[] = [
  {
    title: "`tcp`: a port accepts, and answers",
    scheme: "tcp",
    example: `endpoints:
  db: tcp://db.acme.com:5432
  cache: { tcp: 'cache.acme.com:6379', send: "PING\\r\\n", expect: '+PONG' }
  mail: { tcp: 'mail.acme.com:25', banner: '220 ', send: "NOOP\\r\\n", expect: '250' }
`,
    notes: `Texts go over the wire as UTF-8, exactly as written: an end of line is \`"\\r\\n"\`, in double quotes. \`hex:ff00\` stands
for bytes. \`send\` needs \`expect\`; \`banner\` is for servers that refuse whoever speaks first. Without \`expect\` an accepted
connection is good, which says little behind a load balancer.

Reasons of its own: \`answer-mismatch\` (the answer, up to its end, 64 KB or the time-out, does not have the text),
\`first-byte-timeout\` (nothing came), \`closed-early\`, \`reset\`.`,
  },
  {
    title: "`tls`: a handshake, and a certificate that is good for long enough",
    scheme: "tls",
    example: `endpoints:
  certificate: { tls: acme.com, certificateDays: 14 }
  imap: { tls: 'mail.acme.com:993', minVersion: 1.3, expect: '* OK' }
  submission: { tls: 'mail.acme.com:587', starttls: smtp, certificateDays: 14 }
  orders: { tls: 'db.acme.com:5432', starttls: postgres }
`,
    notes: `The chain, the dates and the name in the certificate are checked with every handshake; no session is resumed, no
protocol offered (ALPN). With \`verifyCertificate: false\` any certificate is good, and \`certificateDays\` still counts. In
a service, \`host\` is the name in the certificate, when it is not the service's own.

\`certificateDays\` in a service's check would move its name while all is well: give the certificate an endpoint of its
own. MySQL has no \`starttls\` here: it counts a handshake without a login as an error, and after 100 of them shuts out
the host.

Reasons of its own: \`starttls-refused\`, \`tls-version\`, \`tls-expires-soon\`, \`answer-mismatch\` (the greeting is not that
of a ready server), \`bad-response\` (it said more in plain text than it may).`,
  },
  {
    title: "`udp`: a datagram is answered",
    scheme: "udp",
    example: `endpoints:
  game: { udp: 'game.acme.com:27015', send: 'hex:ffffffff54536f7572636520456e67696e6520517565727900', expect: 'hex:ffffffff' }
`,
    notes: `\`send\` is needed, since nobody answers what was not asked, and goes out again every second until it is answered. The
first answer counts; without \`expect\` any is good.

Reasons of its own: \`connect-refused\` (the port is closed), \`first-byte-timeout\` (no answer: closed behind a firewall,
or dead), \`answer-mismatch\`.`,
  },
  {
    title: "`dns`: a server answers for a name",
    scheme: "dns",
    example: `endpoints:
  ns1: { dns: ns1.acme.com, ask: acme.com SOA }
  www: { dns: ns1.acme.com, ask: www.acme.com A, answers: [203.0.113.10] }
  mail: { dns: '9.9.9.9', ask: acme.com MX, anyAnswer: [10 mx1.acme.com, 20 mx2.acme.com] }
  gone: { dns: ns1.acme.com, ask: old.acme.com A, rcode: NXDOMAIN }
`,
    notes: `The server itself is asked, on port 53 unless said, by UDP and, when the answer does not fit, by TCP. Only records of
the type that is asked for count, also those behind an alias in the same answer; with \`NOERROR\` there must be one at
least. \`TXT\` is written without its quotes.

Reasons of its own: \`dns-wrong-answer\` (another code, no record, another value), \`bad-response\` (no DNS, or the answer
to another question), \`first-byte-timeout\`, \`connect-refused\`. The other reasons of DNS are about the server's own name.`,
  },
  {
    title: "`wss`, `ws`: a server goes over to WebSocket, and talks",
    scheme: "wss",
    example: `endpoints:
  live: wss://live.acme.com/socket
  chat: { wss: 'wss://chat.acme.com/', headers: { Origin: 'https://acme.com' }, send: '{"type":"ping"}', expect: pong }
`,
    notes: `The request is like that of \`https\`, pinned like that in a service (\`wss: /socket\`); the answer must be 101 with the
right \`Sec-WebSocket-Accept\`. \`send\` goes as a text message, with \`hex:\` as a binary one, and needs \`expect\`: a text that
one of the messages that come must have. Without it the upgrade is good enough. The conversation is closed with code
1000.

Reasons of its own: \`status-unexpected\` (no 101; redirects are not followed), \`refused-to-us\` (401, 403, 407, 429),
\`bad-response\` (a wrong answer to the key, broken frames), \`answer-mismatch\` (messages, but not the right one),
\`first-byte-timeout\`, \`closed-early\` (the server ended the conversation).`,
  },
  {
    title: "`grpcs`, `grpc`: a server of gRPC says SERVING",
    scheme: "grpcs",
    example: `endpoints:
  orders: { grpcs: orders.acme.com, service: acme.Orders }
  stock: grpc://stock.acme.com:50051
`,
    notes: `\`Check\` of the standard health service \`grpc.health.v1.Health\` is called, over TLS (\`grpcs\`, port 443 unless said) or
without (\`grpc\`).

Reasons of its own: \`not-serving\` (it says so, does not know the service, or has no health service), \`refused-to-us\`
(UNAUTHENTICATED, PERMISSION_DENIED), \`status-unexpected\` (HTTP's), \`protocol-unexpected\` (no HTTP/2 is offered),
\`bad-response\` (no health answer).`,
  },
  {
    title: "`all`, `any`: several checks of one target",
    example: `endpoints:
  shop: { all: [{ https: 'https://shop.acme.com/health' }, { tcp: 'shop.acme.com:22', expect: SSH- }], interval: 30s }
  resolvers: { any: [{ dns: ns1.acme.com, ask: acme.com SOA }, { dns: ns2.acme.com, ask: acme.com SOA }] }
services:
  mail:
    dns: { zoneId: Z0MAIL, name: mail.acme.com, type: A }
    check: { all: [{ tls: 465 }, { tls: 993, expect: '* OK' }] }
    targets: [{ id: a, value: 3.120.0.10 }, { id: b, value: 34.240.0.20 }]
`,
    notes: `\`all\` is good when each of its 2 to 5 checks is, \`any\` when one of them is. They run at once, under one \`timeout\`; the
first that decides calls off the others. Each has the keys of a check alone, but for the policy's (\`interval\`, …);
\`connect\` and, in a service, \`host\` may stand beside the list and count for every check in it.

The reason is that of the check that failed, and the sentence names it: \`Not all of 2 checks are good: 2 (tcp): …\`. A
check that says nothing about the endpoint (what is our own fault, \`refused-to-us\`) is no failure: \`all\` takes one that
surely failed, \`any\` takes that of each.`,
  },
];

const intro = `## Other types

Each is a key that says where to go, in an endpoint of its own or, for the targets of a service, in the service's
\`check\`, where it goes to each target's address. One \`timeout\` covers everything, from the look-up of the name to the
last byte. Addresses are guarded as with http: a name that resolves to a loopback, link-local or metadata address is
refused, and the address that was judged is the one connected to. No more than 64 KB of an answer are read.`;

const keysOf = (scheme: Scheme): string[] =>
  [...schemesOfOptions].flatMap(([key, schemes]) => (schemes.includes(scheme) ? [key] : []));

/** The sections on every type but http, of the keys that an endpoint has. */
export const typesDocs = (endpoint: JsonSchema | undefined): string[] => [
  intro,
  ...types.flatMap(({ title, scheme, example, notes }) => [
    `\n\n### ${title}\n\n\`\`\`yaml\n${example}\`\`\`\n\n`,
    ...(scheme === undefined ? [] : [keyTable(endpoint, { keys: keysOf(scheme) }), "\n\n"]),
    notes,
  ]),
  "\n\n",
];
