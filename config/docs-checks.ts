import { type Fault, faultOf, reasons, sayReason } from "../lambda/core/reason.ts";
import { keyTable, valuesOf } from "./docs.ts";
import { typesDocs } from "./docs-types.ts";
import { jsonSchema } from "./json-schema.ts";
import { askedKeys, wantedKeys } from "./schema-http.ts";

/** A check by https with much in it. */
export const httpExample = `locations: [eu-north-1, eu-west-3, us-east-2, us-west-2, ap-northeast-1]

endpoints:
  orders:
    https: https://api.acme.com/orders/health
    method: POST
    headers: { content-type: application/json }
    body: '{"deep": true}'
    status: [200]
    answerHeaders: { content-type: { contains: json }, x-powered-by: false }
    json: ['status == "ok"', 'queue.depth < 100', 'checks[0].name exists']
    within: 2s
  site:
    https: https://www.acme.com/
    redirects: 3
    finalUrl: https://www.acme.com/en/
    matches: '(?i)<title>acme'
    minBytes: 2000
    certificateDays: 14
    protocol: h2
`;

const http = `## http and https

One request, on a new connection with a full TLS handshake, from the resolution of the name to the last byte of the
answer within \`timeout\`, whatever the server does. It says \`user-agent: pointsman/<version>\`, \`accept: */*\`,
\`accept-encoding: identity\` and \`connection: close\`; \`headers\` may say otherwise, but for the last.

\`\`\`yaml
${httpExample}\`\`\`

### What is asked

`;

const httpProse = `### What the answer must be

`;

const httpNotes = `
- **Status**: a wrong one decides at once. 401, 403, 407 and 429, unless they are wanted, are a firewall's or a rate
  limit's word on us: \`refused-to-us\`, neither up nor down.
- **Body**: its first 256 KB are read and judged; what is behind them is neither. A text that is found decides at once.
  A body that comes compressed although nobody asked (gzip, deflate, br) is inflated up to the same 256 KB.
- **Patterns** see the first 64 K characters of the body and take time linear to it (RE2), so that neither a pattern nor a
  body can stop the prober.
  \`(?i)\` in front ignores case.
- **JSON**: a path from the outside in, \`a.b\`, \`a[0]\`, \`a["any key"]\`, \`$\` for the whole. What is not there fulfils no
  comparison, \`!=\` neither; \`<\` and the like compare numbers only. Text is in double quotes.
- **Redirects** to another host are resolved and must lead to public addresses, carry none of your headers and no body,
  and never lead from https to http. \`private: true\` lets an endpoint with a private address lead to others.
- **Allow-lists**: a firewall may know us by the \`user-agent\`, which begins with \`pointsman/\` in every version and which
  anybody can send; better by a header of your own with a value from \`secretsmanager:\` or \`ssm:\` (below). Lambda's
  addresses change, but for a location [in a VPC](deploy.md#locations-in-a-vpc) behind a NAT gateway.
- **Addresses**: DNS is asked directly, without /etc/hosts; IPv4 where there is any. A loopback, link-local or metadata
  address out of DNS is refused, and the address that was judged is the one that is connected to.
- **Certificate**: trusted, in date and for the name (\`host\`, or the URL's), or without \`verifyCertificate\` anybody's.
  TLS 1.2 is the least.

`;

const secretsExample = `endpoints:
  orders: { https: 'https://api.acme.com/health', bearer: 'ssm:/prod/probe-token' }
  admin:
    https: https://admin.acme.com/health
    basicAuth: { user: probe, password: 'secretsmanager:prod/probe#password' }
  partner:
    https: https://partner.acme.com/health
    headers: { x-allow: secretsmanager:prod/allow-list }
    clientCertificate: { certificate: 'ssm:/prod/probe.crt', key: 'secretsmanager:prod/probe-key' }
`;

const secrets = `### Secrets

What is secret is written as where it is kept, never as itself:

\`\`\`yaml
${secretsExample}\`\`\`

| reference | where |
|---|---|
| \`secretsmanager:name\` | a secret of Secrets Manager in the home Region, or by its ARN in another |
| \`ssm:/name\` | a parameter of Systems Manager, likewise |
| \`env:NAME\` | a variable, for \`npm start\` and \`npx pointsman probe\` on a laptop only |

\`#key\` behind any of them takes one value of a JSON object. \`bearer\`, the password of \`basicAuth\` and both parts of
\`clientCertificate\` are references; the user of \`basicAuth\` and any of \`headers\`, such as one for an allow-list, may be.

Home reads them while it runs, keeps them for 5 minutes, but for 1 only while they do not let the probe in, and sends them
along to the locations: a rotated secret needs no deployment, and until it is read the answer is usually 401, which is no
outage (\`refused-to-us\`). They are in no template, log, record or alert. The sweep's role may read exactly those that are named; a KMS key of your own that one is encrypted
with has to let that role (the stack's output \`SweepRole\`) decrypt. One that cannot be read is our own fault
(\`secret-unreadable\`): the endpoint cannot be judged, you are told, and no name moves. While AWS does not answer, what
was read before is used on. On a redirect to another host, neither headers nor the certificate are sent.

`;

const heartbeatExample = `heartbeats:
  nightly-backup: { interval: 1d, grace: 1h }
`;

const heartbeat = `## Heartbeats: jobs that call us

A job that runs now and then has nothing to probe. It calls a URL of its own instead, and is down when it does not:

\`\`\`yaml
${heartbeatExample}\`\`\`

`;

