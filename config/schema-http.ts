import { z } from "zod";
import { defaults } from "./defaults.ts";
import { map, may, must } from "./schema-keys.ts";
import * as v from "./schema-values.ts";

// The most of a body that is read (lambda/checks/kept-body.ts).
const mostBytes = 262_144;

const containing = map({ contains: must(v.anyText(), "Text that it must contain.") });

const headerWish = z.union([z.boolean(), v.anyText(), containing], {
  error: (issue) =>
    typeof issue.input === "number"
      ? v.say(`${issue.input} is a number here, not text`, `put it in quotes: "${issue.input}"`)
      : v.say("must be text, { contains: text }, true or false"),
});

/** What is asked, and how. */
export const askedKeys = {
  method: may(z.enum(["GET", "HEAD", "POST", "PUT", "PATCH", "OPTIONS"]), "The request's method.", {
    default: defaults.method,
  }),
  headers: may(
    z.record(z.string(), v.textOrReference()),
    "Headers to send. A value may be a reference to a secret; what is written here itself is readable by everyone who may read the functions.",
    { goesWith: ["https", "http", "wss", "ws"], examples: [{ "x-probe-key": "ssm:/prod/probe-key" }] },
  ),
  body: may(
    v.anyText(),
    "The request's body, for POST, PUT and PATCH; what it is say with content-type in `headers`.",
  ),
  basicAuth: may(
    map({
      user: must(v.textOrReference(), "The user, or a reference to a secret."),
      password: must(v.reference(), "A reference to the password."),
    }),
    "The user and password to send; the password as a reference to a secret.",
    {
      goesWith: ["https", "http", "wss", "ws"],
      examples: [{ user: "probe", password: "secretsmanager:prod/probe#password" }],
    },
  ),
  bearer: may(v.reference(), "The token to send, as a reference to a secret.", {
    goesWith: ["https", "http", "wss", "ws"],
    examples: ["ssm:/prod/probe-token"],
  }),
  clientCertificate: may(
    map({
      certificate: must(v.reference(), "A reference to the certificate and its chain, in PEM."),
      key: must(v.reference(), "A reference to its private key, in PEM."),
    }),
    "The certificate to show to a server that asks for one, and its key, as references to secrets.",
    { goesWith: ["https", "wss"] },
  ),
  protocol: may(
    z.enum(["h1", "h2"]),
    "The version of HTTP to ask by: 1.1 or 2; with `h2` a server that does not offer it is not good.",
    { default: defaults.protocol, goesWith: ["https"] },
  ),
  addresses: may(
    z.enum(["any", "all"]),
    "When the name has several addresses: `any`, the first that accepts the connection is asked; `all`, one after the other is, and each must be good within the one `timeout`.",
    { default: defaults.addresses },
  ),
  redirects: may(v.whole(0, 10), "How many redirects are followed; 0: a redirect is the answer.", {
    default: defaults.redirects,
  }),
  private: may(
    v.yesOrNo(),
    "Whether it is in a private network, where its redirects may lead to other private addresses. Every location must be in a VPC then (`vpcs`).",
    { default: defaults.private },
  ),
  verifyCertificate: may(
    v.yesOrNo(),
    "Whether the certificate must be valid for the name that is asked for.",
    { default: defaults.verifyCertificate, goesWith: ["https", "tls", "wss", "grpcs"] },
  ),
};

/** What the answer must be. */
export const wantedKeys = {
  status: may(z.array(v.status()), "Status codes, or ranges of them, that are good.", {
    default: defaults.status,
    limits: "100 to 599",
    examples: [[200, "300-399"]],
  }),
  answerHeaders: may(
    z.record(z.string(), headerWish),
    "Headers of the answer: the text it must be, `{ contains: text }`, `true` for there, `false` for not there.",
    { examples: [{ "content-type": { contains: "json" }, "x-powered-by": false }] },
  ),
  contains: may(v.anyText(), "Text that the answer's body must contain."),
  matches: may(
    v.pattern(),
    "A regular expression that the answer's body must match: RE2's syntax, without look-around and back-references.",
  ),
  json: may(
    z.array(v.jsonComparison()),
    "Comparisons that must hold in the answer's JSON: a path, one of `==` `!=` `<` `<=` `>` `>=` and a JSON value, or a path and `exists`.",
    { examples: [['status == "ok"', "queue.depth < 100", "checks[0].name exists"]] },
  ),
  minBytes: may(v.whole(1, mostBytes), "The least size of the answer's body, as it is sent."),
  maxBytes: may(v.whole(0, mostBytes), "The largest size of the answer's body, as it is sent."),
  certificateDays: may(
    v.whole(1, 365),
    "For how many days more the certificate must be valid. A service is down without that: its name would be moved.",
    { goesWith: ["https", "tls"] },
  ),
  finalUrl: may(v.url("https", "http"), "The URL at which the answer must be found after `redirects`."),
  within: may(
    v.duration("1ms", "30s"),
    "The whole answer must be there within this time; no more than `timeout`.",
  ),
};

/** What a check by http or https may say beside where it goes. */
export const httpKeys = { ...askedKeys, ...wantedKeys };

export type HttpKey = keyof typeof httpKeys;
