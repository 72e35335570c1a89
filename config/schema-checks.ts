import { z } from "zod";
import { defaults } from "./defaults.ts";
import { dnsTypes } from "./dns-values.ts";
import { may } from "./schema-keys.ts";
import * as v from "./schema-values.ts";

/** Keys of a check that shakes hands by TLS. */
export const tlsKeys = {
  starttls: may(
    z.enum(["smtp", "imap", "pop3", "ftp", "postgres"]),
    "The protocol that begins in plain text and is asked to go over to TLS.",
    { goesWith: ["tls"] },
  ),
  minVersion: may(v.tlsVersion(), "The oldest version of TLS that is good; older than 1.2 never is.", {
    default: "1.2",
    goesWith: ["tls"],
  }),
};

/** Keys of a check that says something and listens. */
export const talkKeys = {
  banner: may(v.wire(), "A text to wait for before `send`.", { goesWith: ["tcp", "tls"] }),
  send: may(
    v.wire(),
    "What to send, exactly as it is: an end of line is `\\r\\n` in double quotes, `hex:ff00` stands for bytes.",
    { goesWith: ["tcp", "tls", "udp", "wss", "ws"] },
  ),
  expect: may(
    v.wire(),
    "A text (or bytes) that the answer must have in its first 64 KB; where nothing is sent, one that comes by itself.",
    { goesWith: ["tcp", "tls", "udp", "wss", "ws"] },
  ),
};

/** Keys of a check that asks a DNS server. */
export const dnsKeys = {
  ask: may(v.ask(), "The name to ask for, and the type of record.", {
    goesWith: ["dns"],
    limits: dnsTypes.join(", "),
    examples: ["acme.com A"],
  }),
  rcode: may(
    z.enum(["NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"]),
    "The code that the answer must have.",
    { default: defaults.rcode, goesWith: ["dns"] },
  ),
  answers: may(
    z.array(v.anyText()),
    "Values, as `dig +short` prints them, that must all be among the answers.",
    { otherwise: "any", goesWith: ["dns"] },
  ),
  anyAnswer: may(z.array(v.anyText()), "Values of which one must be among the answers.", {
    otherwise: "any",
    goesWith: ["dns"],
  }),
};

/** Keys of a check that asks the health service of gRPC. */
export const grpcKeys = {
  service: may(v.grpcService(), "The service whose health is asked for, as `acme.Orders`.", {
    otherwise: "the server as a whole",
    goesWith: ["grpcs", "grpc"],
  }),
};