const heartbeatNotes = `

After \`npx cdk deploy --all\`, \`npx pointsman heartbeats\` lists each job's URL; \`npm start\` shows one on this laptop.

\`\`\`sh
curl -fsS --retry 5 "$URL/start"; run-backup && curl -fsS --retry 5 "$URL" || curl -fsS --retry 5 "$URL/fail"
\`\`\`

- **The URL** (GET, HEAD or POST) says that a run succeeded, with \`/start\` behind it that one begins, with \`/fail\` that it
  failed. Only the first is needed.
- **Down** is a job that failed, until it succeeds; one that has not succeeded for \`interval\` and \`grace\`; and one that
  began and has not ended within \`grace\`. Until its first signal it is unknown. You are told when it is down and up again.
- **It moves no name**, and stands in no service: that a job is late is no reason to send users elsewhere. Probe what the
  job makes, over https, where that is one.
- **The token** in a URL is 128 bits, made with a key that stands in the state table, not in a template, log or alert. Who
  has it can say that this job is well, no more. The URL stays while the stack and the table do.
- **The cost** of a signal is one invocation and one write. The same signal within a second is answered 429 and not
  written; a wrong token is answered 404 without a read or write. 503 means: call again.
- **When home was away** as a signal was due, it may have been lost: you are told that the job cannot be judged, and it is
  late only when the next one is missing, too.

`;

const whose: Readonly<Record<Fault, string>> = {
  ours: "ours",
  path: "the path's",
  endpoint: "the endpoint's",
};

const failures = `## Why a probe failed

Each failed probe has one of these reasons, in the records, in alerts and from \`npx pointsman probe\`, which also tells
where the time went: DNS, connecting, TLS, until the first byte, until the last.

Whose fault it is: **the endpoint's**, its DNS and its certificate included; **the path's**, the network between, or a
host that is off, which one location alone cannot tell apart; or **ours**, the prober's or the config's. What is our
own fault says nothing about the endpoint: it is no vote, and no name is moved by it.

`;

const reasonTable = (): string =>
  [
    "| reason | whose fault | what it says |",
    "|---|---|---|",
    ...reasons.map((reason) => `| \`${reason}\` | ${whose[faultOf(reason)]} | ${sayReason(reason)} |`),
  ].join("\n");

const tried = `

## Tried against

Beside the tests' own servers, in November 2026, these on loopback, as Debian 12 and npm have them; each was found good,
and not good for the right reason where it could be made so. Not tried: servers of other systems, the Internet, IPv6
but for nginx.

| type | servers |
|---|---|
| \`http\`, \`https\` | nginx 1.22.1, HAProxy 2.6.12, Apache 2.4, lighttpd 1.4.69, Caddy 2.6.2, Node's own: redirects, basic auth, gzip, body and JSON; certificates expired, not yet valid, for another name, self-signed, without their chain; client certificates; TLS 1.2, RSA |
| the same by h2 | nginx, HAProxy, Apache, Caddy |
| \`tls\` | openssl s_server 3.0 (TLS 1.0, 1.1, 1.3, without a certificate), Redis 7.0.15; \`starttls\`: Postfix 3.7.11, Dovecot 2.3.19 (IMAP, POP3), vsftpd 3.0.3, PostgreSQL 15.18 |
| \`tcp\`, \`udp\` | Redis, memcached 1.6.18 (both), Postfix, HAProxy; chrony 4.3 (NTP) |
| \`dns\` | BIND 9.18.49, NSD 4.6.1, Knot 3.2.6, Unbound 1.17.1: every type but PTR, an answer too long for UDP, NXDOMAIN, REFUSED, SERVFAIL |
| \`ws\`, \`wss\` | ws 8.23.0, websocketd 0.4.1 |
| \`grpc\`, \`grpcs\` | grpc-js 1.14.7 with grpc-health-check 2.1.0, directly and behind nginx |

Where the reason says less than it could: a server of TLS 1.2 that misses a client certificate breaks off with an alert that
may mean anything (\`tls-refused\`); a resolver that waits for a dead name server is silent itself
(\`first-byte-timeout\`); what breaks the framing of HTTP/2 may be waited for until the time-out, as Node's client does
not tell.

41,000 good answers with bytes changed at random, of http, h2, tls, STARTTLS, tcp, dns, WebSocket and gRPC, 24 at a time:
each was a finding, none our own fault, memory stayed under 170 MB. Some hundreds of them, always the same, are a test.
`;

/** The text of `docs/checks.md`. */
export const checksDocs = (): string => {
  const endpoint = valuesOf(jsonSchema().properties?.["endpoints"]);
  return [
    "# Checks\n\n",
    '<!-- Generated by "npm run docs" from config/docs-checks.ts, config/docs-types.ts, config/schema*.ts, lambda/core/reason.ts. -->\n\n',
    "How to write them into the config file: [config.md](config.md).\n\n",
    http,
    keyTable(endpoint, { keys: Object.keys(askedKeys) }),
    "\n\n",
    httpProse,
    keyTable(endpoint, { keys: Object.keys(wantedKeys) }),
    "\n",
    httpNotes,
    secrets,
    ...typesDocs(endpoint),
    heartbeat,
    keyTable(valuesOf(jsonSchema().properties?.["heartbeats"])),
    heartbeatNotes,
    failures,
    reasonTable(),
    tried,
  ].join("");
};
